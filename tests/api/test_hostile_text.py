"""Texts that want to be more than text, through every page and every form."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from httpx import Response
from starlette.routing import Mount, Route

from api import cookies
from api.application import application
from api.security import FIELD
from registry.directory.accounts import SqlAccounts
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from tests.api.client import Client
from tests.api.conftest import build, publish
from tests.api.deskwork import PRACTICE, TOWN, Desk, Visitor
from tests.versions import BASE, concept, place

MARK = "zq9"
"""Is in every hostile text, so that it is found wherever it comes out."""
TEXTS = (
    f'=HYPERLINK("http://evil.example","{MARK}")',
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f"</script><script>{MARK}()</script>",
    f"</textarea></title></style><iframe srcdoc={MARK}>",
    f"<!--{MARK}--><b>",
    f"javascript:{MARK}()",
    f"{{{{7*7}}}}{MARK}${{7*7}}",
    f'" onfocus={MARK}() autofocus x="',
)
ALL = " ".join(TEXTS)
EXECUTED = "49zq949"

KEYS = {
    "institution": "bad",
    "training-centre": "bad",
    "course": "bad",
    "service": "bad",
    "publication": "bad",
    "practice": "bad",
    "dataset": "bad",
    "place": "bad",
    "scheme": "bad",
}
"""A hostile record of each kind."""


@dataclass
class Form:
    """A form of a page: where it is sent, and what stands in it."""

    action: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, text: str) -> list[tuple[str, str]]:
        """Returns what is sent, with the text wherever one can type."""
        return [
            (name, value if kind in {"hidden", "chosen"} else text)
            for name, kind, value in self.fields
        ]


SHEETS = ("institution", "training-centre", "course", "publication")
"""Kinds whose records people take home as sheets."""
LEAVING = ("logout", "erase", "/account/oidc")
"""Parts of addresses of forms after which there is nobody left."""
OPEN = ("/sparql", "/report", "/confirm")
"""Pages with forms that borrow no authority, so that they need no token."""


class Page(HTMLParser):
    """What a browser makes of a page, as far as it could do harm; and its forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.harm: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.harm += [
            f"{tag} {name}={value}"
            for name, value in found.items()
            if name.startswith("on")
            or name in {"srcdoc", "style", "autofocus"}
            or (MARK in name)
            or (
                name in {"href", "src", "action", "formaction"}
                and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
            )
        ]
        if tag in {"iframe", "object", "embed", "base"} or MARK in tag:
            self.harm.append(tag)
        if tag == "script" and not ("src" in found or "json" in found.get("type", "")):
            self.harm.append("inline script")
        self._note(tag, found)

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.harm.append(f"comment {data}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _note(self, tag: str, found: dict[str, str]) -> None:
        if tag == "form" and found.get("method", "").lower() == "post":
            self._open = Form(found.get("action", ""))
            self.forms.append(self._open)
        if self._open is None or not found.get("name"):
            return
        kind = found.get("type", "text")
        if tag in {"select", "button"} or kind in {"checkbox", "radio", "submit"}:
            kind = "chosen"
        if tag in {"input", "textarea", "button"}:
            value = found.get("value", "")
            self._open.fields.append((found["name"], kind, value))


@dataclass(frozen=True)
class House:
    """A registry full of hostile text, and somebody who may go everywhere."""

    desk: Desk
    person: Person
    paths: Sequence[str]

    @property
    def visitor(self) -> Visitor:
        """Somebody who has just logged in: forms may have ended other sessions."""
        secret = self.desk.sample.access.enter(self.person.actor)
        return Visitor(self.desk.client, self.person, f"{cookies.SESSION}={secret}")

    def forms(self) -> Iterator[tuple[str, int]]:
        """Yields the place of every form: the path of its page, and its number."""
        for path in self.paths:
            for number, form in enumerate(Page(self.visitor.get(path).text).forms):
                if not any(part in form.action for part in LEAVING):
                    yield path, number

    def checked(self, path: str, answer: Response) -> list[str]:
        """Returns the harm that a page could do."""
        if "html" not in answer.headers.get("content-type", ""):
            assert answer.headers["x-content-type-options"] == "nosniff"
            return []
        found = Page(answer.text).harm
        if EXECUTED in answer.text:
            found.append("a template inside of a text")
        return [f"{path}: {harm}" for harm in found]


def _documents() -> Iterator[tuple[str, dict[str, object]]]:
    name = {"bg": ALL, "en": ALL}
    contact = {
        "id": f"{BASE}id/institution/bad#contact",
        "type": "ContactPoint",
        "email": "a@b.example",
        "telephone": ALL,
    }
    yield (
        "scheme/bad",
        {
            "type": "ConceptScheme",
            "title": name,
            "description": name,
            "concepts": [
                {
                    "id": concept("bad", "x"),
                    "type": "Concept",
                    "notation": ALL,
                    "name": name,
                }
            ],
        },
    )
    yield "place/bad", {"type": "Location", "name": name}
    yield (
        "institution/bad",
        {
            "type": "Organization",
            "name": name,
            "description": name,
            "location": place("bad"),
            "state": concept("bad", "x"),
            "serviceKind": [concept("bad", "x")],
            "homepage": ["https://x.example/"],
            "contact": contact,
        },
    )
    yield "training-centre/bad", {"type": "Organization", "name": name}
    yield (
        "course/bad",
        {
            "type": "Course",
            "title": name,
            "description": name,
            "taughtLanguage": [concept("bad", "x")],
        },
    )
    yield "service/bad", {"type": "PublicService", "name": name, "description": name}
    yield (
        "publication/bad",
        {
            "type": "Publication",
            "title": name,
            "description": name,
        },
    )
    yield "practice/bad", {**PRACTICE, "title": name, "description": name}
    yield "dataset/bad", {"type": "Dataset", "title": name, "description": name}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    sample = build(tmp_path_factory.mktemp("house"))
    for record, document in _documents():
        publish(sample.journal, record, document)
    sample.directory.found(Organisation(TOWN, {"bg": ALL, "en": ALL}))
    for kind in SHEETS:
        sample.directory.assign(RecordId(kind, KEYS[kind]), TOWN)
    app = application(sample, close=lambda: None)
    with Client(app) as client:
        desk = Desk(sample, client)
        kim = desk.comes(
            "Kim", **{KEEPER: Role.ADMINISTRATOR, TOWN: Role.ADMINISTRATOR}
        )
        accounts = SqlAccounts(sample.journal.engine, sample.clock)
        account = accounts.find(kim.person.actor)
        assert account is not None
        accounts.change(replace(account, name=ALL))
        author = desk.contributor()
        hostile = {"bg": ALL, "en": ALL}
        document = {**PRACTICE, "title": hostile, "description": hostile}
        made = desk.hand_in(author, "bad2", document, reason=TEXTS[0])
        paths = [
            mount.path + _filled(route.path, made.number)
            for mount in app.routes
            if isinstance(mount, Mount) and mount.path == "/en"
            for route in mount.routes
            if isinstance(route, Route) and "GET" in (route.methods or ())
        ]
        yield House(desk, kim.person, paths)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()


def _filled(pattern: str, number: int) -> str:
    kind = pattern.split("/")[1]
    key = {"desk": "bad", "catalogue": "dataset.bad"}.get(kind, "bad")
    path = pattern.replace("{number}", str(number)).replace("{kind}", "practice")
    return re.sub(r"\{\w+\}", key, path)


QUERIES = (
    *("q", "kind", "place", "service", "language", "title", "record", "about", "next"),
    *("query", "gap", "person", "organisation", "after", "chart"),
)


def test_no_page_runs_what_a_record_says(house: House) -> None:
    """Whatever stands in records, names and submissions is text and stays text."""
    harm, seen, visitor = [], 0, house.visitor
    for path in house.paths:
        answer = visitor.get(path)
        assert answer.status_code < 500, path
        seen += MARK in answer.text
        harm += house.checked(path, answer)

    print(f"\n{len(house.paths)} pages, {seen} with hostile text, {len(harm)} harmed")
    assert harm == []
    assert seen > 25


def test_no_page_runs_what_an_address_says(house: House) -> None:
    """The same for what stands in an address, as a part of it or as a parameter."""
    harm, visitor = [], house.visitor
    for text in (*TEXTS, ALL):
        for path in ("/en/", "/en/institution/", "/en/desk/", "/en/problems/"):
            answer = house.desk.client.get(path + quote(text), accept="text/html")
            harm += house.checked(path, answer)
    asked = urlencode(dict.fromkeys(QUERIES, ALL))
    for path in house.paths:
        answer = visitor.get(f"{path}?{asked}")
        assert answer.status_code < 500, path
        harm += house.checked(path, answer)

    assert harm == []


def test_every_form_wants_its_token(house: House) -> None:
    """Without it, or with that of another browser, no form does anything."""
    refused = 0
    for path, number in house.forms():
        visitor = house.visitor
        form = Page(visitor.get(path).text).forms[number]
        pairs = [pair for pair in form.filled("x") if pair[0] != FIELD]
        if len(pairs) == len(form.fields):
            assert any(part in path for part in OPEN), path
            continue
        action = (form.action or path).removeprefix(BASE.rstrip("/"))
        bare = visitor.send_pairs(action, pairs)
        wrong = visitor.send_pairs(action, [*pairs, (FIELD, "0" * 64)])
        assert bare.status_code == wrong.status_code == 403, action
        refused += 1

    assert refused > 10


def test_no_form_runs_what_is_typed(house: House) -> None:
    """Every form of every page, filled in with them, comes back with text."""
    harm, sent = [], 0
    for path, number in list(house.forms()):
        visitor = house.visitor
        forms = Page(visitor.get(path).text).forms
        if number >= len(forms):
            continue  # another form has done its work
        action = (forms[number].action or path).removeprefix(BASE.rstrip("/"))
        answer = visitor.send_pairs(action, forms[number].filled(ALL))
        assert answer.status_code < 500, (path, answer.text)
        if answer.status_code == 303:
            where = answer.headers["location"].removeprefix(BASE.rstrip("/"))
            answer = visitor.get(where)
        sent += 1
        harm += house.checked(f"{path} -> {action}", answer)

    print(f"\n{sent} forms sent, {len(harm)} harmed")
    assert harm == []
    assert sent > 15


@pytest.mark.parametrize(
    "path",
    [
        "/en/desk/audit.csv",
        *(
            f"/{language}/desk/sheets/{kind}/download?format=csv&organisation={TOWN}"
            for language in ("bg", "en")
            for kind in SHEETS
        ),
    ],
)
def test_no_sheet_calculates_what_a_record_says(house: House, path: str) -> None:
    """In files for spreadsheets no cell begins a formula."""
    answer = house.visitor.get(path)

    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert any(MARK in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]
