"""`/{language}/catalogue/{key}`: a dataset in words; `…/scores`: the points of all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api import rdf
from api.catalogue import dataset
from api.negotiation import Offer
from api.pages.dataset_list import Line
from api.pages.datasets import GROUP_NAMES, Named, heading, shown
from api.pages.facts import Labels
from api.pages.scores import DIMENSIONS, RATINGS, by_dimension
from api.routes.pages.website import Website
from api.routes.scores import scores
from api.site import Site
from registry.language import Text
from registry.ports import Described
from registry.views import schema_org
from registry.views.dcat.profiles import PROFILES, Profile
from registry.views.following import Following
from registry.views.indicators import TOTAL
from registry.views.nodes import Nodes
from registry.views.score import EXCELLENT


@dataclass(frozen=True, slots=True)
class Way:
    """A format in which descriptions can be had."""

    name: str
    offer: Offer

    def at(self, address: str, query: str = "") -> tuple[str, str, str]:
        """Returns name, address and media type, of a document without extension."""
        found = f"{address}.{self.offer.extension}{query}"
        return self.name, found, self.offer.media_type


WAYS: Sequence[Way] = (
    Way("Turtle", rdf.TURTLE),
    Way("RDF/XML", rdf.RDF_XML),
    Way("JSON-LD", rdf.JSONLD),
    Way("N-Triples", rdf.N_TRIPLES),
)
"""All of them, in the order in which people are shown them."""


@dataclass(frozen=True, slots=True)
class DatasetPages:
    """The pages of one registry's datasets.

    Attributes:
        lines: of the list of datasets, for the titles of others.
        shared: what the descriptions of all datasets refer to, as N-Triples.
    """

    site: Site
    lines: Following[Line]
    shared: str

    def page(self, request: Request, language: str) -> Response:
        """Returns all that the catalogue says of a dataset, in words."""
        registry, web = self.site.registry, self.site.web
        iris, said = registry.iris, web.languages[language]
        key = request.path_params["key"]
        found = dataset(registry.catalogue, key, iris)
        nodes = Nodes(self.shared + found.triples)
        told = shown(nodes, key, iris)
        labels = Labels(registry.journal, iris, language)
        score = next(iter(registry.scorer.scores([found])), None)
        return web.respond(
            request,
            "dataset",
            language,
            headers={"Link": f'<{told.iri}>; rel="describes"'},
            key=key,
            dataset=told,
            group_name=said.say(GROUP_NAMES[told.group]),
            units=[(iri, labels.name(iri)) for iri in told.units],
            members=[Named(iri, self._title(iri)) for iri in told.members],
            profiles=list(self._profiles(found)),
            score=score,
            rating=said.say(RATINGS[score.rating]) if score else None,
            dimensions=[
                (said.say(DIMENSIONS[dimension]), measured)
                for dimension, measured in (by_dimension(score) if score else ())
            ],
            total=TOTAL,
            structured=schema_org.dataset(nodes, told.iri, iris.catalogue),
        )

    def _title(self, iri: str) -> Text:
        line = self.lines.values().get(self._key(iri))
        return line.title if line else {}

    def _key(self, iri: str) -> str:
        return iri.removeprefix(self.site.registry.iris.dataset(""))

    def _profiles(
        self, found: Described
    ) -> Iterator[tuple[Profile, Sequence[tuple[str, str, str]]]]:
        """Yields the profiles that have words for a dataset, with their formats."""
        iris = self.site.registry.iris
        document = iris.dataset_document(found.key)
        start = f"\n<{iris.dataset(found.key)}> "
        for profile in PROFILES:
            if start in f"\n{profile.view(found.triples)}":
                query = "" if profile is PROFILES[0] else f"?profile={profile.key}"
                yield profile, [way.at(document, query) for way in WAYS]

    def scores(self, request: Request, language: str) -> Response:
        """Returns the predicted scores of datasets by key, page by page."""
        web = self.site.web
        said, address = web.languages[language], web.addresses(language).page
        found, following = scores(self.site, request.query_params.get("after", ""))
        ratings: Mapping[str, str] = {r: said.say(name) for r, name in RATINGS.items()}
        return web.respond(
            request,
            "scores",
            language,
            rows=[
                (self._key(score.dataset), self._title(score.dataset), score)
                for score in found
            ],
            ratings=ratings,
            total=TOTAL,
            excellent=EXCELLENT,
            next=following and address("catalogue/scores", after=following),
        )


def add_to(website: Website, site: Site, lines: Following[Line]) -> None:
    """Adds the pages of datasets."""
    registry = site.registry
    shared = heading(registry.iris, registry.definition)
    pages = DatasetPages(site, lines, shared)
    website.add("/catalogue/scores", pages.scores)
    website.add("/catalogue/{key}", pages.page)
