"""The part of Solr's query language that harvesters use.

    words                          all of them occur, in any language
    field:value  field:"a value"   one of the values of a field
    field:*                        any value at all
    field:[from TO until]          moments; `*` leaves an end open
    -clause                        everything else
    clause OR clause               either; all else has to hold together

Source: CKAN 2.10, `package_search`; `ckanext-harvest`, CKAN harvester.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from registry.views.ckan.faults import bad_query
from registry.views.ckan.naming import timestamp
from registry.views.ckan.shelf import Entry, words

LONGEST = 1000
"""Characters that a query may have."""

Condition = Callable[[Entry], bool]
"""Says whether a package is what was asked for."""

_CLAUSE = re.compile(
    r"\s*(?P<sign>[+-]?)(?:(?P<field>[A-Za-z_]+):)?"
    r'(?:\[(?P<start>[^\s\]]+) TO (?P<end>[^\s\]]+)\]|"(?P<quoted>[^"]*)"'
    r'|(?P<bare>[^\s"\[\]():]+))(?=\s|\Z)'
)
_MOMENTS = frozenset({"metadata_created", "metadata_modified"})
_FIELDS = frozenset(
    {
        "capacity",
        "dataset_type",
        "groups",
        "id",
        "license_id",
        "name",
        "organization",
        "owner_org",
        "res_format",
        "state",
        "tags",
        "type",
        *_MOMENTS,
    }
)
_ORDERS = frozenset(
    {"id", "metadata_created", "metadata_modified", "name", "title", "title_string"}
)
_EVERYTHING = "*:*"
_RELEVANCE = "score"


def condition(query: str) -> Condition:
    """Returns the condition that a query states.

    Raises:
        FaultError: it is too long, or not in the part of the language above.
    """
    groups = list(_groups(query))
    return lambda entry: all(any(each(entry) for each in group) for group in groups)


def ordering(sort: str) -> Callable[[Sequence[Entry]], list[Entry]]:
    """Returns a function that sorts packages, among equal ones by name.

    Args:
        sort: such as `metadata_modified desc, name asc`.

    Raises:
        FaultError: packages cannot be sorted like that.
    """
    steps = [_step(each) for each in sort.split(",")]

    def sorted_(entries: Sequence[Entry]) -> list[Entry]:
        found = sorted(entries, key=partial(_order, "name"))
        for field, descending in reversed(steps):
            if field != _RELEVANCE:  # every match is as good as any other
                found.sort(key=partial(_order, field), reverse=descending)
        return found

    return sorted_


def _order(field: str, entry: Entry) -> str:
    return entry.order[field]


def _step(text: str) -> tuple[str, bool]:
    field, _, direction = text.strip().partition(" ")
    if field not in _ORDERS | {_RELEVANCE} or direction not in ("asc", "desc", ""):
        raise bad_query('Invalid "sort" parameter')
    return field, direction == "desc"


def _groups(query: str) -> Iterator[list[Condition]]:
    """Yields the alternatives of each condition that has to hold."""
    if len(query) > LONGEST:
        raise bad_query(f"A query can have {LONGEST} characters")
    group: list[Condition] = []
    joined = False
    for each in _clauses(query):
        if each is None:
            joined = True
        elif joined and group:
            group.append(each)
            joined = False
        else:
            if group:
                yield group
            group, joined = [each], False
    if group:
        yield group


def _clauses(query: str) -> Iterator[Condition | None]:
    """Yields the conditions of a query, and `None` for each `OR`."""
    text, position = query.replace(_EVERYTHING, " ").strip(), 0
    while position < len(text):
        found = _CLAUSE.match(text, position)
        if found is None:
            raise bad_query(text[position:])
        position = found.end()
        bare = found["bare"] if not (found["sign"] or found["field"]) else None
        if bare == "OR":
            yield None
        elif bare != "AND":
            holds = _clause(found)
            yield partial(_not, holds) if found["sign"] == "-" else holds


def _clause(found: re.Match[str]) -> Condition:
    field = found["field"]
    if found["start"] is not None:
        if field not in _MOMENTS:
            raise bad_query(found[0].strip())
        start, end = _moment(found["start"]), _moment(found["end"])
        return partial(_within, field, start, end)
    value = found["quoted"] if found["quoted"] is not None else found["bare"]
    if field is None:
        return partial(_has_words, words(value))
    if field not in _FIELDS:
        raise bad_query(f"undefined field {field}")
    return partial(_has_value, field, None if value == "*" else value)


def _not(condition: Condition, entry: Entry) -> bool:
    return not condition(entry)


def _has_words(wanted: frozenset[str], entry: Entry) -> bool:
    return wanted <= entry.words


def _has_value(field: str, value: str | None, entry: Entry) -> bool:
    values = entry.fields[field]
    return bool(values) if value is None else value in values


def _within(field: str, start: str | None, end: str | None, entry: Entry) -> bool:
    # Timestamps of one form sort as the moments do.
    (at,) = entry.fields[field]
    return (start is None or start <= at) and (end is None or at <= end)


def _moment(text: str) -> str | None:
    if text == "*":
        return None
    try:
        at = datetime.fromisoformat(text)
        return timestamp(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise bad_query(f"Invalid Date String:'{text}'") from error
