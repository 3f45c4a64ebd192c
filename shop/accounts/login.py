"""Who is asking: the only place that knows flask-login.

A session holds an account's id and the epoch of its password; the loader compares both, so a
password change ends every other session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_login import login_required as flask_login_required
from werkzeug.wrappers import Response

from shop.accounts.models import Account
from shop.accounts.queries import find_account
from shop.web.context import database

View = TypeVar("View", bound=Callable[..., Any])


def login_required(view: View) -> View:
    """Send guests who call ``view`` to the sign-in form."""
    return cast(View, flask_login_required(view))


@dataclass(frozen=True)
class Viewer:
    """The visitor: a signed-in person, or a guest (``account_id`` None)."""

    account_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = ""

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return self.account_id is not None


class _SessionUser:
    """What flask-login keeps for a request."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, account: Account) -> None:
        self.viewer = Viewer(account.id, account.name, account.email, account.language)
        self._id = f"{account.id}:{account.session_epoch}"

    def get_id(self) -> str:
        """Return what the session keeps: id and epoch."""
        return self._id


def viewer() -> Viewer:
    """Return who is asking."""
    return cast(Viewer, getattr(current_user, "viewer", None) or Viewer())


def current_account_id() -> int | None:
    """Return the signed-in account's id, or None for a guest."""
    return viewer().account_id


def sign_in(account: Account) -> None:
    """Start a fresh session for ``account``."""
    session.clear()
    session.permanent = True
    login_user(_SessionUser(account))


def sign_out() -> None:
    """End this session."""
    logout_user()
    session.clear()


def sign_in_redirect() -> Response:
    """Send a guest to the sign-in form, to come back to where they were."""
    path = request.full_path.rstrip("?") if request.method == "GET" else request.headers.get("Referer", "")
    return redirect(url_for("accounts.show_sign_in", next=path if path.startswith("/") else None), 302)


def init_app(app: Flask) -> None:
    """Let ``app`` know its visitors."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    manager.unauthorized_handler(sign_in_redirect)
    app.context_processor(lambda: {"viewer": viewer()})


def _load(key: str) -> Any:
    account_id, _, epoch = key.partition(":")
    if not account_id.isdigit() or not epoch.isdigit():
        return None
    with database().reading() as reading:
        account = find_account(reading, int(account_id))
    if account is None or account.session_epoch != int(epoch):
        return None
    return _SessionUser(account)
