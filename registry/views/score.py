"""The score that data.europa.eu will give a dataset, before it harvests it.

Of the indicators that are measured on distributions, those of one distribution
count: of the one that does best.

Source: data.europa.eu, Metadata Quality Assessment, methodology.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import Literal, NamedNode

from registry import graphs
from registry.errors import NotFound
from registry.namespaces import DCAT, RDF
from registry.views.indicators import INDICATORS, Facts, Indicator, Properties

EXCELLENT = 351
"""The least number of points of the best rating."""


class Rating(StrEnum):
    """What a number of points is called."""

    EXCELLENT = "excellent"
    GOOD = "good"
    SUFFICIENT = "sufficient"
    BAD = "bad"


_LEAST: Sequence[tuple[int, Rating]] = (
    (EXCELLENT, Rating.EXCELLENT),
    (221, Rating.GOOD),
    (121, Rating.SUFFICIENT),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Whether a dataset meets an indicator."""

    indicator: Indicator
    met: bool

    @property
    def points(self) -> int:
        """The points that it gives."""
        return self.indicator.points if self.met else 0

    @property
    def missing(self) -> int:
        """The points that it would give besides, if it were met."""
        return self.indicator.points - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """The predicted score of a dataset.

    Attributes:
        dataset: its IRI.
        measured: every indicator, in the order of `INDICATORS`.
    """

    dataset: str
    measured: tuple[Measured, ...]

    @property
    def points(self) -> int:
        """How many points it gets, of 405."""
        return sum(measured.points for measured in self.measured)

    @property
    def rating(self) -> Rating:
        """What so many points are called."""
        for least, rating in _LEAST:
            if self.points >= least:
                return rating
        return Rating.BAD

    @property
    def missing(self) -> Sequence[Measured]:
        """What is not met, that which would give most first."""
        found = (measured for measured in self.measured if not measured.met)
        return sorted(found, key=lambda measured: -measured.missing)


def score(triples: str, conforms: bool) -> Score:
    """Returns the predicted score of a dataset.

    Addresses below the base of the registry are taken to answer.

    Args:
        triples: canonical N-Triples of its description, which may stand among
            other things than datasets.
        conforms: whether the description keeps to the shapes of DCAT-AP: see
            `registry.views.conformance`.

    Raises:
        NotFound: there is no dataset; a series is none and has no score.
    """
    nodes = _nodes(triples)
    dataset = _dataset(nodes)
    base = dataset.partition("id/catalog/")[0]

    def measured(node: str, *, distribution: bool) -> Mapping[str, bool]:
        facts = Facts(nodes.get(node, {}), nodes, base, conforms)
        return {
            indicator.key: indicator.met(facts)
            for indicator in INDICATORS
            if indicator.distribution is distribution
        }

    met = dict(measured(dataset, distribution=False))
    distributions = sorted(nodes[dataset].get(f"{DCAT}distribution", ()))
    best: Mapping[str, bool] = {}
    for node in distributions:
        best = max(best, measured(node, distribution=True), key=_points)
    met |= best
    return Score(dataset, tuple(Measured(i, met.get(i.key, False)) for i in INDICATORS))


_POINTS: Mapping[str, int] = {i.key: i.points for i in INDICATORS}


def _points(met: Mapping[str, bool]) -> int:
    return sum(_POINTS[key] for key, is_met in met.items() if is_met)


def _nodes(triples: str) -> Mapping[str, Properties]:
    nodes: defaultdict[str, defaultdict[str, list[str]]]
    nodes = defaultdict(lambda: defaultdict(list))
    for triple in graphs.triples(triples):
        match triple.subject, triple.object:
            case NamedNode() as subject, NamedNode() | Literal() as value:
                nodes[subject.value][triple.predicate.value].append(value.value)
    return nodes


def _dataset(nodes: Mapping[str, Properties]) -> str:
    for iri in sorted(nodes):
        if f"{DCAT}Dataset" in nodes[iri].get(f"{RDF}type", ()):
            return iri
    raise NotFound(
        "Only a dataset has a score; this is none.",
        "Оценка има само набор от данни, а това не е такъв.",
    )
