"""``shop stripe setup`` and ``shop stripe doctor``."""

import dataclasses
import json
import os
import re
from collections.abc import Callable

import click

from shop.checkout.doctor import Check, Doctor, Level
from shop.checkout.endpoint_setup import PATH, SetupRefused, find_unreachable, mask_secret, set_up
from shop.core.clock import SystemClock
from shop.core.config import Settings
from shop.core.kept_webhook import FILE
from shop.payments.gateway import GatewayRefused, GatewayUnauthorized, GatewayUnavailable
from shop.payments.stripe_account import StripeAccount

COLORS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red", Level.SKIP: "bright_black"}


def register(settings: Settings, url: str | None, *, is_replacing: bool, is_local: bool) -> None:
    """Register the webhook endpoint and print what was done; ClickException when it cannot be."""
    origin = (url or settings.public_url).rstrip("/").removesuffix(PATH)
    if not re.fullmatch(r"https?://[^/?#@\s]+", origin):
        raise click.ClickException(f"{url} is no origin; write it as https://shop.example.com")
    if (why := find_unreachable(origin)) and not (is_local and settings.uses_sandbox):
        hint = " The stand-in can: add --local." if settings.uses_sandbox else ""
        raise click.ClickException(
            f"Stripe cannot send webhooks to {origin}: {why}. Set PUBLIC_URL (or --url) to a public https address, or "
            f"use `shop stripe listen`, which fetches the events without one.{hint}"
        )
    typed = ["shop stripe setup", *([f"--url {url}"] if url else []), *(["--local"] if is_local else [])]
    try:
        done = set_up(
            StripeAccount(settings),
            url=f"{origin}{PATH}",
            data_dir=settings.data_dir,
            mark=settings.service_mark,
            is_replacing=is_replacing,
            has_setting=bool(os.environ.get("STRIPE_WEBHOOK_SECRET")),
            command=" ".join(typed),
        )
    except SetupRefused as error:
        raise click.ClickException(str(error)) from None
    except GatewayUnauthorized as error:
        raise click.ClickException(f"Stripe does not take the key for this: {error.reason}") from None
    except GatewayRefused as error:
        raise click.ClickException(f"Stripe refused: {error.reason}") from None
    except GatewayUnavailable:
        raise click.ClickException(
            "Stripe (or the stand-in) does not answer; see `shop stripe doctor`."
        ) from None
    for line in done.told:
        click.echo(line)
    if done.is_secret_new:
        click.echo(
            f"Its secret ({mask_secret(done.endpoint.secret or '')}) is kept in {settings.data_dir / FILE}; "
            "servers that run read it when they are restarted."
        )


def examine(load: Callable[[], Settings], *, is_json: bool) -> None:
    """Print the checks; status 1 when one fails. Settings that cannot be used are a failed check, too."""
    checks: list[Check] = []
    try:
        settings = load()
    except click.ClickException as error:
        checks = [Check("settings", Level.FAIL, error.message, "see docs/settings.md")]
        _print(checks[0], is_json=is_json)
    else:
        for check in Doctor(settings, StripeAccount(settings), SystemClock()).diagnose():
            checks.append(check)
            _print(check, is_json=is_json)
    is_well = all(check.level is not Level.FAIL for check in checks)
    if is_json:
        click.echo(
            json.dumps({"ok": is_well, "checks": [dataclasses.asdict(one) for one in checks]}, indent=2)
        )
    if not is_well:
        raise SystemExit(1)


def _print(check: Check, *, is_json: bool) -> None:
    if is_json:
        return
    click.secho(f"{check.level:<5}", fg=COLORS[check.level], nl=False)
    click.echo(f" {check.name:<12} {check.text}")
    if check.advice:
        click.echo(f"{'':<19}→ {check.advice}")
