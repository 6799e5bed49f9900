"""The real records keep to every rule that a record must keep to."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from registry import graphs
from registry.iris import Iris
from registry.jsonld import Context
from registry.namespaces import RDF, SKOS
from registry.ports import Row
from registry.report import Report
from registry.shapes import load
from registry.sources.dataset import datasets

ROOT = Path(__file__).parents[2]
IRIS = Iris("https://registry.example/")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every row of the datasets."""
    read = [row for data in datasets(ROOT / "datasets", IRIS) for row in data.rows()]
    assert all(isinstance(row, Row) for row in read)
    return [row for row in read if isinstance(row, Row)]


@pytest.fixture(scope="module")
def reports(rows: list[Row]) -> Mapping[str, Report]:
    """The report on every record, by kind.

    Each kind is checked with the types and schemes of all other records
    around it, as it is when the datasets are loaded.
    """
    context = Context.load(ROOT / "ontology", IRIS.context)
    shapes = load(ROOT / "shapes", IRIS.base)
    things = defaultdict(list)
    own: defaultdict[str, str] = defaultdict(str)
    for row in rows:
        thing = IRIS.thing(row.record)
        things[row.record.kind].append(thing)
        own[row.record.kind] += graphs.read_document(row.document, context, thing)
    around = "".join(
        line
        for text in own.values()
        for line in text.splitlines(keepends=True)
        if f" <{RDF}type> " in line or f" <{SKOS}inScheme> " in line
    )
    return {
        kind: shapes.check(kind, own[kind] + around, focus)
        for kind, focus in things.items()
    }


def test_every_real_record_may_be_published(reports: Mapping[str, Report]) -> None:
    """No record of the datasets breaks a rule that refuses publication."""
    broken = {
        (kind, result.code, result.node, result.value)
        for kind, report in reports.items()
        for result in report.results
        if result.severity == "must"
    }

    assert broken == set()


@pytest.mark.parametrize("language", ["bg", "en"])
def test_what_lacks_a_language_is_listed_and_nothing_else(
    rows: list[Row], reports: Mapping[str, Report], language: str
) -> None:
    """A record is reported to lack a name or title in a language when it does."""
    codes = {f"name-{language}-missing", f"title-{language}-missing"}
    listed = {
        result.focus_node
        for report in reports.values()
        for result in report.results
        if result.code in codes
    }
    lacking = set()
    for row in rows:
        name = row.document.get("name", row.document.get("title"))
        assert isinstance(name, Mapping)
        if language not in name:
            lacking.add(IRIS.thing(row.record))

    assert listed == lacking
