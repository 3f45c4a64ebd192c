"""The demo's pictures, taken through the normal upload by several threads at once."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from shop.core.files import FileStore
from shop.core.pictures import process_picture, store_picture

FOLDER = Path(__file__).parent / "pictures"

Prepare = Callable[[FileStore, str], dict[str, Any]]
"""Stores the picture in a file, named relative to ``FOLDER``; returns what the database keeps of it."""


def upload(files: FileStore, file_name: str) -> dict[str, Any]:
    """Take a picture file through the normal upload and return what the database keeps of it."""
    return store_picture(files, process_picture((FOLDER / file_name).read_bytes()))


class Artwork:
    """Processes and stores picture files in the background; ``get`` waits for the one that is needed now.

    Pillow's encoders let go of the interpreter's lock, so that threads use every core (two took 53 % of
    the time of one, where two processes took longer), and nothing is left running after a Ctrl-C.
    """

    def __init__(
        self, files: FileStore, file_names: Iterable[str], stored: Callable[[], None], prepare: Prepare
    ) -> None:
        self._files = files
        self._stored = stored
        self._prepare_file = prepare
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "artwork")
        self._waiting: dict[str, Future[dict[str, Any]]] = {
            name: self._pool.submit(self._prepare, name) for name in dict.fromkeys(file_names)
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)

    def get(self, file_name: str) -> dict[str, Any]:
        """Return what the database keeps of a picture that was named at the start."""
        return self._waiting[file_name].result()

    def _prepare(self, file_name: str) -> dict[str, Any]:
        kept = self._prepare_file(self._files, file_name)
        self._stored()
        return kept
