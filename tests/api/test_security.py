from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from httpx import Response as Answer
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.cookies import Cookies
from api.headers import PublicHeaders
from api.pace import Pace
from api.pages.site import SitePages
from api.problems import HttpError, Problems
from api.routes.pages.website import Website
from api.security import FIELDS, FORM_SIZE, Guard
from registry.access import Access
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.errors import RegistryError
from registry.journal import sql
from registry.people import Person
from registry.wiring import now
from tests.api.client import Client
from tests.versions import BASE

PLAIN = "application/x-www-form-urlencoded"
ORIGIN = BASE.rstrip("/")


@dataclass(frozen=True)
class Doors:
    """Pages and an address for programs that ask who it is."""

    client: Client
    access: Access
    person: Person

    def comes(self) -> str:
        """Logs in: returns the cookie of the session."""
        lines = self.client.get("/en/desk/comes").headers.get_list("set-cookie")
        return min(lines).partition(";")[0]

    def opened(self, cookie: str = "") -> tuple[str, str]:
        """Opens the form: returns the cookie that goes with it, and its `csrf`."""
        answer = self.client.get("/en/desk/form", cookie=cookie)
        line = answer.headers.get("set-cookie", cookie)
        return line.partition(";")[0], answer.text

    def sends(self, cookie: str, csrf: str, /, **headers: str) -> Answer:
        """Sends the form."""
        body = urlencode({"name": "Мария", "csrf": csrf}).encode()
        sent = {"origin": ORIGIN, "content_type": PLAIN, "cookie": cookie} | headers
        return self.client.send("POST", "/en/desk/form", body, **sent)


def _website(pages: SitePages, guard: Guard, person: Person) -> Website:
    website = Website(pages)

    def who(request: Request, language: str) -> Response:
        return PlainTextResponse(f"{language} {guard.required(request).name}")

    def shown(request: Request, language: str) -> Response:
        assert language
        return PlainTextResponse(guard.csrf(request))

    async def sent(request: Request, language: str) -> Response:
        form = await guard.form(request, files=1)
        await form.close()
        return PlainTextResponse(f"{language} {form['name']}")

    def comes(request: Request, language: str) -> Response:
        guard.enter(request, person.actor)
        return PlainTextResponse(language)

    def goes(request: Request, language: str) -> Response:
        guard.leave(request)
        return PlainTextResponse(language)

    website.add("/desk/who", who)
    website.add("/desk/form", shown)
    website.add("/desk/form", sent, methods=["POST"])
    website.add("/desk/comes", comes)
    website.add("/desk/goes", goes)
    return website


def _application(access: Access, person: Person, base: str) -> FastAPI:
    pages = SitePages.load(base)
    pace = Pace(person=2, organisation=3)
    guard = Guard(access, base, tuple(pages.languages), pace)
    app = FastAPI()
    _website(pages, guard, person).mount(app)

    def program(request: Request) -> Response:
        return PlainTextResponse(guard.required(request, Scope.SUBMIT).name)

    def sender(request: Request) -> Response:
        return PlainTextResponse(guard.sender(request, Scope.SUBMIT).name)

    app.add_api_route("/submissions/who", program, methods=["GET"])
    app.add_api_route("/submissions/send", sender, methods=["POST"])
    problems = Problems(base, pages)
    app.add_exception_handler(RegistryError, problems.of_error)
    app.add_exception_handler(HttpError, problems.of_refusal)
    app.add_middleware(Cookies, secure=base.startswith("https:"))
    app.add_middleware(PublicHeaders, secure=False)
    return app


def _doors(folder: Path, base: str) -> Iterator[Doors]:
    with closing(sql.create(folder / "journal.sqlite", base, now)) as journal:
        accounts = SqlAccounts(journal.engine, now)
        account = replace(accounts.enrol("m@one.example", "bg"), name="Maria")
        accounts.change(account)
        directory = SqlDirectory(journal.engine)
        person = directory.person(account.actor)
        assert person is not None
        access = Access(SqlKeys(journal.engine, now), directory, now)
        with Client(_application(access, person, base)) as client:
            yield Doors(client, access, person)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """On a machine of one's own, without HTTPS."""
    yield from _doors(tmp_path_factory.mktemp("doors"), BASE)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """On the network."""
    base = "https://registry.example/"
    yield from _doors(tmp_path_factory.mktemp("secure"), base)


def test_a_session_is_in_a_cookie_for_this_host_alone(secure: Doors) -> None:
    """Over HTTPS its name makes browsers insist on that."""
    answer = secure.client.get("/en/desk/comes")

    session, visit = sorted(answer.headers.get_list("set-cookie"))
    assert visit == "__Host-visit=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
    cookie, *attributes = session.split("; ")
    assert cookie.startswith("__Host-session=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]
    assert secure.client.get("/en/desk/who", cookie=cookie).text == "en Maria"


def test_without_https_cookies_have_plain_names(doors: Doors) -> None:
    """A browser would refuse the other ones."""
    cookie = doors.comes()

    assert cookie.startswith("session=")


def test_a_page_sends_strangers_to_log_in_and_back(doors: Doors) -> None:
    """With all that was asked for."""
    answer = doors.client.get("/en/desk/who?a=1&b=%D0%B0", accept="text/html")

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{BASE}en/account/login?next=%2Fen%2Fdesk%2Fwho%3Fa%3D1%26b%3D%25D0%25B0"
    )
    assert answer.headers["cache-control"] == "no-store"


def test_logging_in_again_ends_the_session_before(doors: Doors) -> None:
    """A cookie that somebody else knows is worth nothing afterwards."""
    cookie = doors.comes()

    doors.client.get("/en/desk/comes", cookie=cookie)

    assert doors.client.get("/en/desk/who", cookie=cookie).status_code == 303


def test_leaving_ends_the_session_here_and_in_the_browser(doors: Doors) -> None:
    """The cookie is removed, and would not work either."""
    cookie = doors.comes()

    answer = doors.client.get("/en/desk/goes", cookie=cookie)

    assert min(answer.headers.get_list("set-cookie")).startswith("session=; ")
    assert doors.client.get("/en/desk/who", cookie=cookie).status_code == 303


def test_programs_are_known_by_their_token_alone(doors: Doors) -> None:
    """A cookie opens nothing there, and a token opens no page."""
    cookie = f"session={doors.access.enter(doors.person.actor)}"
    token = doors.access.issue(doors.person, "t", [Scope.SUBMIT], 30)
    bearer = f"Bearer {token}"

    refused = doors.client.get("/submissions/who", cookie=cookie)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="registry"'
    assert doors.client.get("/en/desk/who", authorization=bearer).status_code == 303
    known = doors.client.get("/submissions/who", authorization=bearer)
    assert (known.status_code, known.text) == (200, "Maria")


@pytest.mark.parametrize(
    "header", ["Bearer intg_x", "Basic bTptb3VzZQ==", "Bearer", ""]
)
def test_what_is_no_token_lets_no_program_in(doors: Doors, header: str) -> None:
    """Each is refused as if nothing had been sent."""
    answer = doors.client.get("/submissions/who", authorization=header)

    assert answer.status_code == 401
    assert answer.json()["type"] == f"{BASE}problems/unauthenticated"


def test_a_token_of_another_scope_is_refused(doors: Doors) -> None:
    """The answer names the scope that is lacking."""
    token = doors.access.issue(doors.person, "t", [Scope.REVIEW], 30)

    answer = doors.client.get("/submissions/who", authorization=f"Bearer {token}")

    assert answer.status_code == 403
    assert answer.json()["scope"] == "submit"


def test_who_sends_too_much_has_to_wait(doors: Doors) -> None:
    """The answer says how long."""
    token = doors.access.issue(doors.person, "t", [Scope.SUBMIT], 30)
    header = f"Bearer {token}"
    sent = [
        doors.client.send("POST", "/submissions/send", b"", authorization=header)
        for _ in range(3)
    ]

    assert [answer.status_code for answer in sent] == [200, 200, 429]
    assert int(sent[-1].headers["retry-after"]) in range(1, 61)


def test_no_other_site_may_read_answers_to_people(doors: Doors) -> None:
    """Neither pages nor programs' addresses are opened to other origins."""
    for path in ("/en/desk/form", "/bg/desk/who", "/submissions/who"):
        headers = doors.client.get(path, origin="https://evil.example").headers
        assert "access-control-allow-origin" not in headers
        preflight = doors.client.send(
            "OPTIONS",
            path,
            origin="https://evil.example",
            access_control_request_method="POST",
        )
        assert not [name for name in preflight.headers if name.startswith("access-")]


def test_a_form_of_a_stranger_is_bound_to_the_browser(doors: Doors) -> None:
    """It is accepted with its cookie and its field, from our own pages."""
    cookie, csrf = doors.opened()

    assert cookie.startswith("visit=")
    assert doors.sends(cookie, csrf).text == "en Мария"
    assert doors.opened(cookie) == (cookie, csrf)


def test_a_form_of_a_person_is_bound_to_the_session(doors: Doors) -> None:
    """That of another session is refused, however good it is there."""
    mine = f"session={doors.access.enter(doors.person.actor)}"
    other = f"session={doors.access.enter(doors.person.actor)}"
    cookie, csrf = doors.opened(mine)

    assert cookie == mine
    assert doors.sends(mine, csrf).status_code == 200
    assert doors.sends(other, csrf).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"cookie": ""},
        {"cookie": "visit=short"},
        {"cookie": "visit=" + "x" * 43},
    ],
)
def test_a_form_that_another_site_sends_is_refused(
    doors: Doors, headers: dict[str, str]
) -> None:
    """Even with the right field, if anything speaks against it."""
    cookie, csrf = doors.opened()

    answer = doors.sends(cookie, csrf, **headers)

    assert answer.status_code == 403
    assert answer.json()["type"] == f"{BASE}problems/forged"


@pytest.mark.parametrize("csrf", ["", "x", "0" * 64, "я" * 64])
def test_a_form_without_its_field_is_refused(doors: Doors, csrf: str) -> None:
    """A field that is empty, or made up, is none."""
    cookie, _ = doors.opened()

    assert doors.sends(cookie, csrf).status_code == 403


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (PLAIN, b"a=" + b"x" * FORM_SIZE, 413),
        (PLAIN, b"&".join([b"a=1"] * (FIELDS + 1)), 400),
        (PLAIN, b"a=%ff", 400),
        (PLAIN, "a=я".encode(), 400),
        (PLAIN, b"", 403),
        ("multipart/form-data", b"--x--", 400),
        ("multipart/form-data; boundary=x", b"nonsense", 400),
        ("application/json", b"{}", 415),
        ("text/plain", b"csrf=1", 415),
        ("", b"csrf=1", 415),
    ],
)
def test_a_form_that_is_none_is_refused(
    doors: Doors, kind: str, body: bytes, status: int
) -> None:
    """Too long, too many fields, damaged, or of another type."""
    cookie, _ = doors.opened()

    answer = doors.client.send(
        "POST", "/en/desk/form", body, cookie=cookie, content_type=kind, origin=ORIGIN
    )

    assert answer.status_code == status


def _multipart(csrf: str, files: int) -> bytes:
    file = (
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\na,b\r\n"
    )
    fields = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf", csrf), ("name", "Мария"))
    )
    return "".join([*fields, file * files, "--x--\r\n"]).encode()


@pytest.mark.parametrize(("files", "status"), [(0, 200), (1, 200), (2, 400)])
def test_a_form_with_files(doors: Doors, files: int, status: int) -> None:
    """As many as the page takes, and checked like any other form."""
    cookie, csrf = doors.opened()

    answer = doors.client.send(
        "POST",
        "/en/desk/form",
        _multipart(csrf, files),
        cookie=cookie,
        content_type="multipart/form-data; boundary=x",
        origin=ORIGIN,
    )

    assert answer.status_code == status


def test_answers_with_a_secret_are_neither_kept_nor_compressed(doors: Doors) -> None:
    """Neither by the browser nor by anything on the way."""
    cookie = f"session={doors.access.enter(doors.person.actor)}"

    answer = doors.client.get("/en/desk/form", cookie=cookie, accept_encoding="gzip")

    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers
    assert doors.client.get("/en/desk/form").headers["cache-control"] == "no-store"
