"""A hand that clicks and types, and counts both: what a task costs is written down in docs/tasks.md."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect


@dataclass
class Hand:
    """Somebody who clicks and types, and counts it."""

    page: Page
    clicks: int = 0
    fields: int = 0

    def click(self, what: Locator) -> None:
        """Click."""
        what.click()
        self.clicks += 1

    def fill(self, what: Locator, text: str) -> None:
        """Type into a field and leave it."""
        what.fill(text)
        what.press("Tab")
        self.fields += 1

    def give(self, what: Locator, files: list[Path]) -> None:
        """Choose files in a field."""
        what.set_input_files(files)
        self.fields += 1


def take_photographs(folder: Path) -> list[Path]:
    """Return three small pictures that differ."""
    paths = [folder / f"{color}.png" for color in ("red", "green", "blue")]
    for path in paths:
        Image.new("RGB", (300, 300), path.stem).save(path)
    return paths


def list_shirt(hand: Hand, photographs: list[Path]) -> None:
    """List a product with six variants and three pictures, from the list of products."""
    page = hand.page
    hand.click(page.get_by_role("link", name="New product").first)
    hand.fill(page.get_by_label("Name", exact=True), "Shirt")
    hand.give(page.get_by_label("Add pictures"), photographs)
    hand.fill(page.locator("#option-0-name"), "Size")
    hand.fill(page.locator("#option-0-values"), "S, M, L")
    hand.fill(page.locator("#option-1-name"), "Colour")
    hand.fill(page.locator("#option-1-values"), "Blue, Green")
    expect(page.locator("#variants tbody tr")).to_have_count(6)
    hand.fill(page.locator("#variant-0-price"), "39.00")
    expect(page.locator("#variant-5-price")).to_have_value("39.00")
    hand.fill(page.locator("#variant-0-stock"), "12")
    hand.click(page.locator('[data-fill="stock"]'))
    hand.click(page.get_by_role("button", name="Save and publish"))
    page.wait_for_url("**/products/*")
