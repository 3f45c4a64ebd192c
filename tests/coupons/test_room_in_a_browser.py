"""The rooms of coupons in a real browser: by keyboard alone, and on a phone in French without JavaScript."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.coupons.models import Coupon, CouponKind, CouponScope
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import read_one, sign_in, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
ROOM = "/manage/lumen/coupons"


@pytest.fixture
def stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """A shop whose owner may sign in."""
    shutil.copy(sqlite_template, tmp_path / "vitrine.db")
    with running_stack(f"sqlite:///{tmp_path / 'vitrine.db'}", tmp_path) as running:
        stock_shop(running)
        yield running


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"nothing that {selector} names is reached with Tab")


def only_coupon(stack: Stack) -> Coupon:
    """Return the one coupon."""
    coupon = read_one(stack, select(Coupon))
    assert isinstance(coupon, Coupon)
    return coupon


class TestCouponForm:
    def test_is_filled_in_by_keyboard_alone_while_the_sentence_follows(
        self, stack: Stack, visit: Visit
    ) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=f"/en{ROOM}")
            visitor.check_accessibility()
            page.get_by_role("link", name="New coupon").click()
            sentence = page.locator(".coupon-sentence__text")
            tab_to(page, "[name='percent_bp']")
            page.keyboard.type("20")
            expect(sentence).to_have_text("20% off")
            tab_to(page, "[name='scope']")
            page.keyboard.press("ArrowUp")
            tab_to(page, "[name='product_q']")
            page.keyboard.type("plate")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Add Plate")).to_be_focused()
            page.keyboard.press("Enter")
            expect(sentence).to_have_text("20% off Plate")
            expect(page.locator("#field-product_q")).to_be_focused()
            page.locator("[name='audience'][value='members']").check()
            visitor.check_accessibility()
            page.get_by_role("button", name="Make the coupon").click()
            expect(page.get_by_text("Give it a title of at most 120 characters.")).to_be_visible()
            visitor.check_accessibility()
            page.get_by_label("Title", exact=True).fill("A week of plates")
            page.keyboard.press("Enter")
            expect(page.get_by_text("The coupon is made.")).to_be_visible()
            visitor.check_accessibility()
            page.get_by_role("button", name="Pause").click()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_text("The coupon counts again.")).to_be_visible()
            visitor.check_console()
        coupon = only_coupon(stack)
        assert (coupon.percent_bp, coupon.scope, coupon.is_paused) == (2000, CouponScope.PRODUCTS, False)

    def test_adds_two_things_that_are_pressed_in_a_row(self, stack: Stack, visit: Visit) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=f"/en{ROOM}/new")
            page.get_by_label("Chosen products").check()
            page.get_by_role("button", name="Find", exact=True).click()
            expect(page.locator("#first-found")).to_be_visible()
            buttons = "[...document.querySelectorAll('[value^=\"add:\"]')].slice(0, 2)"
            page.evaluate(f"{buttons}.forEach(button => button.click())")
            expect(page.locator("[name='product_ids']:checked")).to_have_count(2)

    def test_works_on_a_phone_in_french_without_scripts(self, stack: Stack, visit: Visit) -> None:
        with visit(language="fr", javascript=False, **PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=f"/fr{ROOM}/new")
            page.get_by_label("Un montant en moins").check()
            page.get_by_label("Montant enlevé de la commande").fill("12,50")
            page.get_by_label("Produits choisis").check()
            page.get_by_role("button", name="Chercher").click()
            page.get_by_role("button", name="Ajouter Plate").click()
            expect(page.locator(".coupon-sentence__text")).to_have_text(
                re.compile("12,50\\s€ de réduction sur Plate")
            )
            page.get_by_label("Titre", exact=True).fill("Une semaine d’assiettes")
            page.get_by_role("button", name="En créer un").click()
            code = page.locator("#field-code").input_value()
            page.get_by_role("button", name="Créer le coupon").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(code)
            visitor.check_accessibility()
            page.get_by_role("button", name="Supprimer").click()
            page.get_by_role("button", name="Annuler").click()
            expect(page.get_by_text("Le coupon est de retour, tel qu’il était.")).to_be_visible()
        coupon = only_coupon(stack)
        assert (coupon.kind, coupon.amount, coupon.deleted_at) == (CouponKind.AMOUNT, 1250, None)
