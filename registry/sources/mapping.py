"""What the mapping files of the datasets declare.

`datasets.json` lists the mapping files in the order in which they are loaded. A
mapping file says how the rows of its files become records:

    {
      "kind": "place",
      "key": "{code}",
      "record": {"type": ["Location"], "name": {"bg": "{name_bg}"}},
      "provenance": {"sources": [{"iri": {"$url": "{source_url}"}}],
                     "nameSeenIn": ["bg"], "note": {"en": "{notes}"}},
      "files": [{"file": "nuts.csv", "source_url": "https://example.org/"}]
    }

`key`, `record` and `provenance` are templates (see `registry.sources.template`). The
members of a file beside its name are constants, which templates use like columns.
With a member `rows`, all rows of a file make one record together: `rows` names the
term that they are nested under, and the template of each:

      "rows": {"concepts": {"id": "#{code}", "type": ["Concept"]}}
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from registry.errors import Misconfigured
from registry.kinds import KINDS
from registry.sources.columns import columns
from registry.sources.template import Json

LIST = "datasets.json"
"""The file that lists the mapping files."""

Shape = TypeVar("Shape", dict[str, Any], list[Any])


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How the rows of one file become records.

    Attributes:
        file: the file, relative to the datasets folder.
        kind: of the records.
        key: template of the record's key.
        record: template of the document.
        provenance: template of sources, languages of the name, and note.
        nested: term and template of the nested nodes that the rows become, when all
            of them make one record.
        constants: values that templates use like columns.
        columns: the columns that each term is filled from.
        needed: the columns that the file must have.
    """

    file: str
    kind: str
    key: str
    record: Mapping[str, Json]
    provenance: Mapping[str, Json]
    nested: tuple[str, Mapping[str, Json]] | None
    constants: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]


def mappings(folder: Path) -> Sequence[FileMapping]:
    """Returns the mapping of every file of the datasets, in loading order.

    Raises:
        Misconfigured: a mapping file is missing or does not keep to the language.
    """
    return [
        mapping
        for name in _declared(folder, LIST, list)
        for mapping in _mappings_in(folder, str(name))
    ]


def _mappings_in(folder: Path, name: str) -> Iterator[FileMapping]:
    declared = _declared(folder, name, dict)
    parent = Path(name).parent
    try:
        for entry in declared["files"]:
            constants = {str(k): str(v) for k, v in entry.items() if k != "file"}
            file = (parent / entry["file"]).as_posix()
            if not (folder / file).is_file():
                raise ValueError(f"there is no file {file}")
            yield _mapping_of(declared, file, constants)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _misdeclared(name, f"{type(error).__name__}: {error}") from error


def _mapping_of(
    declared: Mapping[str, Any], file: str, constants: Mapping[str, str]
) -> FileMapping:
    if declared["kind"] not in KINDS:
        raise ValueError(f"no such kind: {declared['kind']}")
    rows: Mapping[str, Mapping[str, Json]] = declared.get("rows", {})
    record: Mapping[str, Json] = {**declared["record"], **rows}
    used = columns([record, {"$text": declared["key"]}, declared["provenance"]])
    return FileMapping(
        file=file,
        kind=declared["kind"],
        key=declared["key"],
        record=declared["record"],
        provenance=declared["provenance"],
        nested=next(iter(rows.items()), None),
        constants=constants,
        columns={term: names for term, names in columns(record).items() if term},
        needed=tuple(name for name in used.get("", ()) if name not in constants),
    )


def _declared(folder: Path, name: str, shape: type[Shape]) -> Shape:
    try:
        declared = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _misdeclared(name, str(error)) from error
    if not isinstance(declared, shape):
        raise _misdeclared(name, f"it must hold a {shape.__name__}")
    return declared


def _misdeclared(name: str, reason: str) -> Misconfigured:
    return Misconfigured(
        f"The dataset mapping {name} cannot be used: {reason}.",
        f"Описанието на данни {name} не може да се използва: {reason}.",
    )
