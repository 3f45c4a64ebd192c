"""Every form of the site, bent in 2,000 seeded ways: never a 500, never a change on another's page, always an answer."""

import collections
import random
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.crawling import Walk, walk
from tests.support.drill_house import IN_FULL, SEED, House, build_house, quiet_log, report, untouchable
from tests.support.fake_gateway import FakeGateway
from tests.support.hostile import Attack, bend
from tests.support.html import Document, HtmlForm

ROLES = ("visitor", "follower", "admin")
MUTATIONS = 2000 if IN_FULL else 300
STEP = 50
"""Attacks between two looks at all pages: what was stored must be shown without a fault, too."""
SHARE = {"visitor": 0.25, "follower": 0.25, "admin": 0.5}


@pytest.fixture
def house(app: Flask, gateway: FakeGateway) -> Iterator[House]:
    """Two pages with one of everything."""
    with quiet_log():
        yield build_house(app, gateway)


def send(client: FlaskClient, attack: Attack) -> TestResponse:
    """Send an attack as it is."""
    headers = {} if attack.content_type is None else {"Content-Type": attack.content_type}
    path, _, query = attack.target.partition("?")
    return client.open(path, method=attack.method, query_string=query, data=attack.body, headers=headers)


def what_is_wrong(client: FlaskClient, attack: Attack, answer: TestResponse) -> str | None:
    """Return what is wrong with the answer to an attack, or None."""
    status = answer.status_code
    if status >= 500:
        return f"it broke ({status})"
    if status in (302, 303):
        return _wrong_way(client, answer.headers["Location"])
    if answer.mimetype != "text/html":
        return None
    document = Document(attack.target, answer.get_data(as_text=True))
    if len(document.text.split()) < 5:
        return "it says nothing"
    is_told = attack.method != "POST" or status != 422 or _says_what_is_wrong(document)
    return None if is_told else "it does not say what is wrong"


def _wrong_way(client: FlaskClient, location: str) -> str | None:
    if location.startswith("https://pay.example/"):
        return None
    if location.startswith("//") or not location.startswith(("/", "http://localhost/")):
        return f"it leads away to {location[:80]}"
    after = client.get(location)
    return f"what follows broke ({after.status_code}, {location})" if after.status_code >= 500 else None


def _says_what_is_wrong(document: Document) -> bool:
    for element in document.elements:
        given = element.attributes
        if given.get("aria-invalid") == "true" or given.get("role") in ("alert", "status"):
            return True
        if "error" in given.get("class", ""):
            return True
    return False


def forms_of(house: House, role: str) -> tuple[Walk, list[HtmlForm]]:
    """Return what a walk found and its forms in a stable order."""
    found = walk(house, role)
    return found, [found.forms[shape] for shape in sorted(found.forms)]


@pytest.mark.drill
class TestEveryForm:
    @pytest.mark.parametrize("role", ROLES)
    def test_outlives_what_no_browser_sends(self, house: House, role: str) -> None:
        count = round(MUTATIONS * SHARE[role])
        chance = random.Random(f"{SEED} {role}")
        _, forms = forms_of(house, role)
        foreign = [str(house.theirs.product.id), str(house.theirs.collection.id), str(house.theirs.owner.id),
                   *(str(one.id) for one in house.theirs.product.variants), *house.theirs.order_numbers, "999999"]  # fmt: skip
        before = untouchable(house, role)
        statuses: collections.Counter[int] = collections.Counter()
        wrong = []
        for number in range(count):
            attack = bend(forms[number % len(forms)], chance, foreign)
            client = house.client(role)
            answer = send(client, attack)
            statuses[answer.status_code] += 1
            problem = what_is_wrong(client, attack, answer)
            if problem:
                wrong.append(f"{number}: {problem}: {attack.method} {attack.target[:120]} ({attack.how})")
            if role == "admin":
                house.mend()
            if number % STEP == STEP - 1:
                walk(house, role, limit=60)
        walk(house, role)
        house.run_jobs()
        after = untouchable(house, role)
        touched = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
        told = f"forms as {role} on {house.database.engine.dialect.name}, seed {SEED}: {len(forms)} kinds of form,"
        report("hostile", [f"{told} {count} mutations, answers {dict(sorted(statuses.items()))}"])
        assert wrong == [], f"seed {SEED}: " + "\n".join(wrong)
        assert touched == [], f"seed {SEED}: changed where nothing may change: {touched}"
        # Most must have reached a form's own code, or the drill would only test the router.
        assert sum(statuses[code] for code in (200, 303, 422)) > count * 0.5, statuses
