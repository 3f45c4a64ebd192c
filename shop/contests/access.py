"""Who may see an entry: its owner's account, or the bearer of the signed link that its mails carry."""

from dataclasses import dataclass

from shop.contests.models import ContestEntry
from shop.core.ids import hash_token
from shop.core.signing import BadLink, Signer

PURPOSE = "contest-entry"
MAX_AGE_S = 2 * 400 * 24 * 3600
"""Until the entry is forgotten: a contest lasts a year at most, and ``forgetting.KEPT`` begins at its end."""
ENDPOINT = "contests.show_entry"
"""The address that a link in a mail leads to: ``url_for(ENDPOINT, token=entry_token(…), _external=True)``."""
MARK_LENGTH = 16


@dataclass(frozen=True, slots=True)
class EntryRef:
    """The entry that a link was made for: ``mark`` is the one of ``mark_of``."""

    entry_id: int
    mark: str


def mark_of(entry: ContestEntry) -> str:
    """Return what tells an entry from another that was put in its place, or that came to have its number in the table.

    SQLite gives the id of a deleted row again, and an entry that was never confirmed is overwritten by the next
    one of the same person: neither may be opened by a link that was mailed before.
    """
    return hash_token(entry.salt)[:MARK_LENGTH]


def entry_token(signer: Signer, entry: ContestEntry) -> str:
    """Return the token that opens an entry, confirms it and takes it back, fit for an address, as long as it is kept."""
    return signer.sign(PURPOSE, [entry.id, mark_of(entry)])


def read_entry_token(signer: Signer, token: str) -> EntryRef:
    """Return which entry ``token`` was made for; BadLink when it was altered or is too old."""
    said = signer.read(PURPOSE, token, max_age_s=MAX_AGE_S)
    match said:
        case [int(entry_id), str(mark)]:
            return EntryRef(entry_id, mark)
    raise BadLink
