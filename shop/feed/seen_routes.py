"""Posts that were seen, as browsers tell it: a beacon of a script, a picture without scripts, a link that was followed."""

import base64
import hashlib
import hmac
import re
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request

from shop.accounts.login import current_account_id
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.feed.seen_counter import SeenCounter
from shop.web.context import now, settings
from shop.web.limits import limiter
from shop.web.touching import read_touch

blueprint = Blueprint("seen", __name__)

MAX_IDS = 50
SEEN_LIMIT = "1200/minute"
"""For each address: hundreds of readers may sit behind one."""
_IDS = re.compile(r"[1-9][0-9]{0,17}(?:\.[1-9][0-9]{0,17})*", re.ASCII)
BUYING = frozenset({"checkout.buy", "cart.add_to_cart"})
"""The endpoints of the forms that stand in posts; no other form is read here."""
_EXTENSION = "vitrine.seen"
_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One transparent pixel."""


def init_app(app: Flask) -> None:
    """Count who sees and follows what ``app`` shows of posts."""
    app.extensions[_EXTENSION] = SeenCounter(app.extensions["vitrine"].database)
    app.after_request(_note_click)


def seen_counter() -> SeenCounter:
    """Return the current application's counter."""
    return cast(SeenCounter, current_app.extensions[_EXTENSION])


@blueprint.post("/seen")
@limiter.limit(SEEN_LIMIT)
def create_views() -> Response:
    """Count posts as seen (``seen=3.4``) and clicked on (``clicked=3``); ids are separated by dots."""
    seen, clicked = _read_ids("seen"), _read_ids("clicked")
    reader, at, counter = reader_key(), now(), seen_counter()
    for post_id in seen:
        counter.see(reader, post_id, at)
    for post_id in clicked:
        counter.click(reader, post_id, at)
    return Response(status=204)


@blueprint.get("/seen.gif")
@limiter.limit(SEEN_LIMIT)
def show_pixel() -> Response:
    """Count posts as seen by a browser without scripts, which loads a list's picture with the list."""
    # Another site that shows this picture is no reader; what asks by hand is not counted either.
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        reader, at, counter = reader_key(), now(), seen_counter()
        for post_id in _read_ids("ids"):
            counter.see(reader, post_id, at)
    response = Response(_GIF, mimetype="image/gif")
    response.headers["Cache-Control"] = "no-store"
    return response


def reader_key() -> str:
    """Return who reads: the account, or for a guest a keyed hash of day, address and browser that says nothing else."""
    account_id = current_account_id()
    if account_id is not None:
        return f"a:{account_id}"
    said = f"{now():%Y-%m-%d}\n{request.remote_addr}\n{request.headers.get('User-Agent', '')}"
    digest = hmac.new(settings().secret_key.encode(), f"vitrine.reader\n{said}".encode(), hashlib.sha256)
    return f"v:{digest.hexdigest()[:32]}"


def _read_ids(name: str) -> list[int]:
    text = request.values.get(name, "")
    if not text:
        return []
    if not _IDS.fullmatch(text) or text.count(".") >= MAX_IDS:
        raise Invalid({name: [N_("Please check what you typed.")]})
    return list(dict.fromkeys(int(part) for part in text.split(".")))


def _said_touch() -> str:
    """Return what an address or a form that buys says of where it stood; "" when it says nothing."""
    if request.method == "GET":
        return request.args.get("from", "")
    return request.form.get("touch", "") if request.endpoint in BUYING else ""


def _note_click(response: Response) -> Response:
    """Count a link out of a post that was followed (``?from=post-3``) or Buy in it, by what browsers say themselves."""
    headers, said = request.headers, _said_touch()
    if (
        said
        and response.status_code in (200, 302, 303, 304)
        and (request.view_args or {}).get("page_slug") is not None
        # From a page of ours; an address that was copied is a touch, but nobody clicked on the post.
        and headers.get("Sec-Fetch-Site") == "same-origin"
        and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))
    ):
        touch = read_touch(said, now())
        if touch is not None and touch.post_id is not None:
            seen_counter().click(reader_key(), touch.post_id, now())
    return response
