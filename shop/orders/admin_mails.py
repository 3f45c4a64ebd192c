"""An order's mails as their readers see them: those that were sent, and those that would be."""

import re

from flask import Response, current_app, request, url_for

from shop.core.errors import NotFound
from shop.core.i18n import LANGUAGES
from shop.core.mail import Mail, RenderedMail, Sending
from shop.orders import labels
from shop.orders.mails import PREVIEWS, RENDERERS, would_be_mail
from shop.orders.queries import find_order_sending, get_order_of_page
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database
from shop.web.locale import language
from shop.web.mailing import mail_language, render_content
from shop.web.pages import render

FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
"""A mail's styles are inline, as mail readers want them; nothing in it runs or loads from elsewhere."""
_TOKEN = re.compile(r"(?:[?]|&(?:amp;)?)token=[^\s\"'<>&#]*", re.IGNORECASE)


@staff_only(Permission.VIEW_ORDERS)
def show_mail(access: PageAccess, number: str, mail_id: int) -> Response:
    """Show a mail of the order: to whom, when, and what it says; one that waits as it would be sent now."""
    sending, content = _existing(access, number, mail_id)
    frame_url = url_for(".show_mail_body", page_slug=access.page.slug, number=number, mail_id=mail_id)
    return _page(access, number, sending.mail, content, frame_url, sending=sending)


@staff_only(Permission.VIEW_ORDERS)
def show_mail_body(access: PageAccess, number: str, mail_id: int) -> Response:
    """Answer a mail's HTML alone, for the frame."""
    return _framed(_existing(access, number, mail_id)[1])


@staff_only(Permission.VIEW_ORDERS)
def preview_mail(access: PageAccess, number: str, kind: str) -> Response:
    """Show a kind of mail as the order's buyer would get it now, in the language that ``language`` names."""
    mail, content = _would_be(access, number, kind)
    frame_url = url_for(
        ".preview_mail_body", page_slug=access.page.slug, number=number, kind=kind, language=mail.language
    )
    return _page(access, number, mail, content, frame_url)


@staff_only(Permission.VIEW_ORDERS)
def preview_mail_body(access: PageAccess, number: str, kind: str) -> Response:
    """Answer the HTML of a mail that would be sent, for the frame."""
    return _framed(_would_be(access, number, kind)[1])


def _existing(access: PageAccess, number: str, mail_id: int) -> tuple[Sending, RenderedMail]:
    with database().reading() as session:
        order = get_order_of_page(session, page_id=access.page.id, number=number)
        sending = find_order_sending(session, order.id, mail_id)
        mail = sending.mail
        if mail.title is not None:
            return sending, _without_token(
                RenderedMail(mail.title, mail.text_body or "", mail.html_body or "")
            )
        with mail_language(current_app._get_current_object(), mail.language):  # type: ignore[attr-defined]  # noqa: SLF001
            return sending, _without_token(render_content(RENDERERS[mail.kind](session, mail)))


def _would_be(access: PageAccess, number: str, kind: str) -> tuple[Mail, RenderedMail]:
    if kind not in PREVIEWS:
        raise NotFound
    asked = request.args.get("language", "")
    with database().reading() as session:
        order = get_order_of_page(session, page_id=access.page.id, number=number)
        spoken = asked if asked in LANGUAGES else order.language
        mail = would_be_mail(
            session, order, kind=kind, language=spoken if spoken in LANGUAGES else language()
        )
        with mail_language(current_app._get_current_object(), mail.language):  # type: ignore[attr-defined]  # noqa: SLF001
            return mail, _without_token(render_content(RENDERERS[kind](session, mail)))


def _without_token(content: RenderedMail) -> RenderedMail:
    """Take the token out of a mail's links: with it staff could do as the buyer what their role may not."""
    return RenderedMail(content.title, _TOKEN.sub("", content.text), _TOKEN.sub("", content.html))


def _page(
    access: PageAccess, number: str, mail: Mail, content: RenderedMail, frame_url: str, *,
    sending: Sending | None = None,
) -> Response:  # fmt: skip
    """Show a mail; without ``sending`` it is one that would be sent."""
    return render(
        "manage/orders/mail.html",
        access=access,
        active_section="orders",
        number=number,
        mail=mail,
        content=content,
        frame_url=frame_url,
        sending=sending,
        previews=PREVIEWS,
        labels=labels,
    )


def _framed(content: RenderedMail) -> Response:
    response = Response(content.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    return response
