"""A browser as readers have it: Chromium of the machine, driven by Playwright.

Every context notes what a reader's browser would complain of, and whom it asks.
Keep a browser to one module: while it is open, its thread has a running event loop.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    WebError,
    sync_playwright,
)

from tests import node, pinned

ROOT = Path(__file__).parents[1]
NARROW = 320
"""Width, in pixels, at which nothing may have to be scrolled sideways.

**Source:** WCAG 2.2, success criterion 1.4.10.
"""
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_WIDE = ViewportSize(width=1280, height=900)
_PATIENCE = 15_000.0
"""Milliseconds that a reader waits for what should come."""
_ENDED = "net::ERR_ABORTED"
"""What becomes of a request when the reader's next one makes it needless."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Runs a browser until the block ends; without one, the test is skipped."""
    program = which("chromium")
    if program is None:
        pinned.missing("There is no chromium here.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Reader:
    """Somebody with a browser.

    Attributes:
        base: of the website; it ends in a slash.
        page: what they look at.
        complaints: of the browser: errors, refusals, failures.
        strangers: other hosts that were asked for anything.
        answers: all that was received.
    """

    base: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def opens(self, path: str) -> int:
        """Opens a page by its path and returns its status."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        return answer.status

    def forgets(self) -> None:
        """Forgets what happened, and turns the screen back."""
        for noted in (self.complaints, self.strangers, self.answers):
            noted.clear()
        self.page.set_viewport_size(_WIDE)

    @property
    def path(self) -> str:
        """Where the reader is, with the query."""
        return self.page.url.removeprefix(self.base)

    def note(self, context: BrowserContext) -> None:
        """Begins to note what happens."""
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        context.on("requestfailed", self._unanswered)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.strangers.append(request.url)

    def _answered(self, answer: Response) -> None:
        self.answers.append(answer)

    def _unanswered(self, request: Request) -> None:
        if request.failure != _ENDED:
            self.complaints.append(f"{request.url}: {request.failure}")


@contextmanager
def reading(
    browser: Browser,
    base: str,
    *,
    language: str = "bg",
    script: bool = True,
    dark: bool = False,
) -> Iterator[Reader]:
    """Gives a reader a fresh browser, without memory of another one's.

    Args:
        browser: that runs.
        base: of the website.
        language: that the reader prefers.
        script: whether scripts run.
        dark: whether the reader prefers light letters on a dark ground.
    """
    context = browser.new_context(
        locale=language,
        java_script_enabled=script,
        viewport=_WIDE,
        color_scheme="dark" if dark else "light",
        # A colour that is still changing is no colour to judge.
        reduced_motion="reduce",
    )
    try:
        context.set_default_timeout(_PATIENCE)
        reader = Reader(base, context.new_page())
        reader.note(context)
        yield reader
    finally:
        context.close()


def transferred(answer: Response) -> int:
    """Returns the bytes of a body as they were sent."""
    return answer.request.sizes()["responseBodySize"]


def sideways(page: Page, direction: str) -> int:
    """Returns by how many pixels a page is wider than a narrow screen.

    Args:
        page: that is open.
        direction: `ltr` or `rtl`, in which the page is then set.
    """
    page.set_viewport_size({"width": NARROW, "height": _WIDE["height"]})
    page.evaluate("to => { document.documentElement.dir = to }", direction)
    wider: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider


class Axe:
    """The rules of axe-core, which judge a page that is open."""

    def __init__(self) -> None:
        found = node.node(ROOT / "api" / "pages" / "assets" / "node.txt")
        packages = node.packages(found, ROOT / "tests" / "system" / "axe")
        self._source = (packages / "axe-core" / "axe.min.js").read_text("utf-8")

    def violations(self, page: Page) -> Sequence[str]:
        """Returns what breaks a rule of WCAG 2.2 AA, in the light and in the dark."""
        # Past the policy of the page, which goes on to hold for the page itself.
        page.evaluate(f"{self._source}\n;0")
        found = _judged(page, {"type": "tag", "values": list(_WCAG)})
        page.emulate_media(color_scheme="dark")
        dark = _judged(page, {"type": "rule", "values": ["color-contrast"]})
        page.emulate_media(color_scheme="light")
        return [*found, *(f"dark: {violation}" for violation in dark)]


def _judged(page: Page, only: Mapping[str, Any]) -> list[str]:
    found: list[str] = page.evaluate(_JUDGE, only)
    return found


_JUDGE = """async (only) => {
  const {violations} = await axe.run({runOnly: only, resultTypes: ["violations"]});
  return violations.flatMap(({id, nodes}) => nodes.map(
    ({html, failureSummary}) => `${id}: ${html}: ${failureSummary}`));
}"""
