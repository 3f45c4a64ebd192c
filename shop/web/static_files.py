"""The static files as they are served: beside each one that shrinks stands its gzipped form.

WhiteNoise sends the ``.gz`` beside a file to whoever accepts it. They are made once for each version,
under the data directory, so that neither the repository nor an installed package is written to.
"""

import gzip
import shutil
import tempfile
from pathlib import Path

WORTH_PACKING = frozenset({".css", ".js", ".svg", ".md", ".txt", ".json", ".html"})
MIN_BYTES = 200


def packed_copy(source: Path, target_root: Path, version: str) -> Path:
    """Return a folder with the files of ``source`` and their gzipped forms, made if it is not there yet.

    Safe when several processes start at once: each fills a folder of its own, the first to finish wins.
    """
    target = target_root / version
    if target.is_dir():
        return target
    target_root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target_root, prefix=".making-") as folder:
        made = Path(folder) / version
        shutil.copytree(source, made, ignore=shutil.ignore_patterns("*.gz"))
        for path in [path for path in made.rglob("*") if path.suffix in WORTH_PACKING]:
            plain = path.read_bytes()
            packed = gzip.compress(plain, 9, mtime=0)
            if len(plain) >= MIN_BYTES and len(packed) < len(plain):
                path.with_name(path.name + ".gz").write_bytes(packed)
        try:
            made.rename(target)
        except OSError:
            # Another process was quicker; its folder holds the same.
            if not target.is_dir():
                raise
    return target
