"""Words for the admin's rooms of contests."""

import datetime as dt
from collections.abc import Mapping

from shop.contests.models import Contest, ContestKind, ContestStatus, EntrySource
from shop.contests.public_views import Standing, standing_of
from shop.core.i18n import N_

KINDS: Mapping[ContestKind, tuple[str, str]] = {
    ContestKind.DRAW: (N_("Prize draw"), N_("Whoever enters takes part in the draw.")),
    ContestKind.QUIZ: (N_("Quiz with a prize"), N_("One question; the right answers take part in the draw.")),
    ContestKind.PHOTO: (
        N_("Photo contest"),
        N_("People send a photo. You look at each; those that you let through take part in the draw."),
    ),
}
STANDINGS: Mapping[str, tuple[str, str]] = {
    "draft": (N_("Draft"), "warning"),
    Standing.UPCOMING: (N_("Begins later"), "accent"),
    Standing.OPEN: (N_("Open now"), "success"),
    Standing.CLOSED: (N_("Over, not drawn yet"), "warning"),
    Standing.DRAWN: (N_("Drawn"), ""),
    Standing.CANCELLED: (N_("Cancelled"), "danger"),
}
"""What a contest's standing is called, and the kind of its badge."""
SOURCES: Mapping[EntrySource, str] = {
    EntrySource.PAGE: N_("On the page"),
    EntrySource.POST: N_("From a post"),
    EntrySource.EMBED: N_("From another site"),
}
REFUSALS: tuple[str, ...] = (
    N_("It does not show what the contest asks for."),
    N_("It does not look like a photo that you took yourself."),
    N_("People can be recognised in it, and it is not clear that they agreed."),
    N_("It could hurt or offend others."),
    N_("It cannot be made out well enough."),
)
"""Reasons that moderators choose from; they are written to its sender in the sender's language."""


def standing_key(contest: Contest, now: dt.datetime) -> str:
    """Return the key of ``STANDINGS`` for a contest."""
    if contest.status is ContestStatus.DRAFT:
        return "draft"
    return standing_of(contest, now)
