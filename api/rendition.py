"""A slice of a table on its way into a format, and out to the reader.

What is small is answered whole. What is large is sent while it is read, and a
failure on the way ends the connection instead of the answer, so that a part is
never taken for the whole.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.negotiation import Offer
from api.slicing import CSV, JSON, PARQUET, SDMX_CSV, XLSX, Fields
from registry.ports import TableRow
from registry.record import Version
from registry.statistics.formats import (
    csv,
    json_rows,
    json_stat,
    parquet,
    sdmx_csv,
    xlsx,
)
from registry.statistics.formats.columns import Column, columns
from registry.statistics.labels import Caption, Known, Shown
from registry.statistics.selection import Slice
from registry.statistics.slices import Cubes
from registry.statistics.structure import Structure

LARGE = 256 * 1024
"""Bytes from which an answer is sent while it is read."""

_SDMX_LABELS = {Shown.CODES: "id", Shown.BOTH: "both"}


Batches = Iterable[Sequence[TableRow]]


@dataclass(frozen=True, slots=True)
class Table:
    """One version of a table, ready to be read."""

    version: Version
    structure: Structure
    parquet: Path
    known: Mapping[str, Known]
    caption: Caption


@dataclass(frozen=True, slots=True)
class Answer:
    """One slice on its way into a format."""

    base: str
    cubes: Cubes
    table: Table
    asked: Fields
    wanted: Slice
    language: str
    headers: Mapping[str, str]

    def pieces(self, batches: Batches, offer: Offer) -> Iterator[bytes]:
        """Yields the answer's body, piece by piece."""
        table, shown = self.table, self.asked.shown
        structure, caption = table.structure, table.caption
        if offer is CSV:
            bom = self.asked.switch("bom")
            return csv.write(batches, columns_of(table, self.asked), bom=bom)
        if offer is SDMX_CSV:
            return sdmx_csv.write(
                batches, structure, caption, shown, language=self.language
            )
        if offer is JSON:
            chosen = columns_of(table, self.asked)
            return json_rows.write(batches, chosen, self._members())
        return iter([self._document(batches, offer)])

    def _members(self) -> Mapping[str, object]:
        members = json_rows.about(self.table.caption, self.table.structure)
        if "Registry-Total" in self.headers:
            members["total"] = int(self.headers["Registry-Total"])
        following = self.headers["Link"].rpartition(", <")[2]
        if following.endswith('>; rel="next"'):
            members["next"] = following.partition(">")[0]
        return members

    def _document(self, batches: Batches, offer: Offer) -> bytes:
        structure, caption = self.table.structure, self.table.caption
        if offer is PARQUET:
            return self.cubes.parquet(
                self.table.parquet,
                structure,
                self.wanted,
                parquet.metadata(caption, structure),
            )
        if offer is XLSX:
            shown = columns_of(self.table, self.asked)
            return xlsx.document(
                batches, shown, structure, caption, language=self.language
            )
        return json_stat.document(
            batches,
            structure,
            caption,
            language=self.language,
            href=f"{self.base}tables/{structure.key}/data.{offer.extension}"
            f"{self.asked.query(format=None, download=None)}",
        )


def columns_of(table: Table, asked: Fields) -> tuple[Column, ...]:
    """Returns the columns that a request makes of a table."""
    occurring = {name: list(known.occurring) for name, known in table.known.items()}
    return columns(
        table.structure,
        table.caption,
        asked.shown,
        occurring=occurring if asked.switch("places") else None,
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
