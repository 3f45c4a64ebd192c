"""Light markdown: what people may mark, as safe HTML and as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.feed.marking import plain, render

REL = 'rel="nofollow ugc noopener"'


class TestRender:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("Hello **you** and *me*", "<p>Hello <strong>you</strong> and <em>me</em></p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
            ("# News", "<p><strong>News</strong></p>"),
            ("[here](https://a.fr)", f'<p><a href="https://a.fr" {REL}>here</a></p>'),
            (
                "see https://a.fr/x?b=1.",
                f'<p>see <a href="https://a.fr/x?b=1" {REL}>https://a.fr/x?b=1</a>.</p>',
            ),
            ("(www.a.fr/b_(c))", f'<p>(<a href="https://www.a.fr/b_(c)" {REL}>www.a.fr/b_(c)</a>)</p>'),
        ],
    )
    def test_shows_what_is_marked(self, text: str, html: str) -> None:
        assert render(text) == html

    @pytest.mark.parametrize("marks", [">" * 50, "- " * 50, "> 1. " * 30, ">>\n" + "> " * 4000])
    def test_drops_no_words_however_deep_they_stand(self, marks: str) -> None:
        assert "deep down" in render(f"{marks} deep down")
        assert plain(f"{marks} deep down").endswith("deep down")

    def test_keeps_a_line_of_dashes(self) -> None:
        assert render("-" * 30) == f"<p>{'-' * 30}</p>"

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            '<img src=x onerror="alert(1)">',
            "![a](https://a.fr/b.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html,hi)",
            "<javascript:alert(1)>",
            "`code`\n\n```\ncode\n```\n\n---",
        ],
    )
    def test_lets_nothing_else_through(self, text: str) -> None:
        html = render(text)
        assert not any(
            tag in html for tag in ("<script", "<img", "<code", "<pre", "<hr", 'href="java', 'href="data')
        )

    def test_links_no_address_twice(self) -> None:
        assert render("[https://a.fr](https://b.fr)").count("<a ") == 1

    def test_leaves_an_address_of_a_person_alone(self) -> None:
        assert "<a" not in render("write to me@www.a.fr")

    @given(st.text(alphabet="ab*_[]()<>#!`->&\"'\n :/.htpsw", max_size=80))
    def test_makes_balanced_html_of_anything(self, text: str) -> None:
        html = render(text)
        for tag in ("p", "strong", "em", "a", "ul", "li", "blockquote"):
            assert html.count(f"<{tag}>") + html.count(f"<{tag} ") == html.count(f"</{tag}>")


class TestPlain:
    def test_takes_the_marks_off(self) -> None:
        assert (
            plain("# News\n\n**Two** lamps:\n- [brass](https://a.fr)\n- glass")
            == "News Two lamps: brass glass"
        )

    def test_is_cut_at_a_word(self) -> None:
        assert plain("Bonjour, voici une phrase", 18) == "Bonjour, voici…"

    @given(st.text(max_size=200), st.integers(2, 60))
    def test_is_never_longer_than_asked(self, text: str, limit: int) -> None:
        assert len(plain(text, limit)) <= limit
