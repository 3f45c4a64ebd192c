"""Changes of accounts: signing up, signing in, passwords."""

import datetime as dt

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Account, AccountWord
from shop.accounts.passwords import (
    PasswordHash,
    hash_password,
    needs_rehash,
    password_problem,
    verify_password,
)
from shop.accounts.profiles import make_profile
from shop.accounts.queries import find_account, find_account_by_email, get_account
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.i18n import N_
from shop.core.mail import queue_mail
from shop.core.signing import BadLink, Signer
from shop.core.text_search import words_of

RESET_PURPOSE = "password_reset"
RESET_MAX_AGE_S = 3600
RESET_MAIL = "account_password_reset"
CHANGED_MAIL = "account_password_changed"


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
        return validate_email(email.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        raise Invalid({"email": [N_("Enter an e-mail address such as name@example.com.")]}) from None


def sign_up(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | PasswordHash,
    language: str,
    now: dt.datetime,
    is_confirmed: bool = False,
) -> Account:
    """Add an account; EmailTaken, or Invalid by field. Edges hash first: see ``PasswordHash``.

    ``is_confirmed`` says that the address is known to be theirs, as of the people of the demo.
    """
    email = normalise_email(email)
    account = Account(
        email=email,
        name=name,
        password_hash=_hashed(password, email),
        language=language,
        session_epoch=0,
        created_at=now,
        email_confirmed_at=now if is_confirmed else None,
    )
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError:
        raise EmailTaken from None
    write_words(session, account)
    make_profile(session, account=account, now=now)
    return account


def write_words(session: Session, account: Account) -> None:
    """Keep the words current that a person is found by; to be called when name or e-mail address change."""
    session.execute(delete(AccountWord).where(AccountWord.account_id == account.id))
    words = dict.fromkeys([*words_of(account.name), *words_of(account.email)])
    session.execute(insert(AccountWord), [{"word": word, "account_id": account.id} for word in words])


def authenticate(session: Session, *, email: str, password: str) -> Account:
    """Return the account that this pair belongs to; WrongCredentials, in the same time, otherwise."""
    account = find_account_by_email(session, email)
    if not verify_password(account.password_hash if account else None, password) or account is None:
        raise WrongCredentials
    return account


def needs_new_hash(account: Account) -> bool:
    """Tell whether the account's password was hashed with other parameters than are used now."""
    return needs_rehash(account.password_hash)


def renew_hash(session: Session, *, account: Account, password: PasswordHash) -> None:
    """Keep a new hash of the password that ``authenticate`` has just verified, unless it was changed since."""
    session.execute(
        update(Account)
        .where(Account.id == account.id, Account.password_hash == account.password_hash)
        .values(password_hash=password.value)
    )


def edit_account(session: Session, *, account_id: int, name: str, language: str) -> Account:
    """Write what a person calls themselves and reads."""
    account = get_account(session, account_id)
    account.name, account.language = name, language
    write_words(session, account)
    return account


def check_password(session: Session, *, account_id: int, password: str) -> Account:
    """Return the account if this is its password; Invalid at ``password_old`` otherwise."""
    account = get_account(session, account_id)
    if not verify_password(account.password_hash, password):
        raise Invalid({"password_old": [N_("This is not your present password.")]})
    return account


def set_password(session: Session, *, account: Account, new: str | PasswordHash, now: dt.datetime) -> Account:
    """Set the password of an account that has proved itself, so that every session and reset link dies.

    Its owner is told by mail. Conflict when it was changed since ``account`` was read: of two changes
    at once, one is made.
    """
    changed = session.scalars(
        update(Account)
        .where(Account.id == account.id, Account.session_epoch == account.session_epoch)
        .values(password_hash=_hashed(new, account.email), session_epoch=Account.session_epoch + 1)
        .returning(Account)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if changed is None:
        raise Conflict
    queue_mail(
        session,
        kind=CHANGED_MAIL,
        subject_key=f"{changed.id}:{changed.session_epoch}",
        recipient=changed.email,
        language=changed.language,
        context={"account_id": changed.id},
        now=now,
    )
    return changed


def change_password(
    session: Session, *, account_id: int, old: str, new: str | PasswordHash, now: dt.datetime
) -> Account:
    """Replace a password whose owner knows it; Invalid by field."""
    account = check_password(session, account_id=account_id, password=old)
    return set_password(session, account=account, new=new, now=now)


def request_password_reset(session: Session, *, email: str, language: str, now: dt.datetime) -> None:
    """Queue a mail with a link that is valid for an hour, if there is such an account; never tells."""
    account = find_account_by_email(session, email)
    if account is None:
        return
    # One mail a minute and account at the most: pressing the button twice sends one.
    key = f"{account.id}:{account.session_epoch}:{int(now.timestamp()) // 60}"
    queue_mail(
        session,
        kind=RESET_MAIL,
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


def reset_password(
    session: Session, *, signer: Signer, token: str, new: str | PasswordHash, now: dt.datetime
) -> Account:
    """Set a new password by a reset link, once, which proves the address; BadLink, or Invalid by field."""
    account = read_reset_token(session, signer=signer, token=token)
    try:
        account = set_password(session, account=account, new=new, now=now)
    except Conflict:
        raise BadLink from None
    confirm_email(session, account_id=account.id, email=account.email, now=now)
    return account


def confirm_email(session: Session, *, account_id: int, email: str, now: dt.datetime) -> bool:
    """Note that a link mailed to ``email`` was followed, and return whether that is new for the account.

    It changes nothing when the account has another address by now.
    """
    confirmed = session.scalar(
        update(Account)
        .where(
            Account.id == account_id, Account.email == email.strip().casefold(), Account.email_confirmed_at.is_(None)
        )
        .values(email_confirmed_at=now)
        .returning(Account.id)
    )  # fmt: skip
    return confirmed is not None


def _hashed(password: str | PasswordHash, email: str) -> str:
    if isinstance(password, PasswordHash):
        return password.value
    problem = password_problem(password, email=email)
    if problem:
        raise Invalid({"password": [problem]})
    return hash_password(password).value
