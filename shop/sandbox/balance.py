"""The account's balance and what moved it: https://docs.stripe.com/api/balance_transactions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, not_found
from shop.sandbox.lists import list_page, shown_as
from shop.sandbox.store import Tx

KIND = "balance_transaction"
# The stand-in's own fees, near what Stripe takes for a card in Europe or the USA; a dispute's is 15.00.
SHARE, FIXED, DISPUTE_FEE = Decimal("0.029"), 30, 1500
WAIT = 2 * 24 * 3600
_CATEGORIES = {
    "payment": "charge",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
}


def fee_of(amount: int) -> int:
    """Return the stand-in's fee for a charge, in the charge's minor units."""
    return int((amount * SHARE).quantize(Decimal(1), ROUND_HALF_UP)) + FIXED


def move(tx: Tx, kind: str, source: Obj, amount: int, *, fee: int = 0, is_instant: bool = False) -> str:
    """Write a movement of the balance and return its id.

    Args:
        tx: the transaction.
        kind: ``charge``, ``payment`` (of a bank account), ``refund``, ``refund_failure``, ``adjustment`` …
        source: the charge, refund or dispute that caused it.
        amount: minor units, negative for what is taken.
        fee: minor units.
        is_instant: available at once, not after two days.
    """
    fees = [{
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Dispute fee" if kind == "adjustment" else "Stripe processing fees",
        "type": "stripe_fee",
    }] if fee else []  # fmt: skip
    row = {
        "id": tx.new_id("txn_"),
        "object": KIND,
        "amount": amount,
        "available_on": tx.seconds if is_instant else tx.seconds + WAIT,
        "balance_type": "payments",
        "created": tx.seconds,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    tx.add(KIND, row)
    return str(row["id"])


def _now(tx: Tx, row: Obj) -> Obj:
    return row | {"status": "available" if row["available_on"] <= tx.seconds else "pending"}


shown_as(KIND, _now)


@api.on("GET", "/v1/balance_transactions/{id}", "BalanceTransactionRetrieveParams")
def retrieve_transaction(call: Call) -> Obj:
    """Return one movement of the balance."""
    row = call.tx.find(KIND, call.id)
    if row is None:
        raise not_found(KIND, call.id)
    return _now(call.tx, row)


@api.on("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_transactions(call: Call) -> Obj:
    """List what moved the balance, newest first, by source, type or currency."""
    params = call.params
    currency = params["currency"].lower() if "currency" in params else None
    return list_page(
        call, KIND, {"type": params.get("type"), "currency": currency}, parent=params.get("source")
    )


@api.on("GET", "/v1/balance", "BalanceRetrieveParams")
def retrieve_balance(call: Call) -> Obj:
    """Return what is available and what is on its way, by currency; nothing is ever paid out."""
    rows = call.tx.sql.execute(
        "SELECT json_extract(body, '$.currency'), json_extract(body, '$.available_on') <= ?,"
        " sum(json_extract(body, '$.net')) FROM objects WHERE kind = ? GROUP BY 1, 2 ORDER BY 1",
        (call.tx.seconds, KIND),
    ).fetchall()
    currencies = sorted({row[0] for row in rows}) or ["usd"]
    sums = {(row[0], bool(row[1])): row[2] for row in rows}

    def side(*, is_available: bool) -> list[Obj]:
        return [
            {"amount": amount, "currency": code, "source_types": {"card": amount}}
            for code in currencies
            for amount in [sums.get((code, is_available), 0)]
        ]

    return {
        "object": "balance",
        "available": side(is_available=True),
        "livemode": False,
        "pending": side(is_available=False),
        "refund_and_dispute_prefunding": {"available": side(is_available=True)[:0], "pending": []},
    }
