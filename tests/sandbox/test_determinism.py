"""With a seed the same calls give the same ids, times and amounts, whenever they are made."""

import json
import re
import time

from tests.sandbox.conftest import call, start


def conversation(stand_in):
    """Buy, decline, refund, dispute; return all that the stand-in has to tell of it, as text."""
    stand_in.stripe.v1.customers.create({"email": "lea@example.com"})
    session = stand_in.session()
    stand_in.pay(session.id, "4000000000000002")
    stand_in.pay(session.id)
    paid = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
    stand_in.stripe.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 100})
    stand_in.advance(86_400)
    stand_in.paid("4000000000000259")
    told = [stand_in.stripe.raw_request("get", f"/v1/{kind}", limit=100).data
            for kind in ("events", "charges", "checkout/sessions", "balance_transactions")]  # fmt: skip
    # The SDK makes up a key for each call that gives none.
    shown = re.sub(r'"idempotency_key": "[^"]+"', "", json.dumps(told))
    return shown.replace(stand_in.url, "http://stand-in")


class TestSeed:
    def test_repeats_ids_and_times(self, tmp_path):
        told = []
        for name in ("one", "two"):
            stand_in = start(str(tmp_path / name), seed=7)
            told.append(conversation(stand_in))
            stand_in.close()
            time.sleep(1.1)  # The machine's clock must show another second, or the test could not fail.

        assert told[0] == told[1]

    def test_of_another_number_gives_other_ids(self, tmp_path):
        made = []
        for seed in (7, 8):
            stand_in = start(str(tmp_path / str(seed)), seed=seed)
            made.append(stand_in.stripe.v1.customers.create({}).id)
            stand_in.close()

        assert made[0] != made[1]

    def test_lets_reading_calls_change_nothing(self, tmp_path):
        made = []
        for reads in (0, 3):
            stand_in = start(str(tmp_path / str(reads)), seed=7)
            for _ in range(reads):
                stand_in.stripe.v1.customers.list()
            made.append(stand_in.stripe.v1.customers.create({}).id)
            stand_in.close()

        assert made[0] == made[1]

    def test_stops_the_clock_until_it_is_turned(self, tmp_path):
        stand_in = start(str(tmp_path / "stripe.db"), seed=7, start=1_800_000_000)
        first = stand_in.stripe.v1.customers.create({}).created
        stand_in.advance(60)
        stand_in.close()
        again = start(str(tmp_path / "stripe.db"), seed=7, start=1_500_000_000)

        health = call(f"{again.url}/_sandbox/health")[1]
        second = again.stripe.v1.customers.create({}).created
        again.close()

        assert (first, second) == (1_800_000_000, 1_800_000_060)
        assert (health["now"], health["seed"]) == (1_800_000_060, 7)

    def test_takes_an_expiry_by_the_callers_clock(self, tmp_path):
        stand_in = start(str(tmp_path / "stripe.db"), seed=7)
        given = int(time.time()) + 2700

        session = stand_in.session(expires_at=given)
        stand_in.advance(2600)
        before = stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status
        stand_in.advance(200)
        after = stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status
        stand_in.close()

        assert session.expires_at == given
        assert (before, after) == ("open", "expired")


class TestFraudWarning:
    def test_follows_the_card_that_asks_for_it(self, stand_in):
        session = stand_in.paid("4000000000005423")

        found = stand_in.stripe.v1.radar.early_fraud_warnings.list(
            {"payment_intent": session.payment_intent}
        ).data
        assert [one.fraud_type for one in found] == ["misc"]
        assert stand_in.stripe.v1.radar.early_fraud_warnings.retrieve(found[0].id).charge == found[0].charge
        assert "radar.early_fraud_warning.created" in stand_in.types()


class TestAccount:
    def test_is_one_for_every_key(self, stand_in):
        assert stand_in.stripe.v1.accounts.retrieve_current().charges_enabled
