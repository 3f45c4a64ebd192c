"""Files that people bring: kept by content under a directory, served under ``/media/``."""

import os
import tempfile
from pathlib import Path


class FileStore:
    """Keeps bytes under keys such as ``pictures/ab/abcd….webp``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes) -> None:
        """Write ``content`` under ``key``, whole or not at all; an equal key is replaced."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)

    def read(self, key: str) -> bytes:
        """Return the bytes under ``key``; FileNotFoundError when there are none."""
        return self._path(key).read_bytes()

    def exists(self, key: str) -> bool:
        """Tell whether ``key`` is kept."""
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Forget ``key``; nothing happens when it is not there."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError("a key may not leave the store")
        return path
