"""The migration fills the days from what happened before it."""

from pathlib import Path

from shop.cli import migrate_database
from shop.core.db import Database
from shop.insights.queries import list_all_days
from shop.insights.truth import check_days
from shop.page.models import Page
from tests.architecture.test_migrations import SPINE_ROWS
from tests.conftest import make_settings

PAID = "UPDATE orders SET paid_at = '2026-01-03 23:30:00'"
PAYMENT = """INSERT INTO payments (id, order_id, idempotency_key, request, status, amount, currency, expires_at,
    created_at, updated_at) VALUES (1, 1, 'k', '{}', 'paid', 100, 'EUR', NOW, NOW, NOW)"""
REFUND = """INSERT INTO refunds (id, order_id, payment_id, idempotency_key, amount, currency, status, reason, lines,
    is_restocked, created_at, updated_at) VALUES (:n, 1, 1, 'r:n', :amount, 'EUR', ':status', '', '[]', false, NOW, NOW)"""
LIKE = "INSERT INTO page_followers (page_id, account_id, source, followed_at) VALUES (1, 1, 'organic', NOW)"


class TestUpgrade:
    def test_counts_orders_refunds_and_likes(self, bare_database: Database, tmp_path: Path) -> None:
        settings = make_settings(bare_database.url.render_as_string(hide_password=False), tmp_path)
        migrate_database(settings, to="0001")
        refunds = [
            REFUND.replace(":n", str(number)).replace(":amount", str(amount)).replace(":status", status)
            for number, amount, status in ((1, 30, "succeeded"), (2, 70, "failed"))
        ]
        with bare_database.engine.begin() as connection:
            for statement in (*SPINE_ROWS, PAID, PAYMENT, *refunds, LIKE):
                connection.exec_driver_sql(statement.replace("NOW", "'2026-01-02 03:04:05.000000'"))
        migrate_database(settings)
        with bare_database.reading() as session:
            rows = list_all_days(session, 1)
            page = session.get_one(Page, 1)
            assert check_days(session, page) == []
        assert [(str(row.day), row.currency, row.orders_placed, row.orders_paid) for row in rows] == [
            ("2026-01-02", "", 0, 0),
            ("2026-01-02", "EUR", 1, 0),
            ("2026-01-04", "EUR", 0, 1),  # half past midnight in Paris
        ]
        assert [(row.new_followers, row.sales_amount, row.refunded_amount) for row in rows] == [
            (1, 0, 0),
            (0, 0, 30),
            (0, 100, 0),
        ]
