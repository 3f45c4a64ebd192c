"""Files of post metrics are read by their headers, whatever their order, delimiter, encoding and line ends."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_timezone

from shop.catalog.importing.messages import FileFault
from shop.feed.import_dates import Calendar, NoInstant
from shop.feed.importing import ImportedPost, NotMetrics, PostReport, count_rows, read_posts
from shop.feed.models import PostKind

LIVE = (
    "status_id,status_type,status_published,time,num_reactions,num_comments,num_shares,"
    "num_likes,num_loves,num_wows,num_hahas,num_sads,num_angrys"
)
MORO = (
    "Page total likes,Type,Category,Post Month,Post Weekday,Post Hour,Paid,Lifetime Post Total Reach,"
    "Lifetime Post Total Impressions,Lifetime Engaged Users,Lifetime Post Consumptions,comment,like,share,"
    "Total Interactions"
)


def write(tmp_path: Path, *lines: str, end: str = "\n", encoding: str = "utf-8") -> Path:
    path = tmp_path / "posts.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def read(path: Path, **options: object) -> tuple[list[ImportedPost], PostReport]:
    report = PostReport()
    return list(read_posts(path, report=report, **options)), report


class TestReadPosts:
    def test_reads_a_live_sellers_row(self, tmp_path: Path) -> None:
        [post], report = read(
            write(tmp_path, LIVE, "7,video,4/22/2018,6:00,529,512,262,432,92,3,1,1,0", end="\r\n")
        )
        assert (post.row, post.kind, post.is_promoted) == (2, PostKind.VIDEO, None)
        assert post.published_at == dt.datetime(2018, 4, 22, 6, 0, tzinfo=dt.UTC)
        assert post.counts["reactions"] == 529
        assert (post.counts["loves"], post.counts["angries"]) == (92, 0)
        assert post.interactions == 529 + 512 + 262
        assert (report.posts, report.rejected, report.uneven) == (1, [], [])

    def test_reads_metrics_without_dates_with_the_line_ends_of_old_macs(self, tmp_path: Path) -> None:
        lines = (
            MORO,
            "139441,Photo,2,12,4,3,0,2752,5091,178,159,4,79,17,100",
            "139441,Status,2,12,3,10,1,10460,19057,1457,1674,5,130,,135",
            "139441,Link,2,12,3,10,,1,2,3,4,,,,0",
        )
        posts, report = read(write(tmp_path, *lines, end="\r"))
        assert [post.kind for post in posts] == [PostKind.PHOTO, PostKind.TEXT, PostKind.LINK]
        assert [post.is_promoted for post in posts] == [False, True, None]
        assert posts[0].counts["reach"] == 2752
        assert posts[0].counts["clicks"] == 159
        assert [post.interactions for post in posts] == [100, 135, 0]
        assert report.blanks == {"share": 2, "comment": 1, "like": 1, "Paid": 1}
        assert report.unused == ["Page total likes", "Category"]

    def test_takes_columns_in_another_order_and_by_other_names(self, tmp_path: Path) -> None:
        lines = (
            "Shares;Foo;Post Message;Posted;Type;Reactions",
            '3;x;"Bonjour ; là";2018-04-22T06:05:00+0200;Live Video;10',
        )
        [post], report = read(write(tmp_path, *lines, encoding="utf-8-sig"))
        assert post.kind is PostKind.VIDEO
        assert post.published_at == dt.datetime(2018, 4, 22, 4, 5, tzinfo=dt.UTC)
        assert (post.counts["shares"], post.counts["reactions"], post.body) == (3, 10, "Bonjour ; là")
        assert report.unused == ["Foo"]
        assert report.columns["Post Message"] == "body"

    def test_reads_old_western_files(self, tmp_path: Path) -> None:
        lines = ("status_published,likes,message", "1/2/2018 6:00 PM,3,Été à la campagne, n'est-ce pas")
        [post], _ = read(write(tmp_path, lines[0], lines[1].replace(", n", " n"), encoding="cp1252"))
        assert post.body == "Été à la campagne n'est-ce pas"
        assert post.published_at == dt.datetime(2018, 1, 2, 18, 0, tzinfo=dt.UTC)

    def test_knows_days_before_months_by_the_whole_file(self, tmp_path: Path) -> None:
        posts, _ = read(write(tmp_path, "date,time,likes", "03/04/2018,6:00,1", "22/04/2018,6:00,1"))
        assert [post.published_at.month for post in posts] == [4, 4]

    @pytest.mark.parametrize("make", [ZoneInfo, get_timezone])
    def test_takes_times_as_those_of_a_zone(self, tmp_path: Path, make: Callable[[str], dt.tzinfo]) -> None:
        [post], _ = read(write(tmp_path, "date,likes", "7/1/2018 6:00,1"), zone=make("Europe/Paris"))
        assert post.published_at == dt.datetime(2018, 7, 1, 4, 0, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("row", "column", "reason"),
        [
            (
                "1,video,4/22/2018,6:00,-5,0,0,0,0,0,0,0,0",
                "num_reactions",
                "This is not a whole number from 0.",
            ),
            (
                "1,video,4/22/2018,6:00,٣,0,0,0,0,0,0,0,0",
                "num_reactions",
                "This is not a whole number from 0.",
            ),
            (
                "1,video,4/22/2018,6:00,1e9,0,0,0,0,0,0,0,0",
                "num_reactions",
                "This is not a whole number from 0.",
            ),
            (
                f"1,video,4/22/2018,6:00,{'9' * 5000},0,0,0,0,0,0,0,0",
                "num_reactions",
                "This is more than two thousand million.",
            ),
            ("1,opera,4/22/2018,6:00,0,0,0,0,0,0,0,0,0", "status_type", "This kind of post is not known."),
            (
                "1,video,2/30/2018,6:00,0,0,0,0,0,0,0,0,0",
                "status_published",
                "“2/30/2018” is not a day of the calendar.",
            ),
            (
                "1,video,0001-01-01T00:00Z,,0,0,0,0,0,0,0,0,0",
                "status_published",
                "“0001-01-01T00:00Z” is before there were posts.",
            ),
            ("1,video,yesterday,6:00,0,0,0,0,0,0,0,0,0", "status_published", "“yesterday” is not a date."),
            ("1,video,4/22/2018,25:00,0,0,0,0,0,0,0,0,0", "status_published", "“25:00” is not a time."),
            ("1,video,4/22/2018,6:00", "", "The row has 4 cells of 13."),
        ],
    )
    def test_leaves_a_bad_row_out_and_says_why(
        self, tmp_path: Path, row: str, column: str, reason: str
    ) -> None:
        good = "2,photo,4/22/2018,6:00,1,0,0,1,0,0,0,0,0"
        posts, report = read(write(tmp_path, LIVE, row, good))
        assert [post.row for post in posts] == [3]
        [fault] = report.rejected
        assert (fault.row, fault.column, fault.reason) == (2, column, reason)
        assert len(fault.value) <= 80

    def test_keeps_a_row_whose_parts_do_not_sum_and_tells_it(self, tmp_path: Path) -> None:
        [post], report = read(write(tmp_path, LIVE, "1,photo,4/22/2018,6:00,10,0,0,7,1,0,0,0,0"))
        assert (post.counts["reactions"], post.counts["likes"]) == (10, 7)
        [fault] = report.uneven
        assert (fault.row, fault.value, fault.reason) == (2, "10", "The kinds of reactions sum to 8.")

    def test_names_a_post_by_its_id_and_instant_or_by_all_that_is_said(self, tmp_path: Path) -> None:
        numbered, _ = read(write(tmp_path, "id,date,likes", "1,2018-01-01,5", "1,2018-01-02,5"))
        assert [post.ref for post in numbered] == ["1@2018-01-01T00:00", "1@2018-01-02T00:00"]
        plain, _ = read(write(tmp_path, "date,likes", "2018-01-01,5", "2018-01-01,5", "2018-01-01,6"))
        turned, _ = read(write(tmp_path, "likes;date;x", "5;2018-01-01;a"))
        assert len({post.ref for post in plain}) == 3
        assert turned[0].ref == plain[0].ref

    def test_reads_counts_that_another_tool_made_fractions_of(self, tmp_path: Path) -> None:
        [post], _ = read(write(tmp_path, "date,likes,paid", "2018-01-01,5.0,1.0"))
        assert (post.counts["likes"], post.counts["reactions"], post.is_promoted) == (5, 5, True)

    @pytest.mark.parametrize(
        "lines", [("a,b", "1,2"), ("date,title", "2018-01-01,x"), ("likes,month", "1,2")]
    )
    def test_refuses_what_are_no_metrics(self, tmp_path: Path, lines: tuple[str, ...]) -> None:
        with pytest.raises(NotMetrics):
            read(write(tmp_path, *lines))

    def test_refuses_what_is_no_table(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault):
            read(write(tmp_path, "{}"))

    def test_counts_its_rows(self, tmp_path: Path) -> None:
        assert count_rows(write(tmp_path, "date,likes", "2018-01-01,5", "", "x,y")) == 2


class TestCalendar:
    @pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/Sao_Paulo"])
    @pytest.mark.parametrize("make", [ZoneInfo, get_timezone])  # the latter may give zones of pytz
    def test_agrees_with_month_weekday_and_hour(self, zone: str, make: Callable[[str], dt.tzinfo]) -> None:
        calendar = Calendar([12, 1], make(zone))
        for month in range(12, 0, -1):
            for weekday in range(1, 8):
                for hour in range(24):
                    local = calendar.place(month=month, weekday=weekday, hour=hour).astimezone(ZoneInfo(zone))
                    assert (local.year, local.month, local.isoweekday() % 7 + 1, local.hour) == (
                        2014, month, weekday, hour,
                    )  # fmt: skip

    def test_walks_back_through_a_file_that_begins_with_the_newest(self) -> None:
        calendar = Calendar([12, 1], dt.UTC)
        days = [calendar.place(month=12, weekday=day, hour=3).day for day in (4, 3, 3, 2, 1, 7, 6, 5, 4)]
        assert days == [31, 30, 30, 29, 28, 27, 26, 25, 24]

    def test_walks_forward_through_one_that_begins_with_the_oldest(self) -> None:
        calendar = Calendar([1, 12], dt.UTC)
        assert [calendar.place(month=1, weekday=day, hour=3).day for day in (4, 5, 4)] == [1, 2, 8]

    def test_places_a_row_that_is_out_of_order_in_its_month(self) -> None:
        calendar = Calendar([3, 1], dt.UTC)
        calendar.place(month=1, weekday=1, hour=0)
        late = calendar.place(month=2, weekday=7, hour=0)
        assert (late.month, late.isoweekday()) == (2, 6)

    @pytest.mark.parametrize(
        ("month", "weekday", "hour"), [(0, 1, 1), (13, 1, 1), (1, 0, 1), (1, 8, 1), (1, 1, 25)]
    )
    def test_refuses_what_no_year_has(self, month: int, weekday: int, hour: int) -> None:
        with pytest.raises(NoInstant):
            Calendar([1], dt.UTC).place(month=month, weekday=weekday, hour=hour)
