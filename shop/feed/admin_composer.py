"""The composer: a new post and one that is there, drafted, published at once or at its time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalog.large_forms import read_large_form
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.feed import posting
from shop.feed.admin_post_queries import Taggable, find_taggable, map_taggable
from shop.feed.admin_posts import KINDS
from shop.feed.drafts import MAX_BODY, MAX_PHOTOS, PostDraft, check_draft, check_time, kind_of
from shop.feed.marking import render as render_marks
from shop.feed.models import Post, PostStatus
from shop.feed.post_conflicts import Told, pictures_in, read_snapshot, tell_changes, write_snapshot
from shop.feed.post_facts import facts_of
from shop.feed.post_form import PostForm
from shop.feed.post_times import BadTime, read_time, typed_time
from shop.feed.posting_queries import Content, Editor, draft_of, find_last_editor, get_post, load_content
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.days import zone_name
from shop.web.context import database, files, now, settings, signer
from shop.web.forms import id_or_none
from shop.web.pages import flash_message, render, see_other
from shop.web.templating import datetime_text

MAX_PARTS = 600
BEGUN = ("body", "link_url", "link_title", "link_description")
ASKING = ("preview", "search", "photos")
"""What a button of the form may ask for without saving; so do those that add a tag."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A post with what its form shows of it, all read at once."""

    post: Post
    content: Content

    @property
    def facts(self) -> dict[str, Any]:
        """What it says."""
        return facts_of(draft_of(self.post, self.content), {})

    @property
    def pictures(self) -> dict[str, dict[str, Any]]:
        """Its pictures by their keys."""
        return {str(photo.picture.get("key")): photo.picture for photo in self.content.photos}


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else has changed meanwhile (None: nobody knows what it was before), and who that was."""

    told: Sequence[Told] | None
    editor: Editor | None


@dataclass
class Sent:
    """What was sent: the form, the button, and the draft when it is to be saved and nothing is wrong with it yet."""

    form: PostForm
    action: str
    draft: PostDraft | None = None
    at: dt.datetime | None = None


@staff_only(Permission.MANAGE_POSTS)
def new_post(access: PageAccess) -> Response:
    """Show a composer, empty or begun with the texts in the address: rooms of other things lead here so."""
    begun = {name: request.args.get(name, "").replace("\x00", "")[:MAX_BODY] for name in BEGUN}
    return _show(access, PostForm(texts={name: text for name, text in begun.items() if text}), loaded=None)


@staff_only(Permission.MANAGE_POSTS)
def show_post(access: PageAccess, post_id: int) -> Response:
    """Show a post in the composer."""
    loaded = _load(access, post_id)
    return _show(access, _form_of(access, loaded), loaded=loaded)


@staff_only(Permission.MANAGE_POSTS)
def create_post(access: PageAccess) -> Response:
    """Add a post as a draft, publish or schedule it; or bring the composer up to date."""
    sent = _read(access, {})
    if sent.draft is None:
        return _show(access, sent.form, loaded=None, action=sent.action)
    try:
        with database().transaction() as session:
            post = posting.create_post(
                session, page_id=access.page.id, account_id=access.account_id, draft=sent.draft, now=now()
            )
            _carry_out(session, access, post.id, sent)
    except Invalid as invalid:
        sent.form.add_refused(invalid)
        return _show(access, sent.form, loaded=None, action=sent.action)
    return _done(access, post.id, sent, is_changed=True)


@staff_only(Permission.MANAGE_POSTS)
def update_post(access: PageAccess, post_id: int) -> Response:
    """Change a post, publish or schedule it; or bring the composer up to date."""
    try:
        loaded = _load(access, post_id)
    except NotFound:
        return _show_as_new(access, post_id)
    sent = _read(access, loaded.pictures, post_id=post_id)
    conflict = None
    if sent.draft is not None:
        try:
            return _done(access, post_id, sent, is_changed=_save(access, post_id, sent))
        except Invalid as invalid:
            sent.form.add_refused(invalid)
        except posting.PostChanged as changed:
            sent.form.add_error("", changed.msgid)
            loaded, conflict = _tell(access, post_id, sent.form)
        except posting.IsPublished as published:
            sent.form.add_error("", published.msgid)
    return _show(access, sent.form, loaded=loaded, action=sent.action, conflict=conflict)


def _show_as_new(access: PageAccess, post_id: int) -> Response:
    """Show what was typed into a post that somebody deleted meanwhile as a new one; NotFound where there was none."""
    loaded = _load(access, post_id, is_deleted=True)
    sent = _read(access, loaded.pictures, post_id=post_id)
    sent.form.start_anew(signer(), page_id=access.page.id)
    sent.form.add_error(
        "", N_("Somebody has deleted this post since you opened it. What you typed stands here as a new one.")
    )
    return _show(access, sent.form, loaded=None, action="save")


def _save(access: PageAccess, post_id: int, sent: Sent) -> bool:
    draft, version = sent.draft, id_or_none(sent.form.raw("version"))
    assert draft is not None  # noqa: S101 - the caller has looked
    with database().transaction() as session:
        if sent.action == "unschedule":
            posting.unschedule_post(
                session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id,
                version=version,
            )  # fmt: skip
            version = None
        is_changed = posting.edit_post(
            session, page_id=access.page.id, post_id=post_id, account_id=access.account_id, draft=draft,
            now=now(), version=version,
        )  # fmt: skip
        _carry_out(session, access, post_id, sent)
    return is_changed


def _carry_out(session: Session, access: PageAccess, post_id: int, sent: Sent) -> None:
    if sent.action == "publish":
        posting.publish_post(
            session, page_id=access.page.id, post_id=post_id, now=now(), account_id=access.account_id
        )
    elif sent.action == "schedule" and sent.at is not None:
        posting.schedule_post(
            session, page_id=access.page.id, post_id=post_id, at=sent.at, now=now(), account_id=access.account_id
        )  # fmt: skip


def _done(access: PageAccess, post_id: int, sent: Sent, *, is_changed: bool) -> Response:
    if sent.action == "publish":
        flash_message(gettext("The post is published."))
        return see_other("feed_admin.show_posts", page_slug=access.page.slug)
    if sent.action == "schedule":
        flash_message(
            gettext("It will be published at this time: %(at)s.", at=datetime_text(sent.at or now()))
        )
        return see_other("feed_admin.show_posts", page_slug=access.page.slug, part="scheduled")
    if sent.action == "unschedule":
        flash_message(gettext("It is a draft again and will not be published by itself."))
    elif is_changed:
        flash_message(gettext("Saved."))
    else:
        flash_message(gettext("Nothing had changed."))
    return see_other("feed_admin.show_post", page_slug=access.page.slug, post_id=post_id)


def _load(access: PageAccess, post_id: int, *, is_deleted: bool = False) -> Loaded:
    with database().reading() as session:
        post = get_post(session, page_id=access.page.id, post_id=post_id, is_deleted=is_deleted)
        return Loaded(post, load_content(session, post.id))


def _form_of(access: PageAccess, loaded: Loaded) -> PostForm:
    form = PostForm()
    form.read_post(loaded.post, loaded.content)
    form.texts["snapshot"] = write_snapshot(signer(), loaded.post.id, loaded.facts)
    if loaded.post.status is PostStatus.SCHEDULED and loaded.post.scheduled_at is not None:
        day, time = typed_time(loaded.post.scheduled_at, zone_name(access.page.country))
        form.texts |= {"scheduled_on": day, "scheduled_time": time}
    return form


def _read(access: PageAccess, known: Mapping[str, dict[str, Any]], *, post_id: int | None = None) -> Sent:
    """Return what was sent; it has a draft when it was meant to be saved and nothing is wrong so far."""
    typed, uploads = read_large_form(max_parts=MAX_PARTS)
    form, action = PostForm(), typed.get("action", "preview")
    opened = None if post_id is None else read_snapshot(signer(), post_id, typed.get("snapshot", ""))
    form.read_typed(typed, {**pictures_in(opened), **known}, signer(), page_id=access.page.id)
    form.take_uploads(uploads.getlist("uploads"), files(), signer(), page_id=access.page.id)
    first, _, product = action.partition(":")
    if first == "tag" and (product_id := id_or_none(product)) is not None:
        form.add_tag(product_id)
        return Sent(form, "tag")
    sent = Sent(form, action)
    if action in ASKING:
        return sent
    draft = form.draft()
    if action == "schedule":
        try:
            sent.at = read_time(
                form.raw("scheduled_on"), form.raw("scheduled_time"), zone_name(access.page.country)
            )
        except BadTime as bad:
            form.add_error(bad.field, str(bad))
        else:
            form.add_invalid(check_time(sent.at, now()))
    if action in ("publish", "schedule"):
        # The services refuse it too, but one after the other: here all is told at once.
        form.add_invalid(check_draft(draft, is_public=True))
    if not form.errors:
        sent.draft = draft
    return sent


def _tell(access: PageAccess, post_id: int, form: PostForm) -> tuple[Loaded, Conflict]:
    """Bring the form up to date with what somebody else saved, and tell what that was."""
    with database().reading() as session:
        post = get_post(session, page_id=access.page.id, post_id=post_id)
        loaded = Loaded(post, load_content(session, post.id))
        editor = find_last_editor(session, page_id=access.page.id, post_id=post_id)
    opened = read_snapshot(signer(), post_id, form.raw("snapshot"))
    fresh = _form_of(access, loaded)
    told = None if opened is None else tell_changes(form, opened, loaded.facts, fresh)
    form.texts |= {name: fresh.raw(name) for name in ("version", "snapshot")}
    return loaded, Conflict(told, editor)


def _show(
    access: PageAccess,
    form: PostForm,
    *,
    loaded: Loaded | None,
    action: str = "",
    conflict: Conflict | None = None,
) -> Response:
    query = form.raw("product_q")
    with database().reading() as session:
        products = map_taggable(
            session, page_id=access.page.id, product_ids=[tag.product_id for tag in form.tags]
        )
        is_searching = action == "search" or bool(query and action in ASKING)
        results = find_taggable(session, page_id=access.page.id, query=query) if is_searching else None
    zone = zone_name(access.page.country)
    is_asking = action in (*ASKING, "tag")
    preview = _preview(form, products) if action == "preview" else None
    return render(
        "manage/posts/form.html",
        status=422 if form.errors and not is_asking else 200,
        access=access,
        form=form,
        post=None if loaded is None else loaded.post,
        conflict=conflict,
        products=products,
        results=results,
        preview=preview,
        is_changed=bool(action),
        zone=zone.replace("_", " "),
        kinds=KINDS,
        max_photos=MAX_PHOTOS,
        max_body=MAX_BODY,
        max_upload_bytes=settings().max_upload_bytes,
    )


def _preview(form: PostForm, products: Mapping[int, Taggable]) -> dict[str, Any]:
    """Return what the post would look like; errors of points are told as for a post that is saved."""
    draft = form.draft()
    tagged = [products[tag.product_id] for tag in draft.tags if tag.product_id in products]
    return {
        "kind": kind_of(draft),
        "html": render_marks(draft.body),
        "draft": draft,
        "points": {
            number: [tag for tag in draft.tags if tag.photo == number] for number in range(len(draft.photos))
        },
        "products": list({product.id: product for product in tagged}.values()),
    }
