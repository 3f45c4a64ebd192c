"""Small JSON files that only the owner of the process may read: secrets, and where one was."""

import fcntl
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_private(path: Path) -> dict[str, Any]:
    """Return what is kept at ``path``; an empty mapping when there is no such file, or none of ours."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def change_private(path: Path, name: str, value: Any) -> None:
    """Put ``value`` under ``name`` into the mapping at ``path``; two processes at once lose nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        write_private(path, {**read_private(path), name: value})
    finally:
        os.close(handle)


def write_private(path: Path, value: Mapping[str, Any]) -> None:
    """Keep ``value`` at ``path``, whole or not at all, readable (mode 0600) by nobody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp gives the file mode 0600 from its first byte on.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=2, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
