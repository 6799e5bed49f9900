from datetime import timedelta

import pytest

from registry import graphs
from registry.errors import NotFound
from registry.namespaces import DCAT, DCT, RDF
from registry.ports import File
from registry.views.dcat import datasets
from tests.dcat import (
    described,
    file,
    register,
    shared,
    table,
    table_version,
    the_catalogue,
    values,
    whole,
)
from tests.versions import AT, BASE

EU = "http://publications.europa.eu/resource/authority"


def subjects(text: str) -> set[str]:
    return {line.split(" ", 1)[0].strip("<>") for line in graphs.lines(text)}


def test_a_register_is_distributed_as_the_files_of_its_dump() -> None:
    """It covers the time since its first record."""
    text, dataset = register("scheme"), f"{BASE}id/catalog/register.scheme"

    assert values(text, dataset, f"{DCAT}distribution") == [
        f"{dataset}#csv",
        f"{dataset}#jsonl",
        f"{dataset}#nt",
    ]
    assert values(text, dataset, f"{DCT}type") == [f"{EU}/dataset-type/CODE_LIST"]
    assert values(text, dataset, f"{DCAT}landingPage") == [f"{BASE}records?kind=scheme"]
    assert values(text, f"{dataset}#period", f"{DCAT}startDate") == ["2026-03-01"]


def test_a_register_that_nobody_described_is_not_found() -> None:
    """A kind of record has to be described before it is in the catalogue."""
    with pytest.raises(NotFound):
        datasets.register("castle", [], **shared())


def test_the_whole_registry_is_a_dataset() -> None:
    """Every data service serves it."""
    text, dataset = whole(), f"{BASE}id/catalog/registry"

    assert values(text, dataset, f"{DCAT}distribution") == [
        f"{dataset}#nq",
        f"{dataset}#sqlite",
    ]


def test_a_series_is_a_resource_but_no_dataset() -> None:
    """A portal that knows no series does not take it for data."""
    text = datasets.series("sar", ["table.sar-aida-asylum"], **shared())
    series = f"{BASE}id/catalog/series.sar"

    assert values(text, f"{BASE}catalog", f"{DCAT}resource") == [series]
    assert values(text, f"{BASE}catalog", f"{DCAT}dataset") == []
    assert values(text, series, f"{RDF}type") == [
        f"{DCAT}DatasetSeries",
        f"{DCAT}Resource",
    ]
    assert values(text, series, f"{DCAT}seriesMember") == [
        f"{BASE}id/catalog/table.sar-aida-asylum"
    ]


def test_equal_facts_are_equal_bytes() -> None:
    """Neither the order of files nor files of others change a description."""
    names = ["table.migr-imm8.csv", "table.migr-imm8.parquet"]
    version = table_version("migr-imm8")
    one = datasets.table(version, [file(n) for n in names], **shared())
    names = ["registry.sqlite", *reversed(names), "table.migr-imm1ctz.csv"]
    other = datasets.table(version, [file(n) for n in names], **shared())

    assert one == other


def test_a_change_shows_only_in_what_it_names() -> None:
    """A new file changes its distribution; a new date what is dated."""
    later = AT + timedelta(hours=1)
    before = set(graphs.lines(table("migr-imm8")))
    files = [
        File("table.migr-imm8.csv", 13, "cd" * 32),
        file("table.migr-imm8.parquet"),
    ]
    version = table_version("migr-imm8")
    after = set(graphs.lines(datasets.table(version, files, **shared())))
    dated = set(graphs.lines(table("migr-imm8", modified=later)))

    csv = f"{BASE}id/catalog/table.migr-imm8#csv"
    assert subjects("".join(before ^ after)) == {csv, f"{csv}-checksum"}
    assert all(f"<{DCT}modified>" in line for line in before ^ dated)


def test_nothing_is_blank_and_every_name_is_whole() -> None:
    """A portal can refer to every node."""
    for line in graphs.lines(the_catalogue()):
        assert line.startswith("<"), line
        assert " _:" not in line, line


def test_texts_are_in_both_languages() -> None:
    """Titles and descriptions are Bulgarian and English, whatever has them."""
    for predicate in (f"<{DCT}title>", f"<{DCT}description>"):
        tagged: dict[str, set[str]] = {}
        for line in graphs.lines(the_catalogue()):
            if f" {predicate} " in line:
                subject = line.split(" ", 1)[0]
                language = line.removesuffix(" .\n").rpartition("@")[2]
                tagged.setdefault(subject, set()).add(language)
        assert all(found == {"bg", "en"} for found in tagged.values())


def test_names_are_unique_among_datasets() -> None:
    """No two texts say different things of a node that both have."""
    owners: dict[str, str] = {}
    for key, text in described().items():
        own = f"{BASE}id/catalog/{key}"
        for subject in subjects(text):
            if subject.partition("#")[0] == own:
                assert owners.setdefault(subject, key) == key
