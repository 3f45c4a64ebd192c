"""Changes of accounts: signing up, signing in, passwords."""

import datetime as dt

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password, needs_rehash, password_problem, verify_password
from shop.accounts.queries import find_account, find_account_by_email
from shop.core.errors import DomainError, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.mail import queue_mail
from shop.core.signing import BadLink, Signer

RESET_PURPOSE = "password_reset"
RESET_MAX_AGE_S = 3600


class EmailTaken(Invalid):
    """Somebody has an account with this e-mail address."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(
            {"email": [N_("There is an account with this address. Sign in, or reset its password.")]}
        )


class WrongCredentials(DomainError):
    """No account has this e-mail address and password; which of them is wrong is not told."""

    code = "wrong_credentials"
    status = 401
    message = N_("This e-mail address and password do not go together.")


def normalise_email(email: str) -> str:
    """Return the address as it is kept: valid in form, lower-case. Invalid tells what is wrong."""
    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid({"email": [N_("Enter an e-mail address such as name@example.com.")]}) from None


def sign_up(
    session: Session, *, email: str, name: str, password: str, language: str, now: dt.datetime
) -> Account:
    """Add an account; EmailTaken, or Invalid by field."""
    email = normalise_email(email)
    problem = password_problem(password, email=email)
    if problem:
        raise Invalid({"password": [problem]})
    account = Account(
        email=email,
        name=name,
        password_hash=hash_password(password),
        language=language,
        session_epoch=0,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError:
        raise EmailTaken from None
    return account


def authenticate(session: Session, *, email: str, password: str) -> Account:
    """Return the account that this pair belongs to; WrongCredentials, in the same time, otherwise."""
    account = find_account_by_email(session, email)
    if not verify_password(account.password_hash if account else None, password) or account is None:
        raise WrongCredentials
    return account


def refresh_hash(session: Session, *, account_id: int, password: str) -> None:
    """Hash a password again that was just verified, when the parameters have grown since."""
    account = find_account(session, account_id)
    if account is not None and needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)


def edit_account(session: Session, *, account_id: int, name: str, language: str) -> Account:
    """Write what a person calls themselves and reads."""
    account = _get(session, account_id)
    account.name, account.language = name, language
    return account


def change_password(session: Session, *, account_id: int, old: str, new: str) -> Account:
    """Set a new password, so that every session and reset link dies; Invalid by field."""
    account = _get(session, account_id)
    if not verify_password(account.password_hash, old):
        raise Invalid({"password_old": [N_("This is not your present password.")]})
    return _set_password(session, account, new)


def request_password_reset(session: Session, *, email: str, language: str, now: dt.datetime) -> None:
    """Queue a mail with a link that is valid for an hour, if there is such an account; never tells."""
    account = find_account_by_email(session, email)
    if account is None:
        return
    # One mail a minute and account at the most: pressing the button twice sends one.
    key = f"{account.id}:{account.session_epoch}:{int(now.timestamp()) // 60}"
    queue_mail(
        session,
        kind="password_reset",
        subject_key=key,
        recipient=account.email,
        language=language,
        context={"account_id": account.id},
        now=now,
    )


def reset_token(signer: Signer, account: Account) -> str:
    """Return the secret of a reset link: for one account, one epoch, one hour."""
    return signer.sign(RESET_PURPOSE, [account.id, account.session_epoch])


def read_reset_token(session: Session, *, signer: Signer, token: str) -> Account:
    """Return the account that a reset link is for; BadLink when it is too old, used or altered."""
    account_id, epoch = signer.read(RESET_PURPOSE, token, max_age_s=RESET_MAX_AGE_S)
    account = find_account(session, account_id)
    if account is None or account.session_epoch != epoch:
        raise BadLink
    return account


def reset_password(session: Session, *, signer: Signer, token: str, new: str) -> Account:
    """Set a new password by a reset link, once; BadLink, or Invalid by field."""
    return _set_password(session, read_reset_token(session, signer=signer, token=token), new)


def _set_password(session: Session, account: Account, new: str) -> Account:
    problem = password_problem(new, email=account.email)
    if problem:
        raise Invalid({"password": [problem]})
    # Conditional on the epoch: a reset link used twice at the same moment works once.
    changed = session.execute(
        update(Account)
        .where(Account.id == account.id, Account.session_epoch == account.session_epoch)
        .values(password_hash=hash_password(new), session_epoch=Account.session_epoch + 1)
        .returning(Account.session_epoch)
    ).scalar_one_or_none()
    if changed is None:
        raise BadLink
    session.refresh(account)
    return account


def _get(session: Session, account_id: int) -> Account:
    account = find_account(session, account_id)
    if account is None:
        raise NotFound
    return account
