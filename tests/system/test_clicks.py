"""How many clicks away everything is, followed as a reader without scripts would."""

from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import httpx
import pytest

from registry.settings import Settings
from registry.wiring import open_registry
from tests.serving import Operator
from tests.website import LANGUAGES

CLICKS = 3
KINDS = (
    *("training-centre", "course", "institution", "service"),
    *("place", "table", "publication", "practice"),
)
"""Kinds of records that people look for."""


class Links(HTMLParser):
    """Gathers where a page leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.found[urldefrag(urljoin(self._page, target)).url] = None


def published(operator: Operator) -> Iterator[str]:
    """Yields what can be looked for, as kind and key."""
    with closing(open_registry(Settings(data=operator.data))) as registry:
        for version in registry.journal.heads():
            head = version.head
            if head.status.public and head.record.kind in KINDS:
                yield str(head.record)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_is_three_clicks_from_home(
    language: str, served: Operator
) -> None:
    """Links alone lead from the first page to every record in three clicks."""
    home = f"{served.base}{language}/"
    wanted = {f"{home}{record}" for record in published(served)}
    reached, pages = {home}, [home]
    with httpx.Client() as client:
        for _ in range(CLICKS):
            following = []
            # Lists have the most links, so they are looked at first.
            for page in sorted(pages, key=lambda page: "/find?" not in page):
                if wanted <= reached:
                    break
                for link in _links(client, page):
                    if link.startswith(home) and link not in reached:
                        reached.add(link)
                        following.append(link)
            pages = following

    assert sorted(wanted - reached) == []


def _links(client: httpx.Client, page: str) -> Iterator[str]:
    answer = client.get(page, headers={"Accept": "text/html"}, follow_redirects=True)
    if "html" in answer.headers.get("Content-Type", ""):
        links = Links(page)
        links.feed(answer.text)
        yield from links.found
