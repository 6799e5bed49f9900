"""`/{language}/api`: how programs use the registry, with calls that can be tried."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api.pages.operator import OPERATOR
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site
from registry.iris import RecordId
from registry.ports import ListQuery


@dataclass(frozen=True, slots=True)
class Call:
    """Something to ask.

    Attributes:
        meaning: what comes back.
        path: without the slash at its start; `{record}`, `{table}` and `{modified}`
            stand for those of the examples.
        headers: sent with it.
        options: of `curl`, beside the headers.
    """

    meaning: str
    path: str
    headers: Sequence[str] = ()
    options: str = ""


_QUERY = "sparql?query=SELECT+%2A+WHERE+%7B+%3Fs+a+%3Ftype+%7D+LIMIT+5"

CALLS: Mapping[str, Sequence[Call]] = {
    "records": (
        Call(
            msgid("The thing: it answers with the address of the document about it."),
            "id/{record}",
            options="--include",
        ),
        Call(
            msgid("The document about it as JSON-LD."),
            "doc/{record}.jsonld",
        ),
        Call(
            msgid("The same as Turtle; .nt and .rdf are there too."),
            "doc/{record}.ttl",
        ),
        Call(
            msgid("With the facts about the record itself: status, dates, source."),
            "doc/{record}.jsonld?view=record",
        ),
    ),
    "negotiation": (
        Call(
            msgid("A format by the header Accept."),
            "id/{record}",
            ("Accept: text/turtle",),
            "--location",
        ),
        Call(
            msgid("A refusal in the language of the reader."),
            "doc/institution/nobody",
            ("Accept-Language: bg",),
        ),
    ),
    "lists": (
        Call(msgid("The institutions, a page of them."), "records?kind=institution"),
        Call(
            msgid("Found by words, in Cyrillic or Latin letters."),
            "records?q=haskovo&limit=10",
        ),
        Call(
            msgid("By place, with everything inside it."),
            "records?kind=institution&place=bg",
        ),
    ),
    "versions": (
        Call(msgid("The first version."), "doc/{record}.jsonld?version=1"),
        Call(
            msgid("As it was published at the end of a day, or at a moment."),
            "doc/{record}.jsonld?asOf={modified}",
        ),
        Call(
            msgid("What happened to it, oldest first."),
            "doc/{record}/history",
            ("Accept: application/json",),
        ),
        Call(
            msgid("Nothing but 304 for those who have it already."),
            "doc/{record}.jsonld",
            ('If-None-Match: "…"',),
            "--include",
        ),
    ),
    "figures": (
        Call(msgid("Every table."), "tables", ("Accept: application/json",)),
        Call(
            msgid("The columns of one, with their codes."), "tables/{table}/structure"
        ),
        Call(
            msgid("Its figures as CSV, with the names of the codes."),
            "tables/{table}/data.csv?labels=both&limit=20",
        ),
        Call(
            msgid("The same as a workbook; JSON, JSON-stat, SDMX-CSV and Parquet too."),
            "tables/{table}/data.xlsx",
            options="--remote-name",
        ),
        Call(
            msgid("What changed from version to version."), "tables/{table}/revisions"
        ),
    ),
    "sparql": (
        Call(msgid("A query by its address, answered as CSV."), f"{_QUERY}&as=csv"),
        Call(msgid("What the endpoint is."), "sparql", ("Accept: text/turtle",)),
    ),
    "harvesting": (
        Call(msgid("The catalogue in DCAT-AP."), "catalog.ttl"),
        Call(
            msgid("Changes of the catalogue and of the records, as event streams."),
            "feed/records",
            ("Accept: application/trig",),
        ),
        Call(msgid("The same as an Atom feed."), "feed/records.atom"),
        Call(msgid("OAI-PMH 2.0."), "oai?verb=Identify"),
        Call(
            msgid("The actions of CKAN that harvesters use."),
            "api/3/action/package_list",
        ),
        Call(msgid("Everything as files."), "dump/", ("Accept: application/json",)),
        Call(msgid("The datasets and their sizes in VoID."), ".well-known/void"),
        Call(msgid("For crawlers."), "robots.txt"),
    ),
    "limits": (
        Call(msgid("Every limit with its value."), "limits?as=json"),
        Call(msgid("Every kind of problem."), "problems/?as=json"),
        Call(msgid("Whether the registry answers."), "health"),
    ),
}
"""The calls of each part of the guide; those without a route are left out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A call as the page shows it.

    Attributes:
        meaning: what comes back.
        command: for a shell.
        address: where it goes.
    """

    meaning: str
    command: str
    address: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the guide, with calls for what there is."""
        examples = self._examples()
        said = self.site.web.languages[language]
        calls = {
            part: [
                Shown(
                    said.say(call.meaning),
                    _command(call, self.site.base + path),
                    self.site.base + path,
                )
                for call, path in _filled(found, examples)
                if _answers(request, path)
            ]
            for part, found in CALLS.items()
        }
        return self.site.web.respond(request, "api", language, calls=calls)

    def _examples(self) -> Mapping[str, str]:
        """Returns what stands in the calls for the examples, as far as there are."""
        journal = self.site.registry.journal
        found = {}
        record = self._first("institution", OPERATOR)
        version = journal.current(record) if record else None
        if version:
            found["record"] = str(record)
            found["modified"] = version.head.modified.date().isoformat()
        table = self._first("table", RecordId("table", "migr-pop1ctz"))
        if table:
            found["table"] = table.key
        return found

    def _first(self, kind: str, wanted: RecordId) -> RecordId | None:
        """Returns the record wanted if it is public, or else the first of its kind."""
        head = self.site.registry.journal.head(wanted)
        if head and head.status.public:
            return wanted
        items = self.site.registry.lists.search(ListQuery(kind=kind, limit=1)).items
        return items[0].record if items else None


def _filled(
    calls: Sequence[Call], examples: Mapping[str, str]
) -> Iterator[tuple[Call, str]]:
    for call in calls:
        try:
            yield call, call.path.format(**examples)
        except KeyError:
            continue  # there is nothing of this kind to show


def _answers(request: Request, path: str) -> bool:
    """Says whether the application has a route for an address."""
    scope = {"type": "http", "method": "GET", "path": f"/{path.partition('?')[0]}"}
    scope["root_path"] = ""
    return any(
        route.matches(scope)[0] is Match.FULL for route in request.app.router.routes
    )


def _command(call: Call, address: str) -> str:
    headers = [word for header in call.headers for word in ("--header", header)]
    return shlex.join(["curl", *call.options.split(), *headers, address])


def add_to(website: Website, site: Site) -> None:
    """Adds the guide."""
    website.add("/api", Guide(site).page)
