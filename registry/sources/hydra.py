"""A DCAT-AP catalogue as one file, or as Hydra pages that lead to one another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from registry.foreign import Page
from registry.sources.addresses import target
from registry.sources.advice import FetchError, finding
from registry.sources.fetching import Fetcher
from registry.sources.parsing import MEDIA_TYPES
from registry.sources.reader import Reader, Sheet, refused

ACCEPT = (
    "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, "
    "application/ld+json;q=0.7"
)


class HydraCatalogue:
    """A `registry.foreign.CatalogueSource` read page by page.

    Args:
        address: of the first page, or of the only one.
        fetcher: fetches the pages.
        reader: reads them.
    """

    def __init__(self, address: str, fetcher: Fetcher, reader: Reader) -> None:
        self.address = address
        self._fetcher = fetcher
        self._reader = reader

    @property
    def host(self) -> str:
        """The host of its address."""
        return target(self.address).host

    def pages(self) -> Iterator[Page]:
        """Reads it page by page; a page that cannot be read is the last one."""
        seen = {self.address}
        sheet = self._sheet(self.address)
        while True:
            page, following = sheet.page, sheet.following
            rule = self._end(following, seen) if following else ""
            if rule:
                ending = finding(rule, page.address, "hydra:next", " ".join(following))
                page = replace(page, refused=(*page.refused, ending))
            yield page
            if rule or not following:
                return
            seen.update(following)
            sheet = self._sheet(following[0])

    def _end(self, following: Sequence[str], seen: set[str]) -> str:
        """Returns the rule by which reading ends though there is a next page."""
        if len(following) > 1:
            return "several-next"
        if following[0] in seen:
            return "page-loop"
        return "too-many-pages" if len(seen) >= self._fetcher.limits.pages else ""

    def _sheet(self, address: str) -> Sheet:
        try:
            fetched = self._fetcher.get(address, ACCEPT, MEDIA_TYPES)
        except FetchError as error:
            return refused(address, error)
        return self._reader.read(fetched)
