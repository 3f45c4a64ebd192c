"""Sessions that do not exist for the JSON interface: it neither reads nor writes a cookie."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from shop.web.rest.blueprint import PREFIX


class CookielessInterface(SecureCookieSessionInterface):
    """Flask's own sessions everywhere but under ``/api/v1``."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return an empty session for the JSON interface, whatever cookies came along."""
        if is_interface(request.path):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave the JSON interface's answers without a cookie and without ``Vary: Cookie``."""
        if not is_interface(request.path):
            super().save_session(app, session, response)


def is_interface(path: str) -> bool:
    """Tell whether ``path`` belongs to the JSON interface."""
    return path.startswith(f"{PREFIX}/")
