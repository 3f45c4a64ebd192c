"""Turn the drawings into the picture files of the demo.

`python -m tools.illustrations.render [part of a name …]` writes `shop/demo/pictures`; `--sheet FILE` puts
what was drawn on one contact sheet instead of into the demo. It needs Chromium and the dev requirements.
"""

import argparse
import io
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools.illustrations.canvas import Canvas
from tools.illustrations.catalogue import DRAWINGS, Drawing

PICTURES = Path(__file__).parents[2] / "shop" / "demo" / "pictures"
CHROMIUM = os.environ.get("VITRINE_CHROMIUM", "/usr/bin/chromium")
QUALITY = 82


def _shot(page: Page, canvas: Canvas) -> Image.Image:
    page.set_viewport_size({"width": canvas.width, "height": canvas.height})
    page.set_content(f'<!doctype html><body style="margin:0;overflow:hidden">{canvas.svg()}')
    return Image.open(io.BytesIO(page.screenshot(type="png"))).convert("RGB")


def render(drawings: Mapping[str, Drawing]) -> Iterator[tuple[str, Image.Image]]:
    """Yield each drawing's file name and its picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for name, draw in drawings.items():
            yield name, _shot(page, draw())
        browser.close()


def contact_sheet(pictures: list[Image.Image], *, columns: int = 4, cell: int = 400) -> Image.Image:
    """Return the pictures side by side, each in a square of `cell` pixels."""
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * cell), "#ffffff")
    for at, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((cell - 8, cell - 8), Image.Resampling.LANCZOS)
        sheet.paste(small, (at % columns * cell + 4, at // columns * cell + 4))
    return sheet


def main() -> int:
    """Draw what the command line asks for; return 1 when no drawing has such a name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="draw only the files whose name holds one of these")
    parser.add_argument("--sheet", type=Path, help="write one contact sheet and nothing else")
    options = parser.parse_args()
    wanted = {
        name: draw
        for name, draw in DRAWINGS.items()
        if not options.names or any(part in name for part in options.names)
    }
    if not wanted:
        print("no drawing has such a name", file=sys.stderr)
        return 1
    if options.sheet:
        columns = 1 if len(wanted) == 1 else 4
        sheet = contact_sheet(
            [image for _, image in render(wanted)], columns=columns, cell=1200 if columns == 1 else 400
        )
        sheet.save(options.sheet)
        return 0
    for name, image in render(wanted):
        target = PICTURES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        image.save(target, "WEBP", quality=QUALITY, method=6)
        print(f"{target.stat().st_size / 1000:7.1f} kB  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
