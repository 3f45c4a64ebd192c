"""Places in lists: what is written is read again, and nothing else is."""

import datetime as dt

import pytest

from shop.core.places import BadCursor, Place, read_place, require_place


class TestPlace:
    @pytest.mark.parametrize(
        "place",
        [
            Place(dt.datetime(2026, 11, 30, 9, 0, 0, 1, dt.UTC), 42),
            Place(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), 0),
            Place(dt.datetime(9000, 12, 31, 23, 59, 59, 999_999, dt.UTC), 2**63 - 1),
        ],
    )
    def test_is_read_as_it_was_written_to_the_microsecond(self, place: Place) -> None:
        assert read_place(str(place)) == place

    @pytest.mark.parametrize(
        "text",
        [
            "", "-", "1", "1-", "-1", "1-1-1", "1_1", " 1-1", "+1-1", "²-1", "1-²", f"1-{2**63}", f"{10**18}-1",
            f"{'0' * 30}-1", f"1-{10**40}", "WyJuZXdlc3QiXQ",
        ],
    )  # fmt: skip
    def test_is_not_read_from_anything_else(self, text: str) -> None:
        assert read_place(text) is None
        with pytest.raises(BadCursor):
            require_place(text)
