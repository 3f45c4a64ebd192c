"""Files of followers in many forms: headers, dates, encodings, who is who, and which rows cannot be taken."""

import datetime as dt
from pathlib import Path

import pytest

from shop.catalog.importing.messages import FileFault
from shop.quality.follower_file import FollowerFile, ImportedFollower, NotFollowers, RowProblem, is_followers

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def read(
    tmp_path: Path, text: str, *, country: str = "FR", encoding: str = "utf-8", secret: str = "s"
) -> list[ImportedFollower | RowProblem]:
    path = tmp_path / "followers.csv"
    path.write_bytes(text.encode(encoding))
    return list(FollowerFile(path, country=country, secret=secret).rows(now=NOW))


def people(rows: list[ImportedFollower | RowProblem]) -> list[tuple[str, str]]:
    return [(one.name, one.since.isoformat()) for one in rows if isinstance(one, ImportedFollower)]


class TestIsFollowers:
    @pytest.mark.parametrize(
        "header",
        [
            ["Name", "Since"], ["Nom complet", "Abonné depuis"], ["username", "timestamp"], ["Vorname", "Nachname", "seit"],
            ["Nombre", "Fecha"], ["E-mail", "Followed At"], ["user_id", "created_at"], ["Nome", "Dal"],
            ["Nom d’utilisateur", "Suivi depuis"], ["Benutzername", "Abonniert am"], ["Name", "Since (local time)"],
            ["Pseudo", "Vous suit depuis le"], ["Name", "Follower seit"], ["Usuario", "Fecha y hora"],
            ["Email Address", "OPTIN_TIME"], ["userName", "followedAt"], ["Nombre", "Te sigue desde"],
        ],
    )  # fmt: skip
    def test_knows_who_and_since_in_many_forms_and_languages(self, header: list[str]) -> None:
        assert is_followers(header)

    @pytest.mark.parametrize(
        "header", [["Name", "City"], ["Since"], ["Handle", "Title", "Price"], ["sku", "name", "created_at"]]
    )
    def test_knows_what_is_none(self, header: list[str]) -> None:
        assert not is_followers(header)


class TestFollowerFile:
    @pytest.mark.parametrize(
        ("date", "since"),
        [
            ("2024-03-12", "2024-03-11T23:00:00+00:00"),
            ("2024-03-12 14:05", "2024-03-12T13:05:00+00:00"),
            ("2024-03-12T14:05:00Z", "2024-03-12T14:05:00+00:00"),
            ("2024-03-12 14:05:00 UTC", "2024-03-12T14:05:00+00:00"),
            ("2024/03/12", "2024-03-11T23:00:00+00:00"),
            ("20240312", "2024-03-11T23:00:00+00:00"),
            ("12/03/2024", "2024-03-11T23:00:00+00:00"),
            ("12.03.2024", "2024-03-11T23:00:00+00:00"),
            ("12 mars 2024", "2024-03-11T23:00:00+00:00"),
            ("1er août 2024", "2024-07-31T22:00:00+00:00"),
            ("12 de marzo de 2024", "2024-03-11T23:00:00+00:00"),
            ("12. März 2024", "2024-03-11T23:00:00+00:00"),
            ("Mar 12, 2024, 2:05 pm", "2024-03-12T13:05:00+00:00"),
            ("March 12th, 2024", "2024-03-11T23:00:00+00:00"),
            ("Tue, 12 Mar 2024 14:05:00", "2024-03-12T13:05:00+00:00"),
            ("12-Mar-2024", "2024-03-11T23:00:00+00:00"),
            ("12/03/2024 à 14h05", "2024-03-12T13:05:00+00:00"),
            ("12.03.2024, 14:05 Uhr", "2024-03-12T13:05:00+00:00"),
            ("2024-03-12 14:05:00+00", "2024-03-12T14:05:00+00:00"),
            ("2024-03-12 14:05:00.123+01", "2024-03-12T13:05:00+00:00"),
            ("2024-03-12 14:05:00 +0000 UTC", "2024-03-12T14:05:00+00:00"),
            ("Tue Mar 12 2024 14:05:00 GMT+0100 (CET)", "2024-03-12T13:05:00+00:00"),
            ("1710252300", "2024-03-12T14:05:00+00:00"),
            ("1710252300000", "2024-03-12T14:05:00+00:00"),
            ("1710252300000000", "2024-03-12T14:05:00+00:00"),
            ("45363", "2024-03-11T23:00:00+00:00"),
            ("45363.586806", "2024-03-12T13:05:00+00:00"),
            ("45363,586806", "2024-03-12T13:05:00+00:00"),
            ("12.03.24", "2024-03-11T23:00:00+00:00"),
            ("13/03/24 14:05", "2024-03-13T13:05:00+00:00"),
            ("3/13/24", "2024-03-12T23:00:00+00:00"),
            ("13/03/99", "1999-03-12T23:00:00+00:00"),
            ("12-Mar-24", "2024-03-11T23:00:00+00:00"),
            ("12/mar/2024", "2024-03-11T23:00:00+00:00"),
            ("Tue Mar 12 14:05:00 +0000 2024", "2024-03-12T14:05:00+00:00"),
            ("2024-03-12 14:05:00 CET", "2024-03-12T13:05:00+00:00"),
            ("2024-03-12 14:05:00 EDT", "2024-03-12T18:05:00+00:00"),
            ("2024-03-12 14:05:00,123", "2024-03-12T13:05:00+00:00"),
            ("20240312T140500Z", "2024-03-12T14:05:00+00:00"),
            ("12/03/2024 2:05 p. m.", "2024-03-12T13:05:00+00:00"),
            ("12.03.2024 14.05", "2024-03-12T13:05:00+00:00"),
            ("2024年3月12日", "2024-03-11T23:00:00+00:00"),
        ],
    )
    def test_reads_dates_in_many_forms(self, tmp_path: Path, date: str, since: str) -> None:
        assert people(read(tmp_path, f'name;since\nLéa;"{date}"\n')) == [("Léa", since)]

    @pytest.mark.parametrize(
        "date", ["24-03-12", "2024-03", "2024-W10-2", "99999", "12345", "100000000", "12 Foo 2024", "1.71E+09", "never"]
    )  # fmt: skip
    def test_takes_no_date_that_might_be_another(self, tmp_path: Path, date: str) -> None:
        rows = read(tmp_path, f"name;since\nLéa;{date}\n")

        assert rows == [RowProblem(2, "since", date, "bad_date")]

    @pytest.mark.parametrize("other", ["Created at", "Date", "timestamp", "Date d’inscription"])
    def test_prefers_the_column_that_says_since_when_they_follow(self, tmp_path: Path, other: str) -> None:
        rows = people(read(tmp_path, f"name;{other};Followed at\nLéa;2010-01-01;2024-03-12T14:05Z\n"))

        assert rows == [("Léa", "2024-03-12T14:05:00+00:00")]

    @pytest.mark.parametrize(
        ("header", "row", "since"),
        [
            ("Name;Date;Time", "Léa;2024-03-12;2:05 PM", "2024-03-12T13:05:00+00:00"),
            ("Name;Time;Date", "Léa;14:05;12.03.2024", "2024-03-12T13:05:00+00:00"),
            ("Nom;Depuis;Heure", "Léa;2024-03-12;14h05", "2024-03-12T13:05:00+00:00"),
            ("Name;Since;Time", "Léa;2024-03-12 14:05;23:59", "2024-03-12T13:05:00+00:00"),
            ("Name;Since;Time", "Léa;1710252300;15:05", "2024-03-12T14:05:00+00:00"),
            ("Name;Time", "Léa;2024-03-12 14:05", "2024-03-12T13:05:00+00:00"),
        ],
    )
    def test_puts_day_and_time_together(self, tmp_path: Path, header: str, row: str, since: str) -> None:
        assert people(read(tmp_path, f"{header}\n{row}\n")) == [("Léa", since)]

    def test_puts_a_name_and_the_family_s_together(self, tmp_path: Path) -> None:
        rows = read(
            tmp_path,
            "Nombre;Apellidos;Fecha\nAna;Ruiz;2024-03-12\nLuis;Ruiz;2024-03-12\nEva Ruiz;Ruiz;2024-03-12\n",
        )

        assert [name for name, _ in people(rows)] == ["Ana Ruiz", "Luis Ruiz", "Eva Ruiz"]
        assert len({one.key for one in rows if isinstance(one, ImportedFollower)}) == 3

    def test_takes_signs_that_turn_text_round_out_of_a_name(self, tmp_path: Path) -> None:
        assert (
            people(read(tmp_path, "name,since\n\u202eevil\u0007 \u200bLéa,2024-03-04\n"))[0][0] == "evil Léa"
        )

    def test_takes_the_order_of_day_and_month_from_the_whole_file(self, tmp_path: Path) -> None:
        rows = people(read(tmp_path, "name,since\nA,03/04/2024\nB,04/25/2024\n"))

        assert [since[:10] for _, since in rows] == ["2024-03-03", "2024-04-24"]

    def test_takes_the_month_first_where_a_page_is_american_and_nothing_tells(self, tmp_path: Path) -> None:
        rows = people(read(tmp_path, "name,since\nA,03/04/2024\n", country="US"))

        assert rows[0][1].startswith("2024-03-04")

    def test_takes_the_zone_that_the_column_names(self, tmp_path: Path) -> None:
        rows = people(read(tmp_path, "name,Since (UTC)\nA,2024-03-04 10:00\n"))

        assert rows[0][1] == "2024-03-04T10:00:00+00:00"

    def test_tells_people_apart_whose_names_share_only_their_latin_letters(self, tmp_path: Path) -> None:
        one, other = read(tmp_path, "name,since\n李 A,2024-03-04\n王 A,2024-03-04\n")

        assert isinstance(one, ImportedFollower)
        assert isinstance(other, ImportedFollower)
        assert one.key != other.key

    def test_takes_no_id_that_a_spreadsheet_shortened(self, tmp_path: Path) -> None:
        rows = read(
            tmp_path, "id,name,since\n1.62E+11,A,2024-03-04\n1.62E+11,B,2024-03-04\n1.62E+11,,2024-03-04\n"
        )

        assert [name for name, _ in people(rows)] == ["A", "B"]
        assert len({one.key for one in rows if isinstance(one, ImportedFollower)}) == 2
        assert rows[2] == RowProblem(4, "", "1.62E+11", "shortened")

    def test_keeps_a_name_on_one_line(self, tmp_path: Path) -> None:
        assert people(read(tmp_path, 'name,since\n"Léa\n Fontaine",2024-03-04\n'))[0][0] == "Léa Fontaine"

    def test_refuses_a_header_without_rows(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault, match="no rows"):
            read(tmp_path, "name,since\n")

    def test_puts_first_and_last_name_together(self, tmp_path: Path) -> None:
        rows = people(read(tmp_path, "Prénom;Nom;Depuis\nLéa;Fontaine;2024-03-12\n", encoding="cp1252"))

        assert rows[0][0] == "Léa Fontaine"

    def test_names_each_row_that_it_cannot_take(self, tmp_path: Path) -> None:
        rows = read(
            tmp_path, "name,since\nA,\nB,soon\nC,2027-01-01\n,2024-01-01\nD,2024-02-30\nE,2024-01-01\n"
        )

        problems = [(one.row, one.value, one.why) for one in rows if isinstance(one, RowProblem)]
        assert problems == [
            (2, "", "no_date"),
            (3, "soon", "bad_date"),
            (4, "2027-01-01", "future"),
            (5, "", "nobody"),
            (6, "2024-02-30", "bad_date"),
        ]
        assert [name for name, _ in people(rows)] == ["E"]

    def test_keeps_no_address_but_a_digest_that_needs_the_secret(self, tmp_path: Path) -> None:
        text = "email,since\nlea@example.com,2024-03-12\n"

        one, other = (read(tmp_path, text, secret=secret)[0] for secret in ("a", "b"))

        assert isinstance(one, ImportedFollower)
        assert isinstance(other, ImportedFollower)
        assert "lea" not in f"{one.name}{one.key}"
        assert one.key != other.key

    def test_knows_somebody_again_by_id_whatever_the_name_and_the_day(self, tmp_path: Path) -> None:
        first = read(tmp_path, "id,name,since\n7,Léa,2024-03-12\n")[0]
        again = read(tmp_path, "id,name,since\n7,Léa Fontaine,2024-03-13\n")[0]

        assert isinstance(first, ImportedFollower)
        assert isinstance(again, ImportedFollower)
        assert first.key == again.key

    def test_refuses_another_kind_of_table(self, tmp_path: Path) -> None:
        with pytest.raises(NotFollowers):
            read(tmp_path, "Handle,Title,Price\nmug,Mug,12\n")
