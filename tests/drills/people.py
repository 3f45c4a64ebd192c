"""The people of a crash drill: buyers who press again when the connection breaks, or never come back."""

import random
import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.drills.processes import PATIENCE_S, Crew

GOOD, DECLINED, SLOW_REFUND = "4242424242424242", "4000000000000002", "4000000000007726"
PAGE = "lumen"
TRIES = 4


class GaveUp(Exception):
    """The connection broke, and this person does not come back."""


@dataclass
class Person:
    """A browser on the shop. ``is_patient`` people repeat what broke; the others leave for good."""

    crew: Crew
    is_patient: bool = True
    browser: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = httpx.Client(
            base_url=self.crew.shop, timeout=60, headers={"Sec-Fetch-Site": "same-origin"}
        )

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send a request until it is answered; GaveUp when the connection broke and they are impatient."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self.browser.request(method, path, **what)
            except httpx.TransportError:
                if not self.is_patient or time.monotonic() > deadline:
                    raise GaveUp from None
                time.sleep(0.2)
                continue
            if answer.status_code == 500:
                self.crew.problems.append(f"{method} {path} was answered 500")
            return answer

    def pay(self, url: str, card: str = GOOD) -> str | None:
        """Pay behind ``url``; return where the payment page leads back to, None when it was refused."""
        session_id = url.rstrip("/").rsplit("/", 1)[-1].split("#")[0].split("?")[0]
        answer = httpx.post(
            f"{self.crew.sandbox}/_sandbox/sessions/{session_id}/payment", json={"card": card}, timeout=60
        )
        return str(answer.json()["redirect"]) if answer.is_success else None

    def press(self, path: str, form: dict[str, Any]) -> str | None:
        """Press a button that leads to the payment page, again if need be; return its address, or None."""
        for _ in range(TRIES):
            target = self.ask("POST", path, data=form).headers.get("Location", "")
            if target.startswith(self.crew.sandbox):
                return str(target)
            time.sleep(0.1)
        return None

    def go_back(self, address: str | None) -> str:
        """Come back from the payment page; return the order page's address."""
        if address is None:
            return ""
        answer = self.ask("GET", address.removeprefix(self.crew.shop))
        return str(answer.headers.get("Location", ""))


@dataclass
class Day:
    """One day in the shop: what is sold, and who does what."""

    crew: Crew
    variants: list[int]
    chance: random.Random
    patience: float = 0.6
    later: list[Callable[[], None]] = field(default_factory=list)
    """What people do ten minutes later."""

    def person(self) -> Person:
        """Return somebody new, who comes back after a crash with the day's patience."""
        return Person(self.crew, is_patient=self.chance.random() < self.patience)

    def quantity(self) -> int:
        """Return how many of something are bought."""
        return self.chance.choice((1, 1, 2, 3))

    def express(self, person: Person, variant_id: int, quantity: int) -> str | None:
        """Buy one thing at once; return the payment page's address."""
        return person.press(f"/en/p/{PAGE}/purchases", {"variant_id": variant_id, "quantity": quantity})

    # Who comes by

    def buys_at_once(self) -> Callable[[], None]:
        """A guest who buys, pays and comes back."""
        person, variant, units = self.person(), self.chance.choice(self.variants), self.quantity()

        def act() -> None:
            if url := self.express(person, variant, units):
                person.go_back(person.pay(url))

        return act

    def is_declined_first(self) -> Callable[[], None]:
        """A guest with a cart of two things whose first card is declined."""
        person, units = self.person(), self.quantity()

        def act() -> None:
            for variant in self.variants[:2]:
                person.ask(
                    "POST", f"/en/p/{PAGE}/cart/lines", data={"variant_id": variant, "quantity": units}
                )
            url = person.press(f"/en/p/{PAGE}/cart/checkout", {})
            if url and person.pay(url, DECLINED) is None:
                person.go_back(person.pay(url))

        return act

    def buys_by_program(self) -> Callable[[], None]:
        """A program that speaks JSON, keeps its idempotency keys, and tries again later where it is told to."""
        person, variant, units = self.person(), self.variants[-1], self.quantity()
        keys = [str(uuid.UUID(int=self.chance.getrandbits(128))) for _ in range(3)]

        def ask(number: int, path: str, body: dict[str, Any]) -> httpx.Response:
            return person.ask("POST", f"/api/v1{path}", json=body, headers={"Idempotency-Key": keys[number]})

        def pay(cart_id: int) -> bool:
            answer = ask(2, f"/carts/{cart_id}/checkout", {"email": "program@example.com"})
            if answer.status_code == 201 and (url := answer.json()["checkout_url"]):
                person.go_back(person.pay(url))
            elif answer.status_code not in (201, 409, 503):
                self.crew.problems.append(f"checkout by API: {answer.status_code} {answer.text[:200]}")
            return answer.status_code == 201

        def act() -> None:
            answer = ask(0, f"/pages/{PAGE}/carts", {})
            if answer.status_code != 201:
                return  # its first request died under this key, which is held for a minute
            cart = answer.json()
            person.browser.headers["Authorization"] = f"Bearer {cart['token']}"
            ask(1, f"/carts/{cart['id']}/lines", {"variant_id": variant, "quantity": units})
            if not pay(cart["id"]):
                self.later.append(lambda: (pay(cart["id"]), None)[1])

        return act

    def never_pays(self) -> Callable[[], None]:
        """A guest who looks at the payment page and leaves."""
        person, variant, units = self.person(), self.chance.choice(self.variants), self.quantity()
        return lambda: (self.express(person, variant, units), None)[1]

    def is_signed_in(self, email: str, password: str) -> Callable[[], None]:
        """A follower who buys for the first time, so that Stripe gets a customer."""
        person, variant, units = self.person(), self.chance.choice(self.variants), self.quantity()

        def act() -> None:
            person.ask("POST", "/en/sign-in", data={"email": email, "password": password})
            if url := self.express(person, variant, units):
                person.go_back(person.pay(url, SLOW_REFUND))

        return act

    def cancels(self) -> Callable[[], None]:
        """A guest who comes back from the payment page and cancels."""
        person, variant, units = self.person(), self.chance.choice(self.variants), self.quantity()

        def act() -> None:
            url = self.express(person, variant, units)
            if url is None:
                return
            # The payment page's own way back does not know the order: the return address does.
            shown = self._session(url)["success_url"]
            found = re.search(r"order=([^&]+)&token=([^&]+)", shown)
            assert found is not None, shown
            person.ask("POST", f"/en/orders/{found[1]}/cancellation", data={"token": found[2]})

        return act

    def _session(self, url: str) -> dict[str, Any]:
        """Return the session behind a payment page, however often the stand-in loses its answer."""
        address = f"{self.crew.sandbox}/v1/checkout/sessions/{url.rstrip('/').rsplit('/', 1)[-1]}"
        for _ in range(20):
            with suppress(httpx.TransportError):
                answer = httpx.get(address, headers={"Authorization": "Bearer sk_test_drill"}, timeout=60)
                if answer.is_success:
                    return dict(answer.json())
        raise GaveUp

    def pays_unheard(self) -> Callable[[], None]:
        """A guest who pays and closes the browser while Stripe's webhooks are held back."""
        person, variant, units = self.person(), self.chance.choice(self.variants), self.quantity()

        def act() -> None:
            if url := self.express(person, variant, units):
                person.pay(url)

        return act
