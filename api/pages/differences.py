"""What two versions of a record do not share, term by term and in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.facts import Labels
from api.pages.wording import Wording, compared, whole
from registry.record import Version

Path = tuple[str, ...]
"""Terms from the root of the document down to a value."""

_UNSHOWN = frozenset({"@context", "id", "type"})
SOURCE: Path = ("itemSource",)
NOTE: Path = ("itemNote",)
SEEN: Path = ("nameSeenIn",)
"""What is said about the record itself, beside its document."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one term says in one language before and after.

    Attributes:
        path: the terms that lead there.
        language: of the text, if it has one.
        before: values that are there no longer.
        after: values that are new.
    """

    path: Path
    language: str | None
    before: Sequence[str]
    after: Sequence[str]

    @property
    def wordings(self) -> tuple[Sequence[Wording], Sequence[Wording]]:
        """The values before and after, with the words marked that differ.

        Where several values come and go, nobody knows which took whose place.
        """
        if len(self.before) == len(self.after) == 1:
            old, new = compared(self.before[0], self.after[0])
            return [old], [new]
        return [whole(v) for v in self.before], [whole(v) for v in self.after]


def differences(
    old: Version | None, new: Version, labels: Labels
) -> Sequence[Difference]:
    """Returns what a version says otherwise than the one before, in its order.

    Values that only moved are no difference. Codes and records are called what
    they are called now.

    Args:
        old: the version before, or `None` for the first.
        new: the version.
        labels: names of what records refer to.
    """
    before = _told(old, labels) if old else {}
    after = _told(new, labels)
    found = []
    for key in {**after, **before}:
        was, now = before.get(key, []), after.get(key, [])
        gone = [value for value in was if value not in now]
        come = [value for value in now if value not in was]
        if gone or come:
            found.append(Difference(key[0], key[1], gone, come))
    return found


def _told(
    version: Version, labels: Labels
) -> Mapping[tuple[Path, str | None], list[str]]:
    """Returns every text of a version, by the terms that lead to it and language."""
    told: dict[tuple[Path, str | None], list[str]] = {}
    document = json.loads(version.content.document)
    for path, language, text in (
        *_of_node(document, (), labels),
        *_of_record(version, labels),
    ):
        told.setdefault((path, language), []).append(text)
    return told


def _of_node(
    node: Mapping[str, Any], path: Path, labels: Labels
) -> Iterator[tuple[Path, str | None, str]]:
    for term, value in node.items():
        if term not in _UNSHOWN:
            for one in value if isinstance(value, list) else [value]:
                yield from _of_value(one, (*path, term), labels)


def _of_value(
    value: Any, path: Path, labels: Labels
) -> Iterator[tuple[Path, str | None, str]]:
    if not isinstance(value, dict):
        name = labels.name(value) if isinstance(value, str) else None
        yield path, None, name.text if name else str(value)
    elif "@value" in value:
        yield path, value.get("@language"), str(value["@value"])
    elif "id" in value:
        yield from _of_node(value, path, labels)
    else:
        for tag, texts in value.items():
            for text in texts if isinstance(texts, list) else [texts]:
                yield path, tag, str(text)


def _of_record(
    version: Version, labels: Labels
) -> Iterator[tuple[Path, str | None, str]]:
    provenance = version.head.provenance
    for source in provenance.sources:
        issued = f" ({source.issued})" if source.issued else ""
        yield SOURCE, None, f"{source.iri}{issued}"
    for tag in provenance.name_seen_in:
        name = labels.name(f"{labels.iris.base}id/scheme/language#{tag}")
        yield SEEN, None, name.text if name else tag
    for tag, note in provenance.note.items():
        yield NOTE, tag, note
