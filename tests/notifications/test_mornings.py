"""Digests at seven in the morning: in Paris for those who read French, else UTC."""

import datetime as dt

import pytest

from shop.notifications.mornings import next_morning


def at(text: str) -> dt.datetime:
    """Return an instant of UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class TestNextMorning:
    @pytest.mark.parametrize(
        ("language", "now", "morning"),
        [
            ("en", "2026-11-24 10:00", "2026-11-25 07:00"),
            ("en", "2026-11-24 00:10", "2026-11-24 07:00"),
            ("fr", "2026-11-24 10:00", "2026-11-25 06:00"),
            ("fr", "2026-11-24 23:30", "2026-11-25 06:00"),
            ("fr", "2026-07-14 10:00", "2026-07-15 05:00"),
            # The night in which summer time begins, and the one in which it ends.
            ("fr", "2026-03-28 20:00", "2026-03-29 05:00"),
            ("fr", "2026-10-24 20:00", "2026-10-25 06:00"),
            # Too late for today's: its job may be running.
            ("en", "2026-11-24 06:44", "2026-11-24 07:00"),
            ("en", "2026-11-24 06:50", "2026-11-25 07:00"),
            ("en", "2026-11-24 07:00", "2026-11-25 07:00"),
        ],
    )
    def test_is_the_next_at_seven(self, language: str, now: str, morning: str) -> None:
        _day, instant = next_morning(language, at(now))
        assert instant == at(morning)

    @pytest.mark.parametrize(
        ("now", "monday"),
        [
            ("2026-11-24 10:00", "2026-11-30"),
            ("2026-11-30 03:00", "2026-11-30"),
            ("2026-11-30 08:00", "2026-12-07"),
        ],
    )
    def test_is_the_next_monday_once_a_week(self, now: str, monday: str) -> None:
        day, instant = next_morning("en", at(now), weekly=True)
        assert (str(day), instant) == (monday, at(f"{monday} 07:00"))
