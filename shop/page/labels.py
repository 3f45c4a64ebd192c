"""Words for roles and what they may do."""

from flask_babel import lazy_gettext

from shop.page.models import Role

ROLES = {
    Role.OWNER: (lazy_gettext("Owner"), lazy_gettext("may do everything, staff included.")),
    Role.MANAGER: (lazy_gettext("Manager"), lazy_gettext("may do everything except change the staff.")),
    Role.EDITOR: (
        lazy_gettext("Editor"),
        lazy_gettext("posts and moderates in the page’s name, sees insights."),
    ),
    Role.FULFILMENT: (lazy_gettext("Fulfilment"), lazy_gettext("sees products, works on orders.")),
    Role.ANALYST: (lazy_gettext("Analyst"), lazy_gettext("sees orders and products, changes nothing.")),
}
"""Each role's name, and the rest of a sentence that begins with it."""


def role_name(role: Role) -> str:
    """Return what a role is called."""
    return str(ROLES[role][0])


def role_meaning(role: Role) -> str:
    """Return what somebody in this role may do, as the rest of a sentence."""
    return str(ROLES[role][1])
