"""A payment gateway that keeps its books in memory and its word about idempotency keys."""

import dataclasses
import datetime as dt
import itertools
import json
import threading
from collections.abc import Mapping
from typing import Any

from shop.core.clock import Clock
from shop.payments.gateway import (
    BadSignature,
    DisputeInfo,
    EventInfo,
    GatewayMissing,
    GatewayRefused,
    GatewayUnavailable,
    RefundInfo,
    SessionInfo,
)
from shop.payments.parsing import PAYMENT_KEY, REFUND_KEY

SIGNATURE = "signed"
SHORTEST = dt.timedelta(minutes=30)


class FakeGateway:
    """Stands for Stripe in tests. ``pay``, ``expire`` … do what a buyer or time would do there."""

    source = "fake"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.customers: dict[str, str] = {}
        self.sessions: dict[str, SessionInfo] = {}
        self.refunds: dict[str, RefundInfo] = {}
        self.disputes: dict[str, DisputeInfo] = {}
        self.evidence: dict[str, dict[str, str]] = {}
        self.created: dict[str, dt.datetime] = {}
        self.is_down = False
        self.crash_after: str | None = None
        """Name of a call that is carried out and whose answer is then lost."""
        self.refund_status = "succeeded"
        self.amount_off = 0
        """Added to the total of new sessions: a service that does not add up as we do."""
        self._kept: dict[str, tuple[str, str]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.is_down:
            raise GatewayUnavailable

    def _answer(self, name: str) -> None:
        if self.crash_after == name:
            self.crash_after = None
            raise GatewayUnavailable

    def _keyed(self, key: str, body: object) -> str | None:
        text = json.dumps(body, sort_keys=True)
        if key not in self._kept:
            return None
        object_id, known = self._kept[key]
        if known != text:
            raise GatewayRefused("keys may not be used with another body", stripe_code="idempotency_error")
        return object_id

    def _keep(self, key: str, body: object, object_id: str) -> None:
        self._kept[key] = (object_id, json.dumps(body, sort_keys=True))

    def create_customer(self, *, account_id: int, email: str, name: str, language: str, key: str) -> str:
        with self._lock:
            self._call("create_customer")
            body = [account_id, email, name, language]
            customer_id = self._keyed(key, body)
            if customer_id is None:
                customer_id = f"cus_{next(self._numbers)}"
                self.customers[customer_id] = email
                self._keep(key, body, customer_id)
            self._answer("create_customer")
            return customer_id

    def create_session(self, body: Mapping[str, Any], *, key: str) -> SessionInfo:
        with self._lock:
            self._call("create_session")
            self.bodies.append(json.loads(json.dumps(dict(body))))
            known = self._keyed(key, body)
            if known is not None:
                # As Stripe does it: the first answer again, whatever happened since.
                first = dataclasses.replace(self.sessions[known], status="open", payment_status="unpaid")
                return dataclasses.replace(first, url=f"https://pay.example/{known}", is_replay=True)
            if body["expires_at"] - self.clock.now().timestamp() < SHORTEST.total_seconds():
                raise GatewayRefused("expires_at is too soon", param="expires_at")
            if "customer" in body and body["customer"] not in self.customers:
                raise GatewayRefused("No such customer", stripe_code="resource_missing", param="customer")
            session_id = f"cs_{next(self._numbers)}"
            shipping = body["shipping_options"][0]["shipping_rate_data"]["fixed_amount"]["amount"]
            total = sum(item["quantity"] * item["price_data"]["unit_amount"] for item in body["line_items"])
            currency = body["line_items"][0]["price_data"]["currency"].upper()
            info = SessionInfo(
                id=session_id,
                status="open",
                payment_status="unpaid",
                amount_total=total + shipping + self.amount_off,
                currency=currency,
                url=f"https://pay.example/{session_id}",
                reference=body["client_reference_id"],
                payment_key=body["metadata"][PAYMENT_KEY],
                customer_id=body.get("customer"),
                email=body.get("customer_email") or self.customers.get(body.get("customer", "")),
            )
            self.sessions[session_id] = info
            self.created[session_id] = self.clock.now()
            self._keep(key, body, session_id)
            self._answer("create_session")
            return info

    def get_session(self, session_id: str) -> SessionInfo:
        with self._lock:
            self._call("get_session")
            if session_id not in self.sessions:
                raise GatewayMissing("No such checkout.session", stripe_code="resource_missing")
            return self.sessions[session_id]

    def expire_session(self, session_id: str) -> SessionInfo:
        with self._lock:
            self._call("expire_session")
            if session_id not in self.sessions:
                raise GatewayMissing("No such checkout.session", stripe_code="resource_missing")
            if self.sessions[session_id].status != "open":
                raise GatewayRefused("Only open sessions can be expired")
            info = self.expire(session_id)
            self._answer("expire_session")
            return info

    def find_session(self, payment_key: str, *, since: dt.datetime, until: dt.datetime) -> SessionInfo | None:
        with self._lock:
            self._call("find_session")
            for info in self.sessions.values():
                if info.payment_key == payment_key and since <= self.created[info.id] <= until:
                    return info
            return None

    def create_refund(
        self, *, payment_intent_id: str, amount: int, metadata: Mapping[str, str], key: str
    ) -> RefundInfo:
        with self._lock:
            self._call("create_refund")
            body = [payment_intent_id, amount, dict(metadata)]
            known = self._keyed(key, body)
            if known is not None:
                return self.refunds[known]
            session = next(
                one for one in self.sessions.values() if one.payment_intent_id == payment_intent_id
            )
            gone = sum(
                one.amount
                for one in self.refunds.values()
                if one.payment_intent_id == payment_intent_id and one.status != "failed"
            )
            if gone >= (session.amount_total or 0):
                raise GatewayRefused(
                    "Charge has already been refunded.", stripe_code="charge_already_refunded"
                )
            if amount > (session.amount_total or 0) - gone:
                raise GatewayRefused("greater than unrefunded amount on charge")
            info = RefundInfo(
                id=f"re_{next(self._numbers)}",
                status=self.refund_status,
                amount=amount,
                currency=session.currency,
                payment_intent_id=payment_intent_id,
                refund_key=metadata.get(REFUND_KEY),
            )
            self.refunds[info.id] = info
            self._keep(key, body, info.id)
            self._answer("create_refund")
            return info

    def get_refund(self, refund_id: str) -> RefundInfo:
        with self._lock:
            self._call("get_refund")
            return self.refunds[refund_id]

    def list_refunds(self, payment_intent_id: str) -> list[RefundInfo]:
        with self._lock:
            self._call("list_refunds")
            found = [one for one in self.refunds.values() if one.payment_intent_id == payment_intent_id]
            return found[::-1]

    def list_disputes(self, *, since: dt.datetime) -> list[DisputeInfo]:
        self._call("list_disputes")
        return list(self.disputes.values())[::-1]

    def send_evidence(self, dispute_id: str, evidence: Mapping[str, str]) -> DisputeInfo:
        self._call("send_evidence")
        self.evidence[dispute_id] = dict(evidence)
        self.disputes[dispute_id] = dataclasses.replace(self.disputes[dispute_id], status="under_review")
        return self.disputes[dispute_id]

    def read_event(self, body: bytes, signature: str) -> EventInfo:
        if signature != SIGNATURE:
            raise BadSignature
        raw = json.loads(body)
        return EventInfo(
            id=raw["id"],
            kind=raw["type"],
            created_at=dt.datetime.fromtimestamp(raw["created"], dt.UTC),
            object=raw["data"]["object"],
            payload=raw,
        )

    # What happens at the payment service

    def pay(
        self, session_id: str, *, email: str = "buyer@example.com", is_delayed: bool = False
    ) -> SessionInfo:
        """Complete an open session, at once or (``is_delayed``) with the money still to come."""
        with self._lock:
            info = self.sessions[session_id]
            assert info.status == "open", info.status
            ship_to = {
                "name": "Alix Durand",
                "line1": "1 rue de la Paix",
                "line2": None,
                "city": "Paris",
                "postal_code": "75002",
                "state": None,
                "country": "FR",
                "phone": None,
            }
            self.sessions[session_id] = dataclasses.replace(
                info,
                status="complete",
                payment_status="unpaid" if is_delayed else "paid",
                url=None,
                payment_intent_id=f"pi_{session_id}",
                intent_status="processing" if is_delayed else "succeeded",
                email=info.email or email,
                ship_to=ship_to,
            )
            return self.sessions[session_id]

    def settle(self, session_id: str, *, is_paid: bool) -> SessionInfo:
        """End the wait of a delayed payment."""
        with self._lock:
            info = self.sessions[session_id]
            self.sessions[session_id] = dataclasses.replace(
                info,
                payment_status="paid" if is_paid else "unpaid",
                intent_status="succeeded" if is_paid else "requires_payment_method",
            )
            return self.sessions[session_id]

    def expire(self, session_id: str) -> SessionInfo:
        """Let an open session run out."""
        with self._lock:
            self.sessions[session_id] = dataclasses.replace(
                self.sessions[session_id], status="expired", url=None
            )
            return self.sessions[session_id]
