"""The catalogue of the real data, for tests that look at it as a whole."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from registry import graphs
from registry.lifecycle import Status
from registry.ports import CatalogueState, File, Reliability
from registry.record import Head, Provenance, Version
from registry.report import Report
from registry.views.conformance import Conformance, load
from registry.views.dcat import datasets, definition, membership
from registry.views.dcat.definition import Definition
from registry.views.dcat.header import header
from registry.views.dcat.profiles import PROFILES
from tests.tables import KEYS, record, rows, table_content
from tests.versions import AT, IRIS

ROOT = Path(__file__).parents[1]
DIGEST = "ab" * 32
DATED: dict[str, Any] = {"issued": AT, "modified": AT}
STATE = CatalogueState(1, AT, 0, "")


@cache
def the_definition() -> Definition:
    """Returns the definition of the real catalogue."""
    return definition.read(ROOT / "datasets" / "catalogue")


@cache
def conformance(profile: str) -> Conformance:
    """Returns the shapes of a profile."""
    return load(ROOT / "shapes", profile)


def shared(**others: Any) -> dict[str, Any]:
    """Returns the arguments that every description takes."""
    return {"iris": IRIS, "definition": the_definition(), **DATED, **others}


def file(name: str) -> File:
    """Returns a file of a dump."""
    return File(name, 12, DIGEST)


@cache
def table_version(key: str) -> Version:
    """Returns the first version of a real table."""
    made = table_content(key, rows(key))
    head = Head(
        record=record(key),
        sequence=2,
        version=1,
        status=Status.STABLE,
        digest=made.digest,
        provenance=Provenance(),
        successor=None,
        submitted=AT,
        modified=AT,
        verified=None,
    )
    return Version(head, made)


@cache
def the_header() -> str:
    """Returns the header of the real catalogue."""
    return header(STATE, iris=IRIS, definition=the_definition())


def table(key: str, **others: Any) -> str:
    """Returns the description of a real table with its files."""
    files = [file(f"table.{key}.csv"), file(f"table.{key}.parquet")]
    return datasets.table(table_version(key), files, **shared(**others))


def register(kind: str, **others: Any) -> str:
    """Returns the description of a register with its files."""
    names = [f"register.{kind}.{extension}" for extension in ("csv", "jsonl", "nt")]
    measured = Reliability(3, date(2026, 12, 1), date(2027, 2, 1))
    given = {"measured": measured, **shared(**others)}
    return datasets.register(kind, [file(n) for n in names], **given)


def whole(**others: Any) -> str:
    """Returns the description of the dataset of everything, with its files."""
    files = [file("registry.nq.gz"), file("registry.sqlite")]
    return datasets.whole(files, **shared(**others))


@cache
def described() -> dict[str, str]:
    """Returns the description of each dataset and series of the real data."""
    found = {"registry": whole()}
    found |= {f"register.{k}": register(k) for k in the_definition().registers}
    members: dict[str, list[str]] = {}
    for key in KEYS:
        found[f"table.{key}"] = table(key)
        name = membership.series_of(
            table_version(key), iris=IRIS, definition=the_definition()
        )
        if name:
            members.setdefault(name, []).append(f"table.{key}")
    for name, keys in members.items():
        found[f"series.{name}"] = datasets.series(name, keys, **shared())
    return found


def joined(*texts: str) -> str:
    """Returns several descriptions as one canonical text."""
    return "".join(sorted({line for text in texts for line in graphs.lines(text)}))


@cache
def the_catalogue() -> str:
    """Returns the whole catalogue of the real data."""
    return joined(the_header(), *described().values())


@cache
def sample() -> str:
    """Returns the catalogue of one entry of each sort."""
    keys = ("registry", "register.scheme", "table.migr-imm8", "series.eurostat")
    return joined(the_header(), *(described()[key] for key in keys))


@cache
def report(profile: str) -> Report:
    """Returns what the shapes of a profile find in the whole catalogue."""
    (view,) = (each.view for each in PROFILES if each.key == profile)
    return conformance(profile).check(view(the_catalogue()))


def statements(text: str) -> Sequence[tuple[str, str, str]]:
    """Returns subject, predicate and value of each triple, IRIs without brackets.

    Literals are as in N-Triples.
    """
    found = (line.removesuffix(" .\n").split(" ", 2) for line in graphs.lines(text))
    return [(s.strip("<>"), p.strip("<>"), v.strip("<>")) for s, p, v in found]


def values(text: str, subject: str, predicate: str) -> Sequence[str]:
    """Returns the values of a property, texts with their language, sorted."""
    found = [v for s, p, v in statements(text) if (s, p) == (subject, predicate)]
    return sorted(_shown(value) for value in found)


def _shown(value: str) -> str:
    if not value.startswith('"'):
        return value
    literal, _, rest = value[1:].rpartition('"')
    return literal + (rest if rest.startswith("@") else "")
