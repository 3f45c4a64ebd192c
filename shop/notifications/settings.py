"""How people are told of what: the kinds, and what counts where somebody chose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shop.notifications.models import MailPace, NotificationKind


@dataclass(frozen=True, slots=True)
class Setting:
    """How somebody is told of a kind."""

    in_app: bool
    mail: MailPace

    @property
    def is_silent(self) -> bool:
        """Whether they are told nowhere."""
        return not self.in_app and self.mail is MailPace.NEVER


DEFAULTS: Mapping[NotificationKind, Setting] = MappingProxyType(
    {
        NotificationKind.COMMENT_REPLY: Setting(in_app=True, mail=MailPace.DAILY),
        # A like asks for no answer: no mail unless somebody wants it.
        NotificationKind.COMMENT_LIKE: Setting(in_app=True, mail=MailPace.NEVER),
        NotificationKind.FRIEND_REQUEST: Setting(in_app=True, mail=MailPace.DAILY),
        NotificationKind.FRIEND_ACCEPTED: Setting(in_app=True, mail=MailPace.DAILY),
        NotificationKind.SHARE: Setting(in_app=True, mail=MailPace.DAILY),
        NotificationKind.ORDER: Setting(in_app=True, mail=MailPace.DAILY),
        # The result comes by a mail of its own.
        NotificationKind.CONTEST: Setting(in_app=True, mail=MailPace.NEVER),
        NotificationKind.PAGE_COMMENT: Setting(in_app=True, mail=MailPace.NEVER),
        NotificationKind.MODERATION: Setting(in_app=True, mail=MailPace.NEVER),
    }
)
"""Every kind, in the order in which settings and digests show them."""
STAFF_KINDS = frozenset({NotificationKind.PAGE_COMMENT, NotificationKind.MODERATION})
"""What is told to those who work on a page."""
