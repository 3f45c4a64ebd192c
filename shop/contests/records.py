"""The public record of a contest's draw, read from the database."""

from typing import Any

from sqlalchemy.orm import Session

from shop.contests.checking import Published, digest_of, write_record
from shop.contests.drawing import Record
from shop.contests.models import Contest, ContestStatus
from shop.contests.public_queries import list_receipts, map_excluded
from shop.contests.queries import list_winners


def load_published(session: Session, contest: Contest) -> Published:
    """Return all that is needed to check a contest's draw; before it, without its seed and who cannot win."""
    receipts = list_receipts(session, contest.id)
    is_drawn = contest.status is ContestStatus.DRAWN and contest.seed is not None
    places = list_winners(session, contest.id) if is_drawn else []
    excluded = map_excluded(session, contest) if is_drawn else {}
    record = Record(
        contest_id=contest.id,
        commitment=contest.commitment or "",
        receipts=receipts,
        chain=contest.chain,
        excluded=excluded,
        # A place that was given up went to the next in the draw's order.
        winner_count=contest.winner_count + sum(winner.replaced_at is not None for winner, _ in places),
        seed=contest.seed if is_drawn else None,
        winners=[entry.number or 0 for _, entry in places] if is_drawn else None,
        replaced=[entry.number or 0 for winner, entry in places if winner.replaced_at is not None],
    )
    return Published(record, digest_of(excluded) if is_drawn else None)


def record_json(contest: Contest, published: Published, *, page_slug: str) -> dict[str, Any]:
    """Return the record as it can be downloaded; instants are ISO 8601 in UTC."""
    facts = {
        "page": page_slug,
        "slug": contest.slug,
        "title": contest.title,
        "kind": contest.kind.value,
        "status": contest.status.value,
        "starts_at": contest.starts_at.isoformat(),
        "ends_at": contest.ends_at.isoformat(),
        "drawn_at": contest.drawn_at.isoformat() if contest.drawn_at else None,
    }
    return write_record(published.record, facts)
