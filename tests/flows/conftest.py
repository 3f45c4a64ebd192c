"""A real browser against the whole stack: shop and stand-in on two origins."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests.support.stack import Stack, running_stack

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Visitor:
    """Somebody at a browser; what the console complained about is kept in ``complaints``."""

    page: Page
    context: BrowserContext
    has_scripts: bool = True
    complaints: list[str] = field(default_factory=list)

    def check_accessibility(self) -> None:
        """Fail when axe finds a violation on the page at hand."""
        with self._readable_page() as page:
            results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    @contextmanager
    def _readable_page(self) -> Iterator[Page]:
        """The page at hand; where scripts are off, the same document where axe's timers run: there they never would, and axe waits for ever."""
        browser = self.context.browser
        if self.has_scripts or browser is None:
            yield self.page
            return
        url = self.page.url.partition("#")[0]  # a request has no fragment
        document = self.page.content().replace("noscript>", "div>")

        def answer(route: Route) -> None:
            if route.request.url == url:
                route.fulfill(body=document, content_type="text/html; charset=utf-8")
            elif route.request.resource_type == "script":
                route.abort()
            else:
                route.continue_()

        state = self.context.storage_state()
        context = browser.new_context(viewport=self.page.viewport_size, storage_state=state)
        try:
            context.route("**/*", answer)
            page = context.new_page()
            page.goto(url)
            yield page
        finally:
            context.close()

    def check_console(self) -> None:
        """Fail when the console had an error."""
        assert self.complaints == []


@pytest.fixture
def visit(chromium: Browser) -> Callable[..., "contextmanager[Visitor]"]:
    """Return a context manager that opens a browser with no history."""

    @contextmanager
    def open_browser(*, language: str = "en", javascript: bool = True, **viewport: int) -> Iterator[Visitor]:
        context = chromium.new_context(
            viewport=viewport or DESK,
            locale="fr-FR" if language == "fr" else "en-GB",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        visitor = Visitor(page, context, javascript)

        def listen(message: ConsoleMessage) -> None:
            # A page that answers 4xx on purpose is logged as an error of the network, not of the page.
            if message.type == "error" and "the server responded with a status of 4" not in message.text:
                visitor.complaints.append(f"{message.text} ({page.url})")

        page.on("console", listen)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        try:
            yield visitor
        finally:
            context.close()

    return open_browser


@pytest.fixture
def stack(database_url: str, tmp_path: Path) -> Iterator[Stack]:
    """The whole of it over an empty database, once on each engine."""
    with running_stack(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def sqlite_stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """The whole of it over an empty SQLite file."""
    path = tmp_path / "vitrine.db"
    shutil.copy(sqlite_template, path)
    with running_stack(f"sqlite:///{path}", tmp_path) as running:
        yield running
