"""One entry a person: by which mailbox a person is known, however its address is written. Pure."""

import unicodedata

from shop.accounts.service import normalise_email
from shop.core.errors import Invalid
from shop.core.signing import Signer

PURPOSE = "contest-person"
DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(email: str) -> str:
    """Return the mailbox of an address, the same for all its spellings.

    What follows a plus is a label of the same mailbox; Gmail passes over dots besides. A domain is the same in its
    own letters and as it travels ("xn--…").
    """
    try:
        written = normalise_email(email)
    except Invalid:
        written = unicodedata.normalize("NFC", email.strip()).casefold()
    local, _, domain = written.rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def person_key_of(signer: Signer, email: str) -> str:
    """Return the keyed hash by which a person is known in contests: that of their mailbox."""
    return signer.digest(PURPOSE, mailbox_of(email))
