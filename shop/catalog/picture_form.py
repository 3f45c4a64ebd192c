"""The pictures of the product form: those that the product has, and new ones kept while the form is not yet right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from shop.catalog.drafts import PictureDraft
from shop.catalog.models import ProductPicture
from shop.core.files import FileStore
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.core.signing import BadLink, Signer

PURPOSE = "product-picture"
KEPT_S = 7 * 24 * 3600
_LAST_PLACE = 1_000_000

_ROW = re.compile(r"picture-(\d{1,3})-ref")


@dataclass
class PictureFields:
    """One picture as its fields describe it; ``ref`` is "id:<n>" or a signed new picture."""

    ref: str
    picture: dict[str, Any]
    picture_id: int | None = None
    alt: str = ""
    other_alt: str = ""
    position: str = ""
    is_removed: bool = False


@dataclass
class PictureForm:
    """The pictures in their order, and which uploads were refused and why."""

    rows: list[PictureFields] = field(default_factory=list)

    def read_pictures(self, pictures: Iterable[ProductPicture], other_language: str) -> None:
        """Show the pictures that a product has."""
        self.rows = [
            PictureFields(
                ref=f"id:{row.id}",
                picture=row.picture,
                picture_id=row.id,
                alt=row.alt,
                other_alt=str(row.translations.get(other_language, {}).get("alt", "")),
            )
            for row in pictures
        ]

    def read_typed(
        self,
        typed: "MultiDict[str, str]",
        existing: Sequence[ProductPicture],
        signer: Signer,
        *,
        page_id: int,
        other_language: str,
    ) -> None:
        """Read what was sent; a ref that is neither the product's nor signed for this page is passed over."""
        known = {f"id:{row.id}": row for row in existing}
        rows: list[PictureFields] = []
        for number in sorted({int(found[1]) for key in typed if (found := _ROW.fullmatch(key))}):
            prefix = f"picture-{number}-"
            ref = typed[f"{prefix}ref"]
            row = known.get(ref)
            content = row.picture if row is not None else _read_ref(signer, ref, page_id)
            if content is None:
                continue
            rows.append(
                PictureFields(
                    ref=ref,
                    picture=content,
                    picture_id=None if row is None else row.id,
                    alt=typed.get(f"{prefix}alt", ""),
                    other_alt=typed.get(f"{prefix}other_alt", ""),
                    position=typed.get(f"{prefix}position", ""),
                    is_removed=typed.get(f"{prefix}removed") == "1",
                )
            )
        rows.sort(key=_place)
        # Pictures that arrived while the form was open, from an import for example, are nobody's to remove.
        self.read_pictures(
            [row for ref, row in known.items() if ref not in {row.ref for row in rows}], other_language
        )
        self.rows = rows + self.rows

    def take_uploads(
        self, uploads: Iterable[FileStorage], store: FileStore, signer: Signer, *, page_id: int
    ) -> list[tuple[str, BadPicture]]:
        """Store the uploaded pictures behind the others; return the refused ones by file name."""
        refused = []
        for upload in uploads:
            if not upload.filename:
                continue
            try:
                content = store_picture(store, process_picture(upload.stream.read()))
            except BadPicture as error:
                refused.append((upload.filename, error))
                continue
            if all(row.picture.get("key") != content["key"] for row in self.rows):
                ref = signer.sign(PURPOSE, [page_id, content])
                self.rows.append(PictureFields(ref=ref, picture=content))
        return refused

    @property
    def kept(self) -> list[PictureFields]:
        """The pictures that are not to be removed."""
        return [row for row in self.rows if not row.is_removed]

    def drafts(self, other_language: str) -> tuple[PictureDraft, ...]:
        """Return what the service takes."""
        return tuple(
            PictureDraft(
                picture=None if row.picture_id is not None else row.picture,
                picture_id=row.picture_id,
                alt=row.alt,
                translations={other_language: {"alt": row.other_alt.strip()}}
                if row.other_alt.strip()
                else {},
            )
            for row in self.kept
        )


def _place(row: PictureFields) -> int:
    text = row.position.strip()
    return int(text[:6]) if text.isascii() and text.isdigit() else _LAST_PLACE


def _read_ref(signer: Signer, ref: str, page_id: int) -> dict[str, Any] | None:
    try:
        owner, content = signer.read(PURPOSE, ref, max_age_s=KEPT_S)
    except BadLink:
        return None
    return content if owner == page_id and isinstance(content, dict) else None
