"""One page of a collection, and the way from it to the others.

Portals that harvest page by page look for a `hydra:PagedCollection`, a class that
the vocabulary had until 2014, and follow its `hydra:next`.

Source: Hydra Core Vocabulary, section 4.2; ckanext-dcat, its RDF parser.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.namespaces import HYDRA, RDF, XSD


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a page stands.

    Attributes:
        number: of the page, from 1.
        size: how many members a full page has.
        total: how many members all pages have.
    """

    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page; there is always one, if only an empty one."""
        return max(1, -(-self.total // self.size))

    @property
    def neighbours(self) -> Iterator[tuple[str, int]]:
        """The other pages that this one leads to, by what they are to it."""
        yield "first", 1
        if self.number > 1:
            yield "previous", self.number - 1
        if self.number < self.last:
            yield "next", self.number + 1
        yield "last", self.last


def page(paging: Paging, address: Callable[[int], str]) -> str:
    """Returns what a page says of itself, as canonical N-Triples.

    Args:
        paging: where it stands.
        address: returns that of a page by its number.
    """
    node = NamedNode(address(paging.number))

    def fact(name: str, value: NamedNode | Literal) -> Triple:
        return Triple(node, NamedNode(f"{HYDRA}{name}"), value)

    def count(number: int) -> Literal:
        return Literal(str(number), datatype=NamedNode(f"{XSD}integer"))

    return graphs.canonical(
        [
            Triple(node, NamedNode(f"{RDF}type"), NamedNode(f"{HYDRA}PagedCollection")),
            fact("totalItems", count(paging.total)),
            fact("itemsPerPage", count(paging.size)),
            *(
                fact(name, NamedNode(address(number)))
                for name, number in paging.neighbours
            ),
        ]
    )
