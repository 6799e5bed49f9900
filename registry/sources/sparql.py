"""The datasets behind a SPARQL endpoint, described by it some at a time.

Each request asks for the datasets whose IRIs come after the last one seen, so
that nothing is left out or read twice when datasets come and go meanwhile, and no
request costs more than another. SPARQLWrapper writes the requests; they are sent
by the registry's own `Fetcher`, with all its checks, and the answers are read in
the sandboxed worker like any other document.
"""

from collections.abc import Iterator
from dataclasses import replace

from pyoxigraph import Literal
from SPARQLWrapper import GET, TURTLE, SPARQLWrapper

from registry.foreign import Page
from registry.sources.addresses import target
from registry.sources.advice import FetchError, finding
from registry.sources.fetching import AGENT, Fetched, Fetcher
from registry.sources.hydra import ACCEPT
from registry.sources.parsing import MEDIA_TYPES
from registry.sources.reader import Reader, Sheet, refused

SIZE = 50
"""Datasets per request."""

_QUERY = """\
PREFIX dcat: <http://www.w3.org/ns/dcat#>
CONSTRUCT { ?dataset ?p ?o . ?o ?q ?v . }
WHERE {
  { SELECT DISTINCT ?dataset WHERE {
      ?dataset a dcat:Dataset .
      FILTER (isIRI(?dataset) && STR(?dataset) > @after@)
    } ORDER BY STR(?dataset) LIMIT @size@ }
  ?dataset ?p ?o .
  OPTIONAL { ?o ?q ?v . FILTER NOT EXISTS { ?o a dcat:Dataset } }
}
"""


def query(after: str, size: int = SIZE) -> str:
    """Returns the query for the datasets that follow an IRI."""
    # The literal is written by the library, which escapes what has to be.
    return _QUERY.replace("@size@", str(size)).replace("@after@", str(Literal(after)))


class SparqlCatalogue:
    """A `registry.foreign.CatalogueSource` behind a SPARQL endpoint.

    Args:
        address: of the endpoint.
        fetcher: sends the requests.
        reader: reads the answers.
        size: datasets per request.
    """

    def __init__(
        self, address: str, fetcher: Fetcher, reader: Reader, size: int = SIZE
    ) -> None:
        self.address = address
        self._fetcher = fetcher
        self._reader = reader
        self._size = size

    @property
    def host(self) -> str:
        """The host of its address."""
        return target(self.address).host

    def pages(self) -> Iterator[Page]:
        """Reads it some datasets at a time; an answer that fails is the last one."""
        after = ""
        for _ in range(self._fetcher.limits.pages):
            page = self._sheet(after).page
            last = max((found.iri for found in page.datasets), default="")
            if last and last <= after:
                # It does not look at the filter, so it would never end.
                ending = finding("page-loop", self.address, "", last)
                yield replace(page, datasets=(), refused=(*page.refused, ending))
                return
            if page.datasets or page.refused:
                yield page
            # A server may answer with fewer than asked for, so only an empty
            # answer is the end.
            if not page.datasets:
                return
            after = last
        yield Page(self.address, (), (finding("too-many-pages", self.address),))

    def _sheet(self, after: str) -> Sheet:
        request = _Request(self.address, returnFormat=TURTLE, agent=AGENT)
        request.setMethod(GET)
        request.setQuery(query(after, self._size))
        try:
            fetched = request.sent_by(self._fetcher)
        except FetchError as error:
            return refused(self.address, error)
        return self._reader.read(replace(fetched, address=self.address))


class _Request(SPARQLWrapper):
    """A request of SPARQLWrapper that does not go through its own client."""

    def sent_by(self, fetcher: Fetcher) -> Fetched:
        """Returns the answer, as it was sent."""
        request = self._createRequest()
        accept = request.get_header("Accept") or ACCEPT
        return fetcher.get(request.full_url, accept, MEDIA_TYPES)
