"""A year of real redemptions ("The Complete Journey") through the coupon service: who had one twice is refused.

A coupon is one code of one campaign: the same code comes back in later campaigns, and may be used again there.
"""

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from shop.cart.coupons import CouponRefused, apply_code
from shop.cart.models import Cart
from shop.cart.service import find_or_create_cart
from shop.core.db import Database
from shop.core.signing import Signer
from shop.coupons.customers import Customer, customer_of
from shop.coupons.discounting import CouponTerms, DiscountLine, WhyNot, discount
from shop.coupons.drafts import columns_of
from shop.coupons.models import Coupon, CouponKind, CouponRedemption, CouponScope
from shop.coupons.offers import Refusal
from shop.coupons.redeeming import CouponEnded, CouponUsed, take_use
from shop.page.models import Page
from tests.conftest import START, corpus
from tests.coupons.house import draft
from tests.factories import make_account, make_page

SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")
DAY = dt.timedelta(days=1)
Row = dict[str, str]


def rows_of(name: str) -> Iterator[Row]:
    with corpus("data", "behaviour", f"completejourney_{name}.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        yield from csv.DictReader(file)


def expected(name: str) -> dict[str, int]:
    told = json.loads(corpus("data", "EXPECTED.json").read_text(encoding="utf-8"))
    figures: dict[str, int] = find(told, f"behaviour/completejourney_{name}.csv")["figures"]
    return figures


def find(told: object, key: str) -> dict[str, dict[str, int]]:
    """Return what is told under ``key``, however deep it stands."""
    if isinstance(told, dict):
        if key in told:
            return dict(told[key])
        for inner in told.values():
            if found := find(inner, key):
                return found
    return {}


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")


class Till:
    """A page with every coupon of the redemptions, and an account for each household."""

    def __init__(self, session: Session, redemptions: list[Row]) -> None:
        self.page: Page = make_page(session)
        dates = {row["campaign_id"]: row for row in rows_of("campaign_descriptions")}
        rows = []
        for code in sorted({code_of(row) for row in redemptions}):
            campaign = dates[code.partition("-")[0]]
            wanted = draft(
                code, kind=CouponKind.AMOUNT, amount=100,
                starts_at=noon(campaign["start_date"]) - DAY / 2, ends_at=noon(campaign["end_date"]) + DAY / 2,
            )  # fmt: skip
            about = {"page_id": self.page.id, "currency": self.page.currency}
            rows.append(columns_of(wanted) | about | {"created_at": START, "updated_at": START})
        # At once, since making one says so in the audit log and shows the page anew, which is tested elsewhere.
        session.execute(insert(Coupon), rows)
        self.coupons: dict[str, Coupon] = {coupon.code: coupon for coupon in session.scalars(select(Coupon))}
        self.households: dict[str, tuple[Cart, Customer]] = {}

    def household(self, session: Session, name: str, now: dt.datetime) -> tuple[Cart, Customer]:
        """Return the cart of a household, and who that is to coupons."""
        if name not in self.households:
            account = make_account(session)
            cart, _ = find_or_create_cart(
                session, page_id=self.page.id, account_id=account.id, visitor_id=None, country="FR", now=now
            )
            customer = customer_of(SIGNER, account_id=account.id, email=account.email)
            self.households[name] = (cart, customer)
        return self.households[name]


def code_of(row: Row) -> str:
    return f"{row['campaign_id']}-{row['coupon_upc']}"


@pytest.mark.corpus
class TestRedemptions:
    def test_are_taken_but_for_those_of_who_had_the_coupon_before(self, database: Database) -> None:
        redemptions, figures = list(rows_of("coupon_redemptions")), expected("coupon_redemptions")
        told = Counter[str]()
        with database.transaction() as session:
            till = Till(session, redemptions)
            for order_id, row in enumerate(redemptions, start=1):
                now, coupon = noon(row["redemption_date"]), till.coupons[code_of(row)]
                cart, customer = till.household(session, row["household_id"], now)
                try:
                    apply_code(
                        session, cart=cart, page=till.page, code=coupon.code, customer=customer, now=now
                    )
                except CouponRefused as problem:
                    assert problem.refusal is Refusal.USED
                    with pytest.raises(CouponUsed), session.begin_nested():
                        self.take(session, coupon, order_id, customer, now)
                    told["refused"] += 1
                    continue
                self.take(session, coupon, order_id, customer, now)
                told["taken"] += 1
            uses = session.scalar(select(func.sum(Coupon.uses)))
            customers = session.scalar(select(func.count(CouponRedemption.customer_key.distinct())))

        assert sum(told.values()) == figures["redemptions"]
        assert told["refused"] == figures["same_household_same_coupon_again"] == 27
        assert told["taken"] == uses == figures["redemptions"] - 27
        assert (customers, len(till.households)) == (figures["households"],) * 2
        assert len({code.partition("-")[2] for code in till.coupons}) == figures["coupons"]
        assert len({code.partition("-")[0] for code in till.coupons}) == figures["campaigns"]

    @staticmethod
    def take(session: Session, coupon: Coupon, order_id: int, customer: Customer, now: dt.datetime) -> None:
        take_use(session, coupon_id=coupon.id, order_id=order_id, keys=customer.all_keys, amount=100, now=now)

    def test_hold_on_no_day_outside_their_campaign(self, database: Database) -> None:
        redemptions = list(rows_of("coupon_redemptions"))
        dates = {row["campaign_id"]: row for row in rows_of("campaign_descriptions")}
        one_each = list({row["campaign_id"]: row for row in redemptions}.values())
        with database.transaction() as session:
            till = Till(session, one_each)
            for order_id, row in enumerate(one_each, start=1):
                campaign, coupon = dates[row["campaign_id"]], till.coupons[code_of(row)]
                for wrong in (noon(campaign["start_date"]) - DAY, noon(campaign["end_date"]) + DAY):
                    with pytest.raises(CouponEnded), session.begin_nested():
                        self.take(session, coupon, order_id, Customer(keys=("account:1",)), wrong)
                self.take(
                    session, coupon, order_id, Customer(keys=("account:1",)), noon(row["redemption_date"])
                )


@pytest.mark.corpus
class TestCoupons:
    def test_count_for_their_products_alone(self) -> None:
        figures, products = expected("coupons"), dict[str, set[int]]()
        count = 0
        for row in rows_of("coupons"):
            products.setdefault(code_of(row), set()).add(int(row["product_id"]))
            count += 1
        everything = sorted(set().union(*products.values()))
        assert (count, len(everything)) == (figures["rows"], figures["products"])
        assert len({code.partition("-")[2] for code in products}) == figures["coupons"]
        for mine in products.values():
            terms = CouponTerms(
                CouponKind.PERCENT, percent_bp=1000, scope=CouponScope.PRODUCTS, product_ids=frozenset(mine)
            )
            lines = [DiscountLine(one, frozenset(), 1000, 1) for one in sorted(mine)]
            stranger = DiscountLine(next(one for one in everything if one not in mine), frozenset(), 1000, 1)
            off = discount(terms, [*lines, stranger])
            assert off.line_amounts == [100] * len(lines) + [0]
            assert discount(terms, [stranger]).why_not is WhyNot.NO_SUCH_THING
