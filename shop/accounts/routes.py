"""Signing up, in and out; the account; passwords.

Hashes are made and compared before a transaction opens: they take a quarter of a second.
"""

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import (
    current_account_id,
    login_required,
    renew_session,
    required_account_id,
    sign_in,
    sign_out,
    viewer,
)
from shop.accounts.models import Account
from shop.accounts.passwords import hash_password, password_problem
from shop.accounts.schemas import (
    MAX_EMAIL_LENGTH,
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
    check_password,
    edit_account,
    needs_new_hash,
    read_reset_token,
    renew_hash,
    request_password_reset,
    reset_password,
    set_password,
    sign_up,
)
from shop.core.errors import Invalid
from shop.web.context import database, now, settings, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import LANGUAGE_COOKIE, language
from shop.web.pages import flash_message, go, render, safe_next, see_other

blueprint = Blueprint("accounts", __name__)

BY_ADDRESS = "30/minute;300/hour"
BY_EMAIL = "10/minute;30/hour"
RESETS_BY_ADDRESS = "10/minute;60/hour"
RESETS_BY_EMAIL = "3/minute;10/hour"
YEAR_S = 31_536_000


def _typed_email() -> str:
    return f"email:{request.form.get('email', '').strip().casefold()}"


def _own_account() -> str:
    return f"account:{current_account_id()}"


def _is_refused(response: Response) -> bool:
    """Tell whether a try failed: only failures are counted against an e-mail address."""
    return response.status_code != HTTPStatus.SEE_OTHER


def _home() -> str:
    return safe_next(f"/{language()}/")


def _prefilled() -> Form:
    """Return the form with the address that a link brought, such as an invitation's."""
    return Form({"email": request.args.get("email", "")[:MAX_EMAIL_LENGTH]})


@blueprint.get("/sign-up")
def show_sign_up() -> BaseResponse:
    """Show the form for a new account."""
    if viewer().is_authenticated:
        return go(_home())
    return render("accounts/sign_up.html", form=_prefilled(), next_path=safe_next(""))


@blueprint.post("/sign-up")
@limiter.limit(BY_ADDRESS)
def create_account() -> BaseResponse:
    """Add an account and sign in."""
    form = Form.from_request(SignUpSchema())
    if form.values is not None:
        values = {**form.values, "password": hash_password(form.values["password"])}
        try:
            with database().transaction() as session:
                account = sign_up(session, **values, language=language(), now=now())
        except Invalid as error:
            form.add_invalid(error)
        else:
            sign_in(account)
            flash_message(_("Welcome, %(name)s.", name=account.name))
            return go(_home())
    return render("accounts/sign_up.html", status=422, form=form, next_path=safe_next(""))


@blueprint.get("/sign-in")
def show_sign_in() -> BaseResponse:
    """Show the sign-in form."""
    if viewer().is_authenticated:
        return go(_home())
    return render("accounts/sign_in.html", form=_prefilled(), next_path=safe_next(""))


@blueprint.post("/sign-in")
@limiter.limit(BY_ADDRESS)
@limiter.limit(BY_EMAIL, key_func=_typed_email, deduct_when=_is_refused)
def create_session() -> BaseResponse:
    """Sign in."""
    form = Form.from_request(SignInSchema())
    status = 422
    if form.values is not None:
        try:
            with database().reading() as session:
                account = authenticate(session, **form.values)
        except WrongCredentials as error:
            form.add_domain_error("", error)
            status = error.status
        else:
            _keep_hash_current(account, form.values["password"])
            sign_in(account)
            return go(_home())
    return render("accounts/sign_in.html", status=status, form=form, next_path=safe_next(""))


def _keep_hash_current(account: Account, password: str) -> None:
    if needs_new_hash(account):
        fresh = hash_password(password)
        with database().transaction() as session:
            renew_hash(session, account=account, password=fresh)


@blueprint.post("/sign-out")
def delete_session() -> BaseResponse:
    """Sign out, and go on to ``next`` if the form says so."""
    sign_out()
    return go(_home())


def _render_account(
    *, form: Form | None = None, password_form: Form | None = None, status: int = 200
) -> Response:
    me = viewer()
    return render(
        "accounts/account.html",
        status=status,
        form=form or Form({"name": me.name, "language": me.language}),
        password_form=password_form or Form(),
    )


@blueprint.get("/account")
@login_required
def show_account() -> Response:
    """Show the person's own settings."""
    return _render_account()


@blueprint.post("/account")
@login_required
def update_account() -> BaseResponse:
    """Write the person's own settings; the site goes on in the chosen language."""
    form = Form.from_request(AccountSchema())
    if form.values is None:
        return _render_account(form=form, status=422)
    with database().transaction() as session:
        edit_account(session, account_id=required_account_id(), **form.values)
    flash_message(_("Saved."))
    response = see_other("accounts.show_account", lang=form.values["language"])
    response.set_cookie(
        LANGUAGE_COOKIE,
        form.values["language"],
        max_age=YEAR_S,
        samesite="Lax",
        secure=settings().is_secure,
    )
    return response


@blueprint.post("/account/password")
@login_required
@limiter.limit(BY_EMAIL, key_func=_own_account)
def update_password() -> BaseResponse:
    """Change the password; every other session ends."""
    form = Form.from_request(ChangePasswordSchema())
    me = viewer()
    if form.values is not None and (problem := password_problem(form.values["password"], email=me.email)):
        form.add_error("password", problem)
    if form.values is not None:
        try:
            with database().reading() as session:
                account = check_password(
                    session, account_id=required_account_id(), password=form.values["password_old"]
                )
            fresh = hash_password(form.values["password"])
            with database().transaction() as session:
                account = set_password(session, account=account, new=fresh, now=now())
        except Invalid as error:
            form.add_invalid(error)
        else:
            renew_session(account)
            flash_message(_("Your password is changed. Other devices have been signed out."))
            return see_other("accounts.show_account")
    return _render_account(password_form=form, status=422)


@blueprint.get("/password-reset")
def show_reset_request() -> Response:
    """Show the form that asks for a reset link."""
    return render("accounts/reset_request.html", form=Form())


@blueprint.post("/password-reset")
@limiter.limit(RESETS_BY_ADDRESS)
@limiter.limit(RESETS_BY_EMAIL, key_func=_typed_email)
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
        account = read_reset_token(session, signer=signer(), token=token)
    return _render_reset(Form(), account)


@blueprint.post("/password-reset/<token>")
@limiter.limit(BY_ADDRESS)
def update_reset(token: str) -> BaseResponse:
    """Set a new password and sign in."""
    with database().reading() as session:
        account = read_reset_token(session, signer=signer(), token=token)
    form = Form.from_request(ResetPasswordSchema())
    if form.values is not None and (
        problem := password_problem(form.values["password"], email=account.email)
    ):
        form.add_error("password", problem)
    if form.values is None:
        return _render_reset(form, account, status=422)
    fresh = hash_password(form.values["password"])
    with database().transaction() as session:
        account = reset_password(session, signer=signer(), token=token, new=fresh, now=now())
    sign_in(account)
    flash_message(_("Your password is changed. Other devices have been signed out."))
    return see_other("accounts.show_account")


def _render_reset(form: Form, account: Account, *, status: int = 200) -> Response:
    response = render("accounts/reset.html", status=status, form=form, email=account.email)
    # The address of this page is a secret: it must not travel to others nor stay in a shared cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
