"""Disclosure control: no published figure gives away a count of a few people.

Counts below the threshold are withheld, and as many others that sums do not
give them back. For every withheld count a *move* is found: a change of withheld
counts alone which leaves every total the sum of its parts. Whoever knows all
that is published, the rule and the threshold can then not tell the table from
the moved one. The proof is the move itself; no system of equations is solved.

A move is the product of one change per dimension: a part grows and another
shrinks by as much, or a part grows together with every total above it. Such
products satisfy all equations of a table, however many dimensions it has.

The cost is linear in the cells; each count below the threshold adds a search of
at most `STEPS` steps.

Source: Hundepool et al., Statistical Disclosure Control (Wiley 2012), sections
4.2 to 4.4, for primary and secondary suppression and the hypercube method.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from registry.errors import DatasetRefused, Invalid
from registry.statistics.structure import Dimension, Role, Structure

Codes = tuple[str, ...]
"""The codes of a cell, in the order of the dimensions."""

Row = tuple[Codes, int | None, str | None]
"""A cell, its count, and its flag; either of the latter may be missing."""

Hierarchy = Mapping[str, Mapping[str, str]]
"""For each dimension, which broader code each code is a part of."""

WITHHELD = "c"
"""The code of the scheme `obs-flag` for what is confidential."""

LEAST_THRESHOLD = 3
"""Below it there is nothing to hide behind: of a threshold of 2, a withheld
count that stands alone is known to be 1."""

STEPS = 100
"""How many partial moves are tried for one count."""

CHOICES = 16
"""How many parts are weighed against one another in a dimension."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A table that may be published.

    Attributes:
        rows: all rows in their order; a withheld one has no value and the flag
            `WITHHELD`, whichever reason it is withheld for.
        primary: how many are below the threshold, or were marked as confidential.
        secondary: how many more are withheld to protect those.
    """

    rows: Sequence[Row]
    primary: int
    secondary: int


def suppress(
    rows: Sequence[Row],
    structure: Structure,
    hierarchy: Hierarchy,
    threshold: int,
) -> Suppressed:
    """Returns the rows without the counts that must not be known.

    Zeros are published: they count nobody, and a table that hid them would say
    that there is somebody wherever it hides something. A row that is not in the
    table counts as zero where its total is broken down, and as unknown elsewhere.

    Args:
        rows: unique by their codes; values are counts.
        structure: names the dimensions in the order of the codes. Where its
            first view has one code of a dimension, codes that have nothing above
            them in the table are parts of that one.
        hierarchy: by dimension; codes that the table lacks do no harm.
        threshold: the least count, other than zero, that may be published.

    Raises:
        DatasetRefused: a total is not the sum of its parts, a value is
            withheld already, or gaps make protection impossible.
        Invalid: the threshold protects nobody, or a code is a part of itself.
    """
    if threshold < LEAST_THRESHOLD:
        raise Invalid(
            f"A threshold of {threshold} protects nobody; it must be at least "
            f"{LEAST_THRESHOLD}.",
            f"Праг {threshold} не защитава никого; той трябва да е поне "
            f"{LEAST_THRESHOLD}.",
        )
    for row in rows:
        _admit(*row)
    values = {codes: value for codes, value, _ in rows if value is not None}
    primary = [codes for codes, value, flag in rows if _hidden(value, flag, threshold)]
    gaps = [codes for codes, value, _ in rows if value is None]
    if not primary:
        return Suppressed(rows, 0, 0)
    trees = [
        _Tree(
            {codes[i] for codes, _, _ in rows},
            hierarchy.get(dimension.id, {}),
            _whole(dimension, structure),
        )
        for i, dimension in enumerate(structure.dimensions)
    ]
    table = _Table(values, trees)
    table.check(gaps)
    withheld = _Protection(table, primary, threshold).withheld
    return Suppressed(
        [(c, None, WITHHELD) if c in withheld else (c, v, f) for c, v, f in rows],
        len(primary),
        len(withheld) - len(primary),
    )


def total(values: Iterable[int | None]) -> int | None:
    """Returns the sum, or `None` as soon as one of the values is missing.

    Every sum over published rows must be made so. A sum that passes over
    missing values would be taken for the real one.
    """
    result = 0
    for value in values:
        if value is None:
            return None
        result += value
    return result


def _whole(dimension: Dimension, structure: Structure) -> str | None:
    """Returns the total of a dimension, as far as the first view names one.

    Code lists put all citizenships below `TOTAL`. In a table that has none, the
    one that the first view shows is what the others are parts of.
    """
    codes = structure.default.get(dimension.id, ())
    single = dimension.role is not Role.TIME and len(codes) == 1
    return codes[0] if single else None


def _hidden(value: int | None, flag: str | None, threshold: int) -> bool:
    """Whether a count must be withheld for its own sake."""
    return value is not None and value > 0 and (value < threshold or flag == WITHHELD)


def _admit(codes: Codes, value: int | None, flag: str | None) -> None:
    """Refuses what is no count, or whose count is withheld already."""
    if value is not None and value < 0:
        raise DatasetRefused(
            f"The value of {_shown(codes)} is {value}, which is no count.",
            f"Стойността за {_shown(codes)} е {value}, а това не е брой.",
        )
    if flag == WITHHELD and not value:
        raise DatasetRefused(
            f"{_shown(codes)} is marked as confidential but has no count to protect. "
            "Hand in the figure, or a zero without a mark; the registry withholds "
            "what must not be published.",
            f"Редът {_shown(codes)} е отбелязан като поверителен, но няма брой, който "
            "да се пази. Подайте числото или нула без отбелязване; регистърът сам "
            "скрива каквото не бива да се публикува.",
        )


def _shown(codes: Codes) -> str:
    return ", ".join(codes)


class _Tree:
    """The codes of one dimension that occur in the table, as a forest."""

    def __init__(
        self, codes: Iterable[str], broader: Mapping[str, str], whole: str | None
    ) -> None:
        self.parent: dict[str, str] = {}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        known = set(codes)
        for code in sorted(known):
            above = next((c for c in _ancestors(code, broader) if c in known), None)
            if above is not None:
                self.parent[code] = above
        if whole in known and whole not in self.parent:
            roots = known - self.parent.keys() - {whole}
            self.parent.update(dict.fromkeys(roots, whole))
        for code in sorted(self.parent):
            self.children[self.parent[code]].append(code)

    def path(self, code: str) -> Iterator[str]:
        """Yields the code and all above it, up to the root."""
        step: str | None = code
        while step is not None:
            yield step
            step = self.parent.get(step)

    def above(self, code: str) -> Iterator[str]:
        return islice(self.path(code), 1, None)

    def below(self, code: str) -> Iterator[str]:
        for child in self.children.get(code, ()):
            yield child
            yield from self.below(child)

    def leaves(self, code: str, besides: str | None = None) -> Iterator[str]:
        """Yields the undivided codes of a code, without those of one of its parts."""
        if code == besides:
            return
        if code not in self.children:
            yield code
        for child in self.children.get(code, ()):
            yield from self.leaves(child, besides)

    def changes(self, code: str) -> Iterator["_Change"]:
        """Yields changes of the dimension that make the code grow, nearest first."""
        for leaf in self.leaves(code):
            down = list(self.path(leaf))
            inner = down[: down.index(code)]
            yield from self._outward(code, inner)

    def _outward(self, code: str, inner: Sequence[str]) -> Iterator["_Change"]:
        growing = [*inner, code]
        passed = code
        for ancestor in self.above(code):
            for other in self.leaves(ancestor, besides=passed):
                yield _Change(growing, self._until(other, ancestor))
            growing = [*growing, ancestor]
            passed = ancestor
        yield _Change(growing, ())

    def _until(self, code: str, ancestor: str) -> Sequence[str]:
        path = list(self.path(code))
        return path[: path.index(ancestor)]


def _ancestors(code: str, broader: Mapping[str, str]) -> Sequence[str]:
    """Returns all codes above a code, nearest first, in the table or not."""
    above: list[str] = []
    step = broader.get(code)
    while step is not None:
        if step == code or step in above:
            raise Invalid(
                f"In its code list, {step} is a part of itself.",
                f"В своя списък с кодове {step} е част от самия себе си.",
            )
        above.append(step)
        step = broader.get(step)
    return above


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one dimension: these codes grow by one, those shrink by one."""

    growing: Sequence[str]
    shrinking: Sequence[str]


class _Table:
    """The counts, and which of them are sums of which."""

    def __init__(self, values: Mapping[Codes, int], trees: Sequence[_Tree]) -> None:
        self.values = values
        self.trees = trees
        self._sums: defaultdict[tuple[int, Codes], int] = defaultdict(int)
        for codes, value in values.items():
            for i, above in self._totals(codes):
                self._sums[i, above] += value

    def _totals(self, codes: Codes) -> Iterator[tuple[int, Codes]]:
        """Yields the total that a cell is a part of, in each dimension with one."""
        for i, tree in enumerate(self.trees):
            for code in tree.above(codes[i]):
                total = _with(codes, i, code)
                if total in self.values:
                    yield i, total
                    break

    def check(self, gaps: Sequence[Codes]) -> None:
        """Refuses totals that are not the sum of their parts.

        Such a table cannot be protected: parts that overlap, or are missing
        without a word, would give away more than the equations say.
        """
        open_ended = {total for codes in gaps for total in self._totals(codes)}
        for (i, codes), parts in sorted(self._sums.items()):
            value = self.values[codes]
            if parts > value or (parts < value and (i, codes) not in open_ended):
                raise DatasetRefused(
                    f"The parts of {_shown(codes)} add up to {parts}, not to {value}. "
                    "Correct the figures, or add a row for the rest.",
                    f"Сборът на частите на {_shown(codes)} е {parts}, а не {value}. "
                    "Поправете числата или добавете ред за останалите.",
                )

    def fixed(self, codes: Codes) -> bool:
        """Whether a cell without a value can be told to be zero.

        It can where a total is broken down and the cell would be another part.
        """
        for i, above in self._totals(codes):
            if (i, above) in self._sums and not self._divided(codes, i):
                return True
        return False

    def _divided(self, codes: Codes, i: int) -> bool:
        return any(
            _with(codes, i, code) in self.values
            for code in self.trees[i].below(codes[i])
        )


def _with(codes: Codes, i: int, code: str) -> Codes:
    return (*codes[:i], code, *codes[i + 1 :])


@dataclass(frozen=True, slots=True)
class _Move:
    """A change of cells that keeps every total the sum of its parts.

    Attributes:
        cells: each with whether it grows (1) or shrinks (-1).
        cost: what withholding the cells costs that are not withheld yet: the
            binary digits of their values, so that large figures are spared.
        up: how often the change can be made until a shrinking cell is 1.
        down: how often it can be undone until a growing cell is 1.
    """

    cells: Sequence[tuple[Codes, int]]
    cost: int
    up: float
    down: float


class _Protection:
    """Finds a move for every cell below the threshold, cheapest first."""

    def __init__(self, table: _Table, primary: Sequence[Codes], threshold: int) -> None:
        self._table = table
        self._threshold = threshold
        self._steps = 0
        self._best: _Move | None = None
        # The longest lists first, while there are few cells to try their codes on.
        self._order = sorted(
            range(len(table.trees)), key=lambda i: -len(table.trees[i].parent)
        )
        self.withheld = set(primary)
        covered: set[Codes] = set()
        for codes in sorted(primary):
            if codes not in covered:
                cells = [cell for cell, _ in self._move(codes).cells]
                covered.update(cells)
                self.withheld.update(cell for cell in cells if cell in table.values)

    def _move(self, codes: Codes) -> _Move:
        start = _Move([(codes, 1)], 0, math.inf, self._table.values[codes] - 1)
        # Where no exchange was found, totals grow with their parts. In a table
        # without gaps the first try at that succeeds, so that there is an end.
        move = self._cheapest(start, exchange=True)
        move = move or self._cheapest(start, exchange=False)
        if move is not None:
            return move
        raise DatasetRefused(
            f"The count of {_shown(codes)} cannot be protected, because values near "
            "it are missing. Hand in all parts of its totals.",
            f"Броят за {_shown(codes)} не може да бъде защитен, защото до него "
            "липсват стойности. Подайте всички части на сборовете му.",
        )

    def _cheapest(self, start: _Move, *, exchange: bool) -> _Move | None:
        self._best, self._steps = None, STEPS
        self._search(start, 0, exchange=exchange)
        return self._best

    def _search(self, move: _Move, depth: int, *, exchange: bool) -> None:
        """Extends a move dimension by dimension; keeps the cheapest complete one."""
        if depth == len(self._order):
            self._best = move
            return
        i = self._order[depth]
        for option in self._options(move, i, exchange=exchange):
            if self._best is not None and option.cost >= self._best.cost:
                return
            if not self._steps:
                return
            self._steps -= 1
            self._search(option, depth + 1, exchange=exchange)

    def _options(self, move: _Move, i: int, *, exchange: bool) -> list[_Move]:
        code = move.cells[0][0][i]
        options = (
            self._extended(move, i, change)
            for change in self._table.trees[i].changes(code)
            if exchange or not change.shrinking
        )
        possible = islice((option for option in options if option), CHOICES)
        return sorted(possible, key=lambda option: option.cost)

    def _extended(self, move: _Move, i: int, change: _Change) -> _Move | None:
        """Returns the product of a move with the change of one more dimension.

        Returns:
            `None` if a cell cannot move, or a bound would become too narrow.
        """
        code = move.cells[0][0][i]
        others = [(c, 1) for c in change.growing if c != code]
        others += [(c, -1) for c in change.shrinking]
        cells = list(move.cells)
        cost, up, down = move.cost, move.up, move.down
        for codes, direction in move.cells:
            for other, sign in others:
                cell = _with(codes, i, other)
                room = self._room(cell)
                if direction == sign:
                    down = min(down, room)
                else:
                    up = min(up, room)
                if room < 0 or up + down < self._threshold:
                    return None
                cells.append((cell, direction * sign))
                cost += self._cost(cell)
        return _Move(cells, cost, up, down)

    def _room(self, cell: Codes) -> float:
        """Returns by how much a cell can shrink, or -1 if it cannot move at all."""
        value = self._table.values.get(cell)
        if value is None:
            return -1 if self._table.fixed(cell) else math.inf
        return value - 1

    def _cost(self, cell: Codes) -> int:
        if cell in self.withheld:
            return 0
        return self._table.values.get(cell, 0).bit_length()
