"""The page's settings: what it says, how it looks, how it sells."""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.core.i18n import LANGUAGES, N_
from shop.core.money import exponent, to_decimal
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.page import audit_labels
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.colors import TEXT_CONTRAST, contrast_ratio
from shop.page.countries import country_choices, region_choices
from shop.page.models import Page
from shop.page.schemas import PageSettingsSchema
from shop.page.settings import SettingChange, StaleSettings, edit_settings, list_changes_since
from shop.web.context import database, files, now
from shop.web.forms import BadText, Form, amount_adapter
from shop.web.locale import locale_code
from shop.web.pages import flash_message, render, see_other

PICTURES = ("cover", "avatar")
MAX_VERSION_DIGITS = 9
_RATE = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,2}0*)?")


@staff_only(Permission.MANAGE_PAGE)
def show_settings(access: PageAccess) -> Response:
    """Show the page's settings."""
    return _settings_page(access, Form(_initial(access.page)), version=access.page.settings_version)


@staff_only(Permission.MANAGE_PAGE)
def update_settings(access: PageAccess) -> BaseResponse:
    """Write the page's settings; what is refused is told where it was typed.

    Whoever saves over changes that they have not seen is told them first, and may save again.
    """
    page = access.page
    adapters = {
        "shipping_amount": amount_adapter(page.currency),
        "tax_rate_bp": percent_adapter,
        "settings_version": version_adapter,
    }
    form = Form.from_request(PageSettingsSchema(), adapters=adapters)
    pictures = _read_pictures(form)
    typed_version = version_adapter(form.raw("settings_version"))
    if form.values is None:
        return _settings_page(access, form, version=typed_version, status=422)
    changes = {**form.values, **pictures}
    version = changes.pop("settings_version")
    other = {"tagline": changes.pop("tagline_other"), "about": changes.pop("about_other")}
    changes["translations"] = {_other_language(page): {name: text for name, text in other.items() if text}}
    try:
        with database().transaction() as session:
            edit_settings(
                session, page_id=page.id, changes=changes, version=version, actor_id=access.account_id,
                now=now(),
            )  # fmt: skip
    except StaleSettings as stale:
        return _settings_page(access, form, version=stale.version, seen=typed_version, status=stale.status)
    flash_message(_("Saved."))
    if page.accent_color != changes["accent_color"] and not is_readable(changes["accent_color"]):
        flash_message(
            _("White text is hard to read on your accent colour, so the page shows a darker shade of it."),
            "info",
        )
    return see_other("page_admin.show_settings", page_slug=page.slug)


def version_adapter(text: str) -> int:
    """Read the version that a form was opened with; 0, which no page has, when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_VERSION_DIGITS else 0


def is_readable(color: str) -> bool:
    """Tell whether white text of normal size can be read on ``#rrggbb``."""
    return contrast_ratio(color) >= TEXT_CONTRAST


def percent_adapter(text: str) -> int:
    """Read a rate such as "5,5" or "20 %" into basis points; BadText otherwise."""
    cleaned = text.replace("%", "").replace("\u00a0", "").replace("\u202f", "").replace(",", ".").strip()
    if not _RATE.fullmatch(cleaned):
        raise BadText(N_("Enter a rate such as 20 or 5.5."))
    return int(Decimal(cleaned) * 100)


def _read_pictures(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in PICTURES:
        upload = request.files.get(name)
        if request.form.get(f"remove_{name}"):
            found[name] = None
        if upload is None or not upload.filename:
            continue
        try:
            found[name] = store_picture(files(), process_picture(upload.read()))
        except BadPicture as error:
            form.add_domain_error(name, error)
    return found


def _initial(page: Page) -> dict[str, Any]:
    other = page.translations.get(_other_language(page), {})
    shipping = to_decimal(page.shipping_amount, page.currency)
    return {
        "name": page.name,
        "tagline": page.tagline,
        "about": page.about,
        "tagline_other": other.get("tagline", ""),
        "about_other": other.get("about", ""),
        "accent_color": page.accent_color,
        "country": page.country,
        "ships_to": page.ships_to,
        "shipping_amount": _as_typed(shipping, exponent(page.currency)),
        "tax_rate_bp": _as_typed(Decimal(page.tax_rate_bp) / 100, 0 if page.tax_rate_bp % 100 == 0 else 2),
        "contact_email": page.contact_email,
    }


def _as_typed(value: Decimal, decimals: int) -> str:
    """Return a number as a person types it in the visitor's language: "4,90" in French."""
    return f"{value:.{decimals}f}".replace(".", get_decimal_symbol(locale_code()))


def _other_language(page: Page) -> str:
    return next(code for code in LANGUAGES if code != page.language)


def _settings_page(
    access: PageAccess, form: Form, *, version: int, seen: int | None = None, status: int = 200
) -> Response:
    """Render the form as opened with ``version``; ``seen`` is the one before changes that are to be told."""
    changes: list[SettingChange] = []
    if seen is not None:
        with database().reading() as session:
            changes = list_changes_since(session, access.page.id, version=version, seen=seen)
    return render(
        "manage/page/settings.html",
        status=status,
        access=access,
        active_section="settings",
        form=form,
        version=version,
        is_stale=seen is not None,
        changes=changes,
        labels=audit_labels,
        has_upload=any(upload.filename for upload in request.files.values()),
        countries=country_choices(),
        regions=region_choices(),
        other_language=_other_language(access.page),
        language_names={"en": _("English"), "fr": _("French")},
    )
