"""``shop create-admin``: the first account of an empty shop."""

from shop.accounts.passwords import hash_password, password_problem
from shop.accounts.queries import find_account_by_email
from shop.accounts.service import normalise_email, sign_up
from shop.core.errors import Invalid
from shop.core.i18n import DEFAULT_LANGUAGE
from shop.page.models import Page, Role
from shop.page.queries import find_role, get_page
from shop.page.staffing import add_staff, change_role
from shop.web.context import Runtime


def create_admin(runtime: Runtime, *, email: str, name: str, password: str, page_slug: str | None) -> str:
    """Add an account and, with ``page_slug``, make it an owner of that page; return a line that says so.

    An account that is there keeps its name and password and is only given the page. Invalid tells a
    bad address or password by field; NotFound a page that there is not.
    """
    email = normalise_email(email)
    with runtime.database.reading() as session:
        known = find_account_by_email(session, email)
        page = get_page(session, page_slug) if page_slug else None
    if known is None and (problem := password_problem(password, email=email)):
        raise Invalid({"password": [problem]})
    hashed = hash_password(password) if known is None else None
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        if hashed is not None:
            language = page.language if page else DEFAULT_LANGUAGE
            sign_up(session, email=email, name=name, password=hashed, language=language, now=now)
        account = find_account_by_email(session, email)
        if page is not None and account is not None:
            role = find_role(session, page.id, account.id)
            if role is None:
                add_staff(session, page_id=page.id, email=email, role=Role.OWNER, now=now)
            elif role is not Role.OWNER:
                change_role(
                    session, page_id=page.id, account_id=account.id, role=Role.OWNER, actor_id=None, now=now
                )
    return _line(email, page, is_new=known is None)


def _line(email: str, page: Page | None, *, is_new: bool) -> str:
    what = f"{email} was signed up" if is_new else f"{email} had an account already, which is unchanged"
    return f"{what}; an owner of {page.name} (/p/{page.slug})." if page else f"{what}."
