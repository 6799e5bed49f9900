"""Real tables in a small registry, for tests of their routes."""

from collections.abc import Sequence
from pathlib import Path

from registry import projection, review, submissions
from registry.iris import RecordId
from registry.ports import TableRow
from registry.record import Content, Provenance, Source
from registry.statistics import parquet
from tests import tables
from tests.api.conftest import Sample, build
from tests.registry.statistics.cubes import AGE_AND_SEX, write
from tests.versions import concept, content, place

REASONS = ("EDUC", "EMP", "FAM", "OTH", "refugee-status", "subsidiary-protection")
AGES = [(f"Y{age}", f"на {age}", f"aged {age}") for age in range(1, 100)]
PERMITS = "migr-resvalid-reason"
ASYLUM = "asylum-applicants-bulgaria"
NO_LONGER = ("A", "TOTAL", "EMP", "TOTAL", "BG", "2007", "1")
"""A row that only the first edition of the permits has."""
DIGESTS = {
    (AGE_AND_SEX, 1): "a1" * 32,
    (PERMITS, 1): "c1" * 32,
    (PERMITS, 2): "c2" * 32,
    (ASYLUM, 1): "b1" * 32,
    (ASYLUM, 2): "b2" * 32,
}


def _scheme(
    key: str, *concepts: tuple[str, str, str], whole: str | None = None
) -> dict[str, object]:
    return {
        "type": "ConceptScheme",
        "title": {"bg": key, "en": key},
        "concepts": [
            {
                "id": concept(key, code),
                "type": "Concept",
                "notation": code,
                "name": {"bg": bg, "en": en},
                **(
                    {"broader": concept(key, whole)}
                    if whole not in (None, code)
                    else {}
                ),
            }
            for code, bg, en in concepts
        ],
    }


RECORDS: dict[str, dict[str, object]] = {
    "scheme/sex": _scheme(
        "sex",
        ("T", "общо", "total"),
        ("F", "жени", "women"),
        ("M", "мъже", "men"),
        whole="T",
    ),
    "scheme/age": _scheme("age", ("TOTAL", "общо", "total"), *AGES, whole="TOTAL"),
    "scheme/residence-reason": _scheme(
        "residence-reason",
        ("TOTAL", "общо", "total"),
        *((reason, reason, reason) for reason in REASONS),
        whole="TOTAL",
    ),
    "scheme/unit": _scheme("unit", ("NR", "брой", "number"), ("PER", "лице", "person")),
    "scheme/obs-flag": _scheme(
        "obs-flag",
        ("p", "предварителна", "provisional"),
        ("c", "поверителна", "confidential"),
    ),
    "place/eu27-2020": {"type": "Location", "name": {"bg": "ЕС", "en": "EU"}},
    "place/bg": {
        "type": "Location",
        "name": {"bg": "България", "en": "Bulgaria"},
        "broader": place("eu27-2020"),
    },
    "place/ro": {
        "type": "Location",
        "name": {"bg": "Румъния", "en": "Romania"},
        "broader": place("eu27-2020"),
    },
}


def _edition(key: str, edition: int) -> Sequence[TableRow]:
    if key == PERMITS:
        rows = tables.rows(key)
        return [*rows, NO_LONGER] if edition == 1 else rows
    return tables.rows(key, edition - 1)


def _publish(sample: Sample, record: RecordId, made: Content) -> None:
    with sample.journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            made,
            provenance=Provenance(sources=(Source("https://source.example/table"),)),
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")


def registry_of(folder: Path) -> Sample:
    """Returns a registry in a folder that has the tables, one of them revised."""
    sample = build(folder)
    for name, document in RECORDS.items():
        record = RecordId(*name.split("/"))
        _publish(sample, record, content(record, document))
    for (key, edition), digest in DIGESTS.items():
        rows = _edition(key, edition)
        file = parquet.path(folder / "tables", key, digest)
        write(file, tables.structure(key), rows)
        _publish(
            sample, RecordId("table", key), tables.table_content(key, rows, digest)
        )
    projection.catch_up(
        sample.journal,
        sample.queries,
        sample.lists,
        sample.iris,
        tables=sample.tables,
        ontology="",
    )
    return sample
