"""Where an order goes that costs nothing: no payment page asks for it, so the buyer tells us."""

from collections.abc import Collection
from dataclasses import dataclass

from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.shipping.addresses import has_states, needs_postal_code


class AddressNeeded(Invalid):
    """There is nothing to pay, so what a payment page would ask for has to be given here; the fields say what lacks."""

    code = "address_needed"
    message = N_("There is nothing to pay. Say where it goes, and it is ordered.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """An address as somebody typed it; "" where nothing was. ``country`` is an ISO 3166-1 code."""

    name: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    phone: str = ""

    @property
    def ship_to(self) -> dict[str, str | None]:
        """The address as an order keeps it, in the shape in which Stripe collects one."""
        return {
            "name": self.name,
            "line1": self.line1,
            "line2": self.line2 or None,
            "city": self.city,
            "postal_code": self.postal_code or None,
            "state": self.state or None,
            "country": self.country,
            "phone": self.phone or None,
        }

    def problems(self, countries: Collection[str]) -> dict[str, list[str]]:
        """Return what is wrong, as msgids by field; ``countries`` are those that can be reached."""
        wrong = {
            "name": None if self.name else N_("Please enter the name on the parcel."),
            "line1": None if self.line1 else N_("Please enter the street and number."),
            "postal_code": N_("Please enter the postal code.")
            if not self.postal_code and needs_postal_code(self.country)
            else None,
            "city": None if self.city else N_("Please enter the town or city."),
            "state": N_("Please enter the state or province.")
            if not self.state and has_states(self.country)
            else None,
            "country": self._country_problem(countries),
        }
        return {name: [message] for name, message in wrong.items() if message is not None}

    def _country_problem(self, countries: Collection[str]) -> str | None:
        if not self.country:
            return N_("Please choose the country.")
        return None if self.country in countries else N_("This shop does not ship to the country you chose.")
