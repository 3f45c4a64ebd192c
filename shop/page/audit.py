"""The audit log: each act of staff with before and after, written in the act's own transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shop.page.models import AuditEntry


def record_act(
    session: Session, *, page_id: int, account_id: int | None, act: str, subject: tuple[str, str, str], now: dt.datetime,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write that an account did ``act`` (``product.edited``, ``order.refunded`` …) on a page.

    ``subject`` is (kind, ref, title): ``("product", "12", "Mug")``, ``("order", "LUM-1042", "LUM-1042")``.
    ``before`` and ``after`` are JSON values by field; those that are alike in both are left out. Nothing
    is written when both are given and nothing differs. Never give it a secret.
    """
    old, new = dict(before or {}), dict(after or {})
    for name in [name for name in old if name in new and old[name] == new[name]]:
        del old[name], new[name]
    if before and after and not old and not new:
        return
    kind, ref, title = subject
    session.add(
        AuditEntry(
            page_id=page_id,
            at=now,
            account_id=account_id,
            act=act,
            subject_kind=kind,
            subject_ref=ref,
            subject_title=title,
            before=old,
            after=new,
        )
    )
    session.flush()
