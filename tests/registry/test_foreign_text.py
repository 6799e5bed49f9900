"""Where native code reads text: that of strangers only in workers."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
NATIVE = frozenset({"pyoxigraph", "openpyxl", "pyshacl"})
READING = frozenset(
    {
        *("parse", "parse_query_results", "query", "update"),
        *("load_workbook", "canonicalize"),
    }
)

OURS = "a file of the repository"
CANONICAL = "N-Triples or N-Quads that we wrote ourselves"
WORKER = "strangers, in a worker alone"
SERVER = "a SPARQL server in our settings"

PLACES: Mapping[str, str] = {
    "api/routes/feeds.py:_written": CANONICAL,
    "registry/graphs.py:triples": CANONICAL,
    "registry/graphs.py:read_file": OURS,
    "registry/graphs.py:read_document": WORKER,
    "registry/graphs.py:read_text": WORKER,
    "registry/graphs.py:skolemised": WORKER,
    "registry/shapes.py:_read": OURS,
    "registry/shapes.py:check": CANONICAL,
    "registry/sheets/marking.py:_workbook": WORKER,
    "registry/sheets/reading.py:_opened": WORKER,
    "registry/sources/parsing.py:triples": WORKER,
    "registry/statistics/reading.py:_sheet": WORKER,
    "registry/store/answering.py:serve": WORKER,
    "registry/store/oxigraph.py:_clear": CANONICAL,
    "registry/store/oxigraph.py:_read_through": CANONICAL,
    "registry/store/oxigraph.py:canonical": CANONICAL,
    "registry/store/oxigraph.py:normal": CANONICAL,
    "registry/store/relaying.py:_graph": WORKER,
    "registry/store/relaying.py:_judge": WORKER,
    "registry/store/relaying.py:_rows": WORKER,
    "registry/store/remote.py:_rows": SERVER,
    "registry/store/remote.py:normal": CANONICAL,
}
"""Whose text it is that a function hands to a native reader."""

TASKS: Mapping[str, str] = {
    "registry.admission": "documents of people, and SHACL over them",
    "registry.sheets.worker": "sheets and tables of people",
    "registry.sources.parsing": "catalogues of others",
    "registry.store.answering": "queries",
    "registry.store.relaying": "queries, and what a SPARQL server answers",
}
"""What runs in workers: nothing else is started by `registry.sandbox`."""


def _readers() -> Iterator[str]:
    """Yields every function that hands text to a native reader."""
    for path in [*ROOT.glob("registry/**/*.py"), *ROOT.glob("api/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names, modules = set(), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in NATIVE:
                names |= {alias.asname or alias.name for alias in node.names}
            if isinstance(node, ast.Import):
                modules |= {
                    alias.asname or alias.name
                    for alias in node.names
                    if alias.name in NATIVE
                }
        if not names | modules:
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                _reads(node, names, modules) for node in ast.walk(function)
            ):
                yield f"{path.relative_to(ROOT)}:{function.name}"


def _reads(node: ast.AST, names: set[str], modules: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in READING & names
    if not isinstance(called, ast.Attribute) or called.attr not in READING:
        return False
    of = called.value.id if isinstance(called.value, ast.Name) else ""
    return of in modules or called.attr == "canonicalize" or "store" in of.lower()


def test_native_readers_are_known() -> None:
    """A new place that reads text natively has to say whose text that is."""
    assert set(_readers()) == set(PLACES)


def test_documents_are_read_by_the_task_of_admission_alone() -> None:
    """What reads documents of strangers is called from nowhere else."""
    callers = {
        str(path.relative_to(ROOT))
        for path in [*ROOT.glob("registry/**/*.py"), *ROOT.glob("api/**/*.py")]
        if path.name != "graphs.py"
        and re.search(
            r"graphs\.read_(document|text)\(", path.read_text(encoding="utf-8")
        )
    }

    assert callers == {"registry/admission.py"}


def test_every_task_is_known() -> None:
    """Whatever is started in a worker stands in the table above."""
    started = {
        found
        for path in ROOT.glob("registry/**/*.py")
        for found in re.findall(
            r"\"(registry[\w.]+):serve\"", path.read_text(encoding="utf-8")
        )
    }

    assert started == set(TASKS)
