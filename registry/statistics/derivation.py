"""Derived tables: each value is a ratio of two cells of other tables.

    value = times · numerator / denominator, rounded to so many decimals

There is this one formula. It is worked out exactly, on fractions of whole numbers,
and rounded once: halves away from zero, as by hand. Where one of the cells is not
there or has no value, or the denominator is zero, there is no row: never a zero.

What is divided is what is published. A cell that disclosure control withholds has
no value in a published table, so that it has no part in any ratio, and a ratio says
nothing that its readers could not work out themselves.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from registry import tabular
from registry.errors import DatasetRefused
from registry.language import Text
from registry.statistics.definition import DerivationPart, SelectionPart
from registry.statistics.reading import quoted
from registry.statistics.structure import (
    VALUE,
    Derivation,
    Dimension,
    Operand,
    Structure,
)

BATCH = 5_000
"""Pairs of cells that are read at a time."""


def resolve(
    part: DerivationPart, own: Structure, operands: Mapping[str, Structure]
) -> Derivation:
    """Returns the derivation that a description gives, after checking it.

    Args:
        part: what the description says.
        own: structure of the derived table, without its derivation.
        operands: structures of the tables that it names, by key.

    Raises:
        DatasetRefused: a dimension of an operand is neither one of the table's
            own nor fixed, or is both; or it means something else there.
    """
    return Derivation(
        numerator=_operand(part.numerator, own, operands[part.numerator.table]),
        denominator=_operand(part.denominator, own, operands[part.denominator.table]),
        times=part.times,
        decimals=part.decimals,
    )


def _operand(part: SelectionPart, own: Structure, table: Structure) -> Operand:
    matched = {dimension.id for dimension in own.dimensions}
    names = {dimension.id for dimension in table.dimensions}
    if table.derivation is not None:
        raise _refused(
            part.table,
            "it is derived itself",
            "самата тя е изведена от други таблици",
        )
    if not matched <= names or names - matched != part.where.keys():
        fixed = ", ".join(sorted(names - matched)) or "–"
        shared = ", ".join(sorted(matched))
        raise _refused(
            part.table,
            f"it must have the dimensions {shared}, and “where” must fix just "
            f"the others: {fixed}",
            f"тя трябва да има измеренията {shared}, а „where“ да определя само "
            f"останалите: {fixed}",
        )
    different = [d.id for d in own.dimensions if not _same(d, table.dimension(d.id))]
    if different or own.period is not table.period:
        named = ", ".join(different) or "period"
        raise _refused(
            part.table,
            f"this means something else there: {named}",
            f"там това означава друго: {named}",
        )
    return Operand(
        part.table,
        tuple(
            f"{{{d.id}}}" if d.id in matched else part.where[d.id]
            for d in table.dimensions
        ),
    )


def _same(one: Dimension, other: Dimension | None) -> bool:
    return other is not None and (one.iri, one.scheme) == (other.iri, other.scheme)


def _refused(table: str, why: str, why_bg: str) -> DatasetRefused:
    return DatasetRefused(
        f"Nothing can be derived from the table {table} like that: {why}.",
        f"От таблицата {table} не може да се изведе нищо по този начин: {why_bg}.",
        extra={"table": table},
    )


def statement(derivation: Derivation, own: Structure) -> Text:
    """Returns in both languages how the values were worked out."""
    above, below = map(_named, derivation.operands)
    shared = ", ".join(dimension.id for dimension in own.dimensions)
    times, decimals = derivation.times, derivation.decimals
    return {
        "bg": (
            f"Всяка стойност е {times} × {above} ÷ {below}, при еднакви кодове за "
            f"{shared}. Изчислена е точно и е закръглена до {decimals} знака след "
            "десетичната запетая; половинките се закръгляват по абсолютна стойност "
            "нагоре. Където едно от двете числа липсва или делителят е нула, няма "
            "стойност."
        ),
        "en": (
            f"Each value is {times} × {above} ÷ {below}, with the same codes of "
            f"{shared}. It is worked out exactly and rounded to {decimals} decimals, "
            "halves away from zero. Where one of the two figures is missing or the "
            "divisor is zero, there is no value."
        ),
    }


def _named(operand: Operand) -> str:
    return f"{operand.table}/{'.'.join(operand.key)}"


@dataclass(frozen=True, slots=True)
class Source:
    """A table that values are derived from: its structure and its Parquet file."""

    structure: Structure
    file: Path


def write(target: Path, structure: Structure, sources: Mapping[str, Source]) -> None:
    """Writes the figures of a derived table as a CSV file, such as an edition has.

    Args:
        target: the file to be made.
        structure: of the derived table.
        sources: the tables that they follow from, by key.

    Raises:
        DatasetRefused: no value comes out at all, so that a code must be wrong.
    """
    derivation = structure.derivation
    if derivation is None:
        raise TypeError(f"{structure.key} is not derived")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(structure.columns)
        count = 0
        for *codes, above, below in _pairs(structure, derivation, sources):
            value = ratio(Fraction(above), Fraction(below), derivation)
            writer.writerow([*codes, value])
            count += 1
    if not count:
        raise DatasetRefused(
            f"No value of {structure.key} can be worked out: “where” finds no two "
            "cells that belong together.",
            f"За {structure.key} не може да се изчисли нито една стойност: „where“ "
            "не намира две клетки, които си съответстват.",
        )


def ratio(numerator: Fraction, denominator: Fraction, how: Derivation) -> str:
    """Returns a value as a plain decimal; the denominator is not zero."""
    shifted = how.times * 10**how.decimals * numerator / denominator
    whole = int(abs(shifted) + Fraction(1, 2))
    sign = "-" if shifted < 0 < whole else ""
    digits = str(whole).rjust(how.decimals + 1, "0")
    point = len(digits) - how.decimals
    return f"{sign}{digits[:point]}.{digits[point:]}".rstrip(".")


def _pairs(
    structure: Structure, derivation: Derivation, sources: Mapping[str, Source]
) -> Iterator[tuple[str, ...]]:
    """Yields the codes and both values wherever there are both, and can be divided."""
    sides, values = [], list[str]()
    for operand in derivation.operands:
        source = sources[operand.table]
        fixed = {
            dimension.id: part
            for dimension, part in zip(
                source.structure.dimensions, operand.key, strict=True
            )
            if operand.matched(part) is None
        }
        where = "".join(f" AND {quoted(name)} = ?" for name in fixed)
        sides.append(
            f"(SELECT * FROM read_parquet(?) WHERE {VALUE} IS NOT NULL{where})"  # noqa: S608 - names are quoted
        )
        values += [str(source.file), *fixed.values()]
    keys = ", ".join(quoted(dimension.id) for dimension in structure.dimensions)
    with tabular.cursor() as engine:
        answer = engine.execute(
            f"SELECT {keys}, CAST(n.{VALUE} AS VARCHAR), CAST(d.{VALUE} AS VARCHAR) "  # noqa: S608 - names are quoted
            f"FROM {sides[0]} AS n JOIN {sides[1]} AS d USING ({keys}) "
            f"WHERE d.{VALUE} <> 0 ORDER BY {keys}",
            values,
        )
        while rows := answer.fetchmany(BATCH):
            yield from rows
