"""Roles are shown only what they may do: every link and form of every page of the admin, as each role."""

import re
from collections import deque
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from shop.core.db import Database
from shop.page.authorization import allows
from shop.page.models import Role
from tests.architecture.route_table import ROUTES, Who
from tests.factories import make_account, make_staff
from tests.support.drill_house import OURS, build_house
from tests.support.fake_gateway import FakeGateway
from tests.support.html import Document
from tests.support.visitors import sign_in

HOME = f"/en/manage/{OURS}"
OF_A_KIND = 3
"""Pages whose addresses differ only in numbers and queries: so many are looked at."""


@pytest.fixture
def adapter(app: Flask) -> MapAdapter:
    """What tells an address's route."""
    return app.url_map.bind("localhost")


def rooms(app: Flask) -> list[str]:
    """Return the addresses of the admin's pages that need nothing but the page."""
    found = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.arguments == {"lang", "page_slug"}
        and "GET" in (rule.methods or ())
        and "/manage/" in rule.rule
    ]
    return [re.sub(r"^/<[^>]+>", "/en", rule).replace("<page_slug>", OURS) for rule in found]


def wrong(adapter: MapAdapter, role: Role, address: str, method: str) -> str | None:
    """Return what is wrong with offering ``address`` to ``role``, or None."""
    path = urlsplit(address).path
    if path.startswith(("/static/", "/media/")):
        return None
    try:
        endpoint, _ = adapter.match(path, method=method)
    except RequestRedirect:
        return None
    except (NotFound, MethodNotAllowed) as error:
        return f"{method} {path}: {error.name}"
    row = ROUTES[endpoint]
    if row.who is not Who.STAFF or row.permission is None or allows(role, row.permission):
        return None
    return f"{method} {path}: {endpoint} needs {row.permission}"


def look(client: FlaskClient, app: Flask, adapter: MapAdapter, role: Role) -> tuple[int, list[str]]:
    """Walk the admin as ``role``; return how many pages were shown and what was wrong with them."""
    waiting, seen, kinds = deque(rooms(app)), set[str](), dict[str, int]()
    shown, found = 0, list[str]()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        shown += 1
        page = Document(address, answer.get_data(as_text=True))
        offers = [(link, "GET") for link in page.links]
        offers += [(form.action, form.method) for form in page.forms]
        for offer, method in offers:
            parts = urlsplit(urldefrag(offer)[0])
            if parts.netloc not in ("", "localhost") or parts.scheme not in ("", "http"):
                continue
            problem = wrong(adapter, role, offer, method)
            if problem:
                found.append(f"{address} offers {problem}")
            elif method == "GET" and parts.path.startswith(HOME) and offer not in seen:
                kind = re.sub(r"\d+", "#", parts.path)
                kinds[kind] = kinds.get(kind, 0) + 1
                if kinds[kind] <= OF_A_KIND:
                    seen.add(offer)
                    waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return shown, found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestRolePages:
    @pytest.mark.parametrize("role", list(Role))
    def test_offer_only_what_the_role_may_do(
        self, app: Flask, gateway: FakeGateway, database: Database, adapter: MapAdapter, role: Role
    ) -> None:
        house = build_house(app, gateway)
        with database.transaction() as session:
            person = make_account(session, name="Somebody")
            make_staff(session, house.ours.page, person, role)
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, person)
        shown, found = look(client, app, adapter, role)
        assert not found, "\n".join(sorted(set(found)))
        assert shown >= 8, "fewer pages than each role has"
