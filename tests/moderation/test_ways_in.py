"""From a person's profile, a share and a page's About one reaches the form of a report."""

import pytest
from flask.testing import FlaskClient

from shop.accounts.profile_models import Profile
from shop.core.db import Database
from tests.factories import START, make_account, make_page
from tests.support.feeds import make_post, share_post
from tests.support.visitors import sign_in


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWaysIn:
    def test_lead_to_a_form_that_opens(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            reader, sharer = make_account(session, name="Petra"), make_account(session, name="Arthur Sharer")
            page = make_page(session, slug="lumen")
            handle = session.get_one(Profile, sharer.id).handle
            share = share_post(session, make_post(session, page, START), sharer, START)
        sign_in(client, reader)
        profile = client.get(f"/en/people/{handle}").get_data(as_text=True)
        about = client.get("/en/p/lumen/about").get_data(as_text=True)
        for html, kind, subject_id in (
            (profile, "person", sharer.id), (profile, "share", share.id), (about, "page", page.id),
        ):  # fmt: skip
            path = f"/en/reports/new?kind={kind}&id={subject_id}"
            assert path.replace("&", "&amp;") in html, kind
            assert client.get(path).status_code == 200
