"""What a piece of work does to an order, told to whoever watches; nobody does outside of test mode's rooms.

A flow follows one thread through one piece of work. The calls that it makes and the changes that these cause are
noted on it, so that the rooms can tell which call or webhook moved which order. Without a flow all of this does nothing.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from shop.core.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")


class Recorder(Protocol):
    """Keeps what was recorded of a flow."""

    def attribute(self, call_id: int, order_id: int) -> None:
        """Note that a recorded call was made for an order."""
        ...

    def note_changes(self, call_id: int, changes: dict[str, Any]) -> None:
        """Keep what a recorded call has changed."""
        ...


@dataclass
class Changes:
    """What became of an order: its state before and after, and the lines of history that were written."""

    order_id: int
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    events: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; ``after`` holds the whole state."""
        return {
            "order_id": self.order_id,
            "before": self.before,
            "after": {**self.before, **self.after},
            "events": self.events,
        }


@dataclass
class Flow:
    """One piece of work: ``order_id`` is whom it is done for, None while that is not known."""

    order_id: int | None = None
    recorder: Recorder | None = None
    calls: list[int] = field(default_factory=list)
    notes: dict[int | None, Changes] = field(default_factory=dict)
    """By the call that they follow; None: before any call."""

    def note_call(self, recorder: Recorder, call_id: int) -> None:
        """Note that a call was made and recorded under ``call_id``."""
        self.recorder = recorder
        self.calls.append(call_id)

    def belongs_to(self, order_id: int) -> None:
        """Say whom this is done for, once that is known; the calls that were made go to that order."""
        self.order_id = order_id
        # The order was made after these calls, not by them.
        self.notes.clear()
        if self.recorder is not None:
            for call_id in self.calls:
                self.recorder.attribute(call_id, order_id)

    def changes_of(self, order_id: int) -> Changes | None:
        """Return where an order's changes are noted now; None when they are another order's."""
        after = self.calls[-1] if self.calls else None
        found = self.notes.setdefault(after, Changes(order_id))
        return found if found.order_id == order_id else None

    def close(self) -> None:
        """Hand what the calls have changed to the recorder."""
        if self.recorder is None:
            return
        for call_id, changes in self.notes.items():
            if call_id is not None and (changes.events or changes.after):
                self.recorder.note_changes(call_id, changes.as_json())


_flow: ContextVar[Flow | None] = ContextVar("vitrine_flow", default=None)


def current_flow() -> Flow | None:
    """Return the flow that this thread is in."""
    return _flow.get()


@contextmanager
def flow(order_id: int | None = None) -> Iterator[Flow]:
    """Follow what is done inside, for an order or for one that is not known yet."""
    opened = Flow(order_id)
    token = _flow.set(opened)
    try:
        yield opened
    except DomainError:
        raise
    except BaseException:
        # What broke off was rolled back, so it has changed nothing.
        opened.notes.pop(opened.calls[-1] if opened.calls else None, None)
        raise
    finally:
        _flow.reset(token)
        opened.close()


def followed(function: Callable[Concatenate[D, int, P], R]) -> Callable[Concatenate[D, int, P], R]:
    """Follow a function whose second argument is the id of the order that it works for."""

    @functools.wraps(function)
    def wrapped(desk: D, order_id: int, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with flow(order_id):
            return function(desk, order_id, *args, **kwargs)

    return wrapped


def in_flow(function: Callable[P, R]) -> Callable[P, R]:
    """Follow a function whose calls name their order themselves."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with flow():
            return function(*args, **kwargs)

    return wrapped


def note_state(order_id: int, **state: str) -> None:
    """Note how an order stood when its row was taken."""
    if (found := _flow.get()) and (changes := found.changes_of(order_id)) and not changes.before:
        changes.before = state


def note_change(order_id: int, **state: str) -> None:
    """Note what of an order's state was changed."""
    if (found := _flow.get()) and (changes := found.changes_of(order_id)):
        changes.after.update(state)


def note_event(order_id: int, event_id: int) -> None:
    """Note that a line of history was written."""
    if (found := _flow.get()) and (changes := found.changes_of(order_id)):
        changes.events.append(event_id)
