"""What a contest and an entry say before they are written, and what is wrong with that. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shop.contests.models import Contest, ContestKind, EntrySource
from shop.core.i18n import N_

Errors = dict[str, list[str]]

MAX_TITLE = 120
MAX_TEXT = 5000
MAX_PRIZE = 300
MAX_LINE = 300
MAX_ANSWER = 120
MAX_ORGANISER = 500
MIN_ANSWERS, MAX_ANSWERS = 2, 6
MIN_AGE, MAX_AGE = 13, 21
"""Below 13 nobody may enter: children's data need a parent's consent nearly everywhere."""
MAX_WINNERS = 100
MIN_PRIZE_DAYS, MAX_PRIZE_DAYS = 7, 365
MAX_DURATION = dt.timedelta(days=366)
MAX_NAME = 100
MAX_CAPTION = 300
TEXTS = ("title", "body", "prize", "rules", "question")
"""What is said in both languages; ``answers`` is, too."""
LIMITS = {"title": MAX_TITLE, "body": MAX_TEXT, "prize": MAX_PRIZE, "rules": MAX_TEXT, "question": MAX_LINE}

TOO_LONG = {
    MAX_TITLE: N_("This is too long: at most 120 characters."),
    MAX_LINE: N_("This is too long: at most 300 characters."),
    MAX_ORGANISER: N_("This is too long: at most 500 characters."),
    MAX_TEXT: N_("This is too long: at most 5,000 characters."),
}


@dataclass(frozen=True, slots=True)
class ContestDraft:
    """A contest as its form means it; instants are aware UTC, the prize's value in minor units of the page's currency."""

    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    kind: ContestKind = ContestKind.DRAW
    body: str = ""
    prize: str = ""
    rules: str = ""
    question: str = ""
    answers: tuple[str, ...] = ()
    right_answer: int | None = None
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    picture: dict[str, Any] | None = None
    picture_alt: str = ""
    organiser: str = ""
    minimum_age: int = 18
    countries: tuple[str, ...] = ()
    prize_product_id: int | None = None
    prize_value_amount: int = 0
    prize_days: int = 90
    winner_count: int = 1
    is_embeddable: bool = True


FROZEN = (
    "kind", "prize", "rules", "question", "answers", "right_answer", "minimum_age", "countries",
    "prize_product_id", "prize_value_amount", "prize_days", "winner_count", "starts_at", "ends_at",
)  # fmt: skip
"""What nobody may change once people can enter: it is what they enter for."""
FROZEN_TEXTS = ("prize", "rules", "question", "answers")
FIELDS = (
    *FROZEN, "title", "body", "translations", "picture", "picture_alt", "organiser", "is_embeddable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as its form means it.

    ``person_key`` is ``entering.person_key_of(email, …)``; with an account ``email`` is the account's. ``answer`` is
    the place of the chosen one from 0, ``photo`` a stored picture. ``is_new_follower`` says whether they come to
    like the page with it. The two ticks stand for what the form asks; both are needed.
    """

    person_key: str
    name: str
    email: str
    language: str
    country: str
    account_id: int | None = None
    answer: int | None = None
    photo: dict[str, Any] | None = None
    caption: str = ""
    source: EntrySource = EntrySource.PAGE
    is_new_follower: bool = False
    is_old_enough: bool = False
    accepts_rules: bool = False


def check_contest(draft: ContestDraft) -> Errors:
    """Return by field what keeps a contest from being kept as a draft; texts are msgids."""
    errors: Errors = {}
    if not draft.title.strip():
        _add(errors, "title", N_("A contest needs a name."))
    for name in TEXTS:
        _limit(errors, name, getattr(draft, name), LIMITS[name])
        for language, texts in draft.translations.items():
            _limit(errors, f"{name}_{language}", str(texts.get(name) or ""), LIMITS[name])
    _limit(errors, "organiser", draft.organiser, MAX_ORGANISER)
    _limit(errors, "picture_alt", draft.picture_alt, MAX_TEXT // 10)
    _check_answers(draft, errors)
    _check_numbers(draft, errors)
    if draft.starts_at >= draft.ends_at:
        _add(errors, "ends_at", N_("It has to end after it begins."))
    elif draft.ends_at - draft.starts_at > MAX_DURATION:
        _add(errors, "ends_at", N_("A contest lasts a year at most."))
    return errors


def check_ready(draft: ContestDraft, now: dt.datetime) -> Errors:
    """Return by field what a contest lacks that people are to enter now; texts are msgids."""
    errors = check_contest(draft)
    needed = {
        "body": N_("Say what it is about and how one enters."),
        "prize": N_("Say what can be won."),
        "organiser": N_("The rules have to name who runs it, with an address."),
    }
    for name, text in needed.items():
        if not str(getattr(draft, name)).strip():
            _add(errors, name, text)
    if draft.prize_value_amount <= 0:
        _add(errors, "prize_value_amount", N_("The rules have to say what the prize is worth."))
    if draft.ends_at <= now:
        _add(errors, "ends_at", N_("Choose a time that is still to come."))
    if draft.picture is not None and not draft.picture_alt.strip():
        _add(errors, "picture_alt", N_("Say what the picture shows, for those who cannot see it."))
    if draft.kind is ContestKind.QUIZ:
        _check_quiz(draft, errors)
    return errors


def _check_quiz(draft: ContestDraft, errors: Errors) -> None:
    if not draft.question.strip():
        _add(errors, "question", N_("Write the question."))
    if len(draft.answers) < MIN_ANSWERS:
        _add(errors, "answers", N_("Write at least two answers."))
    elif draft.right_answer is None:
        _add(errors, "right_answer", N_("Say which answer is right."))


def _check_answers(draft: ContestDraft, errors: Errors) -> None:
    if len(draft.answers) > MAX_ANSWERS:
        _add(errors, "answers", N_("A question has at most six answers."))
    if any(len(answer) > MAX_ANSWER for answer in draft.answers):
        errors.setdefault("answers", []).append(N_("An answer has at most 120 characters."))
    if len({answer.strip().casefold() for answer in draft.answers}) < len(draft.answers):
        _add(errors, "answers", N_("Two answers are the same."))
    if draft.right_answer is not None and not 0 <= draft.right_answer < len(draft.answers):
        _add(errors, "right_answer", N_("Say which answer is right."))
    for language, texts in draft.translations.items():
        translated = texts.get("answers") or ()
        if translated and len(translated) != len(draft.answers):
            _add(errors, f"answers_{language}", N_("Translate each answer, in the same order."))


def _check_numbers(draft: ContestDraft, errors: Errors) -> None:
    if not 1 <= draft.winner_count <= MAX_WINNERS:
        _add(errors, "winner_count", N_("Enter a number from 1 to 100."))
    if not MIN_AGE <= draft.minimum_age <= MAX_AGE:
        _add(errors, "minimum_age", N_("Enter an age from 13 to 21."))
    if not MIN_PRIZE_DAYS <= draft.prize_days <= MAX_PRIZE_DAYS:
        _add(errors, "prize_days", N_("Enter a number of days from 7 to 365."))
    if draft.prize_value_amount < 0:
        _add(errors, "prize_value_amount", N_("Enter an amount of 0 or more."))


def check_entry(contest: Contest, draft: EntryDraft, countries: Sequence[str]) -> Errors:
    """Return by field what is wrong with an entry; one must live in one of ``countries``. Texts are msgids."""
    errors: Errors = {}
    if not draft.name.strip():
        _add(errors, "name", N_("Tell us your name, so that a winner can be told by it."))
    elif len(draft.name) > MAX_NAME:
        _add(errors, "name", N_("This name is too long."))
    if draft.country not in countries:
        _add(errors, "country", N_("Only people who live in one of these countries can enter."))
    if contest.kind is ContestKind.QUIZ and not 0 <= (-1 if draft.answer is None else draft.answer) < len(
        contest.answers
    ):
        _add(errors, "answer", N_("Choose an answer."))
    if contest.kind is ContestKind.PHOTO and draft.photo is None:
        _add(errors, "photo", N_("Choose a photo."))
    if len(draft.caption) > MAX_CAPTION:
        _add(errors, "caption", N_("These words are too many: at most 300 characters."))
    if not draft.is_old_enough:
        _add(errors, "is_old_enough", N_("Only people of this age can enter."))
    if not draft.accepts_rules:
        _add(errors, "accepts_rules", N_("One enters by the rules: please read and accept them."))
    return errors


def _limit(errors: Errors, name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        _add(errors, name, TOO_LONG[limit])


def _add(errors: Errors, name: str, msgid: str) -> None:
    errors.setdefault(name, []).append(msgid)
