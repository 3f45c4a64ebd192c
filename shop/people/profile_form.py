"""The form in which a person says what they show of themselves, and to whom."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import login_required, required_account_id
from shop.accounts.profile_models import AskedBy, Audience, Profile
from shop.accounts.profiles import HandleTaken, edit_profile, suggest_handles
from shop.core.errors import NotFound
from shop.core.i18n import N_
from shop.core.pictures import BadPicture, process_picture, store_picture
from shop.people.queries import find_profile_of, list_handles
from shop.people.schemas import ProfileSchema
from shop.web.context import database, files
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other

PICTURES = "30/hour"


def _wait(_limit: RequestLimit) -> Response:
    """Answer somebody who saves too often with the form as they filled it in."""
    profile = _own_profile()
    form = Form.from_request(ProfileSchema(), adapters={"handle": _lower}, initial=_initial(profile))
    form.add_error("", N_("You wrote a lot in a short time. Please send this in a few minutes."))
    return _page(profile, form, status=429)


@login_required
def edit() -> Response:
    """Show the person's own profile as a form."""
    profile = _own_profile()
    return _page(profile, Form(_initial(profile)))


@login_required
@limiter.limit(PICTURES, key_func=lambda: f"profile:{required_account_id()}", on_breach=_wait)
def update() -> BaseResponse:
    """Write the person's own profile; what is refused is told where it was typed."""
    profile = _own_profile()
    form = Form.from_request(ProfileSchema(), adapters={"handle": _lower}, initial=_initial(profile))
    picture = _read_picture(form)
    if form.values is not None:
        try:
            with database().transaction() as session:
                edit_profile(session, profile=profile, changes={**form.values, **picture})
        except HandleTaken as error:
            form.add_invalid(error)
            _offer_free_handles(form)
        else:
            flash_message(_("Saved."))
            return see_other("people.edit_profile")
    return _page(profile, form, status=422)


def _lower(text: str) -> str:
    return text.strip().lower()


def _own_profile() -> Profile:
    with database().reading() as session:
        profile = find_profile_of(session, required_account_id())
    if profile is None:
        raise NotFound
    return profile


def _initial(profile: Profile) -> dict[str, Any]:
    return {
        "handle": profile.handle,
        "bio": profile.bio,
        "visibility": profile.visibility.value,
        "likes_visibility": profile.likes_visibility.value,
        "friends_visibility": profile.friends_visibility.value,
        "asked_by": profile.asked_by.value,
        "is_findable": profile.is_findable,
    }


def _read_picture(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {"avatar": None} if request.form.get("remove_avatar") else {}
    upload = request.files.get("avatar")
    if upload is None or not upload.filename:
        return found
    try:
        return {"avatar": store_picture(files(), process_picture(upload.read()))}
    except BadPicture as error:
        form.add_domain_error("avatar", error)
        return found


def _offer_free_handles(form: Form) -> None:
    typed = _lower(form.raw("handle"))
    with database().reading() as session:
        taken = set(list_handles(session, beginning=typed))
    for suggestion in suggest_handles(taken, typed):
        form.add_error("handle", N_("%(suggestion)s is free."), suggestion=suggestion)


def _page(profile: Profile, form: Form, *, status: int = 200) -> Response:
    return render(
        "people/edit_profile.html",
        status=status,
        form=form,
        profile=profile,
        audiences=audience_choices(),
        askers=asker_choices(),
    )


def audience_choices() -> list[tuple[str, str]]:
    """Return who may see something of a person, as choices of a form."""
    return [
        (Audience.EVERYBODY.value, _("Everybody")),
        (Audience.FRIENDS.value, _("My friends")),
        (Audience.NOBODY.value, _("Only me")),
    ]


def asker_choices() -> list[tuple[str, str]]:
    """Return who may ask a person to be friends, as choices of a form."""
    return [
        (AskedBy.EVERYBODY.value, _("Everybody")),
        (AskedBy.FRIENDS_OF_FRIENDS.value, _("Friends of my friends")),
        (AskedBy.NOBODY.value, _("Nobody")),
    ]
