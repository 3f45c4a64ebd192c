"""The form of a contest: what was typed becomes a draft, and a contest becomes what its form shows."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from flask import request
from werkzeug.datastructures import MultiDict

from shop.catalog.admin_products import other_language
from shop.contests.drafts import FROZEN, FROZEN_TEXTS, MAX_ANSWERS, TEXTS, ContestDraft
from shop.contests.models import Contest, ContestKind, ContestStatus
from shop.contests.schemas import ContestSchema
from shop.contests.service import draft_of
from shop.core.errors import Invalid
from shop.core.money import exponent, to_decimal
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.core.signing import BadLink
from shop.feed.post_times import BadTime, read_time, typed_time
from shop.page.access import PageAccess
from shop.page.days import zone_name
from shop.web.context import files, now, signer
from shop.web.forms import Form, amount_adapter, id_or_none
from shop.web.locale import locale_code

PICTURE_PURPOSE = "contest-picture"
KEPT_S = 7 * 24 * 3600
PLACES = range(MAX_ANSWERS)


@dataclass
class ContestForm:
    """What was typed, the picture that goes with it, and the draft where nothing is wrong so far."""

    form: Form
    picture: dict[str, Any] | None = None
    picture_ref: str = ""
    """A signed note of a picture that is not saved yet, so that nobody has to choose it twice."""
    draft: ContestDraft | None = None


def blank_form(access: PageAccess) -> ContestForm:
    """Return the form of a new contest: a week from tomorrow, in the page's country."""
    zone = zone_name(access.page.country)
    starts_on, _ = typed_time(now() + dt.timedelta(days=1), zone)
    ends_on, _ = typed_time(now() + dt.timedelta(days=8), zone)
    initial = {
        "kind": ContestKind.DRAW.value, "minimum_age": 18, "prize_days": 90, "winner_count": 1, "is_embeddable": True,
        "countries": list(access.page.ships_to), "starts_on": starts_on, "starts_time": "09:00", "ends_on": ends_on,
        "ends_time": "20:00", "organiser": access.page.name,
    }  # fmt: skip
    return ContestForm(Form(initial))


def form_of(access: PageAccess, contest: Contest) -> ContestForm:
    """Return the form of a contest as it is."""
    zone, other = zone_name(access.page.country), contest.translations.get(other_language(access), {})
    names = (*TEXTS, "picture_alt", "organiser", "minimum_age", "prize_product_id", "prize_days", "winner_count",
             "is_embeddable", "countries", "right_answer", "version")  # fmt: skip
    initial: dict[str, Any] = {name: getattr(contest, name) for name in names}
    initial |= {f"other_{name}": other.get(name, "") for name in TEXTS}
    initial["kind"] = contest.kind.value
    for place, answer in enumerate(contest.answers):
        initial[f"answer-{place}"] = answer
    for place, answer in enumerate(other.get("answers") or ()):
        initial[f"other_answer-{place}"] = answer
    value = to_decimal(contest.prize_value_amount, contest.currency)
    initial["prize_value_amount"] = _typed(value, exponent(contest.currency)) if value else ""
    initial["starts_on"], initial["starts_time"] = typed_time(contest.starts_at, zone)
    initial["ends_on"], initial["ends_time"] = typed_time(contest.ends_at, zone)
    return ContestForm(Form(initial), picture=contest.picture)


def asked_form(contest: Contest | None) -> ContestForm:
    """Return what is typed as it stands, brought up to date by what a button asked for; nothing is judged yet."""
    form = Form()
    form.is_submitted, form.typed = True, MultiDict(request.form)
    verb, _, product = request.form.get("action", "").partition(":")
    if verb == "prize" and (not product or id_or_none(product) is not None):
        form.typed["prize_product_id"] = product
    read = ContestForm(form)
    _read_picture(read, contest)
    return read


def read_form(access: PageAccess, contest: Contest | None) -> ContestForm:
    """Return what was typed, and its draft where nothing in it is wrong so far; all that is wrong is told at once.

    Of a contest that is published, what nobody may change stands as it is: its fields are not sent.
    """
    form = Form.from_request(
        ContestSchema(partial=True),
        adapters={"prize_value_amount": amount_adapter(access.page.currency)},
    )
    read = ContestForm(form)
    _read_picture(read, contest)
    is_frozen = contest is not None and contest.status is not ContestStatus.DRAFT
    if is_frozen and contest is not None:
        read.draft = _changed(access, contest, read) if form.values is not None else None
        return read
    starts_at, ends_at = (_instant(form, name, zone_name(access.page.country)) for name in ("starts", "ends"))
    if form.values is None or starts_at is None or ends_at is None:
        return read
    values = dict(form.values)
    answers, others = _answers(form)
    values["countries"] = tuple(values.get("countries") or ())
    values["right_answer"] = _right_answer(form)
    read.draft = ContestDraft(
        **values, starts_at=starts_at, ends_at=ends_at, answers=answers, picture=read.picture,
        translations=_translations(access, form, others),
    )  # fmt: skip
    return read


def add_invalid(access: PageAccess, form: Form, invalid: Invalid) -> None:
    """Say at their fields what is wrong with a draft."""
    other = f"_{other_language(access)}"
    moved: dict[str, list[str]] = {}
    for name, texts in invalid.errors.items():
        field = f"other_{name.removesuffix(other)}" if name.endswith(other) else name
        moved[{"starts_at": "starts_on", "ends_at": "ends_on"}.get(field, field)] = texts
    form.add_invalid(Invalid(moved))


def _changed(access: PageAccess, contest: Contest, read: ContestForm) -> ContestDraft:
    """Return a published contest with what may still be changed as it was typed."""
    form, old = read.form, draft_of(contest)
    values = {name: value for name, value in (form.values or {}).items() if name not in FROZEN}
    language = other_language(access)
    kept = {name: text for name, text in old.translations.get(language, {}).items() if name in FROZEN_TEXTS}
    typed = {name: form.raw(f"other_{name}").strip() for name in TEXTS if name not in FROZEN_TEXTS}
    said = kept | {name: text for name, text in typed.items() if text}
    translations = {**old.translations, language: said} if said else {}
    return replace(old, **values, picture=read.picture, translations=translations)


def _answers(form: Form) -> tuple[tuple[str, ...], list[str]]:
    """Return the answers that were typed, and those of the other language at the same places."""
    places = [place for place in PLACES if form.raw(f"answer-{place}").strip()]
    others = [form.raw(f"other_answer-{place}").strip() for place in places]
    return tuple(form.raw(f"answer-{place}").strip() for place in places), others


def _right_answer(form: Form) -> int | None:
    """Return the place of the right answer among those that were typed; the form counts the empty ones, too."""
    places = [place for place in PLACES if form.raw(f"answer-{place}").strip()]
    chosen = id_or_none(form.raw("right_answer"))
    return places.index(chosen) if chosen in places else None


def _translations(access: PageAccess, form: Form, answers: list[str]) -> dict[str, dict[str, Any]]:
    said: dict[str, Any] = {name: form.raw(f"other_{name}").strip() for name in TEXTS}
    said = {name: text for name, text in said.items() if text}
    if any(answers):
        said["answers"] = [answer for answer in answers if answer]
    return {other_language(access): said} if said else {}


def _instant(form: Form, name: str, zone: str) -> dt.datetime | None:
    try:
        return read_time(form.raw(f"{name}_on"), form.raw(f"{name}_time"), zone)
    except BadTime as bad:
        form.add_error(f"{name}_{'on' if bad.field.endswith('_on') else 'time'}", str(bad))
        return None


def _read_picture(read: ContestForm, contest: Contest | None) -> None:
    """Take the picture that was sent, else the one sent before, else the contest's; or none."""
    read.picture = contest.picture if contest is not None else None
    upload = request.files.get("picture")
    if upload is not None and upload.filename:
        try:
            read.picture = store_picture(files(), process_picture(upload.stream.read()))
            read.picture_ref = signer().sign(PICTURE_PURPOSE, read.picture)
        except BadPicture as error:
            read.form.add_domain_error("picture", error)
        return
    if request.form.get("remove_picture"):
        read.picture = None
        return
    ref = request.form.get("picture_ref", "")
    if not ref:
        return
    try:
        read.picture, read.picture_ref = signer().read(PICTURE_PURPOSE, ref, max_age_s=KEPT_S), ref
    except BadLink:
        return


def _typed(value: Decimal, decimals: int) -> str:
    """Return a number as a person types it in the visitor's language: "4,90" in French."""
    return f"{value:.{decimals}f}".replace(".", get_decimal_symbol(locale_code()))
