"""The sentences of notifications, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

import flask_babel

from shop.core.i18n import N_
from shop.notifications.merging import people_of
from shop.notifications.models import MailPace, Notification, NotificationKind

Data = Mapping[str, Any]

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext

KIND_NAMES: Mapping[NotificationKind, str] = {
    NotificationKind.COMMENT_REPLY: N_("Replies to my comments"),
    NotificationKind.COMMENT_LIKE: N_("Likes of my comments"),
    NotificationKind.FRIEND_REQUEST: N_("Friend requests"),
    NotificationKind.FRIEND_ACCEPTED: N_("New friends"),
    NotificationKind.SHARE: N_("What friends share with me"),
    NotificationKind.ORDER: N_("News of my orders"),
    NotificationKind.CONTEST: N_("Contests that I entered"),
    NotificationKind.PAGE_COMMENT: N_("Comments on my pages"),
    NotificationKind.MODERATION: N_("Moderation"),
}
KIND_HELP: Mapping[NotificationKind, str] = {
    NotificationKind.COMMENT_REPLY: N_("Somebody answers a comment of yours."),
    NotificationKind.COMMENT_LIKE: N_("Somebody likes a comment of yours."),
    NotificationKind.FRIEND_REQUEST: N_("Somebody asks to be your friend."),
    NotificationKind.FRIEND_ACCEPTED: N_("Somebody accepts your request."),
    NotificationKind.SHARE: N_("A friend sends you a post or a product."),
    NotificationKind.ORDER: N_("Paid, shipped, refunded. Confirmations of orders come by mail in any case."),
    NotificationKind.CONTEST: N_("One is drawn or cancelled. The result comes by e-mail in any case."),
    NotificationKind.PAGE_COMMENT: N_("Somebody comments on a page that you work on."),
    NotificationKind.MODERATION: N_(
        "Something waits for a decision on a page that you work on, or something you wrote was taken down."
    ),
}
PACE_NAMES: Mapping[MailPace, str] = {
    MailPace.NEVER: N_("Never"),
    MailPace.DAILY: N_("Once a day"),
    MailPace.WEEKLY: N_("Once a week"),
}
ICONS: Mapping[NotificationKind, str] = {
    NotificationKind.COMMENT_REPLY: "speech",
    NotificationKind.COMMENT_LIKE: "heart",
    NotificationKind.FRIEND_REQUEST: "users",
    NotificationKind.FRIEND_ACCEPTED: "users",
    NotificationKind.SHARE: "share",
    NotificationKind.ORDER: "box",
    NotificationKind.CONTEST: "trophy",
    NotificationKind.PAGE_COMMENT: "speech",
    NotificationKind.MODERATION: "warning",
}


def kind_name(kind: NotificationKind) -> str:
    """Return what a kind is called."""
    return gettext(KIND_NAMES[kind])


def kind_help(kind: NotificationKind) -> str:
    """Return when somebody is told of a kind."""
    return gettext(KIND_HELP[kind])


def pace_name(pace: MailPace) -> str:
    """Return what a pace of mails is called."""
    return gettext(PACE_NAMES[pace])


def sentence(row: Notification) -> str:
    """Return what a notification tells, in one sentence without a full stop; plain text, not HTML."""
    return SENTENCES[row.kind](row.data, row.count)


def excerpt(row: Notification) -> str:
    """Return what was said, if the notification quotes anything."""
    return str(row.data.get("excerpt") or row.data.get("text") or "")


def who(data: Data) -> str:
    """Return who did it: "Léa", "Léa and Marc", "Léa and 2 others"."""
    names = [str(name) for name in data.get("actors", ())]
    people = people_of(data)
    if not names:
        return gettext("Somebody")
    if people == 1:
        return names[0]
    if people == 2 and len(names) == 2:  # noqa: PLR2004 - the two are named
        return gettext("%(one)s and %(other)s", one=names[0], other=names[1])
    return ngettext("%(one)s and %(num)s other", "%(one)s and %(num)s others", people - 1, one=names[0])


def _page(data: Data) -> str:
    return str(data.get("page") or "Vitrine")


def _reply(data: Data, _count: int) -> str:
    return ngettext(
        "%(who)s answered your comment on %(page)s", "%(who)s answered your comment on %(page)s",
        people_of(data), who=who(data), page=_page(data),
    )  # fmt: skip


def _like(data: Data, _count: int) -> str:
    return ngettext(
        "%(who)s likes your comment on %(page)s", "%(who)s like your comment on %(page)s",
        people_of(data), who=who(data), page=_page(data),
    )  # fmt: skip


def _friend_request(data: Data, _count: int) -> str:
    return ngettext(
        "%(who)s would like to be your friend", "%(who)s would like to be your friends",
        people_of(data), who=who(data),
    )  # fmt: skip


def _friend_accepted(data: Data, _count: int) -> str:
    return ngettext(
        "%(who)s is now your friend", "%(who)s are now your friends", people_of(data), who=who(data)
    )


def _share(data: Data, _count: int) -> str:
    title = str(data.get("title") or "")
    if not title:
        return ngettext(
            "%(who)s shared something with you", "%(who)s shared something with you",
            people_of(data), who=who(data),
        )  # fmt: skip
    return ngettext(
        "%(who)s shared “%(title)s” with you", "%(who)s shared “%(title)s” with you",
        people_of(data), who=who(data), title=title,
    )  # fmt: skip


ORDER_NEWS: Mapping[str, str] = {
    "paid": N_("Your order %(number)s at %(page)s is paid"),
    "shipped": N_("Your order %(number)s at %(page)s is on its way"),
    "refunded": N_("%(page)s refunded you for order %(number)s"),
}


def _order(data: Data, _count: int) -> str:
    news = ORDER_NEWS.get(str(data.get("event")), N_("There is news of your order %(number)s at %(page)s"))
    return gettext(news, number=str(data.get("number", "")), page=_page(data))


def _page_comment(data: Data, _count: int) -> str:
    return ngettext(
        "%(who)s commented on %(page)s", "%(who)s commented on %(page)s",
        people_of(data), who=who(data), page=_page(data),
    )  # fmt: skip


CONTEST_NEWS: Mapping[str, str] = {
    "won": N_("You won: “%(title)s” of %(page)s"),
    "over": N_("“%(title)s” of %(page)s is drawn: see the result"),
    "cancelled": N_("%(page)s has cancelled “%(title)s”"),
    "photo_refused": N_("Your photo does not take part in “%(title)s” of %(page)s"),
}


def _contest(data: Data, _count: int) -> str:
    news = CONTEST_NEWS.get(str(data.get("event")), N_("There is news of “%(title)s” of %(page)s"))
    return gettext(news, title=str(data.get("title") or ""), page=_page(data))


MODERATION_NEWS: Mapping[str, str] = {
    "removed": N_("Something you wrote on %(page)s was removed"),
    "hidden": N_("Something you wrote on %(page)s is hidden until somebody has looked at it"),
}


def _moderation(data: Data, count: int) -> str:
    event = str(data.get("event"))
    if event in MODERATION_NEWS:
        return gettext(MODERATION_NEWS[event], page=_page(data))
    return ngettext(
        "Something waits for a decision on %(page)s", "%(num)s things wait for a decision on %(page)s",
        count, page=_page(data),
    )  # fmt: skip


SENTENCES: Mapping[NotificationKind, Callable[[Data, int], str]] = {
    NotificationKind.COMMENT_REPLY: _reply,
    NotificationKind.COMMENT_LIKE: _like,
    NotificationKind.FRIEND_REQUEST: _friend_request,
    NotificationKind.FRIEND_ACCEPTED: _friend_accepted,
    NotificationKind.SHARE: _share,
    NotificationKind.ORDER: _order,
    NotificationKind.CONTEST: _contest,
    NotificationKind.PAGE_COMMENT: _page_comment,
    NotificationKind.MODERATION: _moderation,
}
