"""The structure of a table: which dimensions, measure and attributes it has.

A structure is read from the document of the table's record, which is the truth;
`registry.statistics.description` makes that document from a description file.

Source: The RDF Data Cube Vocabulary, W3C Recommendation 16 January 2014,
section 6.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.language import Text
from registry.namespaces import SDMX_DIMENSION

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
"""A code as it stands in a table and in the IRI of an observation."""

VALUE = "obs_value"
"""The column of the measured value, in every table."""

FLAG = "obs_flag"
"""The column of the observation's flag, in every table that has flags."""


AREA = f"{SDMX_DIMENSION}refArea"
"""The one property of areas, so that places join every table."""

TIME = f"{SDMX_DIMENSION}refPeriod"
"""The one property of periods."""


class Role(StrEnum):
    """What a dimension is about, which decides what its codes mean."""

    CODED = "coded"
    """Concepts of a code list: `{base}id/scheme/{scheme}#{code}`."""

    AREA = "area"
    """Places: `{base}id/place/{code in lower case}`."""

    TIME = "time"
    """Periods: `2024`, `2024-Q1` or `2024-01`, one kind in a table."""


def role_of(iri: str) -> Role:
    """Returns the role of the dimension that is this property."""
    return {AREA: Role.AREA, TIME: Role.TIME}.get(iri, Role.CODED)


class Period(StrEnum):
    """How long the periods of a table are."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension.

    Attributes:
        id: name of its column, lower-case ASCII, as `citizen`.
        iri: the property that it is.
        role: what its codes mean.
        scheme: key of its code list; only with the role *coded*.
        label: its name for people.
    """

    id: str
    iri: str
    role: Role
    scheme: str | None
    label: Text


@dataclass(frozen=True, slots=True)
class Operand:
    """Cells of another table, one for each observation that is worked out of them.

    Attributes:
        table: key of the other table's record.
        key: of a cell, part by part: a code, or in braces the dimension of the
            derived table whose code stands there, as `{geo}`.
    """

    table: str
    key: tuple[str, ...]

    @staticmethod
    def matched(part: str) -> str | None:
        """Returns the dimension that a part of a key stands for, if it does."""
        return part[1:-1] if part.startswith("{") else None

    def cell(self, codes: Mapping[str, str]) -> tuple[str, ...]:
        """Returns the codes of the cell behind an observation.

        Args:
            codes: of the observation, by dimension.
        """
        matched = ((part, self.matched(part)) for part in self.key)
        return tuple(codes[name] if name else part for part, name in matched)


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the values of a table follow from the cells of two others.

    A value is `times` its numerator divided by its denominator, worked out exactly
    and rounded to `decimals`, halves away from zero. Where one of the cells has no
    value, or the denominator is zero, there is no observation.
    """

    numerator: Operand
    denominator: Operand
    times: int
    decimals: int

    @property
    def operands(self) -> tuple[Operand, Operand]:
        """Both operands, the numerator first."""
        return self.numerator, self.denominator


@dataclass(frozen=True, slots=True)
class Structure:
    """What the columns of a table are, in their order.

    Attributes:
        key: key of the table's record.
        dimensions: in the order of the columns and of the observation's key;
            exactly one has the role *time*, at most one *area*.
        measure: the property of the measured value.
        integer: whether values are whole numbers; they are decimals otherwise.
        unit: code of the scheme `unit`, the same for all observations.
        period: how long its periods are.
        flags: whether it has the column `obs_flag`, codes of `obs-flag`.
        threshold: least count that may be published, if figures are handed in
            by stakeholders; `None` for tables published by others.
        default: filters of the first view: dimension to codes.
        derivation: how its values follow from other tables; `None` for figures
            of a source.
    """

    key: str
    dimensions: tuple[Dimension, ...]
    measure: str
    integer: bool
    unit: str
    period: Period
    flags: bool
    threshold: int | None
    default: Mapping[str, Sequence[str]]
    derivation: Derivation | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table as it is kept and published."""
        names = tuple(dimension.id for dimension in self.dimensions)
        return (*names, VALUE, FLAG) if self.flags else (*names, VALUE)

    def dimension(self, name: str) -> Dimension | None:
        """Returns the dimension of this name."""
        return next((d for d in self.dimensions if d.id == name), None)

    def observation_key(self, codes: Sequence[str]) -> str:
        """Returns the key of an observation: its codes in order, joined by dots.

        Codes hold no dots, so keys are unique. The IRI of the observation is
        `{base}id/table/{table}/{key}`.
        """
        return ".".join(codes)
