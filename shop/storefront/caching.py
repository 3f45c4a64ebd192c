"""Public pages, kept in the process under the version of what they show.

To a visitor without cookies of ours a page is the same bytes for everybody. One small query reads the
version; under it the finished page is found here, or made and kept. Whoever has a session or a cart gets
a private page, made of the same kept parts. Every visible write raises the version in its transaction,
so what it changed is seen at once in every process.
"""

import gzip
import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import wraps
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from shop.web.locale import LANGUAGE_COOKIE
from shop.web.touching import ORIGIN_COOKIE
from shop.web.visitor import COUNTED_COOKIE

MAX_PAGE_BYTES = 8_000_000
MAX_PART_BYTES = 12_000_000
MAX_CARD_BYTES = 8_000_000
"""What a process keeps of finished pages (gzipped), of tabs and of products' cards."""
MAX_BRANDS = 2000
QUICK, TIGHT = 1, 6
"""How hard gzip tries: on a page made just now, and once it has been asked for again."""
MIN_COMPRESSED = 1000
PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-cache"
_EXTENSION = "vitrine.storefront"


@dataclass(frozen=True, slots=True)
class Finished:
    """A page as it is sent: gzipped, with its weak entity tag."""

    packed: bytes
    etag: str
    is_tight: bool = False


class Shelf:
    """Keeps values by key up to a number of bytes; the least recently used go first. Safe for threads."""

    def __init__(self, max_bytes: int, size: Callable[[Any], int]) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(max_bytes, getsizeof=size)
        self._lock = Lock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def get(self, key: Hashable) -> Any | None:
        """Return what is kept under ``key``, or None."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, value: Any) -> None:
        """Keep ``value``, unless it alone is larger than the shelf."""
        with self._lock:
            if self._kept.getsizeof(value) <= self._kept.maxsize:
                self._kept[key] = value


@dataclass(frozen=True)
class Shelves:
    """An application's kept pages, tabs, products' cards and brands (at most ``MAX_BRANDS``)."""

    pages: Shelf
    parts: Shelf
    cards: Shelf
    brands: Shelf


def shelves() -> Shelves:
    """Return the current application's shelves."""
    kept = current_app.extensions.get(_EXTENSION)
    if kept is None:
        pages = Shelf(MAX_PAGE_BYTES, lambda page: len(page.packed))
        parts = Shelf(MAX_PART_BYTES, lambda part: part.size)
        cards = Shelf(MAX_CARD_BYTES, len)
        brands = Shelf(MAX_BRANDS, lambda _brand: 1)
        # Two threads may both come here first; setdefault lets one of them win for both.
        kept = current_app.extensions.setdefault(_EXTENSION, Shelves(pages, parts, cards, brands))
    return cast(Shelves, kept)


def is_public_request() -> bool:
    """Tell whether nothing of the visitor is known: no cookie but those that change nothing of what is shown.

    The language is in the address; what led here is only read when something is bought; who is counted is
    asked by what comes after the page.
    """
    return not (set(request.cookies) - {LANGUAGE_COOKIE, ORIGIN_COOKIE, COUNTED_COOKIE})


def public_page(
    version_of: Callable[..., Hashable], *, arguments: tuple[str, ...] = ()
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Serve a view from the shelf to visitors of whom nothing is known.

    ``version_of`` takes the view's values and returns the version of what it shows. Addresses with a
    query outside ``arguments`` are answered alike but not kept, so that nobody can fill the shelf.
    """

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def serve(**values: Any) -> ResponseReturnValue:
            if not is_public_request():
                response = current_app.make_response(view(**values))
                response.headers.setdefault("Cache-Control", PRIVATE)
                response.vary.add("Cookie")
                return response
            key = (request.full_path, version_of(**values))
            page = shelves().pages.get(key)
            if page is None:
                response = current_app.make_response(view(**values))
                if response.status_code != 200:  # noqa: PLR2004 - redirects and refusals are not kept
                    return response
                page = finish(response.get_data())
                if set(request.args) <= set(arguments):
                    shelves().pages.put(key, page)
            elif not page.is_tight:
                page = replace(page, packed=_pack(gzip.decompress(page.packed), TIGHT), is_tight=True)
                shelves().pages.put(key, page)
            return send(page)

        return serve

    return decorate


def finish(plain: bytes) -> Finished:
    """Return a page's bytes with all that is needed to send them again and again."""
    return Finished(_pack(plain, QUICK), hashlib.blake2b(plain, digest_size=12).hexdigest())


def _pack(plain: bytes, level: int) -> bytes:
    return gzip.compress(plain, level, mtime=0)


def send(page: Finished, *, mimetype: str = "text/html") -> Response:
    """Answer a finished page, or 304 when the visitor's browser has it."""
    response = Response(mimetype=mimetype)
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(page.packed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(gzip.decompress(page.packed))
    response.headers["Cache-Control"] = PUBLIC
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    # Weak: the plain and the gzipped bytes say the same.
    response.set_etag(page.etag, weak=True)
    return cast(Response, response.make_conditional(request))


def compress(response: Response) -> Response:
    """Gzip a private HTML answer; quickly, since it is made for one visitor and thrown away."""
    if (
        response.mimetype == "text/html"
        and response.status_code not in (204, 304)
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("gzip") > 0
    ):
        plain = response.get_data()
        if len(plain) >= MIN_COMPRESSED:
            response.set_data(_pack(plain, QUICK))
            response.headers["Content-Encoding"] = "gzip"
            response.vary.add("Accept-Encoding")
    return response
