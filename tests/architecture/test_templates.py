"""Every template compiles, and none holds what the Content-Security-Policy would block."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "templates").rglob("*.html")) + sorted(
    (ROOT / "shop/sandbox/templates").rglob("*.html")
)
INLINE = {
    "script without src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)[^>]*>", re.IGNORECASE
    ),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
}


class TestTemplates:
    def test_all_compile(self, app: Flask) -> None:
        names = app.jinja_env.list_templates(filter_func=lambda name: name.endswith((".html", ".txt")))
        assert names
        for name in names:
            app.jinja_env.get_template(name)

    @pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_hold_nothing_inline(self, path: Path) -> None:
        source = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if "mail" in path.parts:
            return  # mail readers drop style sheets, so theirs are inlined when they are rendered
        for what, pattern in INLINE.items():
            assert not pattern.search(source), f"{what} in {path.name}"
