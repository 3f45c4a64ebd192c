"""What a post is to become: plain values that the composer, an import and the demo all make."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shop.core.i18n import N_
from shop.feed.models import PostKind

MAX_BODY = 10_000
MAX_PHOTOS = 10
MAX_ALT = 500
MAX_TAGS = 20
MAX_LINK_TITLE = 200
MAX_LINK_DESCRIPTION = 500
MAX_URL = 2_000
MAX_AHEAD = dt.timedelta(days=366)
POINTS = 1000
"""A tag's place on a photo is counted in thousandths of its width and height."""

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class PhotoDraft:
    """A stored picture (a ``core.pictures.Picture`` as JSON) with its words; its ``key`` names it in the post."""

    picture: dict[str, Any]
    alt: str = ""
    is_decorative: bool = False

    @property
    def key(self) -> str:
        """The key under which the picture is stored."""
        return str(self.picture.get("key", ""))


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A product in a post, or at a point (thousandths from the top left) of the photo with index ``photo``."""

    product_id: int
    photo: int | None = None
    x: int | None = None
    y: int | None = None


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post to be. Without a ``kind`` it is what is in it: photos, then a link, then products, else text."""

    body: str = ""
    kind: PostKind | None = None
    link_url: str | None = None
    link_title: str = ""
    link_description: str = ""
    photos: tuple[PhotoDraft, ...] = ()
    tags: tuple[TagDraft, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.body.strip() or self.photos or self.link_url or self.tags)


def kind_of(draft: PostDraft) -> PostKind:
    """Return what a draft says it is, else what is in it."""
    if draft.kind is not None:
        return draft.kind
    if draft.photos:
        return PostKind.PHOTO
    if draft.link_url:
        return PostKind.LINK
    return PostKind.PRODUCT if draft.tags else PostKind.TEXT


def check_draft(draft: PostDraft, *, is_public: bool) -> Errors:
    """Return msgids by field ("body", "link_url", "photos.2.alt", "tags.0"); {} when all is well.

    ``is_public`` asks, too, for what a post must have that people will see: words for each photo, or
    that somebody said it needs none.
    """
    errors: Errors = {}
    if draft.is_empty and draft.kind is not PostKind.VIDEO:
        _add(errors, "body", N_("Write something, or add a photo, a product or a link."))
    if len(draft.body) > MAX_BODY:
        _add(errors, "body", N_("This text is too long: at most 10,000 characters."))
    _check_link(draft, errors)
    _check_photos(draft, errors, is_public=is_public)
    _check_tags(draft, errors)
    return errors


def check_time(at: dt.datetime, now: dt.datetime) -> Errors:
    """Return what is wrong with publishing at ``at``, as ``check_draft`` does."""
    if at <= now:
        return {"scheduled_at": [N_("This time has passed. Choose one to come.")]}
    if at > now + MAX_AHEAD:
        return {"scheduled_at": [N_("Choose a time within the next year.")]}
    return {}


def _add(errors: Errors, name: str, msgid: str) -> None:
    errors.setdefault(name, []).append(msgid)


def _check_link(draft: PostDraft, errors: Errors) -> None:
    if draft.link_url and not is_web_address(draft.link_url):
        _add(errors, "link_url", N_("Enter a web address that begins with https:// or http://."))
    if not draft.link_url and (draft.link_title or draft.link_description):
        _add(errors, "link_url", N_("Enter the address that this title belongs to."))
    if len(draft.link_title) > MAX_LINK_TITLE:
        _add(errors, "link_title", N_("This title is too long: at most 200 characters."))
    if len(draft.link_description) > MAX_LINK_DESCRIPTION:
        _add(errors, "link_description", N_("This description is too long: at most 500 characters."))


def is_web_address(url: str) -> bool:
    """Tell whether ``url`` is a whole http or https address without a name or password in it."""
    if len(url) > MAX_URL or any(letter.isspace() or ord(letter) < ord("!") for letter in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip(".")
    return is_whole and port != 0 and "@" not in parts.netloc


def _check_photos(draft: PostDraft, errors: Errors, *, is_public: bool) -> None:
    if len(draft.photos) > MAX_PHOTOS:
        _add(errors, "photos", N_("A post has at most 10 photos."))
    if len({photo.key for photo in draft.photos}) < len(draft.photos):
        _add(errors, "photos", N_("The same photo is there twice."))
    for number, photo in enumerate(draft.photos):
        if len(photo.alt) > MAX_ALT:
            _add(errors, f"photos.{number}.alt", N_("These words are too many: at most 500 characters."))
        elif is_public and not photo.alt.strip() and not photo.is_decorative:
            _add(
                errors,
                f"photos.{number}.alt",
                N_("Say what this photo shows, for those who cannot see it, or tick that it needs no words."),
            )


def _check_tags(draft: PostDraft, errors: Errors) -> None:
    if len(draft.tags) > MAX_TAGS:
        _add(errors, "tags", N_("A post has at most 20 product tags."))
    seen: set[tuple[int, int | None]] = set()
    for number, tag in enumerate(draft.tags):
        point = (tag.photo, tag.x, tag.y)
        if (tag.product_id, tag.photo) in seen:
            _add(errors, f"tags.{number}", N_("This product is tagged here already."))
        seen.add((tag.product_id, tag.photo))
        if any(value is None for value in point) and any(value is not None for value in point):
            _add(errors, f"tags.{number}", N_("Say where on the photo it is."))
        elif tag.photo is not None and not 0 <= tag.photo < len(draft.photos):
            _add(errors, f"tags.{number}", N_("This photo is not in the post."))
        elif any(value is not None and not 0 <= value <= POINTS for value in (tag.x, tag.y)):
            _add(errors, f"tags.{number}", N_("The point must be inside the photo: from 0 to 100 percent."))
