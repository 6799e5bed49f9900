"""Where the pages are, and which page shows the thing at an address for programs.

    {base}{language}/{path}

The same path in another language is the same page. This is the only place that
knows which page belongs to which address.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from registry.iris import RecordId

_RECORD = r"(?P<kind>[a-z-]+)/(?P<key>[^/]+?)"
_PAGES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(rf"/{path}(?:\.html)?\Z"), page)
    for path, page in (
        ("", ""),
        (r"(?:id|doc)/catalog/(?P<key>[^/]+?)", "catalogue/{key}"),
        (r"(?:id|doc)/table/(?P<key>[^/]+)/history", "table/{key}/history"),
        (r"(?:id|doc)/table/(?P<key>[^/]+)/(?P<codes>[^/]+?)", "table/{key}/{codes}"),
        (rf"doc/{_RECORD}/history", "{kind}/{key}/history"),
        (rf"(?:id|doc)/{_RECORD}", "{kind}/{key}"),
        ("records", "find"),
        ("missing", "missing"),
        ("tables", "statistics"),
        (r"tables/(?P<key>[^/]+)/data", "table/{key}"),
        ("sparql", "sparql"),
        (r"sparql/jobs/(?P<id>[\w-]+)", "sparql/jobs/{id}"),
        ("audit", "desk/audit"),
        ("catalog", "catalogue"),
        ("catalog/score", "catalogue/scores"),
        ("def/?", "vocabulary"),
        ("shapes/?", "vocabulary/shapes"),
        ("shapes/(?P<kind>[a-z-]+)", "vocabulary/shapes/{kind}"),
        ("problems/?", "problems"),
        ("problems/(?P<slug>[a-z-]+)", "problems/{slug}"),
        ("limits", "limits"),
        ("dump/?", "downloads"),
        ("feed/?", "feeds"),
    )
)

SECTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        ("find", "institution", "training-centre", "course", "service", "place"),
        "find",
    ),
    **dict.fromkeys(("statistics", "table"), "statistics"),
    **dict.fromkeys(("publications", "publication"), "publications"),
    **dict.fromkeys(("practices", "practice"), "practices"),
    "desk": "desk",
    **dict.fromkeys(
        (
            *("catalogue", "dataset", "scheme", "sparql", "api", "vocabulary"),
            *("downloads", "feeds", "limits", "problems"),
        ),
        "catalogue",
    ),
}
"""The part of the main navigation that a page belongs to, by its first segment."""


def page_of(path: str) -> str | None:
    """Returns the path of the page that shows what an address for programs has.

    Args:
        path: of the address, decoded, with its slash at the start.

    Returns:
        The path below the language, or `None` if no page shows it.
    """
    for pattern, page in _PAGES:
        found = pattern.match(path)
        if found:
            parts = {name: quote(part) for name, part in found.groupdict().items()}
            return page.format(**parts)
    return None


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of pages in one language.

    Attributes:
        base: of every address; it ends in a slash.
        language: the tag of the language.
    """

    base: str
    language: str

    def page(self, path: str = "", /, **query: object) -> str:
        """Returns the address of a page by its path below the language.

        Args:
            path: as in `find`; already quoted.
            query: parameters; those that are `None` are left out.
        """
        given = {name: value for name, value in query.items() if value is not None}
        asked = f"?{urlencode(given)}" if given else ""
        return f"{self.base}{self.language}/{path}{asked}"

    def record(self, record: RecordId) -> str:
        """Returns the address of the page of a record."""
        return self.page(f"{record.kind}/{record.key}")

    def thing(self, iri: str) -> str:
        """Returns the address of the page of a thing of ours, or any other IRI."""
        thing, hash_, fragment = iri.partition("#")
        start = self.base.rstrip("/")
        path = page_of(thing.removeprefix(start)) if thing.startswith(start) else None
        return f"{self.page(path)}{hash_}{fragment}" if path else iri


def web_address(value: object) -> bool:
    """Says whether a value may become a link: never for `javascript:` and such."""
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def split(path: str, languages: Sequence[str]) -> tuple[str | None, str]:
    """Returns the language that a path is in, if it is a page's, and what follows."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (first, rest) if first in languages else (None, path.removeprefix("/"))


def translated(
    base: str, path: str, query: str, language: str, languages: Sequence[str]
) -> str:
    """Returns the address of the same page, with the same question, in a language.

    A page that is not under a language, such as a refusal at an address for
    programs, is asked for in another one by `lang`.

    Args:
        base: of every address.
        path: of the request, decoded.
        query: of the request, as it was sent.
        language: the tag wanted.
        languages: the tags that there are.
    """
    present, rest = split(path, languages)
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != "lang"]
    if present is None:
        kept.append(("lang", language))
        return f"{base}{quote(rest)}?{urlencode(kept)}"
    asked = f"?{urlencode(kept)}" if kept else ""
    return f"{base}{language}/{quote(rest)}{asked}"
