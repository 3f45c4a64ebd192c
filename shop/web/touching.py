"""What led a visitor to a page, kept in a signed cookie for 7 days: the last touch and the last campaign of each page.

An address of a page with ``?from=post-3`` (or ``share-3``, ``coupon-3``, ``embed``, ``embed-coupon-3``) or with ``utm_…`` marks is noted, and so is
the field ``touch`` of a form that buys. The last one counts. Ids are checked where an order is placed, by who has
the database at hand; here they are only numbers. The cookie tells nothing about a person, so public pages stay the
same for who has it (``storefront/caching.py``), but an answer that sets it is private.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Response, g, request

from shop.core.signing import BadLink
from shop.core.touch import CAMPAIGN_MARKS, LASTS, NOWHERE, Origin, Touch
from shop.web.context import now, settings, signer
from shop.web.locale import language
from shop.web.pages import referring_path

ORIGIN_COOKIE = "vitrine_origin"
MAX_PAGES, MAX_MARK, MAX_COOKIE = 10, 100, 3500
"""Pages that are remembered, letters of a mark, and bytes: browsers keep 4,096 of a cookie."""
PRIVATE = "private, no-cache"
_PURPOSE = "origin"
_TOUCH = re.compile(r"(post|share|coupon|embed-coupon)-([1-9][0-9]{0,17})|(embed)", re.ASCII)
_ANSWERS = frozenset({200, 302, 303, 304})


def read_touch(text: str, at: dt.datetime) -> Touch | None:
    """Return what ``post-3``, ``coupon-3`` or ``embed`` names as a touch at an instant; None for anything else."""
    found = _TOUCH.fullmatch(text)
    if found is None:
        return None
    if found[3]:
        return Touch("embed", at)
    kind, number = found[1], int(found[2])
    if kind == "post":
        return Touch("post", at, post_id=number)
    if kind == "share":
        return Touch("share", at, share_id=number)
    return Touch(kind.removesuffix("-coupon"), at, coupon_id=number)


def touch_name(kind: str, number: int) -> str:
    """Return how a touch is named in an address: ``read_touch`` the other way round."""
    if kind != "embed":
        return f"{kind}-{number}"
    return f"embed-coupon-{number}" if number else "embed"


def read_campaign(marks: Mapping[str, str]) -> dict[str, str]:
    """Return the campaign marks among ``marks`` (names without ``utm_``), cleaned and cut."""
    cleaned = {name: _clean(marks.get(name, "")) for name in CAMPAIGN_MARKS}
    return {name: value for name, value in cleaned.items() if value}


def current_origin(page_slug: str) -> Origin:
    """Return what led this visitor to a page, as far as it is known and not too old."""
    entry = _kept().get(page_slug)
    return _origin(entry, now()) if entry else NOWHERE


def note_form_touch(page_slug: str) -> None:
    """Note the field ``touch`` of a form that buys something on a page.

    On a post's page to which a share led, the post's own forms name the post: there the share counts still. So does a
    coupon's card on another site where the coupon's own page names the coupon.
    """
    touch = read_touch(request.form.get("touch", ""), now())
    if touch is not None and not _is_behind_card(page_slug, touch):
        _note(page_slug, touch=(_share_that_led_here() if touch.kind == "post" else None) or touch)


def _is_behind_card(page_slug: str, touch: Touch) -> bool:
    """Tell whether ``touch`` is of a coupon whose card was the last that led to the page."""
    last = current_origin(page_slug).touch
    return touch.kind == "coupon" and last is not None and last == replace(touch, kind="embed", at=last.at)


def _share_that_led_here() -> Touch | None:
    """Return the share in the address of the page that the form stood on, as the browser tells it."""
    query = urlsplit(referring_path() or "").query
    touch = read_touch(dict(parse_qsl(query)).get("from", ""), now())
    return touch if touch is not None and touch.kind == "share" else None


def init_app(app: Flask) -> None:
    """Note what addresses say and write the cookie of who was touched."""
    app.before_request(_note_address)
    app.after_request(_write_cookie)


def _note_address() -> None:
    slug = (request.view_args or {}).get("page_slug")
    if request.method != "GET" or slug is None or not request.args:
        return
    # Only pages for the public: what staff open under /manage is no visit. A prefetch is nobody's click.
    is_public = request.path.startswith(f"/{language()}/p/")
    if not is_public or "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return
    touch = read_touch(request.args.get("from", ""), now())
    campaign = read_campaign({name: request.args.get(f"utm_{name}", "") for name in CAMPAIGN_MARKS})
    if touch is not None or campaign:
        _note(slug, touch=touch, campaign=campaign)


def _note(slug: str, *, touch: Touch | None = None, campaign: Mapping[str, str] | None = None) -> None:
    kept = _kept()
    entry = dict(kept.pop(slug, {}))
    at = int(now().timestamp())
    if touch is not None:
        entry["t"] = [touch.kind, touch.post_id or touch.share_id or touch.coupon_id or 0, at]
    if campaign:
        entry["c"] = [dict(campaign), at]
    kept[slug] = entry  # the latest last, whatever was there
    g.origins_changed = True


def _kept() -> dict[str, Any]:
    """Return what is noted in this request: page's slug to its entry, the latest last."""
    if "origins" not in g:
        g.origins = _read_cookie()
    kept: dict[str, Any] = g.origins
    return kept


def _read_cookie() -> dict[str, Any]:
    cookie = request.cookies.get(ORIGIN_COOKIE)
    if cookie is None:
        return {}
    try:
        pairs = signer().read(_PURPOSE, cookie)
    except BadLink:
        return {}
    return dict(pairs)


def _origin(entry: Mapping[str, Any], at: dt.datetime) -> Origin:
    touch, campaign = None, {}
    if "t" in entry:
        kind, number, seconds = entry["t"]
        touched_at = dt.datetime.fromtimestamp(seconds, dt.UTC)
        if _is_fresh(touched_at, at):
            touch = read_touch(touch_name(kind, number), touched_at)
    if "c" in entry:
        marks, seconds = entry["c"]
        if _is_fresh(dt.datetime.fromtimestamp(seconds, dt.UTC), at):
            campaign = read_campaign(marks)
    return Origin(touch, campaign)


def _is_fresh(noted_at: dt.datetime, at: dt.datetime) -> bool:
    return at - noted_at <= LASTS


def _write_cookie(response: Response) -> Response:
    if not g.get("origins_changed") or response.status_code not in _ANSWERS:
        return response
    at = now()
    entries = [(slug, entry) for slug, entry in _kept().items() if _origin(entry, at) != NOWHERE]
    entries = entries[-MAX_PAGES:]
    signed = signer().sign(_PURPOSE, entries)
    while len(signed) > MAX_COOKIE and len(entries) > 1:
        entries = entries[1:]
        signed = signer().sign(_PURPOSE, entries)
    response.set_cookie(
        ORIGIN_COOKIE, signed, max_age=int(LASTS.total_seconds()), httponly=True,
        secure=settings().is_secure, samesite="Lax",
    )  # fmt: skip
    if "no-store" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = PRIVATE
    response.vary.add("Cookie")
    return response


def _clean(text: str) -> str:
    """Return a mark on one line, without what neither a person nor a database can read."""
    printable = "".join(letter for letter in text if letter.isprintable())
    return " ".join(printable.split())[:MAX_MARK]
