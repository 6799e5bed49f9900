"""A slice of a table on its way into a format, and out to the reader.

What is small is answered whole. What is large is sent while it is read, and a
failure on the way ends the connection instead of the answer, so that a part is
never taken for the whole.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.negotiation import Offer
from api.reading import Table
from api.slicing import CSV, JSON, PARQUET, SDMX_CSV, XLSX, Fields
from registry.ports import TableRow
from registry.statistics.formats import (
    csv,
    json_rows,
    json_stat,
    parquet,
    sdmx_csv,
)
from registry.statistics.formats.columns import Column, columns
from registry.statistics.labels import Caption, Shown
from registry.statistics.selection import Slice
from registry.statistics.shape import captioned, shaped
from registry.statistics.slices import Cubes
from registry.statistics.structure import Structure

LARGE = 256 * 1024
"""Bytes from which an answer is sent while it is read."""

_SDMX_LABELS = {Shown.CODES: "id", Shown.BOTH: "both"}


Batches = Iterable[Sequence[TableRow]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One slice on its way into a format.

    Attributes:
        headers: those of the answer; some of them are repeated in JSON.
    """

    base: str
    cubes: Cubes
    table: Table
    asked: Fields
    wanted: Slice
    language: str
    headers: Mapping[str, str]

    @property
    def structure(self) -> Structure:
        """What columns its rows have."""
        return shaped(self.table.structure, self.wanted)

    @property
    def caption(self) -> Caption:
        """What is said around them."""
        return captioned(self.table.caption, self.wanted)

    def columns(self) -> tuple[Column, ...]:
        """Returns the columns as they are published."""
        return columns(
            self.structure,
            self.caption,
            self.asked.shown,
            occurring=self._places() if self.asked.switch("places") else None,
        )

    def _places(self) -> Mapping[str, Sequence[str]]:
        # A sum stands for no place, and its code for no key of one.
        return {
            name: list(known.occurring)
            for name, known in self.table.known.items()
            if name not in self.wanted.summed
        }

    def pieces(self, batches: Batches, offer: Offer) -> Iterator[bytes]:
        """Yields the answer's body, piece by piece."""
        if offer is CSV:
            return csv.write(batches, self.columns(), bom=self.asked.switch("bom"))
        if offer is SDMX_CSV:
            return sdmx_csv.write(
                batches,
                self.structure,
                self.caption,
                self.asked.shown,
                language=self.language,
            )
        if offer is JSON:
            return json_rows.write(batches, self.columns(), self._members())
        return iter([self._document(batches, offer)])

    def _members(self) -> Mapping[str, object]:
        members = json_rows.about(self.caption, self.structure)
        if self.wanted.summed:
            members["totals"] = list(self.wanted.summed)
        if "Registry-Total" in self.headers:
            members["total"] = int(self.headers["Registry-Total"])
        following = self.headers["Link"].rpartition(", <")[2]
        if following.endswith('>; rel="next"'):
            members["next"] = following.partition(">")[0]
        return members

    def _document(self, batches: Batches, offer: Offer) -> bytes:
        structure, caption = self.structure, self.caption
        if offer is PARQUET:
            return self.cubes.parquet(
                self.table.parquet,
                self.table.structure,
                self.wanted,
                parquet.metadata(caption, structure),
            )
        if offer is XLSX:
            # Its library takes longer to import than all the others together.
            from registry.statistics.formats import xlsx

            return xlsx.document(
                batches, self.columns(), structure, caption, language=self.language
            )
        return json_stat.document(
            batches,
            structure,
            caption,
            language=self.language,
            href=f"{self.base}tables/{structure.key}/data.{offer.extension}"
            f"{self.asked.query(format=None, download=None)}",
        )


def content_type(offer: Offer, shown: Shown) -> str:
    """Returns the media type of a slice, with the parameters of its format."""
    if offer is CSV:
        return f"{offer.content_type}; header=present"
    if offer is SDMX_CSV:
        labels = _SDMX_LABELS.get(shown, "name")
        return f"{offer.media_type}; version=2.0.0; labels={labels}; charset=utf-8"
    return offer.content_type


def sent(pieces: Iterator[bytes], headers: dict[str, str]) -> Response:
    """Returns a small answer whole, and a large one as it is made."""
    start = bytearray()
    for piece in pieces:
        start += piece
        if len(start) > LARGE:
            return StreamingResponse(
                streamed(chain([bytes(start)], pieces)), headers=headers
            )
    return Response(bytes(start), headers=headers)


async def streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yields the pieces, each made on a thread of its own."""
    while (piece := await run_in_threadpool(next, pieces, None)) is not None:
        yield piece
