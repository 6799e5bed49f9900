"""The actions: what each takes and returns.

Source: CKAN 2.10, API guide, `ckan.logic.action.get`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from types import MappingProxyType
from typing import Any

from registry.language import LANGUAGES, Text
from registry.views.ckan.facts import first
from registry.views.ckan.faults import invalid, not_found
from registry.views.ckan.search import condition, ordering
from registry.views.ckan.shelf import Shelf

VERSION = "2.10.0"
"""Whose shapes these are; harvesters choose their calls by it."""

ROWS = 10
"""Packages that a search returns when nothing else is asked for."""
ROWS_CAP = 1000
"""Most packages that a search returns; more are not refused, as in CKAN."""
SORT = "score desc, metadata_modified desc"
"""Order of a search when nothing else is asked for."""

_QUERIES = ("q", "fq", "fq_list")
_NUMBER = re.compile(r"-?[0-9]{1,9}\Z")

Parameters = Mapping[str, Any]
"""As they came: texts from an address, anything from JSON."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A registry as CKAN would present it.

    Attributes:
        shelf: its packages.
        base: base of its addresses.
        title: of the registry, per language.
        description: of what it holds, per language.
        contact: e-mail address of who keeps it, if one is known.
    """

    shelf: Shelf
    base: str
    title: Text
    description: Text
    contact: str | None

    def package_list(self, given: Parameters) -> list[str]:
        """Returns the names of all datasets.

        limit: how many at most; offset: how many are left out before them.
        """
        limit, offset = _number(given, "limit", None), _number(given, "offset", 0)
        names = [each.order["name"] for each in self.shelf.entries()][offset:]
        return names if limit is None else names[:limit]

    def package_show(self, given: Parameters) -> Mapping[str, Any]:
        """Returns a dataset with its resources.

        id: its name or its id.
        """
        found = self.shelf.find(_needed(given, "id"))
        made = self.shelf.packages([found] if found else [])
        if not made:
            raise not_found()
        return made[0]

    def package_search(self, given: Parameters) -> Mapping[str, Any]:
        """Returns the datasets that a query asks for, page by page.

        q: words, or clauses as in fq; fq, fq_list: clauses such as
        metadata_modified:[2026-01-01T00:00:00Z TO *] or organization:name;
        sort: metadata_modified, name or title, with asc or desc; rows: how many,
        1000 at most; start: how many are left out before them.
        """
        rows, start = _number(given, "rows", ROWS), _number(given, "start", 0)
        queries = [text for name in _QUERIES for text in _texts(given.get(name))]
        holds = [condition(text) for text in queries]
        sort = ",".join(_texts(given.get("sort"))) or SORT
        in_order = ordering(sort)
        found = [e for e in self.shelf.entries() if all(each(e) for each in holds)]
        page = in_order(found)[start:][: min(rows or 0, ROWS_CAP)]
        return {
            "count": len(found),
            "facets": {},
            "results": self.shelf.packages(page),
            "search_facets": {},
            "sort": sort,
        }

    def status_show(self, _: Parameters) -> Mapping[str, Any]:
        """Returns what the site says of itself."""
        return {
            "ckan_version": VERSION,
            "error_emails_to": self.contact,
            "extensions": [],
            "locale_default": LANGUAGES[0],
            "site_description": first(self.description),
            "site_title": first(self.title),
            "site_url": self.base.rstrip("/"),
        }

    def site_read(self, _: Parameters) -> bool:
        """Returns true: everybody may read."""
        return True

    def help_show(self, given: Parameters) -> str:
        """Returns what an action does.

        name: of the action.
        """
        action = ACTIONS.get(_needed(given, "name"))
        if action is None:
            raise not_found()
        return cleandoc(action.__doc__ or "")


Action = Callable[[Portal, Parameters], Any]
"""Takes the parameters and returns the result."""

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "help_show": Portal.help_show,
        "package_list": Portal.package_list,
        "package_search": Portal.package_search,
        "package_show": Portal.package_show,
        "site_read": Portal.site_read,
        "status_show": Portal.status_show,
    }
)
"""The actions by their names."""


def _needed(given: Parameters, parameter: str) -> str:
    texts = _texts(given.get(parameter))
    if not texts:
        raise invalid(parameter, "Missing value")
    return texts[0]


def _texts(value: object) -> list[str]:
    """Returns the texts of a parameter that may be given more than once."""
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if each not in (None, "")]


def _number(given: Parameters, parameter: str, default: int | None) -> int | None:
    texts = _texts(given.get(parameter))
    if not texts:
        return default
    if not _NUMBER.match(texts[0]):
        raise invalid(parameter, "Invalid integer")
    if int(texts[0]) < 0:
        raise invalid(parameter, "Must be a natural number")
    return int(texts[0])
