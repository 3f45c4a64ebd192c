"""The order list: search, saved filters"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from shop.orders.search_index import POSTGRESQL_SEARCH_DDL, SQLITE_SEARCH_DDL, order_search_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACTS = ("fulfilment_status", "return_status", "was_follower", "country", "currency", "total_amount")
TO_SHIP = "(status = 'paid') IS TRUE AND fulfilment_status IN ('unfulfilled', 'partial') AND return_status <> 'refunded'"
RETURNED = "return_status <> 'none'"
CHUNK = 1000

orders = sa.table(
    "orders", sa.column("id"), sa.column("page_id"), sa.column("number"), sa.column("email"),
    sa.column("ship_to", sa.JSON), sa.column("search_text"),
)  # fmt: skip
lines = sa.table(
    "order_lines", sa.column("order_id"), sa.column("position"), sa.column("title"), sa.column("variant_title"),
    sa.column("sku"),
)  # fmt: skip
parcels = sa.table(
    "fulfilments", sa.column("order_id"), sa.column("tracking_number"), sa.column("cancelled_at")
)


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "saved_filters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_saved_filters_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_saved_filters_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_index("ix_saved_filters_page_id", "saved_filters", ["page_id", "id"])
    # Added in place on SQLite as well: with its default it needs no new table.
    op.add_column("orders", sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    _fill_search_texts()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_SEARCH_DDL if is_sqlite else POSTGRESQL_SEARCH_DDL:
        op.execute(sa.text(statement))
    if is_sqlite:
        op.execute(sa.text("INSERT INTO order_search (order_search) VALUES ('rebuild')"))
    _replace_indexes()


def _replace_indexes() -> None:
    op.drop_index("ix_orders_page_placed", "orders")
    op.drop_index("ix_orders_page_status", "orders")
    op.create_index("ix_orders_list", "orders", ["page_id", "placed_at", "id", "status", *FACTS])
    op.create_index("ix_orders_page_status", "orders", ["page_id", "status", "placed_at", "id", *FACTS])
    for name, where in (("ix_orders_to_ship", TO_SHIP), ("ix_orders_returned", RETURNED)):
        op.create_index(
            name, "orders", ["page_id", "placed_at", "id", "status", *FACTS], sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )  # fmt: skip


def _fill_search_texts() -> None:
    """Write the words of every order there is, some thousand at a time."""
    connection, last = op.get_bind(), 0
    columns = (orders.c.id, orders.c.page_id, orders.c.number, orders.c.email, orders.c.ship_to)
    while found := connection.execute(
        sa.select(*columns).where(orders.c.id > last).order_by(orders.c.id).limit(CHUNK)
    ).all():
        last = found[-1].id
        words = _words_of_lines_and_parcels(found[0].id, last)
        for order in found:
            own = [order.number, order.email, (order.ship_to or {}).get("name")]
            text = order_search_text(order.page_id, [*own, *words[order.id]])
            connection.execute(sa.update(orders).where(orders.c.id == order.id).values(search_text=text))


def _words_of_lines_and_parcels(first: int, last: int) -> defaultdict[int, list[str | None]]:
    connection, words = op.get_bind(), defaultdict[int, list[str | None]](list)
    bought = (
        sa.select(lines).where(lines.c.order_id.between(first, last))
        .order_by(lines.c.order_id, lines.c.position)
    )  # fmt: skip
    for line in connection.execute(bought):
        words[line.order_id] += [line.title, line.variant_title, line.sku]
    sent = sa.select(parcels).where(parcels.c.order_id.between(first, last), parcels.c.cancelled_at.is_(None))
    for parcel in connection.execute(sent):
        words[parcel.order_id].append(parcel.tracking_number)
    return words
