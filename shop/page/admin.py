"""The page's settings and its staff, under ``/manage/<page>``."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import Invalid
from shop.core.i18n import LANGUAGES, N_
from shop.core.money import to_decimal
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.page.countries import country_choices
from shop.page.models import Page, Role
from shop.page.queries import list_staff
from shop.page.schemas import PageSettingsSchema, RoleSchema, StaffSchema
from shop.page.service import edit_page
from shop.page.staffing import LastOwner, add_staff, change_role, remove_staff
from shop.web.context import database, files, now
from shop.web.forms import BadText, Form, amount_adapter
from shop.web.pages import flash_message, render, see_other

blueprint = Blueprint("page_admin", __name__)

PICTURES = ("cover", "avatar")
ROLES = {
    Role.OWNER: (lazy_gettext("Owner"), lazy_gettext("May do everything, staff included.")),
    Role.MANAGER: (lazy_gettext("Manager"), lazy_gettext("May do everything except change the staff.")),
    Role.FULFILMENT: (lazy_gettext("Fulfilment"), lazy_gettext("Sees products, works on orders.")),
    Role.ANALYST: (lazy_gettext("Analyst"), lazy_gettext("Sees orders and products, changes nothing.")),
}


@blueprint.get("/manage/<page_slug>/settings")
@staff_only(Permission.MANAGE_PAGE)
def show_settings(access: PageAccess) -> Response:
    """Show the page's settings."""
    return _settings_page(access, Form(_initial(access.page)))


@blueprint.post("/manage/<page_slug>/settings")
@staff_only(Permission.MANAGE_PAGE)
def update_settings(access: PageAccess) -> Response | BaseResponse:
    """Write the page's settings; what is refused is told where it was typed."""
    page = access.page
    adapters = {"shipping_amount": amount_adapter(page.currency), "tax_rate_bp": percent_adapter}
    form = Form.from_request(PageSettingsSchema(), adapters=adapters)
    pictures = _read_pictures(form)
    if form.values is None:
        return _settings_page(access, form, status=422)
    changes = {**form.values, **pictures}
    other = {"tagline": changes.pop("tagline_other"), "about": changes.pop("about_other")}
    changes["translations"] = {_other_language(page): {name: text for name, text in other.items() if text}}
    with database().transaction() as session:
        edit_page(session, page=page, changes=changes)
    flash_message(_("Saved."))
    return see_other("page_admin.show_settings", page_slug=page.slug)


def percent_adapter(text: str) -> int:
    """Read a rate such as "5,5" or "20 %" into basis points; BadText otherwise."""
    cleaned = text.replace("%", "").replace("\u00a0", "").replace("\u202f", "").replace(",", ".").strip()
    try:
        points = Decimal(cleaned) * 100
    except InvalidOperation:
        raise BadText(N_("Enter a rate such as 20 or 5.5.")) from None
    if not points.is_finite() or points != points.to_integral_value():
        raise BadText(N_("Enter a rate such as 20 or 5.5."))
    return int(points)


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
    rate = (Decimal(page.tax_rate_bp) / 100).normalize()
    return {
        "name": page.name,
        "tagline": page.tagline,
        "about": page.about,
        "tagline_other": other.get("tagline", ""),
        "about_other": other.get("about", ""),
        "accent_color": page.accent_color,
        "country": page.country,
        "ships_to": page.ships_to,
        "shipping_amount": to_decimal(page.shipping_amount, page.currency),
        "tax_rate_bp": f"{rate:f}",
        "contact_email": page.contact_email,
    }


def _other_language(page: Page) -> str:
    return next(code for code in LANGUAGES if code != page.language)


def _settings_page(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    return render(
        "manage/page/settings.html",
        status=status,
        access=access,
        active_section="settings",
        form=form,
        countries=country_choices(),
        other_language=_other_language(access.page),
        language_names={"en": _("English"), "fr": _("French")},
    )


@blueprint.get("/manage/<page_slug>/staff")
@staff_only(Permission.MANAGE_STAFF)
def show_staff(access: PageAccess) -> Response:
    """Show who works on the page."""
    return _staff_page(access, Form())


@blueprint.post("/manage/<page_slug>/staff")
@staff_only(Permission.MANAGE_STAFF)
def create_staff(access: PageAccess) -> Response | BaseResponse:
    """Give somebody a role."""
    form = Form.from_request(StaffSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                add_staff(session, page_id=access.page.id, now=now(), **form.values)
        except Invalid as error:
            form.add_invalid(error)
        else:
            flash_message(_("%(email)s works on the page now.", email=form.values["email"]))
            return see_other("page_admin.show_staff", page_slug=access.page.slug)
    return _staff_page(access, form, status=422)


@blueprint.post("/manage/<page_slug>/staff/<int:account_id>/role")
@staff_only(Permission.MANAGE_STAFF)
def update_role(access: PageAccess, account_id: int) -> Response | BaseResponse:
    """Give a member of staff another role."""
    form = Form.from_request(RoleSchema())
    if form.values is None:
        return _staff_page(access, form, status=422)
    try:
        with database().transaction() as session:
            change_role(session, page_id=access.page.id, account_id=account_id, role=form.values["role"])
    except LastOwner as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("Saved."))
    return see_other("page_admin.show_staff", page_slug=access.page.slug)


@blueprint.post("/manage/<page_slug>/staff/<int:account_id>/removal")
@staff_only(Permission.MANAGE_STAFF)
def delete_staff(access: PageAccess, account_id: int) -> BaseResponse:
    """Take a member of staff off the page."""
    try:
        with database().transaction() as session:
            remove_staff(session, page_id=access.page.id, account_id=account_id)
    except LastOwner as error:
        flash_message(_(error.msgid), "error")
    else:
        flash_message(_("They no longer work on the page."))
    return see_other("page_admin.show_staff", page_slug=access.page.slug)


def _staff_page(access: PageAccess, form: Form, *, status: int = 200) -> Response:
    with database().reading() as session:
        staff = list_staff(session, access.page.id)
    return render(
        "manage/page/staff.html",
        status=status,
        access=access,
        active_section="staff",
        form=form,
        staff=staff,
        roles=ROLES,
        role_choices=[(role.value, f"{name}: {meaning}") for role, (name, meaning) in ROLES.items()],
    )
