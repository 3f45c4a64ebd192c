"""Who may see an entry: its owner's account, or the bearer of the signed link that its mails carry."""

from shop.core.signing import BadLink, Signer

PURPOSE = "contest-entry"
MAX_AGE_S = 365 * 24 * 3600
"""Longer than a contest lasts and a prize can be taken."""
ENDPOINT = "contests.show_entry"
"""The address that a link in a mail leads to: ``url_for(ENDPOINT, token=entry_token(…), _external=True)``."""


def entry_token(signer: Signer, entry_id: int) -> str:
    """Return the token that opens an entry, confirms it and takes it back, fit for an address, for a year."""
    return signer.sign(PURPOSE, entry_id)


def read_entry_token(signer: Signer, token: str) -> int:
    """Return the id of the entry that ``token`` opens; BadLink when it was altered or is too old."""
    entry_id = signer.read(PURPOSE, token, max_age_s=MAX_AGE_S)
    if not isinstance(entry_id, int):
        raise BadLink
    return entry_id
