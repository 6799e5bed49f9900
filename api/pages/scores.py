"""Metadata scores in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from api.pages.translations import msgid
from registry.views.indicators import Dimension
from registry.views.score import Measured, Rating, Score

RATINGS: Mapping[Rating, str] = MappingProxyType(
    {
        Rating.EXCELLENT: msgid("excellent"),
        Rating.GOOD: msgid("good"),
        Rating.SUFFICIENT: msgid("sufficient"),
        Rating.BAD: msgid("bad"),
    }
)
"""The ratings of data.europa.eu."""

DIMENSIONS: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.FINDABILITY: msgid("Findability"),
        Dimension.ACCESSIBILITY: msgid("Accessibility of the data"),
        Dimension.INTEROPERABILITY: msgid("Interoperability"),
        Dimension.REUSABILITY: msgid("Reusability"),
        Dimension.CONTEXTUALITY: msgid("Context"),
    }
)
"""What indicators are about."""


def by_dimension(score: Score) -> Sequence[tuple[Dimension, Sequence[Measured]]]:
    """Returns what was measured, by what it is about."""
    return [
        (
            dimension,
            [one for one in score.measured if one.indicator.dimension is dimension],
        )
        for dimension in Dimension
    ]
