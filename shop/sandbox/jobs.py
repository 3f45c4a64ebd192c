"""What happens by itself when its time has come: expiry, late refunds, decided disputes."""

from __future__ import annotations

from shop.sandbox import charging, disputes, refunds, sessions
from shop.sandbox.store import Store, Tx

KEY_LIFE = 24 * 3600


def run_due(store: Store) -> None:
    """Do every job whose time has come, in the order of their times; costs nothing when none has."""
    while store.is_anything_due():
        with store.writing() as tx:
            row = tx.sql.execute(
                "SELECT id, kind, subject FROM jobs WHERE due_at <= ? ORDER BY due_at, id LIMIT 1", (tx.now,)
            ).fetchone()
            if row:
                tx.sql.execute("DELETE FROM jobs WHERE id = ?", (row[0],))
                _do(tx, row[1], row[2])
        store.recount_jobs()


def _do(tx: Tx, kind: str, subject: str) -> None:
    if kind == "expire_session":
        session = tx.find(sessions.KIND, subject)
        if session and session["status"] == "open":
            sessions.expire(tx, session)
    elif kind == "settle_refund":
        refunds.settle(tx, subject)
    elif kind == "decide_dispute":
        disputes.decide(tx, subject)
    elif kind == "expire_hold":
        charging.expire_hold(tx, subject)
    elif kind == "settle_debit":
        intent = charging.settle(tx, subject)
        session = intent and tx.find(sessions.KIND, intent["_session"])
        if intent and session:
            charging.tell_session(tx, intent, session)
