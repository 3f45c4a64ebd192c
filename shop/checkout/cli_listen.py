"""``shop stripe listen``: events on localhost without a tunnel."""

import datetime as dt
import hashlib
import re
import signal

import click
from sqlalchemy.exc import SQLAlchemyError

from shop.checkout.listening import Listener, Tally, database_reason, name_silent, shown
from shop.checkout.listening_place import PlaceFile
from shop.core.clock import SystemClock
from shop.core.config import Settings
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.core.kill_points import arm
from shop.payments.gateway import EventInfo, GatewayRefused, GatewayUnauthorized
from shop.payments.recording import make_recorder
from shop.payments.stripe_account import StripeAccount

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PROGRESS_EVERY = 500


class Speaker:
    """Prints one line an event."""

    def hear(self, event: EventInfo, outcome: str, order_number: str) -> None:
        """Print an applied event."""
        thing = str(event.object.get("id") or "-")
        click.echo(f"{shown(event.created_at)}  {event.kind}  {thing}  {outcome}  {order_number}".rstrip())

    def hear_refusal(self, event: EventInfo, error: Exception, *, is_final: bool) -> None:
        """Print an event that could not be applied."""
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        then = "given up until the next start" if is_final else "it is tried again"
        click.secho(
            f"{shown(event.created_at)}  {event.kind}  {event.id}  could not be applied ({what}); {then}",
            fg="red",
        )

    def hear_progress(self, passed: int) -> None:
        """Print how far the way back was gone, now and then."""
        if passed >= PROGRESS_EVERY and passed % PROGRESS_EVERY == 0:
            click.echo(f"Looking back for the first event: {passed} so far …")

    def say(self, text: str) -> None:
        """Print a sentence."""
        click.echo(text)


class When(click.ParamType[dt.datetime]):
    """An instant: ``2h``, ``3d``, an ISO time (of this machine, unless it names an offset) or Unix seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Return the instant, which must be past."""
        if isinstance(value, dt.datetime):
            return value
        at = _read_time(str(value).strip())
        if at is None:
            self.fail("write 30m, 2h, 3d, 2026-11-30T10:00 or Unix seconds", param, ctx)
        if at > SystemClock().now():
            self.fail("that is in the future", param, ctx)
        return at


def _read_time(text: str) -> dt.datetime | None:
    try:
        if found := re.fullmatch(r"(\d{1,6})([smhd])", text):
            return SystemClock().now() - dt.timedelta(**{UNITS[found[2]]: int(found[1])})
        if re.fullmatch(r"\d{9,10}", text):
            return dt.datetime.fromtimestamp(int(text), dt.UTC)
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def listen(settings: Settings, *, is_once: bool, interval_s: float, since: dt.datetime | None) -> None:
    """Poll the events API and apply what comes; ClickException when it cannot go on."""
    database = Database(settings.database_url)
    books = hashlib.sha256(settings.database_url.encode()).hexdigest()[:8]
    account = StripeAccount(settings)
    listener = Listener(
        database,
        account,
        PlaceFile(settings.data_dir, f"{settings.service_mark} {books}"),
        Speaker(),
        SystemClock(),
        recorder=make_recorder(settings, database, SystemClock()),
    )
    if settings.kill_points_dir:
        arm(settings.kill_points_dir)
    # However it is ended: what is being applied is rolled back, and fetched again at the next start. Started in the
    # background of a script it would otherwise ignore SIGINT.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    click.echo(f"Asking {account.origin} for events. The orders are those of {database.url!r}.")
    try:
        listener.begin(since)
        listener.run(is_once=is_once, interval_s=interval_s)
    except KeyboardInterrupt:
        click.echo("")
    except GatewayUnauthorized as error:
        hint = "give the restricted key the permission to read events" if error.is_permission else ""
        raise click.ClickException(
            f"Stripe does not take the key for this: {error.reason} "
            f"({hint or 'see `shop stripe doctor`'}). {_end(listener.tally)}"
        ) from None
    except Unavailable as error:
        raise click.ClickException(f"{name_silent(error)}. {_end(listener.tally)}") from None
    except GatewayRefused as error:
        raise click.ClickException(f"Stripe refused: {error.reason}. {_end(listener.tally)}") from None
    except SQLAlchemyError as error:
        raise click.ClickException(name_unusable(error)) from None
    finally:
        database.dispose()
    click.echo(_end(listener.tally))
    if listener.tally.refused:
        raise SystemExit(1)


def name_unusable(error: SQLAlchemyError) -> str:
    """Return what an operator reads when our own database fails."""
    return f"The database cannot be used ({database_reason(error)}); try `shop migrate`."


def _end(tally: Tally) -> str:
    return f"Ended: {tally}."
