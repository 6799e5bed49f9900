import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import DatasetRefused, Invalid
from registry.statistics.disclosure import Codes, Hierarchy, Row, suppress, total
from registry.statistics.structure import Dimension, Period, Role, Structure
from tests.strategies import examples

THRESHOLD = 4

PARTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "geo": {"BG": ("BG3", "BG4"), "BG3": ("V", "R"), "BG4": ("S",)},
    "sex": {"T": ("M", "F")},
    "age": {"TOTAL": ("Y0", "Y15", "Y65")},
}
HIERARCHY: Hierarchy = {
    name: {part: whole for whole, parts in tree.items() for part in parts}
    for name, tree in PARTS.items()
}
LEAVES = {"geo": ("V", "R", "S"), "sex": ("M", "F"), "age": ("Y0", "Y15", "Y65")}


def structure(*names: str) -> Structure:
    """Returns the structure of a table of counts with these dimensions."""
    return Structure(
        key="residents",
        dimensions=tuple(
            Dimension(name, f"https://d.example/{name}", Role.CODED, name, {})
            for name in names
        ),
        measure="https://d.example/count",
        integer=True,
        unit="PER",
        period=Period.YEAR,
        flags=True,
        threshold=THRESHOLD,
        default={},
    )


def above(name: str, code: str) -> list[str]:
    """Returns a code and all that it is a part of."""
    codes = [code]
    while codes[-1] in HIERARCHY[name]:
        codes.append(HIERARCHY[name][codes[-1]])
    return codes


def with_totals(leaves: Mapping[Codes, int], names: Sequence[str]) -> dict[Codes, int]:
    """Returns the counts and every total of theirs."""
    cells: dict[Codes, int] = defaultdict(int)
    for codes, value in leaves.items():
        for cell in product(*(above(n, c) for n, c in zip(names, codes, strict=True))):
            cells[cell] += value
    return dict(cells)


def published(
    cells: Mapping[Codes, int], names: Sequence[str], threshold: int = THRESHOLD
) -> dict[Codes, int | None]:
    """Returns what becomes of the cells; `None` for those that are withheld."""
    rows: list[Row] = [(codes, value, None) for codes, value in cells.items()]
    result = suppress(rows, structure(*names), HIERARCHY, threshold)
    return {codes: value for codes, value, _ in result.rows}


@dataclass(frozen=True)
class Attacker:
    """Knows what is published, the hierarchy, the rule and the threshold.

    It searches the tables of whole numbers that could lie behind what it sees,
    narrowing bounds until no equation narrows them further.
    """

    seen: Mapping[Codes, int | None]
    names: Sequence[str]
    threshold: int

    @cached_property
    def equations(self) -> list[list[tuple[Codes, int]]]:
        """Total minus parts, for each total that is broken down."""
        return list(self._equations())

    def _equations(self) -> Iterator[list[tuple[Codes, int]]]:
        for codes in self.seen:
            for i, name in enumerate(self.names):
                parts = [
                    (*codes[:i], part, *codes[i + 1 :])
                    for part in PARTS[name].get(codes[i], ())
                ]
                there = [(part, -1) for part in parts if part in self.seen]
                if there:
                    yield [(codes, 1), *there]

    def could_be_other(self, cell: Codes, value: int) -> bool:
        """Whether some table fits in which the cell has another value.

        Knowing the value, it looks near it first, and then ever longer.
        """
        most = 3 * sum(v for v in self.seen.values() if v) + 20
        bounds = {c: (1, most) if v is None else (v, v) for c, v in self.seen.items()}
        near = [(value + 1, value + 1), (value - 1, value - 1)]
        wide = [(value + 1, most), (1, value - 1)]
        return any(
            self._solved({**bounds, cell: bound}, [patience])
            for patience in (20, 200, 2_000, 20_000)
            for bound in (*near, *wide)
            if bound[0] > 0
        )

    def _solved(
        self, bounds: dict[Codes, tuple[int, int]], patience: list[int]
    ) -> bool:
        equations = self.equations
        patience[0] -= 1
        if patience[0] < 0 or not narrowed(bounds, equations):
            return False
        unknown = [c for c, (low, high) in bounds.items() if low < high]
        if not unknown:
            return self._plausible(bounds, equations)
        cell = min(unknown, key=lambda c: bounds[c][1] - bounds[c][0])
        low, high = bounds[cell]
        return any(
            self._solved({**bounds, cell: half}, patience)
            for half in ((low, (low + high) // 2), ((low + high) // 2 + 1, high))
        )

    def _plausible(
        self,
        bounds: Mapping[Codes, tuple[int, int]],
        equations: Sequence[Sequence[tuple[Codes, int]]],
    ) -> bool:
        """Whether each group of connected unknowns has one below the threshold."""
        group = {codes: {codes} for codes, value in self.seen.items() if value is None}
        for equation in equations:
            linked = [codes for codes, _ in equation if codes in group]
            merged = set[Codes]().union(*(group[codes] for codes in linked))
            group.update(dict.fromkeys(merged, merged))
        return all(
            any(bounds[codes][0] < self.threshold for codes in cells)
            for cells in group.values()
        )


def narrowed(
    bounds: dict[Codes, tuple[int, int]],
    equations: Sequence[Sequence[tuple[Codes, int]]],
) -> bool:
    """Narrows the bounds in place; says whether anything is left between them."""
    changed = True
    while changed:
        changed = False
        for equation in equations:
            for codes, sign in equation:
                rest = [(bounds[c], s) for c, s in equation if c != codes]
                sums = [
                    -sign
                    * sum(s * b[side if s == -sign else 1 - side] for b, s in rest)
                    for side in (0, 1)
                ]
                low, high = bounds[codes]
                new = max(low, sums[0]), min(high, sums[1])
                if new[0] > new[1]:
                    return False
                if new != (low, high):
                    bounds[codes] = new
                    changed = True
    return True


def determined(attacker: Attacker) -> list[Codes]:
    """Returns the withheld cells that the equations alone give away.

    Gaussian elimination over fractions; a row with one unknown names it.
    """
    unknown = sorted(c for c, v in attacker.seen.items() if v is None)
    reduced: dict[Codes, dict[Codes, Fraction]] = {}
    for equation in attacker.equations:
        row = {c: Fraction(s) for c, s in equation if attacker.seen[c] is None}
        for pivot in [c for c in row if c in reduced]:
            subtract(row, reduced[pivot], pivot)
        if row:
            pivot = min(row)
            scaled = {c: x / row[pivot] for c, x in row.items()}
            for other in reduced.values():
                subtract(other, scaled, pivot)
            reduced[pivot] = scaled
    return [c for c in unknown if len(reduced.get(c, ())) == 1]


def subtract(
    row: dict[Codes, Fraction], other: Mapping[Codes, Fraction], pivot: Codes
) -> None:
    """Removes the pivot from a row."""
    factor = row.get(pivot)
    if factor:
        for codes, x in other.items():
            row[codes] = row.get(codes, Fraction(0)) - factor * x
            if not row[codes]:
                del row[codes]


counts = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 40))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Codes, int], tuple[str, ...]]:
    """Tables with all their totals, whole or without some rows of zero."""
    names = draw(st.sampled_from([("geo",), ("age",), ("geo", "sex"), ("age", "sex")]))
    leaves = {
        codes: draw(counts) for codes in product(*(LEAVES[name] for name in names))
    }
    cells = with_totals(leaves, names)
    if draw(st.booleans()):
        cells = {codes: value for codes, value in cells.items() if value}
    return cells, names


@settings(max_examples=examples(60), deadline=None)
@given(table=tables(), threshold=st.integers(3, 6))
def test_no_withheld_count_has_one_possible_value(
    table: tuple[dict[Codes, int], tuple[str, ...]], threshold: int
) -> None:
    """Another table of counts explains all that is published, for every cell."""
    cells, names = table

    attacker = Attacker(published(cells, names, threshold), names, threshold)

    assert [
        codes
        for codes, value in attacker.seen.items()
        if value is None and not attacker.could_be_other(codes, cells[codes])
    ] == []


@settings(max_examples=examples(25), deadline=None)
@given(seed=st.integers(0, 10_000), most=st.sampled_from([3, 8, 30]))
def test_no_equation_gives_a_withheld_count_back(seed: int, most: int) -> None:
    """Elimination over three dimensions with totals at every level finds nothing."""
    chance = random.Random(seed)  # noqa: S311 - a table, no secret
    names = ("geo", "sex", "age")
    leaves = {
        codes: chance.randint(0, most)
        for codes in product(*(LEAVES[name] for name in names))
    }

    seen = published(with_totals(leaves, names), names)

    assert determined(Attacker(seen, names, THRESHOLD)) == []


@settings(max_examples=examples(60), deadline=None)
@given(table=tables())
def test_only_counts_are_withheld(
    table: tuple[dict[Codes, int], tuple[str, ...]],
) -> None:
    """Counts below the threshold go, zeros stay, all else is as it was or goes."""
    cells, names = table

    seen = published(cells, names)

    for codes, value in cells.items():
        if 0 < value < THRESHOLD:
            assert seen[codes] is None
        elif not value:
            assert seen[codes] == 0
        else:
            assert seen[codes] in {value, None}


def one(*counts: int | None, flag: str | None = None) -> list[Row]:
    """Returns a table by age: its total, then its parts; the first has the flag."""
    codes = ("TOTAL", "Y0", "Y15", "Y65")
    pairs = zip(codes, counts, strict=True)
    return [((c,), v, flag if c == "Y0" else None) for c, v in pairs]


def test_a_small_count_takes_the_smallest_neighbour_along() -> None:
    """Two parts of one total are withheld alike; nobody sees which one is small."""
    result = suppress(one(32, 2, 20, 10), structure("age"), HIERARCHY, THRESHOLD)

    assert result.rows == [
        (("TOTAL",), 32, None),
        (("Y0",), None, "c"),
        (("Y15",), 20, None),
        (("Y65",), None, "c"),
    ]
    assert (result.primary, result.secondary) == (1, 1)


def test_bounds_are_as_wide_as_the_threshold() -> None:
    """Two small counts with a small sum cannot hide each other: a third goes."""
    result = suppress(one(54, 1, 3, 50), structure("age"), HIERARCHY, THRESHOLD)

    assert [value for _, value, _ in result.rows] == [54, None, None, None]


def test_a_total_goes_when_no_part_can() -> None:
    """The only part that is not zero equals its total, so that both go."""
    rows = one(9, 9, 0, 0, flag="c")

    result = suppress(rows, structure("age"), HIERARCHY, THRESHOLD)

    assert [value for _, value, _ in result.rows] == [None, None, 0, 0]


def test_a_count_marked_as_confidential_is_withheld_and_protected() -> None:
    """Whoever hands in figures can withhold more than the threshold does."""
    rows = one(70, 40, 20, 10, flag="c")

    result = suppress(rows, structure("age"), HIERARCHY, THRESHOLD)

    assert [value for _, value, _ in result.rows] == [70, None, 20, None]
    assert (result.primary, result.secondary) == (1, 1)


def test_a_flag_goes_with_its_value() -> None:
    """What the flag said of a withheld figure is not told either."""
    rows = one(32, 2, 20, 10, flag="e")

    result = suppress(rows, structure("age"), HIERARCHY, THRESHOLD)

    assert result.rows[1] == (("Y0",), None, "c")


def test_a_table_without_totals_loses_small_counts_only() -> None:
    """Where nothing is a sum of anything, nothing can be computed back."""
    rows: list[Row] = [(("V",), 2, None), (("R",), 20, None), (("S",), 0, None)]

    result = suppress(rows, structure("geo"), HIERARCHY, THRESHOLD)

    assert [value for _, value, _ in result.rows] == [None, 20, 0]


def test_a_table_without_small_counts_stays_as_it_is() -> None:
    """Then even totals that do not add up are nobody's secret."""
    rows = one(99, 10, 20, 30)

    result = suppress(rows, structure("age"), HIERARCHY, THRESHOLD)

    assert (result.rows, result.primary, result.secondary) == (rows, 0, 0)


def test_totals_that_are_not_published_need_no_protection() -> None:
    """Without totals by sex, men and women of one age can hide each other."""
    names = ("age", "sex")
    leaves: dict[Codes, int] = {
        ("Y0", "M"): 2,
        ("Y0", "F"): 30,
        ("Y15", "M"): 9,
        ("Y15", "F"): 40,
    }
    cells = with_totals(leaves, names)
    del cells["TOTAL", "M"], cells["TOTAL", "F"]

    seen = published(cells, names)

    assert [codes for codes, value in seen.items() if value is None] == [
        ("Y0", "M"),
        ("Y0", "F"),
    ]


def test_rows_may_come_in_any_order() -> None:
    """The same cells are withheld, and rows keep their places."""
    rows: list[Row] = [
        (codes, value, None)
        for codes, value in with_totals(
            {codes: 2 * n for n, codes in enumerate(product("VRS", "MF"))},
            ("geo", "sex"),
        ).items()
    ]
    turned = rows[::-1]

    forwards = suppress(rows, structure("geo", "sex"), HIERARCHY, THRESHOLD)
    backwards = suppress(turned, structure("geo", "sex"), HIERARCHY, THRESHOLD)

    assert forwards.rows == backwards.rows[::-1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(one(30, 2, 20, 10), "add up to 32, not to 30", id="more"),
        pytest.param(one(40, 2, 20, 10), "add up to 32, not to 40", id="less"),
        pytest.param(one(32, -2, 24, 10), "is -2, which is no count", id="negative"),
        pytest.param(one(32, None, 20, 10, flag="c"), "no count", id="withheld before"),
        pytest.param(one(30, 0, 20, 10, flag="c"), "no count", id="nobody withheld"),
        pytest.param(one(2, None, 0, 0), "cannot be protected", id="gap"),
    ],
)
def test_what_cannot_be_protected_is_refused(rows: list[Row], said: str) -> None:
    """A table whose sums are not what they seem is not published at all."""
    with pytest.raises(DatasetRefused, match=said):
        suppress(rows, structure("age"), HIERARCHY, THRESHOLD)


def test_a_threshold_that_protects_nobody_is_refused() -> None:
    """Of a threshold of 2, whatever is withheld would be known to be 1."""
    with pytest.raises(Invalid, match="protects nobody"):
        suppress(one(32, 2, 20, 10), structure("age"), HIERARCHY, 2)


@pytest.mark.parametrize(
    "broader", [{"Y0": "Y15", "Y15": "Y0"}, {"Y0": "X", "X": "Z", "Z": "X"}]
)
def test_a_code_that_is_part_of_itself_is_refused(broader: dict[str, str]) -> None:
    """A loop in a code list ends in a sentence, not in a loop."""
    with pytest.raises(Invalid, match="part of itself"):
        suppress(one(32, 2, 20, 10), structure("age"), {"age": broader}, THRESHOLD)


def test_the_first_view_says_what_the_total_is() -> None:
    """A total that no code list declares gives nothing back either."""
    by_citizenship = replace(
        structure("citizen"), default={"citizen": ["FOR_STLS"], "time_period": ["2024"]}
    )
    rows: list[Row] = [
        (("FOR_STLS",), 32, None),
        (("SY",), 2, None),
        (("UA",), 30, None),
    ]

    result = suppress(rows, by_citizenship, {"citizen": {"SY": "TOTAL"}}, THRESHOLD)

    assert [value for _, value, _ in result.rows] == [32, None, None]


def test_a_sum_over_something_missing_is_missing() -> None:
    """Neither is a missing value a zero, nor is a part of a sum the sum."""
    assert total([1, 2, 3]) == 6
    assert total([1, None, 3]) is None
    assert total([]) == 0
