"""A form as a browser reads it from a page, filled in and sent by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from httpx import Response

from tests.api.client import Client
from tests.versions import BASE

PLAIN = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, str]]


@dataclass
class Desk:
    """Somebody with a browser, who is logged in if there is a cookie."""

    client: Client
    cookie: str = ""

    def opens(self, path: str) -> Response:
        """Opens a page by its path, with its language."""
        return self.client.get(f"{BASE}{path}", cookie=self.cookie)

    def reads(self, path: str) -> "Paper":
        """Opens a page with a form."""
        answer = self.opens(path)
        assert answer.status_code == 200, answer.text
        return paper(answer)

    def sends(
        self, paper: "Paper", do: str, *, follow: bool = True, **headers: str
    ) -> Response:
        """Presses a button, and goes where the answer leads."""
        body = urlencode([*paper.pairs, ("do", do)]).encode()
        sent = {"content_type": PLAIN, "cookie": self.cookie} | headers
        answer = self.client.send("POST", paper.action, body, **sent)
        if not follow or answer.status_code != 303:
            return answer
        return self.client.get(answer.headers["location"], cookie=self.cookie)


@dataclass
class Paper:
    """Attributes: where a form is sent, and what stands in it."""

    action: str
    pairs: Pairs = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Returns what stands in the inputs of a name."""
        return [value for other, value in self.pairs if other == name]

    def write(self, name: str, *values: str) -> None:
        """Puts values into the inputs of a name, typed or chosen."""
        at = next((n for n, one in enumerate(self.pairs) if one[0] == name), None)
        kept = [one for one in self.pairs if one[0] != name]
        at = len(kept) if at is None else at
        kept[at:at] = [(name, value) for value in values]
        self.pairs = kept


def paper(answer: Response, kind: str = "entry") -> Paper:
    """Returns the form of a class on a page."""
    reader = _Reader(kind)
    reader.feed(answer.text)
    return Paper(reader.action, reader.pairs)


class _Reader(HTMLParser):
    """Reads the successful controls of one form."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.inside = False
        self.action = ""
        self.pairs: Pairs = []
        self._area: str | None = None
        self._select = ""
        self._first = False

    def handle_starttag(
        self, tag: str, attributes: Sequence[tuple[str, str | None]]
    ) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.inside = found.get("class", "") == self.kind
            self.action = found["action"] if self.inside else self.action
        elif self.inside:
            self._control(tag, found)

    def _control(self, tag: str, found: dict[str, str]) -> None:
        if tag == "input":
            boxes = found.get("type") in ("checkbox", "radio")
            if not boxes or "checked" in found:
                self.pairs.append((found["name"], found["value"]))
        elif tag == "textarea":
            self._area, self._first = found["name"], True
            self.pairs.append((found["name"], ""))
        elif tag == "select":
            self._select = found["name"]
            self.pairs.append((found["name"], ""))
        elif tag == "option" and "selected" in found:
            self.pairs[-1] = (self._select, found["value"])

    def handle_data(self, data: str) -> None:
        if self._area:
            text = data.removeprefix("\n") if self._first else data
            self._first = False
            self.pairs[-1] = (self._area, self.pairs[-1][1] + text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "form":
            self.inside = False
