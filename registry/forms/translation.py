"""Whether a text says in one language what it says in the other.

It is worked out from the versions of the record, oldest first, and kept nowhere. A
text that changes in one language alone leaves the other behind, until the other
changes too or the first is what it was. Spaces and ends of lines are no change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from registry.language import LANGUAGES


class State(StrEnum):
    """How a text in one language stands to the same text in the others."""

    MISSING = "missing"
    CURRENT = "current"
    OUTDATED = "outdated"


Key = tuple[str, str]
"""IRI of a node, and the term of its text."""

_Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Standing:
    """Attributes: texts now, those that last said the same, and who fell behind."""

    texts: _Texts
    agreed: _Texts
    behind: frozenset[str] = frozenset()


def states(documents: Iterable[Mapping[str, Any]]) -> Mapping[Key, Mapping[str, State]]:
    """Returns the state of each text of the last document, by language.

    A text that is there in no language has no state.

    Args:
        documents: the versions of a record, oldest first.
    """
    found: dict[Key, _Standing] = {}
    for document in documents:
        texts = dict(_texts(document))
        for key, now in texts.items():
            found[key] = _next(found[key], now) if key in found else _first(now)
        found = {key: found[key] for key in texts}
    return {key: _states(standing) for key, standing in found.items()}


def _first(now: _Texts) -> _Standing:
    return _Standing(now, now)


def _next(old: _Standing, now: _Texts) -> _Standing:
    changed = {tag for tag in LANGUAGES if old.texts.get(tag) != now.get(tag)}
    others = {tag for tag in LANGUAGES if tag not in changed and tag in now}
    added = {tag for tag in changed if tag not in old.texts or tag not in now}
    if not changed:
        return _Standing(now, old.agreed, old.behind)
    caught_up = added or not others or old.behind & changed
    if caught_up or now == old.agreed:
        return _Standing(now, now)
    return _Standing(now, old.agreed, old.behind | others)


def _states(standing: _Standing) -> Mapping[str, State]:
    def state(tag: str) -> State:
        if tag not in standing.texts:
            return State.MISSING
        return State.OUTDATED if tag in standing.behind else State.CURRENT

    return {tag: state(tag) for tag in LANGUAGES}


def _texts(node: Any) -> Iterator[tuple[Key, _Texts]]:
    """Yields every text of a document, spaces evened out, in our languages."""
    if isinstance(node, list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        for term, value in node.items():
            if isinstance(value, dict) and not {"id", "@value"} & value.keys():
                text = {tag: _even(value[tag]) for tag in LANGUAGES if tag in value}
                kept = {tag: one for tag, one in text.items() if one}
                if kept:
                    yield (str(node.get("id")), term), kept
            else:
                yield from _texts(value)


def _even(value: Any) -> str:
    every = value if isinstance(value, list) else [value]
    return "\n".join(" ".join(str(one).split()) for one in every)
