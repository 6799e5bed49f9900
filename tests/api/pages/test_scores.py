from api.pages.scores import DIMENSIONS, RATINGS, by_dimension
from registry.views.indicators import INDICATORS, Dimension
from registry.views.score import Measured, Rating, Score


def test_everything_has_a_name() -> None:
    """No rating and no dimension is shown as a code."""
    assert set(RATINGS) == set(Rating)
    assert set(DIMENSIONS) == set(Dimension)


def test_points_are_told_by_what_they_are_about() -> None:
    """Every indicator once, under its dimension."""
    score = Score("x:", tuple(Measured(one, met=False) for one in INDICATORS))

    told = by_dimension(score)

    assert [dimension for dimension, _ in told] == list(Dimension)
    for dimension, measured in told:
        assert {one.indicator.dimension for one in measured} == {dimension}
    assert [one for _, measured in told for one in measured] == list(score.measured)
