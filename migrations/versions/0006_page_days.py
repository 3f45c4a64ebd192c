"""A page's days: visits, orders, sales; the words that people are found by"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from shop.core.text_search import words_of
from shop.page.days import local_day

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
FIGURES = ("orders_placed", "orders_paid", "sales_amount", "refunded_amount", "new_followers")

pages = sa.table("pages", sa.column("id"), sa.column("country"))
orders = sa.table(
    "orders", sa.column("id"), sa.column("page_id"), sa.column("currency"), sa.column("placed_at", AT),
    sa.column("paid_at", AT), sa.column("captured_amount"),
)  # fmt: skip
refunds = sa.table(
    "refunds", sa.column("order_id"), sa.column("amount"), sa.column("status"), sa.column("created_at", AT)
)
followers = sa.table("page_followers", sa.column("page_id"), sa.column("followed_at", AT))
accounts = sa.table("accounts", sa.column("id"), sa.column("name"), sa.column("email"))
account_words = sa.table("account_words", sa.column("word"), sa.column("account_id"))
page_days = sa.table(
    "page_days", sa.column("page_id"), sa.column("day", sa.Date), sa.column("currency"),
    *(sa.column(name) for name in (*FIGURES, "visits", "lost_followers")),
)  # fmt: skip


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "page_days",
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("orders_placed", sa.Integer(), nullable=False),
        sa.Column("orders_paid", sa.Integer(), nullable=False),
        sa.Column("sales_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("new_followers", sa.Integer(), nullable=False),
        sa.Column("lost_followers", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "visits >= 0 AND orders_placed >= 0 AND orders_paid >= 0", name=op.f("ck_page_days_counts")
        ),
        sa.CheckConstraint("sales_amount >= 0", name=op.f("ck_page_days_sales_amount")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_days_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "day", "currency", name=op.f("pk_page_days")),
    )
    _fill()
    op.create_table(
        "account_words",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_words_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "account_id", name=op.f("pk_account_words")),
    )
    op.create_index("ix_account_words_account_id", "account_words", ["account_id"])
    op.create_index("ix_disputes_status", "disputes", ["status", "evidence_due_at"])
    _fill_words()


def _fill_words() -> None:
    people = op.get_bind().execute(sa.select(accounts.c.id, accounts.c.name, accounts.c.email))
    rows = [
        {"word": word, "account_id": account_id}
        for account_id, name, email in people
        for word in dict.fromkeys([*words_of(name), *words_of(email)])
    ]
    if rows:
        op.bulk_insert(account_words, rows)


def _fill() -> None:
    """Count what was placed, paid, refunded and liked before; nobody counted visits and likes taken back."""
    days: defaultdict[tuple[int, dt.date, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys((*FIGURES, "visits", "lost_followers"), 0)
    )
    for page_id, currency, country, at, figure, amount in _happenings():
        instant = at if at.tzinfo else at.replace(tzinfo=dt.UTC)  # SQLite keeps instants naive, in UTC
        days[page_id, local_day(country, instant), currency][figure] += amount
    rows = [
        {"page_id": page_id, "day": day, "currency": currency, **figures}
        for (page_id, day, currency), figures in days.items()
    ]
    if rows:
        op.bulk_insert(page_days, rows)


def _happenings() -> Iterator[tuple[int, str, str, dt.datetime, str, int]]:
    connection = op.get_bind()
    bought = sa.select(
        orders.c.page_id, orders.c.currency, pages.c.country, orders.c.placed_at, orders.c.paid_at,
        orders.c.captured_amount,
    ).join_from(orders, pages, pages.c.id == orders.c.page_id)  # fmt: skip
    for page_id, currency, country, placed_at, paid_at, captured in connection.execute(bought):
        yield page_id, currency, country, placed_at, "orders_placed", 1
        if paid_at is not None:
            yield page_id, currency, country, paid_at, "orders_paid", 1
            yield page_id, currency, country, paid_at, "sales_amount", captured
    went_back = (
        sa.select(
            orders.c.page_id, orders.c.currency, pages.c.country, refunds.c.created_at, refunds.c.amount
        )
        .join_from(refunds, orders, orders.c.id == refunds.c.order_id)
        .join(pages, pages.c.id == orders.c.page_id)
        .where(refunds.c.status != "failed")
    )
    for page_id, currency, country, created_at, amount in connection.execute(went_back):
        yield page_id, currency, country, created_at, "refunded_amount", amount
    likes = sa.select(followers.c.page_id, pages.c.country, followers.c.followed_at).join_from(
        followers, pages, pages.c.id == followers.c.page_id
    )
    for page_id, country, followed_at in connection.execute(likes):
        yield page_id, "", country, followed_at, "new_followers", 1
