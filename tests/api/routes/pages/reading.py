"""A page as a program sees it: its rows, its links, and its elements."""

from html.parser import HTMLParser

from tests.api.client import Client
from tests.versions import BASE


class Page(HTMLParser):
    """What a page has.

    Attributes:
        rows: the texts of the cells of its tables, row by row.
        links: addresses by the text of the link, below the base.
        elements: names with their attributes.
        text: everything that can be read.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: dict[str, str] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._link = ""
        self._cell = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self._cell = True
            self.rows[-1].append("")
        if tag == "a":
            self._link = str(dict(attrs).get("href"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._cell = False
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data.strip()
        if self._link:
            self.links[data.strip()] = self._link.removeprefix(BASE.rstrip("/"))

    def found(self, element: str, /, **wanted: str) -> list[dict[str, str | None]]:
        """Returns the attributes of the elements that have these."""
        asked = wanted.items()
        return [
            a for name, a in self.elements if name == element and asked <= a.items()
        ]


def page(client: Client, path: str, status: int = 200) -> Page:
    """Returns a page as a browser gets it."""
    answer = client.get(path, accept="text/html")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)
