import pytest

from registry.errors import BadParameter
from registry.statistics.cursors import beyond, cursor
from registry.statistics.relations import Relation
from registry.statistics.selection import Sort
from tests.registry.statistics.cubes import small

STRUCTURE, ROWS = small()
CODES = {
    dimension.id: {str(row[position]) for row in ROWS}
    for position, dimension in enumerate(STRUCTURE.dimensions)
}
RELATION = Relation("t", '"t" WHERE true', (), STRUCTURE, CODES)


def test_after_a_row() -> None:
    """What comes after a row is after it in one column and like it before that."""
    text = cursor(ROWS[0], STRUCTURE, [Sort("geo", descending=True)])

    condition, values = beyond(text, RELATION, [Sort("geo", descending=True)])

    assert condition.startswith(
        '(("t"."geo" < ?) OR ("t"."geo" IS NOT DISTINCT FROM ? AND "t"."freq" > ?)'
    )
    assert values[:3] == ["BG", "BG", "A"]


def test_after_a_missing_value() -> None:
    """Nothing comes after a missing value but what has none either."""
    text = cursor(ROWS[3], STRUCTURE, [Sort("obs_value")])

    condition, _ = beyond(text, RELATION, [Sort("obs_value")])

    assert condition.startswith('(("t"."obs_value" IS NOT DISTINCT FROM ? AND ')


@pytest.mark.parametrize("text", ["x", "Жж", "W10", "W251bGxd"])
def test_foreign(text: str) -> None:
    """A cursor of something else is refused."""
    with pytest.raises(BadParameter):
        beyond(text, RELATION, [])
