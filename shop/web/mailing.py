"""Turns a mail row into texts in its reader's language."""

from dataclasses import dataclass, field
from typing import Any

import css_inline
from flask import Flask, g, render_template
from flask_babel import force_locale

from shop.core.mail import RenderedMail
from shop.web.context import settings
from shop.web.templating import STATIC_DIR


@dataclass(frozen=True)
class MailContent:
    """What a domain says of a mail: its subject line (translated) and its templates' context.

    ``template`` names ``templates/mail/<template>.html`` and ``.txt``; ``headers`` are those that not every mail has.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def render_content(content: MailContent) -> RenderedMail:
    """Render both bodies; the HTML gets its styles inlined, since mail readers drop style sheets."""
    context = {**content.context, "title": content.title, "public_url": settings().public_url}
    html = render_template(f"mail/{content.template}.html", **context)
    inliner = css_inline.CSSInliner(extra_css=(STATIC_DIR / "css" / "mail.css").read_text(encoding="utf-8"))
    return RenderedMail(
        title=content.title,
        text=render_template(f"mail/{content.template}.txt", **context),
        html=inliner.inline(html),
        headers=content.headers,
    )


class mail_language:  # noqa: N801 - used as a with statement, like force_locale
    """Everything inside speaks ``language``, with addresses from the public one."""

    def __init__(self, app: Flask, language: str) -> None:
        self._app = app
        self._language = language

    def __enter__(self) -> None:
        base_url = self._app.extensions["vitrine"].settings.public_url
        self._context = self._app.test_request_context(base_url=base_url)
        self._context.push()
        # Inside a request (a preview) g is that request's own, and it goes on in its visitor's language.
        self._before = g.get("language")
        self._zone = g.pop("zone", None)
        g.language = self._language
        self._locale = force_locale(self._language)
        self._locale.__enter__()

    def __exit__(self, *error: object) -> None:
        self._locale.__exit__(*error)
        g.pop("zone", None)
        if self._zone is not None:
            g.zone = self._zone
        if self._before is None:
            g.pop("language", None)
        else:
            g.language = self._before
        self._context.pop()
