"""The one door of the admin's edges: who may pass with which permission."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from werkzeug.exceptions import NotFound

from shop.accounts.login import current_account_id, sign_in_redirect
from shop.core.errors import Forbidden
from shop.page.authorization import Permission, allows
from shop.page.days import zone_name
from shop.page.models import Page, Role
from shop.page.queries import find_page, find_role
from shop.web.context import database
from shop.web.zone import set_zone

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class PageAccess:
    """A member of staff at work: their page, their role, their account."""

    page: Page
    role: Role
    account_id: int

    def allows(self, permission: Permission | str) -> bool:
        """Tell whether the role has ``permission``; templates hide what is not allowed."""
        return allows(self.role, Permission(permission))


def find_access(page_slug: str, account_id: int) -> PageAccess | None:
    """Return the account's access to a page's rooms, or None when it does not work there."""
    with database().reading() as session:
        page = find_page(session, page_slug)
        role = find_role(session, page.id, account_id) if page else None
    return PageAccess(page, role, account_id) if page and role else None


def staff_only(permission: Permission) -> Callable[[View], View]:
    """Let only staff with ``permission`` call a view; it gets ``access`` instead of ``page_slug``.

    What it tells of times is in the page's zone. A guest goes to the sign-in form. Somebody who does not work on
    the page gets 404, since they need not know what is there; staff without the permission get 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, page_slug: str, **kwargs: Any) -> Any:
            account_id = current_account_id()
            if account_id is None:
                return sign_in_redirect()
            access = find_access(page_slug, account_id)
            if access is None:
                raise NotFound
            if not access.allows(permission):
                raise Forbidden
            set_zone(zone_name(access.page.country))
            return view(access, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
