"""Schemathesis over the served OpenAPI document: no 500, and every answer is one that the document declares.

It takes the document as a stranger would, from its address, and makes up requests of its own, fitting ones
and ones that do not fit; ``tests/api/test_fuzz.py`` sends what we know to be nasty.
"""

import collections
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from shop.core.db import Database
from tests.api.support import ApiClient, Shelf
from tests.factories import make_page, make_product
from tests.support.drill_house import IN_FULL, SEED, quiet_log, report

EXAMPLES = 120 if IN_FULL else 8
"""Requests of each operation and of each kind, fitting and not."""
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
load_all_checks()


@pytest.fixture
def shelf(database: Database) -> Shelf:
    """A page that sells a lamp in two sizes, and another one."""
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        lamp = make_product(session, page, title="Lamp", slug="lamp", variants=[(8900, 3), (12900, None)])
        other = make_page(session, slug="brume")
        mug = make_product(session, other, title="Mug", slug="mug", variants=[(1200, 10)])
        small, large = lamp.variants
        return Shelf("lumen", "brume", small.id, large.id, mug.variants[0].id, lamp.id)


class Doors:
    """A cart, its line and an order that requests may name, made anew when they were used up."""

    def __init__(self, app: Flask, shelf: Shelf) -> None:
        self._api, self._shelf = ApiClient(app), shelf
        self.renew()

    def renew(self) -> None:
        """Fill a cart, and order another."""
        self.cart, self.cart_token = self._api.filled_cart("lumen", self._shelf.large)
        self.line_id = self._api("GET", self.cart, token=self.cart_token).get_json()["lines"][0]["id"]
        path, token = self._api.filled_cart("lumen", self._shelf.large)
        made = self._api("POST", f"{path}/checkout", token=token, json={"email": "a@b.example"}).get_json()
        self.number, self.order_token = made["order"]["number"], made["order"]["token"]

    def open(self, case: Case) -> None:
        """Give a request the names and the token of things that there are."""
        known = {
            "page_slug": "lumen",
            "product_slug": "lamp",
            "cart_id": self.cart.rsplit("/", 1)[1],
            "line_id": self.line_id,
            "number": self.number,
        }
        names = case.path_parameters or {}
        case.path_parameters = {name: known.get(name, value) for name, value in names.items()}
        token = self.order_token if "number" in names else self.cart_token
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        if (
            isinstance(case.body, dict)
            and "variant_id" in case.body
            and isinstance(case.body["variant_id"], int)
        ):
            case.body["variant_id"] = self._shelf.large


@pytest.mark.drill
class TestTheDocument:
    def test_says_what_is_answered(self, app: Flask, shelf: Shelf) -> None:
        dialect = app.extensions["vitrine"].database.engine.dialect.name
        with quiet_log():
            counts = self._ask_everything(app, Doors(app, shelf), start=0 if dialect == "sqlite" else 1)
        lines = [f"  {label:55} {dict(sorted(found.items()))}" for label, found in sorted(counts.items())]
        total = sum(sum(found.values()) for found in counts.values())
        report(
            "hostile",
            [f"schemathesis on {dialect}, seed {SEED}: {len(counts)} operations, {total} requests", *lines],
        )
        succeeded = [label for label, found in counts.items() if any(code < 300 for code in found)]
        assert len(succeeded) >= len(counts) - 2, f"hardly anything got through: {succeeded}"

    def _ask_everything(self, app: Flask, doors: Doors, *, start: int) -> dict[str, collections.Counter[int]]:
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
        counts: dict[str, collections.Counter[int]] = {}
        # The sample shares the operations out between the databases; in full each is asked for all.
        operations = list(schema.get_all_operations())
        for found in operations if IN_FULL else operations[start::2]:
            operation = found.ok()
            counter = counts[operation.label] = collections.Counter()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._ask(operation, mode, doors, counter)
        return counts

    def _ask(
        self, operation: Any, mode: GenerationMode, doors: Doors, counter: collections.Counter[int]
    ) -> None:
        always = CHECKS.get_by_names(list(CHECKED))
        of_refusals = CHECKS.get_by_names(["negative_data_rejection"])

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, print_blob=True, phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), is_let_in=st.integers(0, 3))
        def check(case: Case, is_let_in: int) -> None:
            checks = always
            if is_let_in:
                doors.open(case)  # which may mend what was wrong with it
            elif mode is GenerationMode.NEGATIVE:
                checks = [*always, *of_refusals]
            answer = case.call()
            counter[answer.status_code] += 1
            if answer.status_code < 300 and operation.method.upper() in ("DELETE", "POST"):
                doors.renew()
            case.validate_response(answer, checks=checks)

        check()
