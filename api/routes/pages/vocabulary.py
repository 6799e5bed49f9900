"""`/{language}/vocabulary`: the terms and the rules of the data, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages import vocabulary
from api.pages.addresses import Addresses, web_address
from api.pages.compact import compact
from api.pages.terms import TERMS, TYPES
from api.pages.translations import msgid
from api.pages.vocabulary import CLASS, DATATYPE, DIMENSION, PROPERTY, Term
from api.routes.pages.website import Website
from api.site import Site
from registry import jsonld
from registry.errors import NotFound
from registry.kinds import KINDS
from registry.language import Text
from registry.namespaces import INTG

HEADINGS = {
    CLASS: msgid("Classes"),
    PROPERTY: msgid("Properties"),
    DIMENSION: msgid("Dimensions and measures of tables"),
    DATATYPE: msgid("Datatypes of codes"),
}
"""The parts of the page, in their order, by kind of term."""

FORMS = {
    "language": msgid("texts by language"),
    "iri": msgid("address of a thing"),
    "text": msgid("text"),
}
"""What stands under a term of the context, where it is no datatype."""


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads to what it names, where that is known."""

    name: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Described:
    """A term as its page shows it.

    Attributes:
        term: the term.
        broader: its super-terms.
        domains: the classes of what has it.
        ranges: the classes of its values.
        query: a query that shows how it is used.
    """

    term: Term
    broader: Sequence[Link]
    domains: Sequence[Link]
    ranges: Sequence[Link]
    query: str


@dataclass(frozen=True, slots=True)
class Row:
    """A term of the JSON-LD context.

    Attributes:
        name: in documents.
        property: what it stands for.
        labels: per language; empty if there are none.
        form: of its values.
        several: whether they are always a list.
        reverse: whether it points to what has this as its value.
    """

    name: str
    property: Link
    labels: Text
    form: str
    several: bool
    reverse: bool


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The pages about the vocabulary of one registry."""

    site: Site

    def terms(self, request: Request, language: str) -> Response:
        """Returns the page of the ontology and of the context."""
        known = self.site.registry.vocabulary
        said = self.site.web.languages[language]
        addresses = self.site.web.addresses(language)
        found = vocabulary.terms(known.ontology)
        return self.site.web.respond(
            request,
            "vocabulary",
            language,
            groups=[
                (
                    said.say(heading),
                    kind,
                    [_described(one, addresses) for one in found if one.kind == kind],
                )
                for kind, heading in HEADINGS.items()
            ],
            context=[
                _row(term, addresses)
                for term in known.context.terms
                if not term.iri.startswith("@")
            ],
            forms={name: said.say(form) for name, form in FORMS.items()},
            kinds=[KINDS[kind] for kind in self.site.registry.shapes.kinds],
        )

    def kinds(self, request: Request, language: str) -> Response:
        """Returns the page with the kinds that have rules."""
        shapes = self.site.registry.shapes
        counted = [(KINDS[kind], shapes.constraints(kind)) for kind in shapes.kinds]
        return self.site.web.respond(request, "shapes", language, counted=counted)

    def rules(self, request: Request, language: str) -> Response:
        """Returns the rules for one kind of record.

        Raises:
            NotFound: no kind with rules has this name.
        """
        kind, shapes = request.path_params["kind"], self.site.registry.shapes
        if kind not in KINDS:
            raise NotFound(
                f"There are no rules for the kind {kind}.",
                f"Няма правила за вида {kind}.",
            )
        addresses = self.site.web.addresses(language)
        rules = [
            (one, _link(one.path, addresses) if one.path else None)
            for one in shapes.constraints(kind)
        ]
        tiers = [
            (tier, [rule for rule in rules if rule[0].severity == tier])
            for tier in ("must", "should")
        ]
        return self.site.web.respond(
            request, "shape", language, kind=KINDS[kind], tiers=tiers
        )


def _described(term: Term, addresses: Addresses) -> Described:
    def links(iris: Sequence[str]) -> Sequence[Link]:
        return [_link(iri, addresses) for iri in iris]

    return Described(
        term,
        links(term.broader),
        links(term.domains),
        links(term.ranges),
        addresses.page("sparql", query=vocabulary.example(term)),
    )


def _link(iri: str, addresses: Addresses) -> Link:
    if iri.startswith(INTG):
        local = iri.removeprefix(INTG)
        return Link(compact(iri), f"{addresses.page('vocabulary')}#{local}")
    return Link(compact(iri), iri if web_address(iri) else None)


def _row(term: jsonld.Term, addresses: Addresses) -> Row:
    coercion = term.coercion or ""
    if term.by_language:
        form = "language"
    elif coercion == "@id":
        form = "iri"
    else:
        form = compact(coercion) if coercion else "text"
    return Row(
        name=term.name,
        property=_link(term.iri, addresses),
        labels=TERMS.get(term.name) or TYPES.get(term.name, {}),
        form="" if term.name[0].isupper() else form,
        several=term.as_set,
        reverse=term.reverse,
    )


def add_to(website: Website, site: Site) -> None:
    """Adds the pages about the vocabulary."""
    pages = Vocabularies(site)
    website.add("/vocabulary", pages.terms)
    website.add("/vocabulary/shapes", pages.kinds)
    website.add("/vocabulary/shapes/{kind}", pages.rules)
