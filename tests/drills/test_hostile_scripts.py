"""Script in every text that anybody can write, on every page and in every mail that shows it: text it stays.

Each field of each form gets a marker of its own, one at a time, so that the rest of the form is right; names and
addresses from the payment page, an import and all that has no form come on top. Then every page that anybody can
reach is parsed, and nothing of a marker may have become an element, an attribute or an address.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select

from shop.accounts.models import Account
from shop.catalog.import_run import import_file
from shop.checkout.desk import guest_buyer
from shop.core.mail import Mail
from tests.catalog.importing.support import row, text_of
from tests.support.crawling import Walk, walk
from tests.support.drill_house import IN_FULL, House, build_house, order_something, quiet_log, report
from tests.support.fake_gateway import FakeGateway
from tests.support.html import Document, Field, HtmlForm

pytestmark = pytest.mark.drill
WRITABLE = frozenset({"text", "search", "textarea", "email", "url", "tel", "hidden"})
LIMIT = 400 if IN_FULL else 70
LEFT_ALONE = re.compile(r"sign-in|password|sign-out|/staff/\d+/|deletion$|removal$|archive$|withdrawal$")
"""What would end the drill's own sessions or take away what the pages are to show."""


@dataclass
class Markers:
    """Hands out markers and knows where each was written."""

    places: dict[str, str] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def make(self, place: str) -> str:
        """Return a text that becomes an element, an attribute or 49 wherever it is not escaped."""
        name = f"vx{next(self.numbers)}"
        self.places[name] = place
        return f"\"'><{name} onvx=1>{{{{7*7}}}}"

    def address(self, place: str) -> str:
        """Return an address that would run as a script."""
        name = f"vx{next(self.numbers)}"
        self.places[name] = place
        return f"javascript:{name}()"


@pytest.fixture
def house(app: Flask, gateway: FakeGateway) -> Iterator[House]:
    with quiet_log():
        yield build_house(app, gateway)


def fill_forms(house: House, role: str, markers: Markers, *, limit: int = LIMIT) -> int:
    """Write a marker into each text field of each form that ``role`` finds; return how many were sent."""
    found = walk(house, role)
    sent = 0
    for shape in sorted(found.forms):
        form = found.forms[shape]
        if form.method != "POST" or LEFT_ALONE.search(form.action):
            continue
        for one in form.fields:
            if one.kind in WRITABLE and sent < limit:
                send(house.client(role), form, one, markers)
                sent += 1
    return sent


def send(client: FlaskClient, form: HtmlForm, target: Field, markers: Markers) -> None:
    """Send a form as it stands, fresh from its page, with a marker in one field."""
    make = markers.address if target.kind == "url" or "url" in target.name else markers.make
    value = make(f"{form.action} {target.name}")
    data: dict[str, list[str]] = {}
    for name, old in fresh(client, form):
        data.setdefault(name, []).append(value if name == target.name else old)
    data.setdefault(target.name, [value])
    answer = client.post(form.action, data=data)
    assert answer.status_code < 500, (form.action, target.name)
    if answer.mimetype == "text/html":
        problems = injected(Document(form.action, answer.get_data(as_text=True)))
        assert problems == [], (form.action, target.name, problems)


def fresh(client: FlaskClient, form: HtmlForm) -> list[tuple[str, str]]:
    """Return what the form holds now: versions and counts may have moved on."""
    page = client.get(form.page)
    if page.status_code == 200:
        for one in Document(form.page, page.get_data(as_text=True)).forms:
            if one.shape == form.shape:
                return one.sent()
    return form.sent()


def injected(document: Document) -> list[str]:
    """Return what of a page was made by a marker."""
    found = []
    for element in document.elements:
        if element.tag.startswith("vx"):
            found.append(f"<{element.tag}>")
        for name, value in element.attributes.items():
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith(("vx", "on")) or name == "style":
                found.append(f"<{element.tag} {name}>")
            if name in ("href", "src", "action", "formaction", "poster", "data") and address.startswith(
                ("javascript:", "data:text", "vbscript:")
            ):
                found.append(f"<{element.tag} {name}={value[:40]}>")
    if "'>49" in document.text or "onvx=1>49" in document.text:
        found.append("a template was evaluated")
    return found


def write_what_no_form_writes(house: House, markers: Markers, folder: Path) -> None:
    """Put markers where Stripe, an import or a sign-up brings texts."""
    names = ("name", "line1", "line2", "city", "postal_code", "state", "phone")
    ship_to = {name: markers.make(f"ship_to {name}") for name in names} | {"country": "FR"}
    order_something(
        house.app,
        house.gateway,
        house.ours.page,
        house.ours.product,
        buyer=guest_buyer("vx"),
        ship_to=ship_to,
    )
    with house.database.transaction() as session:
        account = session.get_one(Account, house.follower.id)
        account.name = markers.make("account name")
    columns = ("Title", "Body__HTML", "Vendor", "Type", "Tags", "Option1_Name", "Option1_Value", "Variant_SKU",
               "Image_Alt_Text")  # fmt: skip
    cells = {name: markers.make(f"import {name}") for name in columns}
    file = folder / "scripts.csv"
    body = f'<p onclick="x">{cells["Body__HTML"]}<a href="{markers.address("import link")}">x</a><svg onload=x></p>'
    file.write_text(text_of(row("vx-product", **{**cells, "Body__HTML": body})))
    now = house.runtime.clock.now()
    import_file(house.database, file, page_id=house.ours.page.id, currency="EUR", now=lambda: now)


def look_everywhere(house: House) -> tuple[dict[str, list[str]], dict[str, Walk]]:
    """Walk all pages as each role; return what was injected, by address."""
    walks = {role: walk(house, role, limit=LIMIT * 2) for role in ("visitor", "follower", "admin")}
    wrong = {
        f"{role} {address}": problems
        for role, found in walks.items()
        for address, document in found.documents.items()
        if (problems := injected(document))
    }
    return wrong, walks


class TestScriptInEveryText:
    def test_stays_text_on_every_page_and_in_every_mail(self, house: House, tmp_path: Path) -> None:
        markers = Markers()
        write_what_no_form_writes(house, markers, tmp_path)
        sent = {role: fill_forms(house, role, markers) for role in ("visitor", "follower", "admin")}
        house.run_jobs()
        wrong, walks = look_everywhere(house)
        assert wrong == {}, {name: (problems, markers.places) for name, problems in wrong.items()}
        with house.database.reading() as session:
            mails = session.scalars(select(Mail)).all()
        for mail in mails:
            # Mails have their styles inline, as mail programs want it.
            found = [one for one in injected(Document("mail", mail.html_body or "")) if " style>" not in one]
            assert found == [], (mail.kind, found)
            assert "\n" not in (mail.title or "")
        shown = {
            name
            for name in markers.places
            if any(name in document.text or _in_value(name, document) for found in walks.values() for document in found.documents.values())
        }  # fmt: skip
        pages = sum(len(found.documents) for found in walks.values())
        told = f"script in every text on {house.database.engine.dialect.name}: {len(markers.places)} markers ({sent}),"
        seen = f"{len(shown)} of them shown, {pages} pages and {len(mails)} mails looked at, none ran"
        report("hostile", [f"{told} {seen}"])
        # Refused ones are shown only in the answer that refuses them.
        assert len(shown) >= 20, sorted(markers.places[name] for name in shown)

    @pytest.mark.browser
    def test_runs_in_no_browser(self, house: House, chromium: Browser, tmp_path: Path) -> None:
        markers = Markers()
        write_what_no_form_writes(house, markers, tmp_path)
        fill_forms(house, "admin", markers, limit=LIMIT // 2)
        _, walks = look_everywhere(house)
        context = chromium.new_context()
        page = context.new_page()
        complaints: list[str] = []
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if "Content Security" in message.text else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        client = house.client("admin")

        def serve(route: object, request: object) -> None:
            path = re.sub(r"^https?://localhost", "", request.url)  # type: ignore[attr-defined]
            # A redirect that is answered from here would be followed to the network.
            answer = client.get(path, follow_redirects=True)
            route.fulfill(  # type: ignore[attr-defined]
                status=answer.status_code, headers=dict(answer.headers), body=answer.get_data()
            )

        context.route("http://localhost/**", serve)
        addresses = [place for found in walks.values() for place in found.documents][:: 1 if IN_FULL else 6]
        try:
            for address in addresses:
                page.goto(f"http://localhost{address}")
                made = page.evaluate(
                    "[...document.querySelectorAll('*')].filter(e => e.localName.startsWith('vx') || e.hasAttribute('onvx')).length"
                )
                assert made == 0, address
        finally:
            context.close()
        assert complaints == []
        report(
            "hostile", [f"script in a browser: {len(addresses)} pages, no dialog, no violation of the CSP"]
        )


def _in_value(name: str, document: Document) -> bool:
    return any(name in value for element in document.elements for value in element.attributes.values())
