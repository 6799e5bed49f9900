"""Which requests are let in: for one of our hosts, and of a reasonable size.

Everything that an answer says of addresses comes from the base of the registry. The
check keeps caches in front of it, and browsers that were told a wrong address for a
right name, from taking it for another site.

**Source:** RFC 9110, sections 7.2 (`Host`), 15.5.14 (413) and 15.5.20 (421);
RFC 9112, section 3.2; RFC 6585, section 5 (431).
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import (
    ContentTooLarge,
    HeadersTooLarge,
    HttpError,
    Misdirected,
    Problems,
)
from registry.errors import BadParameter

HEADERS = 32 * 1024
"""Bytes that the headers of a request, and its address, may have together."""
LINES = 100
"""Headers that a request may have."""
BODY = 21 * 1024**2
"""Bytes that no body may pass; most addresses take less, see `api.body.read`."""

ANY = "*"
"""In the setting `site.hosts`: every host."""


class Admission:
    """Refuses what is not for us, or too large to be looked at.

    Args:
        app: what answers.
        base: whose host is ours.
        hosts: other names and addresses of it, without ports, separated by blanks.
        problems: writes the refusals.
    """

    def __init__(self, app: ASGIApp, base: str, hosts: str, problems: Problems) -> None:
        self.app = app
        self._any = ANY in hosts.split()
        self._hosts = {name_of(urlsplit(base).netloc), *hosts.lower().split()}
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request in, or answers why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, _counted(receive), send)
            return
        request = Request(scope, receive)
        if isinstance(refusal, HttpError):
            response = self._problems.of_refusal(request, refusal)
        else:
            response = self._problems.of_error(request, refusal)
        await response(scope, receive, send)

    def _refusal(self, scope: Scope) -> HttpError | BadParameter | None:
        headers = scope["headers"]
        size = sum(len(name) + len(value) for name, value in headers)
        size += len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if len(headers) > LINES or size > HEADERS:
            return _headers_too_large()
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            return _no_host()
        if not self._any and name_of(hosts[0].decode("latin-1")) not in self._hosts:
            return _misdirected()
        length = next((v for name, v in headers if name == b"content-length"), b"0")
        if len(length) > len(str(BODY)) or (length.isdigit() and int(length) > BODY):
            return _body_too_large()
        return None


def name_of(host: str) -> str:
    """Returns a host without its port, in lower case."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def _counted(receive: Receive) -> Receive:
    """Returns what receives a body, and stops when it is too large for anything."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY:
            raise _body_too_large()
        return message

    return counting


def _misdirected() -> Misdirected:
    return Misdirected(
        {
            "en": "The registry is not at the host that the request names.",
            "bg": "Регистърът не е на хоста, посочен в заявката.",
        }
    )


def _no_host() -> BadParameter:
    return BadParameter(
        "A request has exactly one header Host.",
        "Заявката трябва да има точно една заглавка Host.",
    )


def _headers_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(
        {
            "en": f"A request can have {LINES} headers, of {HEADERS} bytes together "
            "with its address.",
            "bg": f"Заявката може да има {LINES} заглавки, заедно с адреса най-много "
            f"{HEADERS} байта.",
        },
        headers={"Connection": "close"},
    )


def _body_too_large() -> ContentTooLarge:
    return ContentTooLarge(
        {
            "en": f"No body can have more than {BODY} bytes.",
            "bg": f"Никое съдържание не може да надхвърля {BODY} байта.",
        },
        headers={"Connection": "close"},
    )
