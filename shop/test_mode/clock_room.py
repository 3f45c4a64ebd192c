"""``/test-mode/clock``: the stand-in's clock beside the machine's, and buttons that turn it forwards."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from shop.core.clock import SystemClock
from shop.test_mode.base import LIMIT, blueprint, check_test_mode, get_stand_in, show
from shop.test_mode.stand_in import StandIn, StandInRefused
from shop.web.forms import id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, see_other

UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}
MAX_STEP_S = 400 * 86_400
MAX_DUE = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """A button: so many seconds forwards."""

    seconds: int
    text: str


def _steps() -> list[Step]:
    return [
        Step(60, _("+1 minute")),
        Step(31 * 60, _("+31 minutes")),
        Step(3_600, _("+1 hour")),
        Step(86_400, _("+1 day")),
        Step(7 * 86_400, _("+7 days")),
    ]


@blueprint.get("/test-mode/clock")
def show_clock() -> Response:
    """Show both clocks and the buttons."""
    check_test_mode()
    return _room(get_stand_in())


def _room(stand_in: StandIn, *, typed: str = "", unit: str = "minutes", error: str = "") -> Response:
    said = stand_in.health()
    response = show(
        "rooms/clock.html",
        stand_in_now=dt.datetime.fromtimestamp(float(said["now"]), dt.UTC),
        machine_now=SystemClock().now(),
        lead=read_lead(said),
        steps=_steps(),
        typed=typed,
        unit=unit,
        units=[("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        error=error,
    )
    response.status_code = 422 if error else 200
    return response


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the stand-in's clock is from the machine's, in words; one that stands still may be behind."""

    text: str
    is_behind: bool


def read_lead(health: dict[str, Any]) -> Lead | None:
    """Return the difference that the stand-in tells of, or None when there is none to speak of."""
    seconds = float(health.get("lead") or 0)
    text = offset_text(abs(seconds))
    return Lead(text, is_behind=seconds < 0) if text else None


def offset_text(seconds: float) -> str:
    """Return a span of time in words; "" for less than half a second."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    parts = [
        ngettext("%(num)s day", "%(num)s days", day) if day else "",
        ngettext("%(num)s hour", "%(num)s hours", hour) if hour else "",
        ngettext("%(num)s minute", "%(num)s minutes", minute) if minute else "",
        ngettext("%(num)s second", "%(num)s seconds", second) if second else "",
    ]
    return " ".join(part for part in parts if part)


@blueprint.post("/test-mode/clock")
@limiter.limit(LIMIT)
def turn_clock() -> BaseResponse:
    """Turn the stand-in's clock forwards and say what became due."""
    check_test_mode()
    stand_in = get_stand_in()
    typed, unit = request.form.get("advance", "").strip(), request.form.get("unit", "")
    number = id_or_none(typed)
    seconds = None if number is None else number * UNITS.get(unit, 1)
    if seconds is None or not 1 <= seconds <= MAX_STEP_S:
        error = _("Enter a whole number from 1 on, at most 400 days: the clock only goes forwards.")
        return _room(stand_in, typed=typed, unit=unit, error=error)
    newest = max((one["id"] for one in stand_in.deliveries(limit=1)), default=0)
    try:
        stand_in.turn_clock(seconds)
    except StandInRefused as refusal:
        return _room(stand_in, typed=typed, unit=unit, error=refusal.reason)
    due = Counter(one["type"] for one in stand_in.deliveries(after=newest, limit=MAX_DUE))
    flash_message(_("The clock went forwards by %(time)s.", time=offset_text(seconds)))
    flash_message(_due_text(due), "info")
    return see_other("rooms.show_clock")


def _due_text(due: Counter[str]) -> str:
    if not due:
        return str(_("Nothing became due."))
    kinds = ", ".join(f"{kind} × {count}" if count > 1 else kind for kind, count in sorted(due.items()))
    return str(_("Became due: %(kinds)s. The webhooks about it are on their way.", kinds=kinds))
