"""The formats in which datasets are distributed, and what they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from registry.language import Text


@dataclass(frozen=True, slots=True)
class DistributionFormat:
    """A format of a distribution.

    Attributes:
        key: names it within its dataset, `{base}id/catalog/{key}#{format}`.
        title: what it is called.
        file_type: code of the EU table of file types; where that has no entry of
            its own, the nearest one.
        media_type: as registered with IANA; `None` if nothing of the kind is.
        extension: of the file, or of the address at which it is made.
        compression: media type of the compression, if the file is compressed.
        whole: whether it can only be made as one document, so that it is not
            offered of tables that are too big.
    """

    key: str
    title: Text
    file_type: str
    media_type: str | None
    extension: str
    compression: str | None = None
    whole: bool = False


_CSV = DistributionFormat("csv", {"bg": "CSV", "en": "CSV"}, "CSV", "text/csv", "csv")
_JSONL = DistributionFormat(
    "jsonl",
    {"bg": "JSON-LD, по един запис на ред", "en": "JSON-LD, one record a line"},
    "JSON_LD",
    None,
    "jsonl",
)
_NT = DistributionFormat(
    "nt",
    {"bg": "RDF (N-Triples)", "en": "RDF (N-Triples)"},
    "RDF_N_TRIPLES",
    "application/n-triples",
    "nt",
)
_NQ = DistributionFormat(
    "nq",
    {"bg": "RDF (N-Quads), компресиран", "en": "RDF (N-Quads), compressed"},
    "RDF_N_QUADS",
    "application/n-quads",
    "nq.gz",
    "application/gzip",
)
_SQLITE = DistributionFormat(
    "sqlite",
    {"bg": "база данни на SQLite", "en": "SQLite database"},
    "BIN",
    "application/vnd.sqlite3",
    "sqlite",
)
_PARQUET = DistributionFormat(
    "parquet",
    {"bg": "Parquet", "en": "Parquet"},
    "PARQUET",
    "application/vnd.apache.parquet",
    "parquet",
)

DUMPED: Mapping[str, DistributionFormat] = MappingProxyType(
    {f.extension: f for f in (_CSV, _JSONL, _NT, _NQ, _SQLITE, _PARQUET)}
)
"""The formats of files of dumps, by extension."""

SLICED: Sequence[DistributionFormat] = (
    DistributionFormat(
        "jsonstat",
        {"bg": "JSON-stat 2", "en": "JSON-stat 2"},
        "JSON",
        "application/json",
        "jsonstat",
        whole=True,
    ),
    # IANA knows no name for SDMX-CSV, which is a CSV all the same.
    DistributionFormat(
        "sdmx-csv", {"bg": "SDMX-CSV", "en": "SDMX-CSV"}, "CSV", "text/csv", "sdmx.csv"
    ),
    DistributionFormat(
        "xlsx",
        {"bg": "работна книга на Excel", "en": "Excel workbook"},
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        whole=True,
    ),
)
"""The formats in which slices of tables are made on demand, tables whole too."""

STRUCTURE = DistributionFormat(
    "ttl",
    {
        "bg": "структура на таблицата като RDF (Turtle)",
        "en": "structure of the table as RDF (Turtle)",
    },
    "RDF_TURTLE",
    "text/turtle",
    "ttl",
)
"""The record of a table: its description, its columns and code lists."""
