"""Where brought files are kept: privately, beside the database and never under the public media."""

from pathlib import Path

from shop.core.config import Settings
from shop.core.files import FileStore
from shop.core.ids import new_token

FOLDER = "imports"


def import_store(settings: Settings) -> FileStore:
    """Return the store of brought files; only this user of the system may look into it."""
    root = settings.data_dir / FOLDER
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    return FileStore(root)


def import_path(settings: Settings, key: str) -> Path:
    """Return where the file under ``key`` is."""
    return settings.data_dir / FOLDER / key


def new_key() -> str:
    """Return a key for another file."""
    return f"{new_token()}.csv"
