from dataclasses import replace

import pytest

from registry import graphs
from registry.errors import NotFound
from registry.namespaces import DCAT, DCT
from registry.views.indicators import INDICATORS, TOTAL
from registry.views.score import EXCELLENT, Measured, Rating, Score, score
from tests.dcat import described, joined, report, table, the_header
from tests.versions import BASE, IRIS

DATASET = f"{BASE}id/catalog/table.migr-imm8"


def without(text: str, *predicates: str) -> str:
    """Returns a description without the triples of some properties."""
    marks = [f" <{predicate}> " for predicate in predicates]
    kept = [x for x in graphs.lines(text) if not any(mark in x for mark in marks)]
    return "".join(kept)


def test_a_whole_description_gets_every_point() -> None:
    """Nothing is missing from a table with its files."""
    found = score(table("migr-imm8"), True)

    assert found.dataset == DATASET
    assert found.points == TOTAL
    assert found.rating is Rating.EXCELLENT
    assert found.missing == []


def test_what_is_missing_says_what_it_would_add() -> None:
    """The field that adds most comes first."""
    text = without(table("migr-imm8"), f"{DCAT}keyword", f"{DCT}issued")
    found = score(text, False)

    assert found.points == TOTAL - 30 - 30 - 5
    assert [(m.indicator.key, m.missing) for m in found.missing] == [
        ("keyword", 30),
        ("conformity", 30),
        ("issued", 5),
    ]


def test_the_best_distribution_counts() -> None:
    """One bad format among good ones costs nothing."""
    lines = graphs.lines(table("migr-imm8"))
    spared = f"<{DATASET}#csv> "
    only_csv = [
        x for x in lines if f" <{DCT}license> " not in x or x.startswith(spared)
    ]

    assert score("".join(only_csv), True).points == TOTAL


def test_points_of_several_distributions_are_not_mixed() -> None:
    """A format of one and a licence of another make no good distribution."""
    lines = graphs.lines(table("migr-imm8"))
    csv = f"<{DATASET}#csv> <{DCT}license> "
    text = "".join(x for x in lines if f"<{DCT}license>" not in x or csv not in x)
    found = score(text, True)

    # JSON-stat has a licence, but no size.
    assert [(m.indicator.key, m.missing) for m in found.missing] == [("byte-size", 5)]


def test_a_dataset_without_distribution_is_sufficient_at_best() -> None:
    """Most points are those of distributions."""
    found = score(without(table("migr-imm8"), f"{DCAT}distribution"), True)

    assert found.points == 185
    assert found.rating is Rating.SUFFICIENT


@pytest.mark.parametrize(
    ("points", "rating"),
    [
        (0, Rating.BAD),
        (120, Rating.BAD),
        (121, Rating.SUFFICIENT),
        (221, Rating.GOOD),
        (350, Rating.GOOD),
        (351, Rating.EXCELLENT),
        (405, Rating.EXCELLENT),
    ],
)
def test_ratings_are_those_of_the_methodology(points: int, rating: Rating) -> None:
    """Each begins with a number of points."""
    indicator = replace(INDICATORS[0], points=points)

    assert Score(DATASET, (Measured(indicator, True),)).rating is rating


def test_a_series_has_no_score() -> None:
    """It is no dataset."""
    with pytest.raises(NotFound):
        score(described()["series.sar"], True)


def test_every_dataset_of_ours_is_excellent() -> None:
    """The European portal is going to find nothing below its best rating."""
    checked = report("dcat-ap-3.0.1")
    poor = {}
    for key, text in described().items():
        if key.startswith("series."):
            continue
        conforms = checked.of(IRIS.dataset(key)).conforms
        found = score(joined(the_header(), text), conforms)
        if found.points < EXCELLENT:
            poor[key] = [(m.indicator.key, m.missing) for m in found.missing]

    assert poor == {}
