"""An act of staff on an order: its line of history and its audit entry, in the act's own transaction."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shop.orders.models import Actor, Order
from shop.orders.service import record_event
from shop.page.audit import record_act


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts on which order, and when; ``account_id`` is None when the shop itself does."""

    session: Session
    order: Order
    account_id: int | None
    now: dt.datetime

    def record(self, kind: str, **detail: Any) -> None:
        """Write a line of the order's history."""
        record_event(
            self.session, order_id=self.order.id, kind=kind, now=self.now, account_id=self.account_id, detail=detail,
            actor=Actor.SYSTEM if self.account_id is None else Actor.STAFF,
        )  # fmt: skip

    def audit(self, act: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Write an entry of the page's audit log; nothing when the shop itself acts."""
        if self.account_id is not None:
            record_act(
                self.session, page_id=self.order.page_id, account_id=self.account_id, act=act, now=self.now,
                subject=("order", self.order.number, self.order.number), before=before, after=after,
            )  # fmt: skip
