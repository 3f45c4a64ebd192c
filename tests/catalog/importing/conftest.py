from pathlib import Path

import pytest

from tests.catalog.importing.support import ReadFile, Write, read, text_of


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text or bytes to a file and return its path."""

    def write_file(content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "products.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


@pytest.fixture
def read_rows(write: Write):
    """Read rows given as dicts under the old header."""

    def read_them(*rows: dict[str, str], currency: str = "EUR", **options: object) -> ReadFile:
        return read(write(text_of(*rows, **options)), currency)

    return read_them
