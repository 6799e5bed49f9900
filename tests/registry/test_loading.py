from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry import loading, scripts
from registry.errors import DatasetRefused
from registry.gate import Gate
from registry.iris import RecordId
from registry.journal import sql
from registry.journal.blobs import FileBlobs
from registry.journal.sql import SqlJournal
from registry.lifecycle import Event
from registry.loading import Means, Outcome
from registry.ports import Row, RowError
from registry.record import Provenance, Source
from registry.sandbox import Worker
from tests.versions import BASE, CONTEXT, concept, place

ROOT = Path(__file__).parents[2]
SOURCE = Provenance(sources=(Source("https://source.example/"),))


@dataclass(frozen=True)
class Rows:
    """A dataset of rows that a test has written down."""

    path: Path
    of_file: tuple[Row | RowError, ...]
    name: str = "places/test.csv"

    def __len__(self) -> int:
        return len(self.of_file)

    def rows(self) -> Iterator[Row | RowError]:
        yield from self.of_file


def row(line: int, key: str, **document: object) -> Row:
    """Returns a row about a place; every term comes from the column of its name."""
    whole: Mapping[str, object] = {
        "id": place(key),
        "type": ["Location", "AdminUnit"],
        "name": {"bg": key.upper(), "en": key},
        "notation": key.upper(),
        "genre": [concept("place-level", "country")],
        **document,
    }
    return Row(
        line=line,
        record=RecordId("place", key),
        document=whole,
        provenance=SOURCE,
        cells={name: str(value) for name, value in whole.items()},
        columns={name: (name,) for name in whole},
    )


def levels() -> Row:
    """Returns the code list that places refer to."""
    scheme = f"{BASE}id/scheme/place-level"
    return Row(
        line=2,
        record=RecordId("scheme", "place-level"),
        document={
            "id": scheme,
            "type": "ConceptScheme",
            "title": {"bg": "Видове места", "en": "Levels of places"},
            "concepts": [
                {
                    "id": f"{scheme}#{code}",
                    "type": "Concept",
                    "notation": code,
                    "name": {"bg": code, "en": code},
                }
                for code in ("country", "province")
            ],
        },
        provenance=SOURCE,
        cells={},
        columns={},
    )


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """The gate over a real sandboxed worker, kept for the module."""
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        yield Gate(
            worker, ontology=ROOT / "ontology", shapes=ROOT / "shapes", base=BASE
        )


@dataclass(frozen=True)
class Bench:
    """A journal that knows the levels of places, and what loading needs."""

    journal: SqlJournal
    blobs: FileBlobs
    gate: Gate
    file: Path

    def load(self, *rows: Row | RowError, strict: bool = False) -> Outcome:
        [outcome] = self.each(Rows(self.file, rows), strict=strict)
        return outcome

    def each(self, *files: Rows, strict: bool = False) -> Iterator[Outcome]:
        means = Means(self.journal, self.blobs, self.gate, self.gate, CONTEXT)
        return loading.load(files, means, strict=strict)


@pytest.fixture
def bench(tmp_path: Path, gate: Gate) -> Iterator[Bench]:
    """An empty registry but for the code list."""
    file = tmp_path / "test.csv"
    file.write_bytes("код\n".encode())
    journal = sql.create(tmp_path / "journal.sqlite", BASE, lambda: datetime.now(UTC))
    bench = Bench(journal, FileBlobs(tmp_path / "blobs"), gate, file)
    bench.load(levels())
    yield bench
    journal.close()


def test_rows_become_published_records(bench: Bench) -> None:
    """Each row is submitted by its dataset and accepted by the operator."""
    outcome = bench.load(row(2, "bg"))

    assert outcome == Outcome("places/test.csv", 1, 0, 0, [], {})
    found = bench.journal.current(RecordId("place", "bg"))
    assert found is not None
    assert found.head.version == 1
    assert found.head.provenance == replace(SOURCE, dataset=next(bench.blobs.digests()))
    assert [
        (entry.event, entry.actor)
        for entry in bench.journal.history(RecordId("place", "bg"))
    ] == [
        (Event.SUBMITTED, "dataset/places/test"),
        (Event.ACCEPTED, "operator"),
    ]


def test_loading_again_changes_nothing(bench: Bench) -> None:
    """A file that is loaded twice appends to the journal once."""
    bench.load(row(2, "bg"))
    tip = bench.journal.tip()

    outcome = bench.load(row(2, "bg"))

    assert (outcome.added, outcome.updated, outcome.unchanged) == (0, 0, 1)
    assert bench.journal.tip() == tip


def test_changed_row_is_a_new_version(bench: Bench) -> None:
    """What is different is published over what was there."""
    bench.load(row(2, "bg"))

    outcome = bench.load(row(2, "bg", altName={"bg": "Република България"}))

    assert (outcome.added, outcome.updated, outcome.unchanged) == (0, 1, 0)
    found = bench.journal.current(RecordId("place", "bg"))
    assert found is not None
    assert found.head.version == 2


def test_bad_row_is_left_out_and_named(bench: Bench) -> None:
    """The report says file, row, column, value, rule and how to mend it."""
    outcome = bench.load(
        row(2, "bg"),
        row(3, "bg3", genre=[concept("place-level", "planet")], broader=place("bg")),
    )

    assert (outcome.added, len(outcome.refused)) == (1, 1)
    refused = outcome.refused[0]
    assert (refused.file, refused.line, refused.column) == (
        "places/test.csv",
        3,
        "genre",
    )
    assert "planet" in refused.value
    assert set(refused.message) == {"bg", "en"}
    assert bench.journal.current(RecordId("place", "bg3")) is None


def test_row_that_leans_on_a_bad_row_falls_with_it(bench: Bench) -> None:
    """Nothing is published that points at what was refused."""
    province = [concept("place-level", "province")]

    outcome = bench.load(
        row(2, "bg", name={}),
        row(3, "bg422", genre=province, broader=place("bg")),
    )

    assert outcome.added == 0
    assert {error.line for error in outcome.refused} == {2, 3}


def test_lost_values_are_errors(bench: Bench) -> None:
    """What a JSON-LD processor would drop silently refuses the row."""
    outcome = bench.load(row(2, "bg", sameAs=["http://not an address"]))

    assert [(e.column, e.rule) for e in outcome.refused] == [("sameAs", "bad-iri")]
    assert outcome.added == 0


def test_strict_loads_the_whole_file_or_nothing(bench: Bench) -> None:
    """One bad row stops the file, and the error carries every row error."""
    tip = bench.journal.tip()
    unread = RowError("places/test.csv", 4, "", "", "bad-row", {"en": "x", "bg": "x"})

    with pytest.raises(DatasetRefused) as refusal:
        bench.load(row(2, "bg"), unread, strict=True)

    assert refusal.value.extra == {"rows": [unread]}
    assert bench.journal.tip() == tip


def test_files_are_loaded_one_after_the_other(bench: Bench) -> None:
    """A file may rest on the one before, and what follows a bad one is not loaded."""
    country = Rows(bench.file, (row(2, "bg"),))
    genre = [concept("place-level", "province")]
    part = row(2, "haskovo", broader=[place("bg")], genre=genre, notation="BG422")
    province = Rows(bench.file, (part,), "places/provinces.csv")
    outcomes = list(bench.each(country, province))

    assert [(o.name, o.added, o.refused) for o in outcomes] == [
        ("places/test.csv", 1, []),
        ("places/provinces.csv", 1, []),
    ]

    unread = RowError("places/bad.csv", 4, "", "", "bad-row", {"en": "x", "bg": "x"})
    tip = bench.journal.tip()
    with pytest.raises(DatasetRefused):
        list(
            bench.each(
                Rows(bench.file, (unread,), "places/bad.csv"),
                Rows(bench.file, (row(2, "ro"),)),
                strict=True,
            )
        )
    assert bench.journal.tip() == tip


def test_words_of_two_alphabets_are_counted_and_shown(bench: Bench) -> None:
    """A record with look-alike letters is loaded, and advice says where they are."""
    outcome = bench.load(row(2, "ro", name={"bg": "Pyмъния", "en": "Romania"}))

    assert (outcome.added, outcome.warnings) == (1, {"mixed-script": 1})
    assert outcome.advice == (
        RowError(
            file="places/test.csv",
            line=2,
            column="name",
            value="Pyмъния (LATIN CAPITAL LETTER P (U+0050), "
            "LATIN SMALL LETTER Y (U+0079))",
            rule="mixed-script",
            message=scripts.MESSAGES["mixed-script"],
        ),
    )
