"""Every route × every kind of visitor: guest, follower, another page's owner, and each role."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from shop.accounts.models import Account
from shop.catalog.history_models import BulkEdit, BulkKind
from shop.catalog.import_models import ImportOrigin, ImportRun, ImportState
from shop.catalog.models import Collection
from shop.contests.models import Contest, ContestKind
from shop.core.db import Database
from shop.core.mail import Mail
from shop.coupons.models import Coupon, CouponKind
from shop.feed.models import Post, PostCounts, PostKind, PostStatus
from shop.orders.access import order_token
from shop.orders.models import Order, OrderStatus
from shop.page.authorization import allows
from shop.page.models import Invitation, Role
from shop.quality.models import FollowerImport
from tests.architecture.route_table import ROUTES, Row, Who
from tests.factories import START, make_account, make_page, make_product, make_staff
from tests.support.visitors import sign_in

ROLES: dict[str, Role | None] = {
    "guest": None,
    "follower": None,
    "owner of another page": None,
    "analyst": Role.ANALYST,
    "fulfilment": Role.FULFILMENT,
    "manager": Role.MANAGER,
    "owner": Role.OWNER,
}
SIGN_IN_PATH = "/en/sign-in"
# What takes something away comes last, so that the routes before it find it.
# What a stranger is answered where a secret opens the door.
REFUSALS = {Who.STRIPE: 400, Who.BEARER: 401, Who.BUYER: 404, Who.LINK: 404}
OTHER_VALUES: dict[str, dict[str, Any]] = {"sitemap.show_part": {"kind": "pages", "number": 1}}
"""What stands in an address under a name that means something else elsewhere."""
LAST = ("removal", "deletion", "withdrawal", "sign-out", "password", "/block")


@dataclass
class House:
    """A page with one of everything, and who is who."""

    people: dict[str, Account]
    values: dict[str, Any]
    order: Order


@pytest.fixture
def house(database: Database, app: Flask) -> House:
    """A page, its staff, a product, a collection, an order of a stranger, a mail."""
    with database.transaction() as session:
        people = {name: make_account(session, name=name) for name in ROLES if name != "guest"}
        spare = make_account(session, name="spare")
        page = make_page(session, slug="lumen")
        make_page(session, slug="elsewhere", owner=people["owner of another page"])
        for name, role in ROLES.items():
            if role is not None:
                make_staff(session, page, people[name], role)
        make_staff(session, page, spare, Role.ANALYST)
        product = make_product(session, page, slug="lamp")
        collection = Collection(page_id=page.id, slug="lamps", title="Lamps", created_at=START)
        mail = Mail(
            kind="order_confirmed", subject_key="1", recipient="a@example.com", language="en", context={},
            message_id="<1@vitrine>", title="Hello", text_body="Hello", html_body="<p>Hello</p>",
            created_at=START, sent_at=START,
        )  # fmt: skip
        order = Order(
            page_id=page.id, number="LUM-1001", visitor_key="guest:nobody", content_key="x", language="en",
            currency="EUR", status=OrderStatus.CANCELLED, subtotal_amount=0, shipping_amount=0, tax_amount=0,
            total_amount=0, country="FR", shipping_method="standard", placed_at=START,
            expires_at=START + dt.timedelta(minutes=45),
        )  # fmt: skip
        invitation = Invitation(
            page_id=page.id, email="new@example.com", role=Role.ANALYST, language="en", created_at=START,
            expires_at=START + dt.timedelta(days=7),
        )  # fmt: skip
        bulk_edit = BulkEdit(
            page_id=page.id, kind=BulkKind.STATUS, what={"status": "draft"}, rows=[], created_at=START
        )
        run = ImportRun(
            page_id=page.id, origin=ImportOrigin.BROWSER, filename="lamps.csv", file_bytes=1, state=ImportState.FAULTY,
            currency="EUR", created_at=START, fault={"code": "empty", "params": {}},
        )  # fmt: skip
        post = Post(
            page_id=page.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="Hello", created_at=START,
            published_at=START,
        )  # fmt: skip
        coupon = Coupon(
            page_id=page.id, code="HELLO", code_key="HELLO", title="Hello", kind=CouponKind.FREE_SHIPPING,
            currency="EUR", created_at=START, updated_at=START,
        )  # fmt: skip
        contest = Contest(
            page_id=page.id, slug="a-photo", kind=ContestKind.PHOTO, title="A photo", prize="A lamp", currency="EUR",
            starts_at=START, ends_at=START + dt.timedelta(days=1), created_at=START,
        )  # fmt: skip
        followers = FollowerImport(page_id=page.id, name="f.csv", file_key="f.csv", created_at=START)
        session.add_all(
            [followers, contest, coupon, collection, mail, order, invitation, bulk_edit, run, post]
        )
        session.flush()
        session.add(PostCounts(post_id=post.id))
        values = {
            "lang": "en", "page_slug": "lumen", "product_slug": "lamp", "collection_slug": "lamps",
            "contest_slug": "a-lamp",
            "product_id": product.id, "collection_id": collection.id, "account_id": spare.id,
            "number": "LUM-1001", "mail_id": mail.id, "cart_id": 1, "line_id": 1, "token": "nonsense",
            "job_id": 1, "filter_id": 1, "invitation_id": invitation.id, "code": "en", "key": "nothing.webp", "color": "7a4b2a",
            "fulfilment_id": 1, "dispute_id": 1, "kind": "order_confirmed", "edit_id": bulk_edit.id,
            "run_id": run.id, "notification_id": 1, "import_id": followers.id,
            "handle": f"spare-{spare.id}", "share_id": 1, "proof": "nonsense", "post_id": post.id,
            "place": "gone.1", "comment_id": 1, "coupon_id": coupon.id,
            "contest_id": contest.id, "rank": 1,
        }  # fmt: skip
    return House(people, values, order)


def ask(client: FlaskClient, app: Flask, rule: Rule, house: House) -> TestResponse:
    """Call a route with the house's things in its address and an empty body."""
    method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    values = {name: house.values[name] for name in rule.arguments} | OTHER_VALUES.get(rule.endpoint, {})
    path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
    return client.open(path, method=method)


def is_sent_to_sign_in(answer: TestResponse) -> bool:
    """Tell whether the answer leads to the sign-in form."""
    return answer.status_code in (302, 303) and answer.headers["Location"].startswith(SIGN_IN_PATH)


def check(name: str, row: Row, answer: TestResponse) -> str | None:
    """Return what is wrong with an answer to the visitor called ``name``, or None."""
    if answer.status_code >= 500:
        return "it broke"
    if row.who in REFUSALS:
        return None if answer.status_code == REFUSALS[row.who] else "it lets a stranger in"
    kept_out = answer.status_code in (401, 403) or is_sent_to_sign_in(answer)
    if row.who is Who.ANYBODY:
        return "somebody is kept out" if kept_out else None
    if name == "guest":
        return None if is_sent_to_sign_in(answer) else "a guest is let in"
    if row.who is Who.SIGNED_IN:
        is_missed = answer.status_code == 404 and not row.finds_nothing
        return "somebody is kept out" if kept_out or is_missed else None
    return check_staff(
        ROLES[name],
        row,
        answer.status_code,
        kept_out=kept_out or (answer.status_code == 404 and not row.finds_nothing),
    )


def check_staff(role: Role | None, row: Row, status: int, *, kept_out: bool) -> str | None:
    """Return what is wrong with an answer of the page's rooms to ``role`` (None: does not work here)."""
    assert row.permission is not None
    if role is None:
        return None if status == 404 else "a stranger learns of the rooms"
    if not allows(role, row.permission):
        return None if status == 403 else "the role may do too much"
    return "the role may do too little" if kept_out else None


class TestRoutes:
    def test_each_has_a_row(self, app: Flask) -> None:
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROUTES)

    @pytest.mark.parametrize("name", ROLES)
    def test_let_in_whom_the_table_says(self, app: Flask, house: House, name: str) -> None:
        rules = sorted(
            app.url_map.iter_rules(),
            key=lambda rule: (any(word in rule.rule for word in LAST), rule.endpoint),
        )
        wrong = []
        for rule in rules:
            client = app.test_client()
            client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            if name != "guest":
                sign_in(client, house.people[name])
            answer = ask(client, app, rule, house)
            problem = check(name, ROUTES[rule.endpoint], answer)
            if problem:
                wrong.append(f"{name} at {rule.endpoint}: {problem} ({answer.status_code})")
        assert wrong == []

    def test_the_orders_token_opens_it_and_no_other(self, app: Flask, house: House) -> None:
        signer = app.extensions["vitrine"].signer
        client = app.test_client()
        path = f"/en/orders/{house.order.number}"
        assert client.get(path, query_string={"token": order_token(signer, house.order)}).status_code == 200
        assert (
            client.get(path, query_string={"token": order_token(signer, house.order.id + 1)}).status_code
            == 404
        )
        assert client.get(path).status_code == 404

    def test_test_mode_is_closed_unless_it_was_opened(self, app: Flask, house: House) -> None:
        from dataclasses import replace

        from shop.app import create_app

        runtime = app.extensions["vitrine"]
        closed = create_app(
            replace(runtime, settings=replace(runtime.settings, test_mode_rooms=False)), gateway=object()
        )
        assert closed.test_client().get("/en/test-mode/mail").status_code == 404
