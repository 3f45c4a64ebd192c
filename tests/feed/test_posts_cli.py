"""``shop posts import`` tells what it did, in words or as JSON, and changes nothing when asked not to."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from shop.core.db import Database
from shop.feed.importing import MOST_FAULTS
from shop.feed.models import Post, PostCounts, PostDay, PostStatus
from shop.feed.posts_cli import posts_group
from shop.page.models import Page, PageVersion
from tests.factories import make_page

ROWS = (
    "id,type,date,likes,loves,reactions,comments,shares,reach,note",
    "1,photo,2018-04-22 6:00,3,1,4,2,1,100,x",
    "2,opera,2018-04-22 6:00,3,1,4,2,1,100,x",
    "3,video,2018-04-23 23:30,3,0,4,0,0,0,x",
    "4,text,2999-01-01,3,0,3,0,0,0,x",
)


@pytest.fixture
def page(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Page:
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with database.transaction() as session:
        return make_page(session, slug="lumen")


def run(tmp_path: Path, *options: str, rows: tuple[str, ...] = ROWS) -> Result:
    path = tmp_path / "posts.csv"
    path.write_text("\n".join(rows))
    return CliRunner().invoke(posts_group, ["import", str(path), "--page", "lumen", *options])


class TestImportCommand:
    def test_adds_posts_with_their_counts(self, database: Database, page: Page, tmp_path: Path) -> None:
        result = run(tmp_path)
        assert result.exit_code == 0
        assert "2 were added, 0 were there already." in result.stdout
        assert "This kind of post is not known." in result.stdout
        assert "This is in the future." in result.stdout
        assert "Columns that are not kept: note." in result.stdout
        with database.reading() as session:
            first, second = session.scalars(select(Post).order_by(Post.id)).all()
            counts = session.get_one(PostCounts, first.id)
            days = [row.day.day for row in session.scalars(select(PostDay).order_by(PostDay.day))]
            version = session.get_one(PageVersion, page.id)
        assert (first.status, first.import_ref, first.body) == (
            PostStatus.PUBLISHED,
            "1@2018-04-22T06:00",
            "",
        )
        assert (counts.reactions, counts.likes, counts.loves, counts.reach) == (4, 3, 1, 100)
        assert counts.engaged == 7  # interactions stand for who engaged, of whom the file does not tell
        assert days == [22, 23]  # in Paris
        assert version.last_post_at == second.published_at
        assert version.version == 2

    def test_adds_nothing_again(self, database: Database, page: Page, tmp_path: Path) -> None:
        run(tmp_path)
        report = json.loads(run(tmp_path, "--json").stdout)
        assert (report["added"], report["known"], report["posts"]) == (0, 2, 2)
        assert [fault["row"] for fault in report["rejected"]] == [3, 5]
        assert [fault["reason"] for fault in report["uneven"]] == ["The kinds of reactions sum to 3."]

    @pytest.mark.parametrize(
        ("date", "said"),
        [
            ("4/12/2018", "Dates were read as month/day/year."),
            ("13/12/2018", "Dates were read as day/month/year."),
            ("4.12.2018", "Dates were read as day/month/year."),
            ("2018-12-04", None),
        ],
    )
    def test_says_how_it_read_dates_that_may_be_read_in_two_ways(
        self, page: Page, tmp_path: Path, date: str, said: str | None
    ) -> None:
        result = run(tmp_path, "--dry-run", rows=(ROWS[0], f"1,photo,{date},3,1,4,2,1,100,x"))
        assert (said or "1 would be added") in result.stdout
        assert ("Dates were read" in result.stdout) is (said is not None)

    def test_prints_what_stands_in_cells_as_it_is(self, page: Page, tmp_path: Path) -> None:
        result = run(tmp_path, rows=(f"{ROWS[0]},[/i]", "1,[/b],2018-04-22,3,1,4,2,1,100,x,y"))
        assert result.exit_code == 0
        assert "[/b]" in result.stdout
        assert "[/i]" in result.stdout

    def test_keeps_only_the_first_of_very_many_faults(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        if database.engine.dialect.name == "postgresql":
            pytest.skip("the same on both: nothing is written")
        bad = "1,opera,2018-04-22,3,1,4,2,1,100,x"
        report = json.loads(run(tmp_path, "--json", rows=(ROWS[0], *[bad] * (MOST_FAULTS + 5))).stdout)
        assert report["rejected_rows"] == MOST_FAULTS + 5
        assert len(report["rejected"]) == MOST_FAULTS

    def test_changes_nothing_in_a_dry_run(self, database: Database, page: Page, tmp_path: Path) -> None:
        assert "2 would be added" in run(tmp_path, "--dry-run").stdout
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Post)) == 0

    @pytest.mark.parametrize("rows", [("a,b", "1,2"), ("{}",)])
    def test_refuses_a_file_as_a_whole(self, page: Page, tmp_path: Path, rows: tuple[str, ...]) -> None:
        result = run(tmp_path, rows=rows)
        assert result.exit_code == 2
        assert "posts.csv: " in result.stderr

    def test_knows_only_pages_that_there_are(self, page: Page, tmp_path: Path) -> None:
        path = tmp_path / "posts.csv"
        path.write_text("\n".join(ROWS))
        result = CliRunner().invoke(posts_group, ["import", str(path), "--page", "nowhere"])
        assert result.exit_code == 1
        assert "There is no page “nowhere”." in result.stderr
