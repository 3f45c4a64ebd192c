"""What must hold when the load is over: our orders are the stand-in's sessions, and no unit was lost."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
from sqlalchemy import func, select

from shop.catalog.models import Variant
from shop.core.db import Database
from shop.core.outbox import Job, JobState
from shop.orders.models import Order, OrderLine, OrderStatus
from shop.payments.models import Payment
from tools.bench.seeding import STOCK


def wait_until_quiet(database: Database, *, seconds: float) -> bool:
    """Wait until no job is due and every paid session has told us; return whether it came to that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.reading() as session:
            due = session.scalar(
                select(func.count(Job.id)).where(Job.state == JobState.WAITING, Job.run_at <= func.now())
            )
        if not due:
            return True
        time.sleep(0.5)
    return False


def _sessions(origin: str) -> Iterator[dict[str, Any]]:
    """Yield every checkout session of the stand-in."""
    params: dict[str, Any] = {"limit": 100}
    while True:
        answer = httpx.get(
            f"{origin}/v1/checkout/sessions",
            params=params,
            timeout=60,
            headers={"Authorization": "Bearer sk_test_load"},
        )
        page = answer.raise_for_status().json()
        yield from page["data"]
        if not page["has_more"]:
            return
        params["starting_after"] = page["data"][-1]["id"]


def violations(database: Database, sandbox_origin: str) -> tuple[list[str], list[str]]:
    """Return (what the books say, what is wrong with them)."""
    paid = {
        one["id"]: one["amount_total"] for one in _sessions(sandbox_origin) if one["payment_status"] == "paid"
    }
    wrong = []
    with database.reading() as session:
        rows = session.execute(
            select(Order.number, Order.status, Order.captured_amount, Payment.stripe_session_id).join(
                Payment, Payment.order_id == Order.id
            )
        ).all()
        dead = session.scalars(select(Job.kind).where(Job.state == JobState.DEAD)).all()
        held: dict[int | None, int] = dict(
            session.execute(
                select(OrderLine.variant_id, func.sum(OrderLine.quantity))
                .join(Order, Order.id == OrderLine.order_id)
                .where(Order.holds_stock, OrderLine.variant_id.is_not(None))
                .group_by(OrderLine.variant_id)
            ).all()
        )
        stocks = dict(session.execute(select(Variant.id, Variant.stock).where(Variant.stock != STOCK)).all())
    for number, status, captured, session_id in rows:
        if captured != paid.get(session_id, 0):
            wrong.append(f"{number} is {status} with {captured}, the stand-in took {paid.get(session_id, 0)}")
        if (status is OrderStatus.PAID) != (session_id in paid):
            wrong.append(
                f"{number} is {status}, its session is {'paid' if session_id in paid else 'not paid'}"
            )
    for variant_id in {*held, *stocks}:
        left, taken = stocks.get(variant_id or 0, STOCK), held.get(variant_id, 0)
        if left != STOCK - taken:
            wrong.append(f"variant {variant_id}: {left} left, {STOCK} less {taken} should be")
    unknown = set(paid) - {row[3] for row in rows}
    wrong += [f"session {session_id} is paid and no order's" for session_id in unknown]
    wrong += [f"{count} dead jobs of kind {kind}" for kind, count in Counter(dead).items()]
    counts = Counter(row[1].value for row in rows)
    told = (
        f"books: {len(rows)} orders {dict(sorted(counts.items()))}, {len(paid)} paid sessions at the stand-in, "
        f"{sum(paid.values()) / 100:,.2f} taken there, {sum(row[2] for row in rows) / 100:,.2f} here; "
        f"{sum(held.values())} units of {len(held)} variants held; {len(wrong)} violations"
    )
    return [told], wrong
