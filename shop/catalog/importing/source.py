"""Opens a merchant's file: size, kind, encoding; every fault is told before anything is read."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.catalog.importing.encoding import Encoding, check_encoding, detect_encoding
from shop.catalog.importing.messages import FileFault

MAX_BYTES = 100_000_000

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x89PNG", "binary"),
    (b"\xff\xd8\xff", "binary"),
    (b"GIF8", "binary"),
    (b"%PDF", "binary"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text file that is known to decode from its first byte to its last."""

    path: Path
    encoding: Encoding

    @contextmanager
    def open(self) -> Iterator[io.TextIOWrapper]:
        """Yield its text with line ends untouched, as the csv module wants it."""
        with self.path.open(encoding=self.encoding.name, errors="strict", newline="") as text:
            yield text


def open_source(path: Path, *, encoding: str = "auto", max_bytes: int = MAX_BYTES) -> Source:
    """Return the file at ``path`` as readable text.

    Raises FileFault: unreadable, empty, too_large, binary, excel, archive, undecodable,
    damaged_text or unknown_encoding. ``encoding`` overrides the detection.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise FileFault("unreadable") from error
    if size <= len(head) and not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise FileFault("empty")
    if size > max_bytes:
        raise FileFault("too_large", limit=max_bytes // 1_000_000)
    _refuse_known_kinds(head)
    if encoding == "auto":
        return Source(path, detect_encoding(path))
    check_encoding(path, encoding)
    return Source(path, Encoding(encoding))


def _refuse_known_kinds(head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # A workbook is a zip archive whose first members are these.
        raise FileFault("excel" if b"[Content_Types].xml" in head or b"xl/" in head else "archive")
    for signature, code in _SIGNATURES:
        if head.startswith(signature):
            raise FileFault(code)
