"""Dumps of all the datasets, and clients that nobody here wrote."""

import csv
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from io import StringIO
from pathlib import Path

import httpx
import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse

from registry import wiring
from registry.dumping import manifest
from registry.namespaces import VOID
from registry.settings import Settings
from registry.store.oxigraph import read_current
from tests import dumping
from tests.serving import Operator, free_port
from tests.versions import BASE


@pytest.fixture(scope="module")
def folder(served: Operator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a dump of all the datasets."""
    data = tmp_path_factory.mktemp("dumped")
    # The server's own data stay as they are.
    with (
        closing(sqlite3.connect(served.data / "journal.sqlite")) as source,
        closing(sqlite3.connect(data / "journal.sqlite")) as target,
    ):
        source.backup(target)
    shutil.copytree(served.data / "tables", data / "tables", copy_function=os.link)
    registry = wiring.open_registry(Settings(data=data))
    registry.dump()
    current = registry.dump_folder.current()
    registry.close()
    assert current is not None
    return current[1]


def without_position(store: Store, base: str) -> list[bytes]:
    """Returns the quads of a store, without what it notes for itself."""
    store.remove_graph(NamedNode(f"{base}graph/registry"))
    dumped = store.dump(format=RdfFormat.N_QUADS)
    assert dumped is not None
    return sorted(dumped.split(b"\n"))


def test_a_dump_loaded_elsewhere_is_what_is_queried_here(
    folder: Path, served: Operator
) -> None:
    """Not a quad is missing in an empty Oxigraph that loads it, and none is added."""
    snapshot = read_current(served.data / "store")
    assert snapshot is not None
    here, elsewhere = Store(), Store()
    here.extend(Store.read_only(str(snapshot.path)))

    elsewhere.bulk_load(
        gzip.decompress((folder / "registry.nq.gz").read_bytes()), RdfFormat.N_QUADS
    )

    assert without_position(elsewhere, served.base) == without_position(
        here, served.base
    )


def test_counts_are_those_that_queries_give(folder: Path, served: Operator) -> None:
    """VoID says of each class and property what SPARQL counts."""
    described = Store()
    described.extend(parse((folder / "void.nt").read_bytes(), RdfFormat.N_TRIPLES))
    whole = NamedNode(f"{served.base}id/catalog/registry")
    counted = {}
    for part, number in (("class", "entities"), ("property", "triples")):
        answer = described.query(
            f"PREFIX void: <{VOID}> SELECT ?term ?n WHERE {{ "
            f"{whole} void:{part}Partition ?p . "
            f"?p void:{part} ?term ; void:{number} ?n }}"
        )
        assert isinstance(answer, QuerySolutions)
        counted[part] = {
            str(row["term"]).strip("<>"): int(str(row["n"]).split('"')[1])
            for row in answer
        }

    with httpx.Client(base_url=served.address, timeout=60) as http:
        for part, pattern in (("class", "?s a ?term"), ("property", "?s ?term ?o")):
            query = (
                "SELECT ?term (COUNT(*) AS ?n) WHERE { GRAPH ?g { "
                f"{pattern} }} FILTER(?g != <{served.base}graph/registry>) "
                "} GROUP BY ?term"
            )
            rows = http.get("sparql", params={"query": query}).json()
            assert counted[part] == {
                row["term"]["value"]: int(row["n"]["value"])
                for row in rows["results"]["bindings"]
            }


def test_every_form_of_a_register_has_every_record(folder: Path) -> None:
    """CSV, JSON lines, triples and SQL name the same things."""
    listed = manifest.read(folder)
    kinds = [
        written.file.name.split(".")[1]
        for written in listed.files
        if written.file.name.endswith(".jsonl")
    ]
    with closing(sqlite3.connect(folder / "registry.sqlite")) as database:
        kept = dict(database.execute("SELECT iri, document FROM record"))
        names = database.execute("SELECT count(*) FROM name").fetchone()[0]
        check = database.execute("PRAGMA integrity_check").fetchall()

    seen: dict[str, object] = {}
    for kind in kinds:
        text = (folder / f"register.{kind}.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(StringIO(text, newline=""), strict=True))
        lines = (folder / f"register.{kind}.jsonl").read_text(encoding="utf-8")
        documents = [json.loads(line) for line in lines.split("\n")[:-1]]
        assert [row["iri"] for row in rows] == [each["id"] for each in documents]
        triples = (folder / f"register.{kind}.nt").read_text(encoding="utf-8")
        assert all(f"<{row['iri']}>" in triples for row in rows)
        seen |= {each["id"]: each for each in documents}

    assert seen == {iri: json.loads(document) for iri, document in kept.items()}
    assert names >= len(kept)
    assert check == [("ok",)]


@pytest.fixture
def operator(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Operator]:
    """Somebody who serves a small registry with a dump."""
    with dumping.small(tmp_path / "data", clock) as small:
        small.make()
        yield Operator(small.data, free_port(), BASE)


@pytest.mark.skipif(
    shutil.which("curl") is None and os.environ.get("CI") != "true",
    reason="there is no curl here",
)
def test_curl_resumes_a_download_that_broke_off(
    operator: Operator, tmp_path: Path
) -> None:
    """The rest is appended to what it had, and the whole has the right digest."""
    part = tmp_path / "registry.nq.gz"
    address = f"{operator.address}dump/registry.nq.gz"
    with operator.serving():
        whole = httpx.get(address)
        part.write_bytes(whole.content[:5000])

        ran = subprocess.run(
            ["curl", "-sS", "-C", "-", "-o", part, "-w", "%{http_code}", address],
            capture_output=True,
            text=True,
            check=True,
        )

    assert ran.stdout == "206"
    assert part.read_bytes() == whole.content
