"""Stock: taken and given back by one conditional UPDATE a variant, in ascending id order.

The order of ids makes deadlocks between buyers impossible, the condition makes overselling impossible;
each change is written into the stock history beside it. docs/algorithms/stock.md tells the whole story.
"""

from collections.abc import Mapping

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.movements import Cause, Movement, record_movements
from shop.core.errors import Conflict
from shop.core.i18n import N_


class OutOfStock(Conflict):
    """Fewer than wanted are left of ``variant_id``; ``left`` is 0 too when it is no longer sold."""

    code = "out_of_stock"
    message = N_("This is sold out.")

    def __init__(self, variant_id: int, left: int) -> None:
        self.variant_id = variant_id
        self.left = left
        if left > 0:
            super().__init__(N_("Only %(left)s left."), left=left)
        else:
            super().__init__()


class StockChanged(Conflict):
    """Stocks are not the ones that were shown when new numbers were typed; ``stocks`` has the true ones by variant."""

    code = "stock_changed"
    message = N_("The stock has changed since you opened this page. Please look at it again.")

    def __init__(self, stocks: Mapping[int, int | None]) -> None:
        self.stocks = dict(stocks)
        super().__init__()


_PLACE = (Variant.page_id, Variant.product_id, Variant.stock)


def take_stock(
    session: Session, lines: Mapping[int, int], *, cause: Cause, only_published: bool = True
) -> None:
    """Take the quantities of ``lines`` (variant id to units) off the stock, all or, by OutOfStock, none.

    Unlimited stock stays unlimited. Only variants of published products are given out, but for units that were given
    out before (``only_published=False``). On OutOfStock the caller's transaction must roll back. The page's version
    is the caller's to raise, last.
    """
    record_movements(session, take_units(session, lines, only_published=only_published), cause)


def take_units(session: Session, lines: Mapping[int, int], *, only_published: bool = True) -> list[Movement]:
    """Do what ``take_stock`` does and leave it to the caller to record the movements in this transaction.

    For a placement, which knows the order's number only at its end.
    """
    if any(quantity < 1 for quantity in lines.values()):
        raise ValueError("a quantity is at least 1")
    is_published = exists().where(Product.id == Variant.product_id, Product.status == ProductStatus.PUBLISHED)
    movements = []
    for variant_id, quantity in sorted(lines.items()):
        taken = session.execute(
            update(Variant)
            .where(
                Variant.id == variant_id,
                or_(Variant.stock.is_(None), Variant.stock >= quantity),
                *([is_published] if only_published else []),
            )
            .values(stock=Variant.stock - quantity)
            .returning(*_PLACE)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if taken is None:
            raise OutOfStock(variant_id, _units_left(session, variant_id))
        if taken.stock is not None:
            movements.append(Movement(taken.page_id, taken.product_id, variant_id, -quantity, taken.stock))
    return movements


def _units_left(session: Session, variant_id: int) -> int:
    left = session.execute(
        select(Variant.stock)
        .join(Variant.product)
        .where(Variant.id == variant_id, Product.status == ProductStatus.PUBLISHED)
    ).scalar_one_or_none()
    return left or 0


def give_back_stock(session: Session, lines: Mapping[int, int], *, cause: Cause) -> None:
    """Add the quantities of ``lines`` (variant id to units) to the stock; vanished variants are passed over."""
    movements = []
    for variant_id, quantity in sorted(lines.items()):
        given = session.execute(
            update(Variant)
            .where(Variant.id == variant_id, Variant.stock.is_not(None))
            .values(stock=Variant.stock + quantity)
            .returning(*_PLACE)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if given is not None:
            movements.append(Movement(given.page_id, given.product_id, variant_id, quantity, given.stock))
    record_movements(session, movements, cause)


def set_stock(
    session: Session, *, variant_id: int, shown: int | None, stock: int | None, cause: Cause
) -> bool:
    """Set a stock (None is unlimited) if it is still the ``shown`` one, else raise StockChanged.

    A sale between showing and typing is thus never undone. Return whether the stock changed.
    """
    same = Variant.stock.is_(None) if shown is None else Variant.stock == shown
    written = session.execute(
        update(Variant)
        .where(Variant.id == variant_id, same)
        .values(stock=stock)
        .returning(*_PLACE)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if written is None:
        raise StockChanged(
            {variant_id: session.scalar(select(Variant.stock).where(Variant.id == variant_id))}
        )
    if stock == shown:
        return False
    change = None if shown is None or stock is None else stock - shown
    record_movements(
        session, [Movement(written.page_id, written.product_id, variant_id, change, stock)], cause
    )
    return True


def raise_sold_count(session: Session, sold: Mapping[int, int]) -> None:
    """Add units sold (product id to units) to the best sellers' count."""
    for product_id, units in sorted(sold.items()):
        session.execute(
            update(Product)
            .where(Product.id == product_id)
            .values(sold_count=Product.sold_count + units)
            .execution_options(synchronize_session=False)
        )
