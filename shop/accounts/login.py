"""Who is asking: the only place that knows flask-login.

A session holds an account's id and the epoch of its password; the loader compares both, so a
password change ends every other session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_login import login_required as flask_login_required
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from shop.accounts.models import Account
from shop.accounts.queries import find_sign_in
from shop.web.context import database
from shop.web.pages import referring_path

SIGN_IN = "accounts.show_sign_in"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Viewer:
    """The visitor: a signed-in person, or a guest (``account_id`` None)."""

    account_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = ""
    unread_count: int = 0
    """Notifications that they have not read, for the bell in the header."""
    is_confirmed: bool = False
    """Whether their e-mail address is known to be theirs."""

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return self.account_id is not None


class _SessionUser:
    """What flask-login keeps for a request."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, viewer: Viewer, session_epoch: int) -> None:
        self.viewer = viewer
        self._id = f"{viewer.account_id}:{session_epoch}"

    def get_id(self) -> str:
        """Return what the session keeps: id and epoch."""
        return self._id


def viewer() -> Viewer:
    """Return who is asking."""
    return cast(Viewer, getattr(current_user, "viewer", None) or Viewer())


def current_account_id() -> int | None:
    """Return the signed-in account's id, or None for a guest."""
    return viewer().account_id


def required_account_id() -> int:
    """Return the signed-in account's id inside a view that only signed-in people reach."""
    account_id = current_account_id()
    if account_id is None:
        raise Unauthorized
    return account_id


def login_required(view: View) -> View:
    """Let only signed-in people call ``view``; a guest is sent to the sign-in form and back."""
    return cast(View, flask_login_required(view))


def sign_in(account: Account) -> None:
    """Start a fresh session for ``account``, then let other domains welcome it.

    Nothing of the guest's session is kept, so that a session planted beforehand is worth nothing.
    Call it outside a transaction: what runs after a sign-in (a guest's carts are merged) opens its own.
    """
    renew_session(account)
    hooks: list[Callable[[int], None]] = current_app.extensions["vitrine.after_sign_in"]
    for hook in hooks:
        hook(account.id)


def renew_session(account: Account) -> None:
    """Start a fresh session for somebody who is signed in already, as after their password changed."""
    session.clear()
    session.permanent = True
    is_confirmed = account.email_confirmed_at is not None
    known = Viewer(
        account.id, account.name, account.email, account.language, account.unread_count, is_confirmed
    )
    login_user(_SessionUser(known, account.session_epoch))


def sign_out() -> None:
    """End this session."""
    logout_user()
    session.clear()


def sign_in_redirect(then: str | None = None) -> Response:
    """Send a guest to the sign-in form, to come back to ``then`` (by default to where they were)."""
    target = url_for(SIGN_IN, next=then or _present_path())
    if request.headers.get("HX-Request"):
        # A 302 would be followed by the script and its form swapped into the page.
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 302 if request.method == "GET" else 303)


def _present_path() -> str | None:
    """Return the path of the page in front of the visitor: this one, or the one that a form was on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return referring_path()


def init_app(app: Flask) -> None:
    """Let ``app`` know its visitors."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    manager.unauthorized_handler(sign_in_redirect)
    app.before_request(_know_who_writes)
    app.context_processor(lambda: {"viewer": _viewer_of_page()})


def _know_who_writes() -> None:
    """Look the visitor up before a transaction opens: inside one it would take a second connection.

    As many requests as the pool has connections could then each hold one and wait for another.
    """
    if request.endpoint and request.method not in ("GET", "HEAD", "OPTIONS"):
        viewer()


def _viewer_of_page() -> Viewer:
    try:
        return viewer()
    except SQLAlchemyError:
        if g.get("is_error"):
            return Viewer()  # The page that says that the database is away must not ask it for a name.
        raise


def _load(key: str) -> _SessionUser | None:
    account_id, _, epoch = key.partition(":")
    if not account_id.isdigit() or not epoch.isdigit():
        return None
    with database().glancing() as connection:
        found = find_sign_in(connection, int(account_id))
    if found is None or found.session_epoch != int(epoch):
        return None
    is_confirmed = found.email_confirmed_at is not None
    known = Viewer(found.id, found.name, found.email, found.language, found.unread_count, is_confirmed)
    return _SessionUser(known, found.session_epoch)
