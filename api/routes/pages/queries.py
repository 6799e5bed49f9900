"""`/{language}/sparql`: a query, its answer as a table, and examples to begin with.

A plain form that works alone; a script puts an editor over its text field. The
queries go through the same service as those of programs, under the same limits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from time import perf_counter
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import compression, protocol
from api.asking import may_run_in_background
from api.body import ReaderLeft
from api.pages.excerpt import excerpt
from api.pages.facts import Labels
from api.pages.result_charts import Words, drawn
from api.pages.results import Reader, Table
from api.pages.translations import msgid
from api.pages.vocabulary import completions
from api.problems import status_of, wait_of
from api.protocol import Asked
from api.rdf import TURTLE
from api.routes.pages.website import Website
from api.routes.sparql import PLAIN_JSON, PLAIN_XML, RESULTS_JSON, offers
from api.site import Site
from registry.errors import RegistryError
from registry.language import choose
from registry.namespaces import PREFIXES
from registry.ports import Answer, QueryForm
from registry.vocabulary import Example

SHOWN = 4 * 1024**2
"""Bytes of an answer that are made into a page; the formats have larger ones."""

LINKABLE = 4000
"""Longest address of a question; a longer one is sent as a form each time."""

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "figures": msgid("Figures and what they lead to"),
        "help": msgid("Institutions, services and publications"),
        "training": msgid("Centres and courses"),
        "quality": msgid("The state of the data"),
        "": msgid("Other questions"),
    }
)
"""Groups of examples, in the order of the page."""

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "size": "query.text",
        "depth": "query.depth",
        "statements": "query.statements",
        "groups": "query.groups",
        "operators": "query.operators",
        "steps": "query.steps",
        "deadline": "query.deadline",
        "memory": "query.memory",
        "rows": "query.rows",
        "bytes": "query.result",
        "busy": "query.waiting",
        "busy-long": "query.waiting",
        "client-seconds": "query.client-seconds",
        "client-errors": "query.client-errors",
        "client-parallel": "query.client-parallel",
    }
)
"""The published limit that a refusal is about, by the rule or reason it names."""

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "json": "JSON",
        "xml": "XML",
        "csv": "CSV",
        "tsv": "TSV",
        "ttl": "Turtle",
        "nt": "N-Triples",
        "jsonld": "JSON-LD",
        "rdf": "RDF/XML",
    }
)
"""What the formats are called, by extension."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the page shows it; at most one of the first three is not `None`.

    Attributes:
        boolean: yes or no.
        table: rows.
        graph: as Turtle.
        large: bytes of an answer that is too large for a page, else 0.
        form: of the query.
        charts: pictures of the rows.
        sequence: the journal position that it reflects.
        seconds: that it took.
    """

    boolean: bool | None
    table: Table | None
    graph: str | None
    large: int
    form: QueryForm
    charts: Sequence[Markup]
    sequence: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sparql:
    """The query page of one registry."""

    site: Site

    async def get(self, request: Request, language: str) -> Response:
        """Returns the form, with the query of the address and its answer."""
        asked = protocol.by_address(request)
        if asked is not None:
            return await self._asked(request, language, asked)
        name = request.query_params.get("example")
        text = self._example(name) if name else ""
        return await run_in_threadpool(self._page, request, language, Asked(text, ()))

    def _example(self, name: str) -> str:
        """Returns an example without the title and description on its top."""
        lines = self.site.registry.vocabulary.example(name).query.split("\n")
        return "\n".join(dropwhile(lambda line: line.startswith("#"), lines))

    async def post(self, request: Request, language: str) -> Response:
        """Sends the reader to the address of the answer, or answers a long query."""
        limit = self.site.registry.settings.engine.query_bytes
        asked = await protocol.by_body(request, limit)
        address = self._link(language, asked)
        if address:
            return RedirectResponse(address, status_code=303)
        return await self._asked(request, language, asked)

    async def terms(self, request: Request, language: str) -> Response:
        """Returns what the editor can complete, in the language of the page."""
        body = await run_in_threadpool(self._terms, language)
        headers = {"Content-Type": "application/json", "Content-Language": language}
        return compression.respond(request, body, headers)

    def _terms(self, language: str) -> bytes:
        vocabulary = self.site.registry.vocabulary
        offered = []
        for one in completions(vocabulary.terms, vocabulary.context):
            label = choose(one.labels, language)
            offered.append([one.name, one.kind, label.text if label else ""])
        document = {"prefixes": PREFIXES, "terms": offered}
        return json.dumps(document, ensure_ascii=False).encode()

    async def _asked(self, request: Request, language: str, asked: Asked) -> Response:
        # Browsers send the ends of lines of a form as two characters each.
        asked = Asked(asked.text.replace("\r\n", "\n"), asked.fields)
        asking = self.site.asking
        began = perf_counter()
        try:
            form = asking.form(request, asked.text)
            wanted = TURTLE if form.graph else RESULTS_JSON
            answer = await asking.ask(request, asked.query(), wanted.media_type)
        except ReaderLeft:
            return Response(status_code=400)  # nobody is there to read it
        except RegistryError as error:
            return await run_in_threadpool(
                self._page, request, language, asked, error=error
            )
        seconds = perf_counter() - began
        return await run_in_threadpool(
            self._answer, request, language, asked, (form, answer, seconds)
        )

    def _answer(
        self,
        request: Request,
        language: str,
        asked: Asked,
        found: tuple[QueryForm, Answer, float],
    ) -> Response:
        form, answer, seconds = found
        body = _body(answer)
        table: bool | Table | None = None
        if not form.graph and body is not None:
            registry = self.site.registry
            labels = Labels(registry.journal, registry.iris, language)
            addresses = self.site.web.addresses(language)
            table = Reader(registry.iris, addresses, labels).table(body)
        rows = table if isinstance(table, Table) else None
        answered = Answered(
            boolean=table if isinstance(table, bool) else None,
            table=rows,
            graph=body.decode() if form.graph and body is not None else None,
            large=answer.size if body is None else 0,
            form=form,
            charts=self._charts(rows, language) if rows else (),
            sequence=answer.sequence,
            seconds=seconds,
        )
        return self._page(request, language, asked, answered=answered)

    def _charts(self, table: Table, language: str) -> Sequence[Markup]:
        said = self.site.web.languages[language]
        words = Words(
            language,
            said.say(msgid("The answer as a chart")),
            said.say(msgid("The same figures stand in the table below.")),
            said.number,
        )
        return drawn(table, words)

    def _page(
        self,
        request: Request,
        language: str,
        asked: Asked,
        *,
        answered: Answered | None = None,
        error: RegistryError | None = None,
    ) -> Response:
        link = self._link(language, asked) if answered else None
        shown: dict[str, Any] = {
            "asked": asked,
            "answered": answered,
            "error": error,
            "limit": _limit(error) if error else None,
            "lines": _lines(asked.text, error) if error else (),
            "background": self._background(asked, error) if error else (),
            "link": link,
            "downloads": self._downloads(asked, answered.form, link)
            if answered
            else (),
            "topics": self._topics(language),
            "lanes": self._lanes(),
        }
        web, headers = self.site.web, {"X-Robots-Tag": "noindex"}
        if error is None:
            sent = headers if asked.fields else None
            return web.respond(request, "sparql", language, headers=sent, **shown)
        wait = wait_of(error)
        return web.unstored(
            request,
            "sparql",
            language,
            status=status_of(error),
            headers={**headers, **({"Retry-After": str(wait)} if wait else {})},
            **shown,
        )

    def _lanes(self) -> Mapping[str, float]:
        """Returns for how many seconds a query may run, and where."""
        settings = self.site.registry.settings
        engine = settings.engine
        return {
            "short": engine.short,
            "deadline": engine.deadline,
            "background": settings.jobs.deadline,
        }

    def _background(
        self, asked: Asked, error: RegistryError
    ) -> Sequence[tuple[str, str]]:
        """Returns the formats of a query that may run longer in the background."""
        if not may_run_in_background(error):
            return ()
        return written_in(self.site.registry.queries.form(asked.text))

    def _link(self, language: str, asked: Asked) -> str | None:
        """Returns the address of the question, unless it is too long for one."""
        text = asked.text.replace("\r\n", "\n")
        query = urlencode([("query", text), *asked.graphs])
        address = f"{self.site.web.addresses(language).page('sparql')}?{query}"
        return address if len(address) <= LINKABLE else None

    def _downloads(
        self, asked: Asked, form: QueryForm, link: str | None
    ) -> Sequence[tuple[str, str, str, str | None]]:
        """Returns name, extension, media type and address of each data format."""
        fields = [("query", asked.text), *asked.graphs]
        base = f"{self.site.base}sparql"
        return [
            (
                FORMATS[offer.extension],
                offer.extension,
                offer.media_type,
                f"{base}?{urlencode([*fields, ('as', offer.extension)])}"
                if link
                else None,
            )
            for offer in offers(form)
            if offer not in (PLAIN_JSON, PLAIN_XML)
        ]

    def _topics(self, language: str) -> Sequence[tuple[str, Sequence[Example]]]:
        said = self.site.web.languages[language]
        grouped: dict[str, list[Example]] = {topic: [] for topic in TOPICS}
        for example in self.site.registry.vocabulary.examples:
            topic = example.topic if example.topic in TOPICS else ""
            grouped[topic].append(example)
        return [(said.say(TOPICS[topic]), grouped[topic]) for topic in TOPICS]


def _body(answer: Answer) -> bytes | None:
    """Returns what the page is made from, `None` if that is too much."""
    if answer.file is None:
        return answer.body
    body = answer.file.read() if answer.size <= SHOWN else None
    answer.file.close()
    return body


def written_in(form: QueryForm) -> Sequence[tuple[str, str]]:
    """Returns extension and name of the data formats of a form of query."""
    return [
        (offer.extension, FORMATS[offer.extension])
        for offer in offers(form)
        if offer not in (PLAIN_JSON, PLAIN_XML)
    ]


def _limit(error: RegistryError) -> str | None:
    named = error.extra.get("rule") or error.extra.get("reason")
    return LIMITS.get(str(named))


def _lines(text: str, error: RegistryError) -> Sequence[object]:
    line, column = error.extra.get("line"), error.extra.get("column")
    if not isinstance(line, int) or not isinstance(column, int):
        return ()
    return excerpt(text, line, column)


def add_to(website: Website, site: Site) -> None:
    """Adds the query page."""
    page = Sparql(site)
    website.add("/sparql", page.get)
    website.add("/sparql", page.post, methods=("POST",))
    website.add("/sparql/terms", page.terms)
