"""What reasons, decisions and signs are called; the edges translate them."""

from shop.core.i18n import N_
from shop.moderation.models import Decision, Reason

REASONS = {
    Reason.SPAM: N_("Spam or advertising"),
    Reason.HARASSMENT: N_("It insults or harasses somebody"),
    Reason.HATE: N_("Hate against a group of people"),
    Reason.VIOLENCE: N_("Violence or threats"),
    Reason.NUDITY: N_("Nudity or sexual content"),
    Reason.FRAUD: N_("A fraud or a trap"),
    Reason.COUNTERFEIT: N_("Counterfeit goods"),
    Reason.BLOCKED_WORD: N_("A blocked word"),
    Reason.OTHER: N_("Something else"),
}
REPORTABLE = tuple(reason for reason in REASONS if reason is not Reason.BLOCKED_WORD)
"""What somebody may choose who reports; a blocked word is what only the filter finds."""
DECISIONS = {
    Decision.KEPT: N_("Kept"),
    Decision.HIDDEN: N_("Hidden"),
    Decision.REMOVED: N_("Removed"),
    Decision.BANNED: N_("Removed, author banned"),
}
SIGNS = {
    "blocked_word": N_("Blocked word: %(detail)s"),
    "links": N_("Links: %(detail)s"),
    "shortener": N_("Shortened address: %(detail)s"),
    "contact": N_("Asks for contact elsewhere: %(detail)s"),
    "wallet": N_("Address of a crypto wallet"),
    "crypto": N_("Crypto or trading: %(detail)s"),
    "promise": N_("Phrase of advertising: %(detail)s"),
    "same_text": N_("Same text by the same person within the hour: %(detail)s"),
    "same_text_others": N_("Same text by other people within the hour: %(detail)s"),
    "speed": N_("Comments in the minute before: %(detail)s"),
    "young_account": N_("Account less than a day old"),
    "capitals": N_("Written in capitals: %(detail)s"),
    "repeated_signs": N_("One sign in a row: %(detail)s"),
    "repeated_words": N_("One word in a row: %(detail)s"),
}
