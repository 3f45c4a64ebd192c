"""``shop insights``: check and rebuild."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from shop.checkout.desk import Buyer
from shop.cli import main
from shop.page.models import PageDay
from tests.checkout.conftest import Shop


@pytest.fixture
def command(shop: Shop, tmp_path: Path) -> object:
    environ = {
        "DATABASE_URL": shop.database.url.render_as_string(hide_password=False), "DATA_DIR": str(tmp_path / "data"),
    }  # fmt: skip

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["insights", *arguments], env=environ)

    return run


class TestInsights:
    def test_tells_what_is_wrong_and_sets_it_right(self, shop: Shop, guest: Buyer, command: object) -> None:
        shop.buy(guest)
        assert callable(command)
        assert command("check").output.strip() == "All figures are what the orders say."
        with shop.database.transaction() as session:
            session.execute(update(PageDay).values(orders_placed=4))
        told = command("check", "--page", shop.page.slug)
        assert told.exit_code == 1
        assert "orders_placed" in told.output
        assert command("rebuild").exit_code == 0
        assert command("check").exit_code == 0
        assert command("rebuild").output.strip() == "Nothing was wrong."

    def test_knows_no_other_page(self, command: object) -> None:
        assert callable(command)
        told = command("check", "--page", "nowhere")
        assert told.exit_code == 1
        assert "There is no page 'nowhere'." in told.output
