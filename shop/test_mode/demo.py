"""The demo brand's sign-ins, which ``make run`` prints; a test holds them equal to what the demo writes."""

from typing import NamedTuple

DEMO_PAGE = "atelier-lumen"


class SignIn(NamedTuple):
    """An address and its password, public on purpose."""

    email: str
    password: str
    is_owner: bool


SIGN_INS = (
    SignIn("camille@atelier-lumen.example", "lumiere-demo-2025", is_owner=True),
    SignIn("lea.fontaine@example.com", "lumiere-demo-2025", is_owner=False),
)
