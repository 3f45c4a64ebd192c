"""What the tests of contests' public pages share: an address, what somebody types, a photo, the draw."""

import datetime as dt
import io

from PIL import Image
from sqlalchemy import select

from shop.contests.closing import draw_contest
from shop.contests.models import ContestEntry
from shop.core.clock import SteppedClock
from tests.contests.contests_house import END, SIGNER, ContestsHouse

TYPED = {
    "name": "Léa Fontaine",
    "email": "lea@example.com",
    "country": "FR",
    "is_old_enough": "1",
    "accepts_rules": "1",
}


def address(house: ContestsHouse, contest_id: int, end: str = "", *, language: str = "en") -> str:
    return f"/{language}/p/{house.page.slug}/contests/{house.contest(contest_id).slug}{end}"


def entries(house: ContestsHouse) -> list[ContestEntry]:
    with house.database.reading() as session:
        return list(session.scalars(select(ContestEntry).order_by(ContestEntry.id)))


def photo(width: int = 300) -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (width, 200), "#b06030").save(content, "JPEG")
    content.seek(0)
    return content


def draw(house: ContestsHouse, contest_id: int, clock: SteppedClock) -> None:
    clock.advance(seconds=(END + dt.timedelta(minutes=2) - clock.now()).total_seconds())
    with house.database.transaction() as session:
        draw_contest(session, contest_id=contest_id, signer=SIGNER, now=clock.now())
