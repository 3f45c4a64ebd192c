"""Who may see an order: its number is no secret, so a guest shows a signed token."""

from shop.core.errors import NotFound
from shop.core.signing import BadLink, Signer
from shop.orders.models import Order

PURPOSE = "order"
MAX_AGE_S = 365 * 24 * 3600
"""Longer than a receipt is looked for; a link in an old mail then asks for a new one."""


def order_token(signer: Signer, order: Order | int) -> str:
    """Return the token that opens an order (given itself or by its id), fit for an address, for a year."""
    order_id = order.id if isinstance(order, Order) else order
    return signer.sign(PURPOSE, order_id)


def read_order_token(signer: Signer, token: str) -> int:
    """Return the id of the order that ``token`` opens; BadLink when it was altered or is too old."""
    order_id = signer.read(PURPOSE, token, max_age_s=MAX_AGE_S)
    if not isinstance(order_id, int):
        raise BadLink
    return order_id


def check_access(signer: Signer, order: Order, *, account_id: int | None, token: str | None) -> None:
    """Let the buyer's account or the bearer of the order's token pass; NotFound for everybody else."""
    if account_id is not None and order.account_id == account_id:
        return
    if token:
        try:
            if read_order_token(signer, token) == order.id:
                return
        except BadLink:
            pass
    raise NotFound
