"""Which columns of a file the terms of a record are filled from."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from registry.language import LANGUAGES
from registry.sources.template import ISSUED, PART, Json, holes

Path = tuple[str, ...]
"""The terms from the root of a template to a place in it, the first one empty."""

_NAMING = frozenset({"$each", "$when", "$switch"})
"""Members whose value is the name of a column."""

_PLAIN = frozenset(
    {
        *("$iri", "$url", "$isbn", "$date", "$text"),
        *("$then", "$else", "$default", "$by", "id"),
        *LANGUAGES,
    }
)
"""Members that are no terms."""


def columns(template: Json) -> Mapping[str, tuple[str, ...]]:
    """Returns the columns that each term, nested ones included, is filled from.

    A term that stands at several depths keeps the columns of the least depth: the
    name of the thing is not that of a node nested in it. Under the empty text stand
    all the columns that the template needs.

    Raises:
        ValueError: the template uses an operator that does not exist.
    """
    found: dict[str, dict[int, dict[str, None]]] = {}
    for path, column in _uses(template, ("",)):
        for depth, term in enumerate(path):
            found.setdefault(term, {}).setdefault(depth, {})[column] = None
    return MappingProxyType(
        {term: tuple(depths[min(depths)]) for term, depths in found.items()}
    )


def _uses(template: Json, path: Path) -> Iterator[tuple[Path, str]]:
    """Yields every column that is used, with where."""
    if isinstance(template, str):
        yield from ((path, name) for name in holes(template) if name != PART)
    elif isinstance(template, Mapping):
        for name, value in template.items():
            yield from _uses_of_member(name, value, path)
    elif isinstance(template, Sequence):
        for item in template:
            yield from _uses(item, path)


def _uses_of_member(name: str, value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if name in _NAMING:
        yield path, str(value)
    elif name == "$cases" and isinstance(value, Mapping):
        yield from _uses(list(value.values()), path)
    elif name == "$issued":
        for term in ISSUED.values():
            yield from _uses(value, (*path, term))
    elif name in _PLAIN:
        yield from _uses(value, path)
    elif name.startswith("$"):
        raise ValueError(f"no such operator: {name}")
    else:
        yield from _uses(value, (*path, name))
