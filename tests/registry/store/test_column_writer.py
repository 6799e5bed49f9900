import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.namespaces import INTG, QB, RDF, XSD
from registry.store.column_writer import ColumnWriter
from registry.store.columns import INTEGER, TYPE, Column, read_columns
from registry.store.oxigraph import OxigraphWriter, read_current

BASE = "http://example.org/"
GRAPH = f"{BASE}graph/table/t"
COUNT, SEX = f"<{INTG}personCount>", "<http://example.org/sex>"
TABLE = f"<{QB}dataSet>"


def row(key: str, *values: str, table: str = "t") -> str:
    """Returns the triples of an observation of a woman."""
    said = [
        f"{SEX} <{BASE}F>",
        *(f'{COUNT} "{value}"^^<{XSD}integer>' for value in values),
        f"{TABLE} <{BASE}id/table/{table}>",
        f"<{RDF}type> <{QB}Observation>",
    ]
    return "".join(f"<{BASE}id/table/{table}/{key}> {one} .\n" for one in said)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"


def published(folder: Path, *pieces: str) -> tuple[list[str], dict[str, Column]]:
    """Returns what is outside and what the columns of a table are."""
    writer = ColumnWriter(folder.parent, empty=True)
    for _, made in writer.watch([(GRAPH, iter(pieces))]):
        assert list(made) == list(pieces)
    writer.end([GRAPH], 1)
    folder.mkdir()
    writer.publish(folder, 1)
    found = read_columns(folder)
    assert found is not None
    (columns,) = [dict(table.columns) for table in found.tables] or [{}]
    return sorted(found.outside), columns


def replaced(writer: ColumnWriter, value: str, sequence: int) -> None:
    """Puts one observation in place of what the table had."""
    writer.begin([GRAPH])
    for _, made in writer.watch([(GRAPH, iter([row("a", value)]))]):
        assert list(made)
    writer.end([GRAPH], sequence)


@pytest.mark.parametrize("removed", [True, False])
def test_a_crash_while_a_table_is_replaced(folder: Path, *, removed: bool) -> None:
    """What a killed writer left behind, or removed already, hinders no later one."""
    kept, notes = folder.parent / "columns", {}
    replaced(ColumnWriter(folder.parent, empty=True), "1", 1)
    for path in kept.iterdir():
        notes[path] = path.read_bytes()
    replaced(ColumnWriter(folder.parent, empty=False), "2", 2)
    for path, body in notes.items():
        if path.name == "outside.json" or not removed:
            path.write_bytes(body)
    (kept / "7.csv").touch()

    writer = ColumnWriter(folder.parent, empty=False)
    replaced(writer, "3", 3)

    folder.mkdir()
    writer.publish(folder, 3)
    found = read_columns(folder)
    assert found is not None
    assert len(found.tables) == 1
    assert len(list(kept.iterdir())) == len(notes)


def test_columns_hold_terms_or_values(folder: Path) -> None:
    """Codes are numbered, values are themselves, and triples pass unchanged."""
    assert published(folder, row("a", "1"), row("b", "2")) == (
        [],
        {
            SEX: [f"<{BASE}F>"],
            COUNT: INTEGER,
            TABLE: [f"<{BASE}id/table/t>"],
            TYPE: [f"<{QB}Observation>"],
        },
    )


def test_what_is_no_row_is_outside(folder: Path) -> None:
    """What is said of the table itself, with its classes, is taken note of."""
    item = f'<{BASE}id/table/t> <{RDF}type> <{QB}DataSet> .\n<{BASE}i> {SEX} "x" .\n'

    outside, _ = published(folder, item, row("a", "1"))

    assert outside == sorted([SEX, f"{TYPE} <{QB}DataSet>"])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(("1", "2"), id="two values in a row"),
        pytest.param(("007",), id="not as the engine writes it"),
        pytest.param(("1" * 19,), id="too many digits"),
    ],
)
def test_column_that_cannot_be_added_up_is_of_no_use(
    folder: Path, value: tuple[str, ...]
) -> None:
    """It is marked, and the other columns stay as they are."""
    _, columns = published(folder, row("a", "1"), row("b", *value))

    assert columns[COUNT] is None
    assert columns[SEX] == [f"<{BASE}F>"]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((row("b", "1"), row("a", "1")), id="out of order"),
        pytest.param((row("a", "1"), row("a", "2")), id="the same subject again"),
        pytest.param((row("a", "1"), row("b", "1", table="u")), id="of another table"),
    ],
)
def test_rows_that_may_be_one_subject_make_no_table(
    folder: Path, pieces: tuple[str, ...]
) -> None:
    """All their predicates are outside instead."""
    outside, columns = published(folder, *pieces)

    assert columns == {}
    assert {SEX, COUNT, TABLE} <= set(outside)


def snapshot(store: Path) -> Path:
    current = read_current(store)
    assert current is not None
    return current.path


def sizes(store: Path) -> list[int] | None:
    """Returns how many columns each table of the current snapshot has."""
    found = read_columns(snapshot(store))
    return [len(table.columns) for table in found.tables] if found else None


def test_snapshots_have_the_columns_of_their_state(tmp_path: Path) -> None:
    """A table comes in, is replaced, and is gone when it is retired."""
    seen = []
    with OxigraphWriter(tmp_path, BASE) as writer:
        for number, graph in enumerate(
            [iter([row("a", "1")]), iter([row("b", "2")]), f"<{BASE}i> {SEX} {SEX} .\n"]
        ):
            writer.replace([(GRAPH, graph)], number + 1)
            writer.publish()
            seen.append(sizes(tmp_path))

    assert seen == [[4], [4], []]


def test_columns_outlive_a_restart(tmp_path: Path) -> None:
    """A writer that is opened again publishes them with the next snapshot."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.fill([(GRAPH, iter([row("a", "1")]))], 1)
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(f"{BASE}g", f"<{BASE}i> {SEX} {SEX} .\n")], 2)
        writer.publish()

    found = read_columns(snapshot(tmp_path))
    assert found is not None
    assert sizes(tmp_path) == [4]
    assert SEX in found.outside


def _broken() -> Iterator[str]:
    yield row("b", "2")
    raise KeyError("the disk is gone")


def test_replacement_that_broke_off_leaves_no_columns(tmp_path: Path) -> None:
    """Nothing is answered from them, also after a restart, until it is repeated."""
    seen = []
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.fill([(GRAPH, iter([row("a", "1")]))], 1)
        with pytest.raises(KeyError):
            writer.replace([(GRAPH, _broken())], 2)
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.publish()
        seen.append(sizes(tmp_path))
        writer.replace([(GRAPH, iter([row("b", "2")]))], 2)
        writer.publish()
        seen.append(sizes(tmp_path))

    assert seen == [None, [4]]


def test_store_behind_its_columns_has_none(tmp_path: Path) -> None:
    """After a power cut the store may have forgotten what the columns are of."""
    writer = ColumnWriter(tmp_path, empty=True)
    for _, pieces in writer.watch([(GRAPH, iter([row("a", "1")]))]):
        list(pieces)
    writer.end([GRAPH], 7)
    for sequence in (6, 7):
        (tmp_path / str(sequence)).mkdir()
        writer.publish(tmp_path / str(sequence), sequence)

    assert read_columns(tmp_path / "6") is None
    assert read_columns(tmp_path / "7") is not None


@pytest.mark.parametrize("left", [None, "", json.dumps({"outside": []})])
def test_store_without_sound_columns_goes_without(
    tmp_path: Path, left: str | None
) -> None:
    """That of an earlier release has none, and a damaged list is not believed."""
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.fill([(GRAPH, iter([row("a", "1")]))], 1)
    file = tmp_path / "live" / "columns" / "outside.json"
    file.unlink() if left is None else file.write_text(left)
    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([(f"{BASE}g", iter([row("a", "2", table="u")]))], 2)
        writer.publish()

    assert sizes(tmp_path) is None
