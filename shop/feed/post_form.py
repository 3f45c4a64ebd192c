"""The composer: everything that was typed and uploaded, whatever happens, and the draft that it means.

Names of errors are those of ``drafts.check_draft`` ("body", "photos.2.alt", "tags.0"), with the number
of a row as it stands in the form.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import FileStorage, MultiDict

from shop.core.errors import Invalid
from shop.core.files import FileStore
from shop.core.i18n import N_
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.core.signing import BadLink, Signer
from shop.feed.drafts import PhotoDraft, PostDraft, TagDraft
from shop.feed.models import Post
from shop.feed.posting_queries import Content
from shop.web.forms import id_or_none

PURPOSE = "post-photo"
KEPT_S = 7 * 24 * 3600
CENTRE = "50"
MAX_ROWS = 40
PLAIN_TEXTS = (
    "body", "link_url", "link_title", "link_description", "scheduled_on", "scheduled_time", "version",
    "snapshot", "product_q", "new_photo", "new_x", "new_y",
)  # fmt: skip
_LAST_PLACE = 1_000_000
_ROW = re.compile(r"(photo|tag)-(\d{1,3})-(?:ref|product)")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{0,3})?")


@dataclass
class PhotoFields:
    """A photo as its fields describe it; ``ref`` is "key:<key>" of one that the post has, or a signed new one."""

    ref: str
    picture: dict[str, Any]
    alt: str = ""
    is_decorative: bool = False
    position: str = ""
    is_removed: bool = False

    @property
    def key(self) -> str:
        """The key under which the picture is stored."""
        return str(self.picture.get("key", ""))


@dataclass
class TagFields:
    """A tag as its fields describe it; ``photo`` is the key of a photo or "", the point is in percent."""

    product_id: int
    photo: str = ""
    x: str = CENTRE
    y: str = CENTRE
    is_removed: bool = False


@dataclass
class PostForm:
    """A post's form; ``errors`` maps a field's name to sentences in the visitor's language."""

    texts: dict[str, str] = field(default_factory=dict)
    photos: list[PhotoFields] = field(default_factory=list)
    tags: list[TagFields] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    # What the field macros ask of a form.

    def raw(self, name: str) -> str:
        """Return what was typed into a plain field."""
        return self.texts.get(name, "")

    def add_error(self, name: str, msgid: str, **params: object) -> None:
        """Say what is wrong with a field, in the visitor's language."""
        self.errors.setdefault(name, []).append(gettext(msgid, **params))

    # Made of a post, or of what was sent.

    def read_post(self, post: Post, content: Content) -> None:
        """Fill the form with a post as it is."""
        self.texts = {
            "body": post.body,
            "link_url": post.link_url or "",
            "link_title": post.link_title,
            "link_description": post.link_description,
            "version": str(post.version),
        }
        keys = {photo.id: str(photo.picture.get("key", "")) for photo in content.photos}
        self.photos = [
            PhotoFields(f"key:{keys[photo.id]}", photo.picture, photo.alt, photo.is_decorative)
            for photo in content.photos
        ]
        self.tags = [
            TagFields(tag.product_id)
            if tag.photo_id is None
            else TagFields(tag.product_id, keys[tag.photo_id], percent(tag.x), percent(tag.y))
            for tag in content.tags
        ]

    def read_typed(
        self,
        typed: "MultiDict[str, str]",
        known: Mapping[str, dict[str, Any]],
        signer: Signer,
        *,
        page_id: int,
    ) -> None:
        """Read what was sent; ``known`` holds the pictures that the post has (or had) by their keys.

        A photo that is neither known nor signed for this page is passed over.
        """
        self.texts = {name: _tidy(typed[name]) for name in PLAIN_TEXTS if name in typed}
        rows: dict[str, set[int]] = {"photo": set(), "tag": set()}
        for key in typed:
            if found := _ROW.fullmatch(key):
                rows[found[1]].add(int(found[2]))
        for number in sorted(rows["photo"])[:MAX_ROWS]:
            self._read_photo(typed, f"photo-{number}-", known, signer, page_id)
        self.photos.sort(key=_place)
        for number in sorted(rows["tag"])[:MAX_ROWS]:
            self._read_tag(typed, f"tag-{number}-")

    def _read_photo(
        self,
        typed: "MultiDict[str, str]",
        prefix: str,
        known: Mapping[str, dict[str, Any]],
        signer: Signer,
        page_id: int,
    ) -> None:
        ref = typed.get(f"{prefix}ref", "")
        picture = (
            known.get(ref.removeprefix("key:")) if ref.startswith("key:") else _read_ref(signer, ref, page_id)
        )
        if picture is None or any(photo.key == picture.get("key") for photo in self.photos):
            return
        self.photos.append(
            PhotoFields(
                ref=ref,
                picture=picture,
                alt=_tidy(typed.get(f"{prefix}alt", "")),
                is_decorative=typed.get(f"{prefix}decorative") == "1",
                position=typed.get(f"{prefix}position", ""),
                is_removed=typed.get(f"{prefix}removed") == "1",
            )
        )

    def _read_tag(self, typed: "MultiDict[str, str]", prefix: str) -> None:
        product_id = id_or_none(typed.get(f"{prefix}product", ""))
        if product_id is not None:
            self.tags.append(
                TagFields(
                    product_id,
                    typed.get(f"{prefix}photo", ""),
                    typed.get(f"{prefix}x", CENTRE).strip(),
                    typed.get(f"{prefix}y", CENTRE).strip(),
                    is_removed=typed.get(f"{prefix}removed") == "1",
                )
            )

    def take_uploads(
        self, uploads: Iterable[FileStorage], store: FileStore, signer: Signer, *, page_id: int
    ) -> None:
        """Store the uploaded photos behind the others; those that are refused are told by file name."""
        for upload in uploads:
            if not upload.filename:
                continue
            try:
                picture = store_picture(store, process_picture(upload.stream.read()))
            except BadPicture as error:
                reason = gettext(error.msgid, **error.params)
                self.add_error("uploads", N_("%(file)s: %(reason)s"), file=upload.filename, reason=reason)
                continue
            if all(photo.key != picture["key"] for photo in self.photos):
                self.photos.append(PhotoFields(signer.sign(PURPOSE, [page_id, picture]), picture))

    def start_anew(self, signer: Signer, *, page_id: int) -> None:
        """Make it the form of a new post: nothing in it hangs on the one that it was opened for."""
        for name in ("version", "snapshot"):
            self.texts.pop(name, None)
        for photo in self.photos:
            photo.ref = signer.sign(PURPOSE, [page_id, photo.picture])

    def add_tag(self, product_id: int) -> None:
        """Tag a product on the photo whose point was chosen ("new_photo" …), else on the whole post, unless it is."""
        photo = self.texts.pop("new_photo", "")
        x, y = self.texts.pop("new_x", CENTRE), self.texts.pop("new_y", CENTRE)
        if photo not in [one.key for one in self.kept_photos]:
            photo, x, y = "", CENTRE, CENTRE
        if all((tag.product_id, tag.photo) != (product_id, photo) for tag in self.tags):
            self.tags.append(TagFields(product_id, photo, x, y))

    # What it means.

    @property
    def kept_photos(self) -> list[PhotoFields]:
        """The photos that are not to be removed."""
        return [photo for photo in self.photos if not photo.is_removed]

    def _kept_tags(self) -> list[tuple[int, TagFields]]:
        """Return the tags that are not to be removed with their rows; one of a photo that goes goes with it."""
        gone = {photo.key for photo in self.photos if photo.is_removed}
        return [
            (row, tag) for row, tag in enumerate(self.tags) if not tag.is_removed and tag.photo not in gone
        ]

    def draft(self) -> PostDraft:
        """Return the draft; what is typed where a point should be is told and taken as the photo's centre."""
        keys = [photo.key for photo in self.kept_photos]
        tags = []
        for row, tag in self._kept_tags():
            if tag.photo not in keys:
                tags.append(TagDraft(tag.product_id))
                continue
            x, y = (self._point(row, name, getattr(tag, name)) for name in ("x", "y"))
            tags.append(TagDraft(tag.product_id, keys.index(tag.photo), x, y))
        return PostDraft(
            body=self.raw("body"),
            link_url=self.raw("link_url") or None,
            link_title=self.raw("link_title"),
            link_description=self.raw("link_description"),
            photos=tuple(
                PhotoDraft(photo.picture, photo.alt, photo.is_decorative and not photo.alt)
                for photo in self.kept_photos
            ),
            tags=tuple(tags),
        )

    def _point(self, row: int, name: str, text: str) -> int:
        value = read_percent(text)
        if value is None:
            self.add_error(f"tags.{row}.{name}", N_("Enter a number from 0 to 100."))
            return 500
        return value

    def add_invalid(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Say at each field what was refused; the draft's rows are those of the form that are kept."""
        photos = [row for row, photo in enumerate(self.photos) if not photo.is_removed]
        tags = [row for row, _tag in self._kept_tags()]
        for name, msgids in errors.items():
            first, _, rest = name.partition(".")
            number, _, last = rest.partition(".")
            rows = {"photos": photos, "tags": tags}.get(first)
            if rows is not None and number.isdigit():
                name = ".".join(part for part in (first, str(rows[int(number)]), last) if part)  # noqa: PLW2901
            for msgid in msgids:
                self.add_error("scheduled_time" if name == "scheduled_at" else name, msgid)

    def add_refused(self, invalid: Invalid) -> None:
        """Say at each field what the service refused."""
        self.add_invalid(invalid.errors)


def percent(value: int | None) -> str:
    """Return thousandths as percent: 345 is "34.5"."""
    return CENTRE if value is None else f"{value / 10:g}"


def read_percent(text: str) -> int | None:
    """Return percent as thousandths: "34.5" or "34,5" is 345; None for what is not from 0 to 100."""
    if not _PERCENT.fullmatch(text):
        return None
    value = round(float(text.replace(",", ".")) * 10)
    return value if value <= 1000 else None  # noqa: PLR2004 - the whole photo


def _tidy(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def _place(photo: PhotoFields) -> int:
    text = photo.position.strip()
    return int(text[:6]) if text.isascii() and text.isdigit() else _LAST_PLACE


def _read_ref(signer: Signer, ref: str, page_id: int) -> dict[str, Any] | None:
    try:
        owner, picture = signer.read(PURPOSE, ref, max_age_s=KEPT_S)
    except BadLink:
        return None
    return picture if owner == page_id and isinstance(picture, dict) else None
