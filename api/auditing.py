"""The audit trail on its way to a reader: streamed, kept by nobody, never a page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from starlette.responses import Response, StreamingResponse

from api.caching import UNSTORED
from api.negotiation import Offer
from api.rendition import streamed
from api.site import Site
from registry.people import Person
from registry.views.trail import Line, written_csv, written_json

JSON = Offer("json", "application/json")
CSV = Offer("csv", "text/csv")

_WRITTEN: Mapping[Offer, Callable[[Iterable[Line]], Iterator[bytes]]] = (
    MappingProxyType({JSON: written_json, CSV: written_csv})
)

PIECES = 500
"""Lines that are sent at a time."""


def exported(
    site: Site, person: Person, organisation: str, offer: Offer, *, after: int = 0
) -> Response:
    """Returns every change that somebody may audit, as a file.

    Args:
        site: whose changes they are.
        person: who asks.
        organisation: whose records.
        offer: `JSON` or `CSV`.
        after: sequence number of the last change that the reader has.

    Raises:
        NotFound: the organisation is none of the person's business.
        NotAllowed: the person is no reviewer or administrator of it.
    """
    lines = site.registry.auditing.export(person, organisation, after=after)
    return StreamingResponse(
        streamed(_gathered(_WRITTEN[offer](lines))),
        headers={
            "Content-Type": offer.content_type,
            "Content-Disposition": f'attachment; filename="audit.{offer.extension}"',
            "Cache-Control": UNSTORED,
        },
    )


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields many small pieces as few large ones."""
    while gathered := b"".join(islice(pieces, PIECES)):
        yield gathered
