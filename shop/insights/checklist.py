"""The first steps of a new page: what its shop still needs, each with the place where it is done.

The steps are data: a domain that comes later adds a line to ``STEPS`` and a fact to ``_facts``.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.core.config import Settings
from shop.core.i18n import N_
from shop.insights.setup_queries import has_published_product
from shop.page.access import PageAccess
from shop.page.authorization import Permission
from shop.page.models import Page
from shop.web.payment_mode import PaymentMode, payment_mode


@dataclass(frozen=True)
class Step:
    """One step; ``title``, ``text`` and ``link`` are msgids, ``anchor`` is the part of the endpoint's page."""

    key: str
    title: str
    text: str
    link: str
    endpoint: str
    anchor: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class Setup:
    """A page's first steps; ``is_hidden`` when somebody put them away."""

    steps: list[Step]
    is_hidden: bool

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)


STEPS = (
    Step(
        "logo",
        N_("Give the page a face"),
        N_("A logo and a cover tell visitors whose shop this is."),
        N_("Add a logo"),
        "page_admin.show_settings",
        "look",
    ),
    Step(
        "product",
        N_("Put the first product into the shop"),
        N_("A name, a price and a good picture are enough. Products of another shop can be imported."),
        N_("New product"),
        "catalog_admin.new_product",
    ),
    Step(
        "shipping",
        N_("Say what shipping costs"),
        N_("One price for each order, and the countries that you ship to. Save it as 0 if it is free."),
        N_("Set shipping"),
        "page_admin.show_settings",
        "selling",
    ),
    Step("payments", N_("Take payments"), "", N_("Payments"), "page_admin.show_payments"),
)
PAYMENTS = {
    PaymentMode.STAND_IN: N_(
        "The stand-in takes them: try your shop with a test card. A Stripe key comes later."
    ),
    PaymentMode.STRIPE_TEST: N_("Stripe’s test mode takes them: try your shop with a test card."),
    PaymentMode.LIVE: N_("Stripe takes them."),
}


def list_setup_steps(session: Session, page: Page, settings: Settings) -> list[Step]:
    """Return the first steps of a page, those that are done marked; one statement."""
    facts = _facts(session, page)
    texts = {"payments": PAYMENTS[payment_mode(settings)]}
    return [
        Step(
            step.key, step.title, texts.get(step.key, step.text), step.link, step.endpoint, step.anchor,
            facts[step.key],
        )
        for step in STEPS
    ]  # fmt: skip


def _facts(session: Session, page: Page) -> dict[str, bool]:
    return {
        "logo": page.avatar is not None,
        "product": has_published_product(session, page.id),
        # Free shipping is a rate too: whoever has saved the settings has said so.
        "shipping": page.shipping_amount > 0 or page.settings_version > 1,
        # There is always something that answers a checkout; the text says what.
        "payments": True,
    }


def page_setup(session: Session, access: PageAccess, settings: Settings) -> Setup | None:
    """Return the first steps for a member of staff; None when they are not theirs to take, or all done."""
    if not access.allows(Permission.MANAGE_PAGE):
        return None
    setup = Setup(list_setup_steps(session, access.page, settings), access.page.setup_hidden_at is not None)
    return None if setup.done == len(setup.steps) else setup
