"""What programs send and are sent at the desk: small JSON objects, and parameters."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import body
from api.caching import UNSTORED
from api.negotiation import Offer
from api.problems import UnsupportedMediaType
from registry import documents
from registry.errors import BadParameter, NotFound

JSON = Offer("json", "application/json")

READ = {
    JSON.media_type: documents.JSON_LD,
    **{media_type: media_type for media_type in documents.MEDIA_TYPES},
}
"""What a document may be sent as, and what it is read as."""

COUNTED = re.compile(r"[1-9][0-9]{0,15}\Z")
"""A number from 1 on."""

NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")
"""A number from 0 on."""

Members = Mapping[str, Any]


def media_type(request: Request) -> str:
    """Returns what a body is read as.

    Raises:
        UnsupportedMediaType: it is of another type.
    """
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in READ:
        offer = ", ".join(READ)
        raise UnsupportedMediaType(
            {
                "en": f"A document may be of the types {offer}.",
                "bg": f"Документът може да е от типовете {offer}.",
            },
            headers={"Accept-Post": offer},
        )
    return READ[sent]


async def members(
    request: Request, names: Sequence[str], *, lists: Sequence[str] = ()
) -> Members:
    """Returns the members of the JSON object in the body; an empty body has none.

    Raises:
        BadParameter: there is another member, or one of another type.
    """
    sent = await body.read(request, documents.SIZE)
    if not sent.strip():
        return {}
    if media_type(request) != documents.JSON_LD:
        raise UnsupportedMediaType(
            {"en": "The body is a JSON object.", "bg": "Тялото е обект на JSON."}
        )
    found = documents.read_object(sent)
    for name, value in found.items():
        wanted = list if name in lists else str
        if name not in (*names, *lists) or not isinstance(value, wanted):
            allowed = ", ".join((*names, *lists))
            raise BadParameter(
                f"The body cannot have “{name[:100]}” like that; it has: {allowed}.",
                f"Тялото не може да съдържа „{name[:100]}“ така; в него има: "
                f"{allowed}.",
                extra={"parameter": name[:100]},
            )
    return found


def number(request: Request) -> int:
    """Returns the number of a submission in the address.

    Raises:
        NotFound: it cannot be one.
    """
    text = request.path_params["number"]
    if not COUNTED.match(text):
        raise NotFound("There is no such submission.", "Няма такова предложение.")
    return int(text)


def matched(
    pattern: re.Pattern[str], value: str, name: str, allowed: str, allowed_bg: str
) -> int:
    """Returns a number that a parameter gives.

    Raises:
        BadParameter: it is none.
    """
    if not pattern.match(value):
        raise bad(name, allowed, allowed_bg)
    return int(value)


def bad(name: str, allowed: str, allowed_bg: str) -> BadParameter:
    """Returns the refusal of a value, which says what it can be."""
    return BadParameter(
        f"“{name}” can be: {allowed}.",
        f"„{name}“ може да бъде: {allowed_bg}.",
        extra={"parameter": name},
    )


def answer(
    document: object,
    status: int = 200,
    *,
    location: str | None = None,
    link: str | None = None,
) -> Response:
    """Returns an answer that nobody may keep.

    Args:
        document: what is told.
        status: of the answer.
        location: address of what was made.
        link: value of the header `Link`.
    """
    headers = {"Content-Type": JSON.content_type, "Cache-Control": UNSTORED}
    if location is not None:
        headers["Location"] = location
    if link is not None:
        headers["Link"] = link
    sent = json.dumps(document, ensure_ascii=False).encode()
    return Response(sent, status, headers=headers)
