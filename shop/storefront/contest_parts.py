"""What the public pages of contests read; the number of statements never grows with what is shown."""

from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from shop.contests.checking import Check, take_steps
from shop.contests.models import Contest, ContestKind
from shop.contests.public_queries import (
    find_public_contest,
    find_public_entry,
    list_approved_photos,
    list_public_contests,
    list_public_entries,
)
from shop.contests.public_views import REASONS, Standing, view_contest
from shop.contests.queries import list_winners
from shop.contests.records import load_published
from shop.contests.rules import rules_of
from shop.core.errors import NotFound
from shop.core.i18n import N_
from shop.page.models import Page
from shop.storefront.parts import Loader
from shop.storefront.structured import for_contest, for_contest_part, for_contests
from shop.web.context import now
from shop.web.locale import language

LISTED = 60
PHOTOS = 48
RECEIPTS = 100
STEP_TEXTS = {
    Check.CHAIN: N_("The chain follows from the receipts, in the order of their numbers."),
    Check.SEED: N_("The seed is the one whose commitment was published before the first entry."),
    Check.EXCLUDED: N_("Who cannot win, and why, is as it was published."),
    Check.WINNERS: N_("The winners follow from the seed and the chain."),
}


def get_public_contest(session: Session, page: Page, slug: str) -> Contest:
    """Return the contest of a page at ``slug``; NotFound when nobody may see one there."""
    contest = find_public_contest(session, page_id=page.id, slug=slug)
    if contest is None:
        raise NotFound
    return contest


def load_contests() -> Loader:
    """Return the loader of the tab that lists a page's contests."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        at = now()
        found = [
            view_contest(contest, page, at)
            for contest in list_public_contests(session, page.id, at, limit=LISTED)
        ]
        title = gettext("Contests of %(name)s", name=page.name)
        return {
            "title": title,
            "links": for_contests(page, title),
            "open_ones": [view for view in found if not view.is_over],
            "past_ones": [view for view in found if view.is_over],
        }

    return load


def load_contest(slug: str) -> Loader:
    """Return the loader of a contest's own page, the form to enter apart."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        contest = get_public_contest(session, page, slug)
        view = view_contest(contest, page, now())
        winners = list_winners(session, contest.id) if view.standing is Standing.DRAWN else []
        photos = (
            list_approved_photos(session, contest.id, limit=PHOTOS)
            if contest.kind is ContestKind.PHOTO
            else []
        )
        return {
            "title": view.title,
            "links": for_contest(page, contest),
            "contest": view,
            "winners": [entry.number for winner, entry in winners if winner.replaced_at is None],
            "photos": photos,
        }

    return load


def load_rules(slug: str) -> Loader:
    """Return the loader of a contest's rules."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        contest = get_public_contest(session, page, slug)
        view = view_contest(contest, page, now())
        title = gettext("Rules of “%(contest)s”", contest=view.title)
        return {
            "title": title,
            "links": for_contest_part(page, contest, "rules", title),
            "contest": view,
            "sections": rules_of(contest, page, language()),
        }

    return load


def load_check(slug: str, after: int, wanted: str) -> Loader:
    """Return the loader of the page that does a draw again; ``wanted`` is a number, a receipt or a chain to look up."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        contest = get_public_contest(session, page, slug)
        published = load_published(session, contest)
        entries = list_public_entries(session, contest.id, after=after, limit=RECEIPTS + 1)
        title = gettext("Check the draw")
        return {
            "title": title,
            "links": for_contest_part(page, contest, "check", title, is_indexed=False),
            "contest": view_contest(contest, page, now()),
            "record": published.record,
            "digest": published.excluded_digest,
            "steps": [(step, STEP_TEXTS[step.check]) for step in take_steps(published)],
            "reasons": REASONS,
            "entries": entries[:RECEIPTS],
            "next_after": entries[RECEIPTS - 1].number if len(entries) > RECEIPTS else None,
            "after": after,
            "wanted": wanted,
            "found": find_public_entry(session, contest.id, wanted) if wanted else None,
        }

    return load
