"""Hold the conversation with one side, and keep its answers."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shop.parity.steps import Missing, Step, fill, look_up, write_form
from shop.payments.stripe_account import PINNED_VERSION

TIMEOUT_S = 40
TRIES = 5
TRY_AGAIN = (409, 429, 500, 502, 503)
UNTIL_TRIES, UNTIL_PAUSE_S = 12, 1.5
HEADERS = ("stripe-version", "idempotent-replayed", "content-type")


class SideAway(Exception):
    """A side did not answer at all; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without a status the step could not be taken, and ``missing`` says for want of what."""

    status: int | None
    body: Any
    headers: Mapping[str, str]
    missing: str = ""


@dataclass
class Side:
    """One Stripe-like server: its name in the report, its origin and a test key."""

    name: str
    origin: str
    key: str
    run: str
    """A word that sets this run's idempotency keys apart from those of all others."""
    wait: Callable[[float], object] = time.sleep

    def converse(self, steps: Iterable[Step], on_step: Callable[[Step], None]) -> list[Answer]:
        """Take the steps one after another; SideAway when the server does not answer."""
        known = {"run": self.run}
        answers = []
        headers = {"Stripe-Version": PINNED_VERSION}
        with httpx.Client(
            base_url=self.origin, auth=(self.key, ""), headers=headers, timeout=TIMEOUT_S
        ) as client:
            for step in steps:
                on_step(step)
                answer = self._take(client, step, known)
                for name, path in step.keep.items():
                    if isinstance(found := look_up(answer.body, path), str | int):
                        known[name] = str(found)
                answers.append(answer)
        return answers

    def _take(self, client: httpx.Client, step: Step, known: Mapping[str, str]) -> Answer:
        try:
            method, _, path = fill(step.call, known).partition(" ")
            params = fill(step.params, known)
        except Missing as error:
            return Answer(None, None, {}, missing=str(error))
        # A call that is repeated because its answer was lost must not be done twice.
        key = f"parity-{self.run}-{step.key or step.name}" if method == "POST" else None
        answer = self._ask(client, method, path, params, key)
        for _ in range(UNTIL_TRIES if step.until else 0):
            if look_up(answer.body, step.until or ""):
                break
            self.wait(UNTIL_PAUSE_S)
            answer = self._ask(client, method, path, params, None)
        return answer

    def _ask(
        self, client: httpx.Client, method: str, path: str, params: Mapping[str, Any], key: str | None
    ) -> Answer:
        pairs = dict(write_form(params))
        headers = {"Idempotency-Key": key.replace(" ", "-")} if key else {}
        sent: dict[str, Any] = {"data": pairs} if method == "POST" else {"params": pairs}
        for left in reversed(range(TRIES)):
            try:
                answer = client.request(method, path, headers=headers, **sent)
            except httpx.HTTPError as error:
                if not left:
                    raise SideAway(f"{self.name} ({self.origin}) does not answer: {error}") from error
            else:
                if answer.status_code not in TRY_AGAIN or not left:
                    return _read(answer)
            self.wait(2.0 ** (TRIES - left) / 4)
        raise AssertionError("the last try returns or raises")


def _read(answer: httpx.Response) -> Answer:
    try:
        body = answer.json()
    except ValueError:
        body = {"not JSON": answer.text[:200]}
    return Answer(
        answer.status_code, body, {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    )
