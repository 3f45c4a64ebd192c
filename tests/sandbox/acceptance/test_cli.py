"""Stripe's own command line, from npm and unchanged, triggers events on the stand-in (``make proof``)."""

import os
import subprocess

import pytest

from tests.sandbox.acceptance.packages import cli_program
from tests.sandbox.conftest import eventually

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not os.environ.get("VITRINE_PROOF"), reason="fetches npm packages: make proof"),
]
TRIGGERS = (
    "charge.captured", "charge.dispute.created", "charge.failed", "charge.refunded", "charge.succeeded",
    "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded",
    "checkout.session.completed", "checkout.session.expired", "coupon.created", "customer.created",
    "customer.deleted", "customer.updated", "payment_intent.amount_capturable_updated", "payment_intent.canceled",
    "payment_intent.created", "payment_intent.payment_failed", "payment_intent.requires_action",
    "payment_intent.succeeded", "payment_method.attached", "payment_method.detached", "price.created",
    "price.updated", "product.created", "product.deleted", "product.updated",
)  # fmt: skip


def trigger(stand_in, folder, event):
    """Run ``stripe trigger``; return its status and what it said."""
    command = [
        str(cli_program()),
        "trigger",
        event,
        "--api-base",
        stand_in.url,
        "--api-key",
        f"sk_test_{'1' * 24}",
    ]
    environ = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environ)
    return done.returncode, done.stdout + done.stderr


class TestTrigger:
    @pytest.mark.parametrize("event", TRIGGERS)
    def test_succeeds_and_its_event_arrives(self, told, receiver, tmp_path, event):
        status, said = trigger(told, tmp_path, event)
        if event.startswith("checkout.session.async_payment"):
            told.advance(7 * 86_400)

        assert status == 0, said[-2000:]
        eventually(lambda: event in receiver.types())
        print(f"\nstripe trigger {event}: status 0, {len(receiver.got)} signed events")

    @pytest.mark.parametrize(("event", "part"), [("account.updated", "Connect"), ("invoice.paid", "Billing")])
    def test_of_what_is_not_there_says_so(self, told, tmp_path, event, part):
        status, said = trigger(told, tmp_path, event)

        assert status != 0
        assert f"does not do {part}" in said
