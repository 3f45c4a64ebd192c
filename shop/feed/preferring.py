"""How somebody wants their feed sorted."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.feed.ranking import DEFAULTS, Sliders
from shop.feed.ranking_models import FeedOrder, FeedSettings


def choose_sorting(session: Session, *, account_id: int, sorting: FeedOrder) -> None:
    """Let the account's feed be sorted so from now on."""
    _write(session, account_id, sorting=sorting)


def save_sliders(session: Session, *, account_id: int, sliders: Sliders) -> None:
    """Keep the account's sliders; where they are the defaults, nothing is kept, so that these may move on."""
    standard = asdict(DEFAULTS)
    changed = {name: value for name, value in asdict(sliders).items() if value != standard[name]}
    _write(session, account_id, sliders=changed)


def _write(session: Session, account_id: int, **values: Any) -> None:
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    row: dict[str, Any] = {"account_id": account_id, "sorting": FeedOrder.RANKED, "sliders": {}} | values
    session.execute(
        insert(FeedSettings).values(**row).on_conflict_do_update(index_elements=["account_id"], set_=values)
    )
