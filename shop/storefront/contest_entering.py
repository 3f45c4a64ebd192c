"""The form to enter a contest: read, its photo kept while something else is not yet right, handed to the service."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from shop.accounts.login import viewer
from shop.accounts.service import normalise_email
from shop.contests.drafts import EntryDraft, check_entry
from shop.contests.entering import enter
from shop.contests.entry_schemas import EntrySchema
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest, ContestEntry, ContestKind, EntrySource
from shop.core.db import Database
from shop.core.errors import Invalid
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.core.signing import BadLink
from shop.page.models import LikeSource, Page
from shop.page.service import FollowsTooMany, follow
from shop.web.context import files, now, signer
from shop.web.forms import Form, id_or_none
from shop.web.locale import language
from shop.web.touching import current_origin

PHOTO_PURPOSE = "contest-photo"
PHOTO_KEPT_S = 24 * 3600
SOURCES = {"embed": EntrySource.EMBED, "post": EntrySource.POST}


@dataclass
class EntryForm:
    """What was typed, and the photo that is kept meanwhile."""

    form: Form = field(default_factory=Form)
    photo: dict[str, Any] | None = None
    draft: EntryDraft | None = None
    likes_page: bool = False

    @property
    def photo_ref(self) -> str:
        """What the form sends back for a photo that is kept here already."""
        return "" if self.photo is None else signer().sign(PHOTO_PURPOSE, self.photo)


def blank_form(page: Page, contest: Contest) -> EntryForm:
    """Return the form as it is opened; nothing in it is ticked."""
    me = viewer()
    countries = contest.countries or page.ships_to
    country = page.country if page.country in countries else ""
    return EntryForm(Form({"name": me.name, "email": me.email, "country": country}))


def read_form(page: Page, contest: Contest, *, with_photo: bool = True) -> EntryForm:
    """Read what was sent, with all that is wrong with it; ``draft`` is None then.

    Without ``with_photo`` an uploaded file is left alone, since re-encoding one costs a second.
    """
    me = viewer()
    form = Form.from_request(EntrySchema(partial=("email",) if me.is_authenticated else None))
    read = EntryForm(form, likes_page=form.is_ticked("likes_page") and me.is_authenticated)
    if contest.kind is ContestKind.PHOTO:
        read.photo = _read_photo(form, with_upload=with_photo)
    draft = _draft(page, read)
    if "email" not in form.errors:
        _check_email(form, draft.email)
    for name, texts in check_entry(contest, draft, contest.countries or page.ships_to).items():
        if name not in form.errors:
            for text in texts:
                form.add_error(name, text)
    if not form.errors:
        read.draft = draft
    return read


def _check_email(form: Form, email: str) -> None:
    # As strictly as an account's: quoted letters ("lea"@…) would be a second spelling of the same mailbox.
    try:
        normalise_email(email)
    except Invalid as error:
        form.add_invalid(error)


def _draft(page: Page, read: EntryForm) -> EntryDraft:
    form, me = read.form, viewer()
    email = me.email or _typed(form, "email")
    touch = current_origin(page.slug).touch
    return EntryDraft(
        person_key=person_key_of(signer(), email),
        name=_typed(form, "name"),
        email=email,
        language=language(),
        country=form.raw("country"),
        account_id=me.account_id,
        answer=id_or_none(form.raw("answer")),
        photo=read.photo,
        caption=_typed(form, "caption"),
        source=SOURCES.get(touch.kind, EntrySource.PAGE) if touch else EntrySource.PAGE,
        is_old_enough=form.is_ticked("is_old_enough"),
        accepts_rules=form.is_ticked("accepts_rules"),
    )


def _typed(form: Form, name: str) -> str:
    """Return what was typed, without NUL, which PostgreSQL refuses in a text."""
    return form.raw(name).replace("\r\n", "\n").replace("\x00", "").strip()


def _read_photo(form: Form, *, with_upload: bool) -> dict[str, Any] | None:
    """Return the uploaded photo, re-encoded and stored, else the one that the form brought back."""
    upload = request.files.get("photo") if with_upload else None
    if upload is not None and upload.filename:
        try:
            return store_picture(files(), process_picture(upload.stream.read()))
        except BadPicture as error:
            form.add_domain_error("photo", error)
    try:
        kept = signer().read(PHOTO_PURPOSE, form.raw("photo_ref"), max_age_s=PHOTO_KEPT_S)
    except BadLink:
        return None
    return kept if isinstance(kept, dict) else None


def save_entry(
    database: Database, *, page: Page, contest: Contest, read: EntryForm, is_follower: bool
) -> ContestEntry:
    """Enter, and like the page where the box for it was ticked; the entry stands whether or not the like can.

    What ``enter`` raises is raised.
    """
    draft = read.draft
    assert draft is not None  # noqa: S101 - a form with errors never comes here
    wants_like = _wants_like(read, is_follower=is_follower)
    try:
        return _enter(database, page, contest, replace(draft, is_new_follower=wants_like))
    except FollowsTooMany:
        return _enter(database, page, contest, draft)


def like_only(
    database: Database, *, page: Page, contest: Contest, read: EntryForm, is_follower: bool
) -> None:
    """Like the page where that was ticked, though the entry was not taken: whether it was must not be seen by it."""
    draft = read.draft
    if draft is not None and _wants_like(read, is_follower=is_follower):
        with suppress(FollowsTooMany), database.transaction() as session:
            _like(session, page, contest, draft)


def _wants_like(read: EntryForm, *, is_follower: bool) -> bool:
    return (
        read.likes_page and not is_follower and read.draft is not None and read.draft.account_id is not None
    )


def _enter(database: Database, page: Page, contest: Contest, draft: EntryDraft) -> ContestEntry:
    with database.transaction() as session:
        entry = enter(session, contest=contest, draft=draft, now=now())
        if draft.is_new_follower:
            _like(session, page, contest, draft)
        return entry


def _like(session: Session, page: Page, contest: Contest, draft: EntryDraft) -> None:
    if draft.account_id is not None:
        follow(
            session, page_id=page.id, account_id=draft.account_id, now=now(), source=LikeSource.CONTEST,
            source_ref=str(contest.id),
        )  # fmt: skip
