"""Register the shop's webhook endpoint, once, for exactly the events that the inbox uses."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shop.checkout.inbox import HANDLERS
from shop.core.kept_webhook import KeptWebhook, find_kept_webhook, keep_webhook
from shop.payments.stripe_account import PINNED_VERSION, EndpointInfo, StripeAccount
from shop.payments.stripe_gateway import STANDIN_SOURCE

PATH = "/stripe/webhook"
KINDS = frozenset(HANDLERS)
"""The events that the shop uses: the inbox's own table, so that the two cannot part."""


class SetupRefused(Exception):
    """The endpoint was left as it is; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class SetupDone:
    """What was done, as sentences, and the endpoint as it is now."""

    endpoint: EndpointInfo
    told: list[str]
    is_secret_new: bool


def find_unreachable(url: str) -> str | None:
    """Return why Stripe cannot send to ``url``, as a part of a sentence, or None when it may."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https":
        return "it is not https"
    try:
        is_local = not ipaddress.ip_address(host).is_global
    except ValueError:
        is_local = "." not in host or host.endswith((".localhost", ".local", ".internal", ".test", ".lan"))
    return "it is not public" if is_local else None


def mask_secret(secret: str) -> str:
    """Return a webhook secret with all but its last four characters hidden."""
    return f"whsec_…{secret[-4:]}"


def set_up(
    account: StripeAccount,
    *,
    url: str,
    data_dir: Path,
    mark: str,
    is_replacing: bool,
    has_setting: bool,
    command: str,
) -> SetupDone:
    """Leave one endpoint at ``url`` with the inbox's events, and its secret in ``data_dir``.

    An endpoint that was registered from here is found by its id, also when the address has changed. SetupRefused
    when one is there whose secret is not known. ``has_setting`` says that STRIPE_WEBHOOK_SECRET is set; ``command``
    is what was typed, but for ``--replace``.
    """
    listed = account.list_endpoints()
    kept = find_kept_webhook(data_dir, mark)
    known = next((one for one in listed if kept and one.id == kept.endpoint_id), None)
    at_url = [one for one in listed if one.url == url]
    own = next((one for one in at_url if one.is_own and account.source == STANDIN_SOURCE), None)
    if own and not is_replacing:
        told = (
            f"{url} is registered ({own.id}): the stand-in was started with it and its secret; nothing to do."
        )
        return SetupDone(own, [told], is_secret_new=False)
    if is_replacing or not (known or at_url):
        old = at_url + ([known] if known and known not in at_url else []) if is_replacing else []
        return _create(account, url, data_dir, mark, old, has_setting=has_setting)
    if known is None and not has_setting:
        raise SetupRefused(
            f"An endpoint for {url} is there ({at_url[0].id}), but Stripe tells its secret only once and it is not kept "
            "here. Either set STRIPE_WEBHOOK_SECRET to it (the dashboard reveals it), or "
            f"`{command} --replace` creates a new endpoint and deletes that one."
        )
    return _update(
        account, known or at_url[0], url, at_url, is_known=known is not None, replace=f"`{command} --replace`"
    )


def _create(
    account: StripeAccount, url: str, data_dir: Path, mark: str, old: list[EndpointInfo], *, has_setting: bool
) -> SetupDone:
    if has_setting:
        raise SetupRefused(
            "STRIPE_WEBHOOK_SECRET is set and would win over the secret of a new endpoint, so that its webhooks would be "
            "refused: unset it, then run this again."
        )
    made = account.create_endpoint(url, KINDS)
    secret = made.secret or ""
    # Kept before the old one goes: broken off in between, both are there and this one is known.
    keep_webhook(data_dir, mark, KeptWebhook(made.id, secret))
    told = [f"Registered {url} ({made.id}) for {len(KINDS)} kinds of events in version {PINNED_VERSION}."]
    for one in old:
        account.delete_endpoint(one.id)
        told.append(f"Deleted the endpoint before it ({one.id}).")
    return SetupDone(made, told, is_secret_new=True)


def _update(
    account: StripeAccount,
    found: EndpointInfo,
    url: str,
    at_url: list[EndpointInfo],
    *,
    is_known: bool,
    replace: str,
) -> SetupDone:
    told = []
    if found.url != url or found.kinds != KINDS or not found.is_enabled:
        changes = [
            *([f"its address was {found.url}"] if found.url != url else []),
            *(["its events were others"] if found.kinds != KINDS else []),
            *(["it was switched off"] if not found.is_enabled else []),
        ]
        found = account.update_endpoint(found.id, url, KINDS)
        told.append(f"Updated {url} ({found.id}): {', '.join(changes)}.")
    else:
        told.append(f"{url} is registered ({found.id}) for all {len(KINDS)} kinds of events; nothing to do.")
    if not is_known:
        told.append(
            f"Whether STRIPE_WEBHOOK_SECRET is this endpoint's cannot be asked of Stripe; {replace}, "
            "without that setting, makes sure."
        )
    if found.api_version not in (None, PINNED_VERSION):
        told.append(
            f"Its API version is {found.api_version} and cannot be changed; the shop reads {PINNED_VERSION}: "
            f"{replace} creates one that fits."
        )
    others = [one.id for one in at_url if one.id != found.id]
    if others:
        told.append(
            f"There are others for the same address ({', '.join(others)}), so every event comes more than once: "
            f"{replace} leaves one."
        )
    return SetupDone(found, told, is_secret_new=False)
