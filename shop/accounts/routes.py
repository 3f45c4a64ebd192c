"""Signing up, in and out; the account; passwords."""

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import login_required, sign_in, sign_out, viewer
from shop.accounts.models import Account
from shop.accounts.schemas import (
    AccountSchema,
    ChangePasswordSchema,
    RequestResetSchema,
    ResetPasswordSchema,
    SignInSchema,
    SignUpSchema,
)
from shop.accounts.service import (
    WrongCredentials,
    authenticate,
    change_password,
    edit_account,
    read_reset_token,
    refresh_hash,
    request_password_reset,
    reset_password,
    sign_up,
)
from shop.core.errors import Invalid
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, safe_next, see_other

blueprint = Blueprint("accounts", __name__)

BY_ADDRESS = "30/minute;300/hour"
BY_EMAIL = "10/minute;30/hour"


def _typed_email() -> str:
    return f"email:{request.form.get('email', '').strip().lower()}"


def _start_session(account: Account) -> None:
    """Sign ``account`` in and let other domains take over what the guest had."""
    sign_in(account)
    for hook in current_app.extensions["vitrine.after_sign_in"]:
        hook(account.id)


def _add_errors(form: Form, error: Invalid) -> None:
    for name, messages in error.errors.items():
        for message in messages:
            form.add_error(name, message)


@blueprint.get("/sign-up")
def show_sign_up() -> Response | BaseResponse:
    """Show the form for a new account."""
    if viewer().is_authenticated:
        return go(safe_next(f"/{language()}/"))
    return render("accounts/sign_up.html", form=Form(), next_path=safe_next(""))


@blueprint.post("/sign-up")
@limiter.limit(BY_ADDRESS)
def create_account() -> Response | BaseResponse:
    """Add an account and sign in."""
    form = Form.from_request(SignUpSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                account = sign_up(session, **form.values, language=language(), now=now())
        except Invalid as error:
            _add_errors(form, error)
        else:
            _start_session(account)
            flash_message(_("Welcome, %(name)s.", name=account.name))
            return go(safe_next(f"/{language()}/"))
    return render("accounts/sign_up.html", status=422, form=form, next_path=safe_next(""))


@blueprint.get("/sign-in")
def show_sign_in() -> Response | BaseResponse:
    """Show the sign-in form."""
    if viewer().is_authenticated:
        return go(safe_next(f"/{language()}/"))
    return render("accounts/sign_in.html", form=Form(), next_path=safe_next(""))


@blueprint.post("/sign-in")
@limiter.limit(BY_ADDRESS)
@limiter.limit(BY_EMAIL, key_func=_typed_email)
def create_session() -> Response | BaseResponse:
    """Sign in."""
    form = Form.from_request(SignInSchema())
    if form.values is not None:
        try:
            # Hashing takes a quarter of a second: not inside a transaction.
            with database().reading() as session:
                account = authenticate(session, **form.values)
        except WrongCredentials as error:
            form.add_domain_error("", error)
            return render("accounts/sign_in.html", status=401, form=form, next_path=safe_next(""))
        with database().transaction() as session:
            refresh_hash(session, account_id=account.id, password=form.values["password"])
        _start_session(account)
        return go(safe_next(f"/{language()}/"))
    return render("accounts/sign_in.html", status=422, form=form, next_path=safe_next(""))


@blueprint.post("/sign-out")
def delete_session() -> BaseResponse:
    """Sign out."""
    sign_out()
    return go(f"/{language()}/")


@blueprint.get("/account")
@login_required
def show_account() -> Response:
    """Show the person's own settings."""
    me = viewer()
    return render(
        "accounts/account.html", form=Form({"name": me.name, "language": me.language}), password_form=Form()
    )


@blueprint.post("/account")
@login_required
def update_account() -> Response | BaseResponse:
    """Write the person's own settings."""
    me = viewer()
    form = Form.from_request(AccountSchema())
    if form.values is None or me.account_id is None:
        return render("accounts/account.html", status=422, form=form, password_form=Form())
    with database().transaction() as session:
        edit_account(session, account_id=me.account_id, **form.values)
    flash_message(_("Saved."))
    response = see_other("accounts.show_account", lang=form.values["language"])
    response.set_cookie("vitrine_language", form.values["language"], max_age=31_536_000, samesite="Lax")
    return response


@blueprint.post("/account/password")
@login_required
@limiter.limit(BY_EMAIL)
def update_password() -> Response | BaseResponse:
    """Change the password; every other session ends."""
    me = viewer()
    form = Form.from_request(ChangePasswordSchema())
    if form.values is not None and me.account_id is not None:
        try:
            with database().transaction() as session:
                account = change_password(
                    session,
                    account_id=me.account_id,
                    old=form.values["password_old"],
                    new=form.values["password"],
                )
        except Invalid as error:
            _add_errors(form, error)
        else:
            sign_in(account)
            flash_message(_("Your password is changed. Other devices have been signed out."))
            return see_other("accounts.show_account")
    own = Form({"name": me.name, "language": me.language})
    return render("accounts/account.html", status=422, form=own, password_form=form)


@blueprint.get("/password-reset")
def show_reset_request() -> Response:
    """Show the form that asks for a reset link."""
    return render("accounts/reset_request.html", form=Form())


@blueprint.post("/password-reset")
@limiter.limit("10/minute;60/hour")
@limiter.limit("3/minute;10/hour", key_func=_typed_email)
def create_reset_request() -> Response:
    """Send a link if there is such an account; the answer is the same if not."""
    form = Form.from_request(RequestResetSchema())
    if form.values is None:
        return render("accounts/reset_request.html", status=422, form=form)
    with database().transaction() as session:
        request_password_reset(session, email=form.values["email"], language=language(), now=now())
    return render("accounts/reset_sent.html", email=form.values["email"])


@blueprint.get("/password-reset/<token>")
def show_reset(token: str) -> Response:
    """Show the form for a new password, if the link is good."""
    with database().reading() as session:
        read_reset_token(session, signer=signer(), token=token)
    return render("accounts/reset.html", form=Form(), token=token)


@blueprint.post("/password-reset/<token>")
@limiter.limit(BY_ADDRESS)
def update_reset(token: str) -> Response | BaseResponse:
    """Set a new password and sign in."""
    form = Form.from_request(ResetPasswordSchema())
    if form.values is not None:
        try:
            with database().transaction() as session:
                account = reset_password(session, signer=signer(), token=token, new=form.values["password"])
        except Invalid as error:
            _add_errors(form, error)
        else:
            _start_session(account)
            flash_message(_("Your password is changed. Other devices have been signed out."))
            return go(url_for("accounts.show_account"))
    return render("accounts/reset.html", status=422, form=form, token=token)
