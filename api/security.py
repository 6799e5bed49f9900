"""Who is asking, and whether a form was sent by that person.

Pages know people by a cookie, and addresses for programs by a token alone: what a
browser sends by itself never changes anything there.

**Source:** RFC 6750 (bearer tokens); Fetch Metadata Request Headers, section 2.3
(`Sec-Fetch-Site`); RFC 6454, section 7 (`Origin`).
"""

import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from api import body, cookies
from api.pace import Pace
from api.pages.addresses import split
from api.problems import UnsupportedMediaType
from registry.access import Access
from registry.credentials import Scope, new_secret
from registry.errors import BadParameter, Forged, Unauthenticated
from registry.people import Person

FIELD = "csrf"
"""The hidden field of every form that is sent by `POST`."""
FORM_SIZE = 512 * 1024
"""Bytes that a form without files may have."""
FIELDS = 3000
"""Fields that a form may have."""

_LEAST = 43
"""Characters that 256 bits have in a cookie."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows people by what their requests bring.

    Attributes:
        access: the sessions and tokens.
        base: of every address.
        languages: tags of the pages.
        pace: of what people send.
    """

    access: Access
    base: str
    languages: Sequence[str]
    pace: Pace

    def person(self, request: Request, scope: Scope = Scope.READ) -> Person | None:
        """Returns who is asking, or `None` if that is not known.

        Args:
            request: of a page, with the cookie of a session, or of an address for
                programs, with a token.
            scope: which a token has to have been made for.

        Raises:
            NotAllowed: the token was made for something else.
        """
        if self.on_page(request):
            secret = self.session_secret(request)
            return self.access.visitor(secret) if secret else None
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        return self.access.bearer(token.strip(), scope)

    def required(self, request: Request, scope: Scope = Scope.READ) -> Person:
        """Returns who is asking.

        A page answers the refusal by sending the reader to log in.

        Raises:
            Unauthenticated: that is not known.
            NotAllowed: the token was made for something else.
        """
        person = self.person(request, scope)
        if person is None:
            raise Unauthenticated(
                "This is for people who are logged in, and for programs that send a "
                "valid token.",
                "Това е достъпно за влезли потребители и за програми, които изпращат "
                "валиден код за достъп.",
            )
        return person

    def sender(self, request: Request, scope: Scope = Scope.READ) -> Person:
        """Returns who sends something that takes time to check, and counts it.

        Raises:
            Unauthenticated: that is not known.
            NotAllowed: the token was made for something else.
            TooMany: that person, or an organisation of theirs, sent too much lately.
        """
        person = self.required(request, scope)
        self.pace.count(person)
        return person

    def csrf(self, request: Request) -> str:
        """Returns the value of the hidden field `csrf` in every form of a page.

        It is bound to the session, or else to a cookie that the answer sets.
        """
        secret = self._bound(request)
        if secret is None:
            secret = cookies.jar(request.scope)[self._name(cookies.VISIT)] = (
                new_secret()
            )
        return _token(secret)

    async def form(
        self, request: Request, *, size: int = FORM_SIZE, files: int = 0
    ) -> FormData:
        """Returns the fields of a form after checking where it comes from.

        One with files is closed, with `close`, by whoever asked for them.

        Args:
            request: whose body is read.
            size: bytes that the body may have.
            files: how many files it may have.

        Raises:
            Forged: another site sent it, or it lacks the right `csrf`.
            ContentTooLarge: it has more bytes.
            BadParameter: it cannot be understood.
            UnsupportedMediaType: it is no form.
        """
        if not self._same_origin(request):
            raise _forged()
        fields = await _fields(request, size, files)
        secret, given = self._bound(request), fields.get(FIELD)
        if secret and isinstance(given, str) and _is_token(given, secret):
            return fields
        await fields.close()
        raise _forged()

    def enter(self, request: Request, actor: str) -> None:
        """Begins a new session in the browser that is asking, in place of any other."""
        self.leave(request)
        cookies.jar(request.scope)[self._name(cookies.SESSION)] = self.access.enter(
            actor
        )

    def leave(self, request: Request) -> None:
        """Ends the session of the browser that is asking."""
        secret = self.session_secret(request)
        if secret:
            self.access.leave(secret)
        for name in (cookies.SESSION, cookies.VISIT):
            cookies.jar(request.scope)[self._name(name)] = ""

    def on_page(self, request: Request) -> bool:
        """Says whether a request is for a page rather than from a program."""
        return split(request.scope["path"], self.languages)[0] is not None

    def session_secret(self, request: Request) -> str | None:
        """Returns the secret of the session that a request names, good or not."""
        return self._cookie(request, cookies.SESSION)

    def _bound(self, request: Request) -> str | None:
        """Returns what forms of this browser are bound to, if it has anything yet."""
        fresh = cookies.jar(request.scope).get(self._name(cookies.VISIT))
        present = self._cookie(request, cookies.VISIT)
        return self.session_secret(request) or fresh or present

    def _cookie(self, request: Request, name: str) -> str | None:
        value = cookies.sent(request.scope).get(self._name(name), "")
        return value if len(value) >= _LEAST else None

    def _name(self, name: str) -> str:
        secure = self.base.startswith("https:")
        return f"{cookies.PREFIX}{name}" if secure else name

    def _same_origin(self, request: Request) -> bool:
        """Says whether no header tells of another site; old browsers send none."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        parts = urlsplit(self.base)
        own = f"{parts.scheme}://{parts.netloc}"
        return site == "same-origin" and request.headers.get("origin", own) == own


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), FIELD.encode(), "sha256").hexdigest()


def _is_token(given: str, secret: str) -> bool:
    return hmac.compare_digest(_token(secret).encode(), given.encode())


def _forged() -> Forged:
    return Forged(
        "It is not certain that you sent this form yourself, so nothing was changed.",
        "Не е сигурно, че Вие сте изпратили този формуляр, затова нищо не беше "
        "променено.",
    )


async def _fields(request: Request, size: int, files: int) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    whole = await body.read(request, size)
    if kind == "application/x-www-form-urlencoded":
        return _plain(whole)
    if kind == "multipart/form-data":
        return await _parts(request, whole, files)
    raise UnsupportedMediaType(
        {
            "en": "A form is read here, as browsers send it.",
            "bg": "Тук се приема формуляр, както го изпращат браузърите.",
        }
    )


def _plain(whole: bytes) -> FormData:
    try:
        pairs = parse_qsl(
            whole.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS,
        )
    except ValueError as error:
        raise _misread() from error
    return FormData([*pairs])


async def _parts(request: Request, whole: bytes, files: int) -> FormData:
    async def stream() -> AsyncIterator[bytes]:
        yield whole

    try:
        parser = MultiPartParser(
            request.headers,
            stream(),  # type: ignore[arg-type] # any iterator of bytes will do
            max_files=files,
            max_fields=FIELDS,
            max_part_size=FORM_SIZE,
        )
        return await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise _misread() from error


def _misread() -> BadParameter:
    return BadParameter(
        "The form cannot be read: it is damaged, or has too many fields.",
        "Формулярът не може да бъде прочетен: повреден е или има твърде много полета.",
    )
