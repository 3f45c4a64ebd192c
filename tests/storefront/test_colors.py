"""A page's accent is readable in both schemes, whatever its owner chose."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.page.colors import contrast_ratio
from shop.storefront.colors import DARK_SURFACE, LIGHT_SURFACE, readable, text_on

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


class TestReadable:
    @given(colors)
    @settings(deadline=None)
    @pytest.mark.parametrize("surface", [LIGHT_SURFACE, DARK_SURFACE])
    def test_every_colour_becomes_readable(self, surface: str, color: str) -> None:
        assert contrast_ratio(readable(color, surface), surface) >= 4.5

    def test_a_readable_colour_stays_as_it_is(self) -> None:
        assert readable("#7a4b2a", LIGHT_SURFACE) == "#7a4b2a"


class TestTextOn:
    @given(colors)
    @settings(deadline=None)
    def test_text_on_any_colour_is_readable(self, color: str) -> None:
        assert contrast_ratio(text_on(color), color) >= 4.5


class TestTheme:
    def test_is_kept_for_ever(self, client: FlaskClient) -> None:
        answer = client.get("/theme/7a4b2a.css")
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "--page-accent:light-dark(#7a4b2a," in answer.text

    @pytest.mark.parametrize("color", ["7a4b2", "7A4B2A", "7a4b2g", "}body{"])
    def test_takes_nothing_but_a_colour(self, client: FlaskClient, color: str) -> None:
        assert client.get(f"/theme/{color}.css").status_code == 404
