"""What many callers do to one thing at once happens once, or not at all."""

from concurrent.futures import ThreadPoolExecutor

import stripe

THREADS = 30


def at_once(act, count=THREADS):
    """Do ``act(n)`` from as many threads; returns what each one got, an error as itself."""

    def one(place):
        try:
            return act(place)
        except stripe.StripeError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def good(answers):
    return [one for one in answers if not isinstance(one, Exception)]


def intent(v1, **more):
    given = {
        "amount": 1000,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
    }
    return v1.payment_intents.create(given | {"confirm": True} | more)


class TestRaces:
    def test_for_a_last_redemption_have_one_winner(self, stand_in):
        v1 = stand_in.stripe.v1
        coupon = v1.coupons.create({"percent_off": 10})
        code = v1.promotion_codes.create(
            {"promotion": {"type": "coupon", "coupon": coupon.id}, "max_redemptions": 1}
        )
        sessions = [stand_in.session(discounts=[{"promotion_code": code.id}]).id for _ in range(8)]

        statuses = [answer[0] for answer in at_once(lambda n: stand_in.pay(sessions[n]), len(sessions))]

        assert sorted(statuses) == [200] + [400] * 7
        assert v1.promotion_codes.retrieve(code.id).times_redeemed == 1
        assert v1.coupons.retrieve(coupon.id).times_redeemed == 1
        assert len(v1.charges.list().data) == 1

    def test_of_refunds_give_back_no_more_than_was_taken(self, stand_in):
        v1 = stand_in.stripe.v1
        paid = intent(v1)

        made = good(at_once(lambda _n: v1.refunds.create({"payment_intent": paid.id, "amount": 300})))

        assert [one.amount for one in made] == [300] * 3
        assert v1.charges.retrieve(paid.latest_charge).amount_refunded == 900

    def test_between_capture_and_cancellation_end_in_one_of_them(self, stand_in):
        v1 = stand_in.stripe.v1
        held = intent(v1, capture_method="manual")
        acts = (v1.payment_intents.capture, v1.payment_intents.cancel)

        (last,) = good(at_once(lambda n: acts[n % 2](held.id)))

        charge = v1.charges.retrieve(held.latest_charge)
        assert last.status in ("succeeded", "canceled")
        assert charge.captured is (last.status == "succeeded")
        assert len(v1.balance_transactions.list().data) == int(charge.captured)

    def test_between_expiry_and_payment_end_in_one_of_them(self, stand_in):
        v1 = stand_in.stripe.v1
        session = stand_in.session()

        def act(place):
            if place % 2:
                return v1.checkout.sessions.expire(session.id).status
            status, answer = stand_in.pay(session.id)
            return answer["session"]["status"] if status == 200 else stripe.StripeError("refused")

        ended = [one for one in good(at_once(act)) if not isinstance(one, stripe.StripeError)]

        assert ended == [v1.checkout.sessions.retrieve(session.id).status]
        assert len(v1.charges.list().data) == (1 if ended == ["complete"] else 0)

    def test_of_confirmations_charge_once(self, stand_in):
        v1 = stand_in.stripe.v1
        waiting = intent(v1, confirm=False)

        assert len(good(at_once(lambda _n: v1.payment_intents.confirm(waiting.id)))) == 1
        assert len(v1.charges.list().data) == 1

    def test_under_one_key_answer_alike_or_ask_to_wait(self, stand_in):
        v1 = stand_in.stripe.v1
        single = stripe.StripeClient("sk_test_1", base_addresses={"api": stand_in.url}, max_network_retries=0)

        answers = at_once(lambda _n: single.v1.customers.create({"name": "Ada"}, {"idempotency_key": "one"}))

        assert len({one.id for one in good(answers)}) == 1
        waiting = [one for one in answers if isinstance(one, stripe.StripeError)]
        assert {(one.http_status, one.error.code) for one in waiting} <= {(409, "idempotency_key_in_use")}
        assert len(v1.customers.list().data) == 1
