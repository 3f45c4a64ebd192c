"""Two staff edit one post: the second is told what the first changed, and loses nothing of their own.

A form carries, signed, what the post said when it was opened. When somebody saved since, a field that the
second left as it was takes what the first put there; a field that both changed keeps what the second typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop.core.signing import BadLink, Signer
from shop.feed.post_form import PostForm

PURPOSE = "post-form-as-opened"
KEPT_S = 7 * 24 * 3600
TEXTS = ("body", "link_url", "link_title", "link_description")

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A field that somebody else changed: what it was and is (texts only), and whether one's own stands in the form."""

    field: str
    is_mine_kept: bool
    was: str | None = None
    now: str | None = None


def write_snapshot(signer: Signer, post_id: int, facts: Facts) -> str:
    """Return what a post says (``post_facts.facts_of``) as a signed text for its form."""
    return signer.sign(PURPOSE, [post_id, facts])


def read_snapshot(signer: Signer, post_id: int, text: str) -> Facts | None:
    """Return what a form of this post was opened with, or None when that is not known any more."""
    try:
        owner, facts = signer.read(PURPOSE, text, max_age_s=KEPT_S)
    except BadLink:
        return None
    return facts if owner == post_id and isinstance(facts, dict) else None


def pictures_in(facts: Facts | None) -> dict[str, dict[str, Any]]:
    """Return the pictures of a snapshot by their keys."""
    return {} if facts is None else {photo["key"]: photo["picture"] for photo in facts["photos"]}


def tell_changes(form: PostForm, opened: Facts, current: Facts, fresh: PostForm) -> list[Told]:
    """Bring what was not touched in ``form`` up to date; return all that has changed since it was opened.

    ``fresh`` is a form of the post as it is now, ``current`` what that says.
    """
    told = []
    for name in TEXTS:
        was, now, mine = opened[name] or "", current[name] or "", form.raw(name)
        if mine == was:
            form.texts[name] = now
        if was != now:
            told.append(Told(name, mine not in (was, now), was, now))
    kept = _photos_of(form)
    if opened["photos"] != current["photos"]:
        is_mine = kept not in (_photos_in(opened), _photos_in(current))
        told.append(Told("photos", is_mine))
    tags = _tags_of(form)
    if kept == _photos_in(opened):
        form.photos = fresh.photos
    if _tags_in(opened) != _tags_in(current):
        told.append(Told("tags", tags not in (_tags_in(opened), _tags_in(current))))
    if tags == _tags_in(opened):
        form.tags = fresh.tags
    return told


def _photos_in(facts: Facts) -> list[tuple[str, str, bool]]:
    return [(photo["key"], photo["alt"], photo["is_decorative"]) for photo in facts["photos"]]


def _photos_of(form: PostForm) -> list[tuple[str, str, bool]]:
    return [(photo.key, photo.alt, photo.is_decorative and not photo.alt) for photo in form.draft().photos]


def _tags_in(facts: Facts) -> list[tuple[Any, ...]]:
    return [(tag["product_id"], tag["photo"], tag["x"], tag["y"]) for tag in facts["tags"]]


def _tags_of(form: PostForm) -> list[tuple[Any, ...]]:
    draft = form.draft()
    return [
        (tag.product_id, None if tag.photo is None else draft.photos[tag.photo].key, tag.x, tag.y)
        for tag in draft.tags
    ]
