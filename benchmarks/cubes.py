"""Synthetic statistical tables over the real code lists, as large as is asked for.

Their observations are every combination of so many codes of each dimension.
"""

import csv
import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from benchmarks import corpus
from registry import graphs, wiring
from registry.iris import RecordId
from registry.projection import whole_graph
from registry.retrieval import find
from registry.statistics.definition import Edition
from registry.wiring import Loader

DIMENSIONS = ("geo", "citizen", "sex", "age", "time_period")
AREA, CITIZENSHIP, SEX, AGE = "BGS04", "UA", "T", "TOTAL"
"""Codes that every table has and that requests ask for."""
YEARS = range(2003, 2024)

_CITIZENSHIPS = 30
_SEXES = (SEX, "F", "M")
_AGES = (AGE, "Y15", "Y20", "Y25", "Y30", "Y35")
SEX_PARTS, AGE_PARTS = _SEXES[1:], _AGES[1:]
"""Codes that do not overlap, so that their counts can be added up."""
PER_AREA = _CITIZENSHIPS * len(YEARS) * len(_SEXES) * len(_AGES)
"""Observations of one area."""


@dataclass(frozen=True, slots=True)
class Cube:
    """One table: its key, how many observations it has, and how fast it came in."""

    key: str
    observations: int
    rate: float


def create(data: Path) -> None:
    """Creates a registry that has the code lists and places, and nothing else."""
    settings = corpus.settings(data)
    wiring.create(settings)
    with wiring.loader(settings) as loader:
        names = ("schemes/", "places/")
        files = [d for d in loader.datasets([]) if d.name.startswith(names)]
        list(loader.load(files, strict=True, progress=lambda *_: None))


def add(data: Path, key: str, observations: int, folder: Path) -> Cube:
    """Adds a table to a registry by the way that every table goes.

    Args:
        data: the registry.
        key: of the table.
        observations: about how many; areas, years or citizenships are not cut.
        folder: for the files that the table is added from.
    """
    with wiring.loader(corpus.settings(data)) as loader:
        file = folder / f"{key}.csv"
        count = _write(file, observations)
        return Cube(key, count, count / _added(loader, key, file))


def _added(loader: Loader, key: str, file: Path) -> float:
    """Returns the seconds from the file to the published record."""
    description = file.with_suffix(".json")
    description.write_text(json.dumps(_description(key, file.name)), encoding="utf-8")
    defined = loader.define(description)
    started = time.perf_counter()
    loader.add_table(defined, file, _edition(file.name))
    return time.perf_counter() - started


def _edition(name: str) -> Edition:
    return Edition(file=name, sources=[])


def _description(key: str, file: str) -> dict[str, object]:
    text = {"bg": "Жители по гражданство", "en": "Residents by citizenship"}
    return {
        "key": key,
        "title": text,
        "description": text,
        "publisher": "eurostat",
        "licence": "eurostat",
        "frequency": "A",
        "unit": "PER",
        "measure": "persons",
        "integer": True,
        "flags": False,
        "dimensions": list(DIMENSIONS),
        "default": {"citizen": [CITIZENSHIP], "sex": [SEX], "age": [AGE]},
        "editions": [{"file": file, "sources": []}],
    }


def _write(file: Path, observations: int) -> int:
    """Writes as many areas as it takes, or fewer years of one; returns the count."""
    codes = _codes("schemes/citizenship.csv", CITIZENSHIP)
    # Countries alone, which do not overlap.
    citizenships = [code for code in codes if len(code) == 2][:_CITIZENSHIPS]
    if observations < PER_AREA:
        share = -(-observations * _CITIZENSHIPS // PER_AREA)
        citizenships = citizenships[:share]
    count = 0
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*DIMENSIONS, "obs_value"])
        for cell in product(areas(observations), citizenships, _SEXES, _AGES, YEARS):
            writer.writerow([*cell, count % 9973])
            count += 1
    return count


def _codes(name: str, first: str) -> Sequence[str]:
    """Returns the codes of a dataset file, one of them put first."""
    path = corpus.settings(Path()).datasets / name
    with path.open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    return [first, *(code for code in codes if code != first)]


def areas(observations: int) -> Sequence[str]:
    """Returns the areas of a table with so many observations."""
    return _codes("places/municipalities.csv", AREA)[: -(-observations // PER_AREA)]


def parquet_file(data: Path, key: str) -> Path:
    """Returns the Parquet file of a table's current version."""
    with closing(wiring.open_registry(corpus.settings(data))) as registry:
        version = find(registry.journal, RecordId("table", key))
        return registry.tables.file(version)


def write_quads(data: Path, key: str, file: Path) -> None:
    """Writes the graph of a table with its observations as N-Quads."""
    _write_graph(data, key, file, graphs.quads)


def write_triples(data: Path, key: str, file: Path) -> None:
    """Writes a table with its observations as N-Triples."""
    _write_graph(data, key, file, lambda text, _: text)


def _write_graph(
    data: Path, key: str, file: Path, form: Callable[[str, str], str]
) -> None:
    with (
        closing(wiring.open_registry(corpus.settings(data))) as registry,
        file.open("w", encoding="utf-8") as target,
    ):
        version = find(registry.journal, RecordId("table", key))
        name, texts = whole_graph(version, registry.iris, registry.tables)
        for text in [texts] if isinstance(texts, str) else texts:
            target.write(form(text, name))
