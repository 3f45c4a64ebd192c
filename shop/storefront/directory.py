"""The directory of pages: all of them, found by words, and the ones that somebody may like."""

from dataclasses import dataclass

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from shop.page.models import Page
from shop.page.suggesting import Suggestion, suggest


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """A page with the sentence that says why it is shown, in the current language."""

    page: Page
    why: str


def suggest_pages(session: Session, account_id: int, limit: int) -> list[SuggestedPage]:
    """Return at most ``limit`` pages that an account may like, best first; nine statements at most."""
    found = suggest(session, account_id=account_id, limit=limit)
    return [SuggestedPage(one.page, why(one)) for one in found]


def why(suggestion: Suggestion) -> str:
    """Return why a page is suggested."""
    names, others = suggestion.friends, suggestion.friend_count - 1
    if names and others > 1:
        return str(
            ngettext(
                "%(name)s and %(num)s friend like this",
                "%(name)s and %(num)s friends like this",
                others,
                name=names[0],
            )
        )
    if len(names) > 1:
        return str(gettext("%(name)s and %(other)s like this", name=names[0], other=names[1]))
    if names:
        return str(gettext("%(name)s likes this", name=names[0]))
    if suggestion.because is not None:
        return str(gettext("Liked by people who like %(page)s", page=suggestion.because))
    return str(gettext("New here")) if suggestion.is_new else str(gettext("Liked by many"))
