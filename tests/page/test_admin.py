"""A page's settings and staff: who may, what is kept, what is refused."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.models import Page, Role
from shop.page.queries import find_role, get_page, get_version
from shop.page.service import edit_page
from shop.web.context import Runtime
from tests.factories import make_account, make_page

BrowserOf = Callable[[Account | None], FlaskClient]
Employ = Callable[[Role], Account]
SETTINGS = {
    "name": "Atelier Lumen",
    "tagline": "Des lampes",
    "about": "Un.\n\nDeux.",
    "tagline_other": "Des lampes",
    "about_other": "",
    "accent_color": "#7a4b2a",
    "country": "FR",
    "ships_to": ["FR", "BE"],
    "shipping_amount": "4.90",
    "tax_rate_bp": "20",
    "contact_email": "hello@lumen.example",
}


def _picture(kind: str = "JPEG") -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", (400, 200), "teal").save(target, kind)
    target.seek(0)
    return target


class TestWhoMay:
    """Guests sign in, strangers find nothing, staff without the right are refused."""

    ROOMS = (("settings", "settings", {Role.OWNER, Role.MANAGER}), ("staff", "invitations", {Role.OWNER}))
    """A room, where its form is sent, and who may."""

    @pytest.mark.parametrize("place", ROOMS)
    @pytest.mark.parametrize("role", list(Role))
    def test_is_a_matter_of_the_role(
        self, browser_of: BrowserOf, employ: Employ, place: tuple[str, str, set[Role]], role: Role
    ) -> None:
        room, form, allowed = place
        client = browser_of(employ(role))
        expected = 200 if role in allowed else 403
        assert client.get(f"/en/manage/lumen/{room}").status_code == expected
        assert client.post(f"/en/manage/lumen/{form}", data={}).status_code == (
            422 if role in allowed else 403
        )

    @pytest.mark.parametrize(("room", "form", "_allowed"), ROOMS)
    def test_guests_sign_in_first(
        self, browser_of: BrowserOf, lumen: Page, room: str, form: str, _allowed: set[Role]
    ) -> None:
        answer = browser_of(None).get(f"/en/manage/lumen/{room}")
        assert (answer.status_code, answer.location) == (302, f"/en/sign-in?next=/en/manage/lumen/{room}")
        assert browser_of(None).post(f"/en/manage/lumen/{form}").status_code == 303

    @pytest.mark.parametrize(
        "path", ["settings", "invitations", "staff/1/role", "staff/1/removal", "staff/restoration"]
    )
    def test_the_owner_of_another_page_finds_nothing(
        self, browser_of: BrowserOf, database: Database, lumen: Page, path: str
    ) -> None:
        with database.transaction() as session:
            stranger = make_account(session)
            make_page(session, slug="brume", owner=stranger)
        answer = browser_of(stranger).post(f"/en/manage/lumen/{path}", data={"role": "owner"})
        assert answer.status_code == 404


class TestSettings:
    def test_show_what_is_kept_as_one_types_it(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            edit_page(session, page=lumen, changes={"shipping_amount": 490, "tax_rate_bp": 550})
        client = browser_of(owner)
        french, english = (client.get(f"/{code}/manage/lumen/settings").text for code in ("fr", "en"))
        assert 'value="4,90"' in french
        assert 'value="5,50"' in french
        assert 'value="4.90"' in english

    def test_are_written_with_both_languages(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        answer = browser_of(owner).post(
            "/fr/manage/lumen/settings",
            data={**SETTINGS, "shipping_amount": "5,40 €", "tax_rate_bp": "5,5 %"},
        )
        assert answer.status_code == 303
        with database.reading() as session:
            page = get_page(session, "lumen")
            assert get_version(session, page.id) == 2
        assert (page.name, page.about) == ("Atelier Lumen", "Un.\n\nDeux.")
        assert page.translations == {"fr": {"tagline": "Des lampes"}}
        assert (page.shipping_amount, page.tax_rate_bp, page.ships_to) == (540, 550, ["FR", "BE"])

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"shipping_amount": "free"}, "Enter a price such as 12.50."),
            ({"shipping_amount": "4.999"}, "more decimals"),
            ({"tax_rate_bp": "twenty"}, "Enter a rate such as 20 or 5.5."),
            ({"tax_rate_bp": "51"}, "Enter a rate between 0 and 50 percent."),
            ({"tax_rate_bp": "NaN"}, "Enter a rate such as 20 or 5.5."),
            ({"accent_color": "red"}, "Choose a colour such as"),
            ({"name": ""}, "Give the page a name."),
            ({"contact_email": "lumen"}, "Enter an e-mail address such as"),
        ],
    )
    def test_tell_each_fault_and_keep_what_was_typed(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, change: dict[str, str], told: str
    ) -> None:
        answer = browser_of(owner).post(
            "/en/manage/lumen/settings", data={**SETTINGS, "tagline": "Typed with care", **change}
        )
        assert answer.status_code == 422
        assert told in answer.text
        assert "Typed with care" in answer.text

    def test_tell_of_an_accent_that_white_text_drowns_in(
        self, browser_of: BrowserOf, lumen: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        pale = client.post(
            "/en/manage/lumen/settings", data={**SETTINGS, "accent_color": "#ffd54f"}, follow_redirects=True
        )
        assert "White text is hard to read" in pale.text
        deep = client.post(
            "/en/manage/lumen/settings", data={**SETTINGS, "accent_color": "#0f5e56"}, follow_redirects=True
        )
        assert "White text is hard to read" not in deep.text

    def test_keep_pictures_and_remove_them(
        self, browser_of: BrowserOf, database: Database, runtime: Runtime, lumen: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        files = {"cover": (_picture(), "cover.jpg"), "avatar": (_picture("PNG"), "logo.png")}
        answer = client.post(
            "/en/manage/lumen/settings", data={**SETTINGS, **files}, content_type="multipart/form-data"
        )
        assert answer.status_code == 303
        with database.reading() as session:
            page = get_page(session, "lumen")
        assert page.cover is not None
        assert page.avatar is not None
        assert runtime.files.exists(f"{page.cover['key']}-{page.cover['width']}.webp")
        client.post("/en/manage/lumen/settings", data={**SETTINGS, "remove_cover": "1"})
        with database.reading() as session:
            page = get_page(session, "lumen")
        assert page.cover is None
        assert page.avatar is not None

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"MZ not a picture", "not a JPEG"),
            (b"", "empty"),
        ],
    )
    def test_refuse_what_is_no_picture_and_change_nothing(
        self, browser_of: BrowserOf, database: Database, owner: Account, content: bytes, told: str
    ) -> None:
        with database.transaction() as session:
            make_page(session, slug="brume", owner=owner)
        answer = browser_of(owner).post(
            "/en/manage/brume/settings",
            data={**SETTINGS, "cover": (io.BytesIO(content), "cover.jpg")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 422
        assert told in answer.text
        with database.reading() as session:
            assert get_page(session, "brume").name != "Atelier Lumen"


class TestStaff:
    def test_change_roles_with_effect_at_once(
        self, browser_of: BrowserOf, employ: Employ, lumen: Page, owner: Account
    ) -> None:
        manager = employ(Role.MANAGER)
        theirs = browser_of(manager)
        assert theirs.get("/en/manage/lumen/settings").status_code == 200
        browser_of(owner).post(f"/en/manage/lumen/staff/{manager.id}/role", data={"role": "analyst"})
        assert theirs.get("/en/manage/lumen/settings").status_code == 403

    def test_keep_the_last_owner(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        client = browser_of(owner)
        for path, data in ((f"{owner.id}/role", {"role": "analyst"}), (f"{owner.id}/removal", {})):
            client.post(f"/en/manage/lumen/staff/{path}", data=data)
            assert "A page needs an owner" in client.get("/en/manage/lumen/staff").text
        with database.reading() as session:
            assert find_role(session, lumen.id, owner.id) is Role.OWNER

    def test_are_removed_and_brought_back(
        self, browser_of: BrowserOf, database: Database, employ: Employ, lumen: Page, owner: Account
    ) -> None:
        analyst = employ(Role.ANALYST)
        client = browser_of(owner)
        answer = client.post(f"/en/manage/lumen/staff/{analyst.id}/removal")
        page = client.get(answer.location)
        assert "Analyst no longer works on the page." in page.text
        undo = re.search(r'name="undo" value="([^"]+)"', page.text)
        assert undo is not None
        with database.reading() as session:
            assert find_role(session, lumen.id, analyst.id) is None
        for _ in range(2):
            client.post("/en/manage/lumen/staff/restoration", data={"undo": undo[1]})
            with database.reading() as session:
                assert find_role(session, lumen.id, analyst.id) is Role.ANALYST
        assert "no longer works on the page" not in client.get(answer.location).text

    @pytest.mark.parametrize("undo", ["", "x.y.z"])
    def test_are_not_made_by_a_forged_undo(
        self, browser_of: BrowserOf, lumen: Page, owner: Account, undo: str
    ) -> None:
        client = browser_of(owner)
        assert client.post("/en/manage/lumen/staff/restoration", data={"undo": undo}).status_code == 404
        assert client.get(f"/en/manage/lumen/staff?undo={undo}").status_code == 200

    def test_are_not_made_by_the_undo_of_another_page(
        self, browser_of: BrowserOf, database: Database, runtime: Runtime, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            other = make_page(session, slug="brume")
            ada = make_account(session)
        undo = runtime.signer.sign("staff_removal", [other.id, ada.id, "owner"])
        answer = browser_of(owner).post("/en/manage/lumen/staff/restoration", data={"undo": undo})
        assert answer.status_code == 404

    def test_may_leave_by_themselves(self, browser_of: BrowserOf, employ: Employ, lumen: Page) -> None:
        second_owner = employ(Role.OWNER)
        client = browser_of(second_owner)
        answer = client.post(f"/en/manage/lumen/staff/{second_owner.id}/removal")
        assert answer.location == "/en/manage"
        assert client.get("/en/manage/lumen/staff").status_code == 404

    def test_of_other_pages_are_out_of_reach(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            stranger = make_account(session)
            other = make_page(session, slug="brume", owner=stranger)
        client = browser_of(owner)
        for path, data in ((f"{stranger.id}/role", {"role": "analyst"}), (f"{stranger.id}/removal", {})):
            assert client.post(f"/en/manage/lumen/staff/{path}", data=data).status_code == 404
        with database.reading() as session:
            assert find_role(session, other.id, stranger.id) is Role.OWNER
