"""What somebody was told of a person with whom they have to do no more: after a block neither reads of the other."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.notifications.merging import people_of
from shop.notifications.models import Notification
from shop.notifications.queries import list_told_of_people
from shop.notifications.service import count_unread


def forget_person(session: Session, *, account_id: int, name: str) -> None:
    """Take a person's name out of what an account was told, read or not, and remove what tells of nobody else.

    The account's row must be locked. Notifications know people by their names: who is called the same is forgotten
    with them.
    """
    gone: list[int] = []
    for row in list_told_of_people(session, account_id):
        actors = list(row.data.get("actors", ()))
        if name not in actors:
            continue
        others = [one for one in actors if one != name]
        if not others:
            gone.append(row.id)
            continue
        # What is quoted is what the latest of them said.
        said = {"excerpt": ""} if actors[0] == name else {}
        row.data = {**row.data, **said, "actors": others, "people": people_of(row.data) - 1}
    session.flush()
    if gone:
        session.execute(
            delete(Notification).where(Notification.id.in_(gone)).execution_options(synchronize_session=False)
        )
        count_unread(session, account_id)
