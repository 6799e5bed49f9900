"""The columnar lane: sums over observations from columns, the rest by the engine.

The star of a query (`registry.store.stars`) is read from the columns of the
snapshot, as one row for each combination of those of its variables that the rest
of the query speaks of, with the number of observations behind it and the sums
and extremes of what is added up. These rows take the place of the star, as
`VALUES`; the engine does all else: names joined to them, groups, quotients,
order, form. It is also asked what constants mean and which codes a filter lets
through, so that nothing of its ways is imitated here.

Where there is any doubt there is no answer, and the query is run as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from registry.store.columns import TYPE, Columns, read_columns
from registry.store.selections import MOST, Condition, Doubt, Plan, plan
from registry.store.stars import Aggregate, Filter, Pattern, Recognised, recognise

_SUMS = frozenset({"SUM", "AVG"})


def rewritten(text: str, base: str, snapshot: str) -> str | None:
    """Returns a query with the same answer that is quicker to run, or `None`.

    Args:
        text: a query about the union of all graphs.
        base: that relative IRIs are resolved against.
        snapshot: folder of the snapshot that it is to be run on.
    """
    query = recognise(text)
    if query is None:
        return None
    try:
        columns = _columns(snapshot)
        if columns is None:
            return None
        # What is wrong with a query may be in what is cut out.
        Store().query(text, base_iri=base)
        asked = _Engine(query.prologue, base)
        return _Lane(query, asked, plan(_resolved(query, asked), columns)).text(text)
    except (Doubt, SyntaxError, OSError, RuntimeError, ValueError):
        return None


@lru_cache(maxsize=1)
def _columns(snapshot: str) -> Columns | None:
    return read_columns(Path(snapshot))


@dataclass(frozen=True, slots=True)
class _Engine:
    """The engine without any data, asked about the terms of one query."""

    prologue: str
    base: str

    def ask(self, text: str) -> QuerySolutions:
        """Returns rows."""
        found = Store().query(f"{self.prologue}{text}", base_iri=self.base)
        assert isinstance(found, QuerySolutions)  # noqa: S101 - we asked for rows
        return found


def _resolved(query: Recognised, engine: _Engine) -> Sequence[Pattern]:
    """Returns the patterns with terms as the engine gives them back."""
    texts = [t for p in query.patterns for t in (p.predicate, p.term) if t]
    texts = [text for text in texts if text != "a"]
    terms = {"": "", "a": TYPE}
    if texts:
        bound = " ".join(f"({text} AS ?t{n})" for n, text in enumerate(texts))
        (found,) = engine.ask(f"SELECT {bound} {{}}")
        terms |= {text: str(found[n]) for n, text in enumerate(texts)}
    return [
        Pattern(terms[p.predicate], p.variable, terms[p.term]) for p in query.patterns
    ]


@dataclass(frozen=True)
class _Lane:
    """One query, and what stands in its place."""

    query: Recognised
    engine: _Engine
    plan: Plan

    def text(self, written: str) -> str:
        """Returns the other query.

        Raises:
            Doubt: it would not have the same answer for sure.
        """
        kept, conditions = self._filters()
        spoken = {name for f in kept for name in f.variables} | self.query.used
        spoken |= {a.variable for a in self.query.aggregates if self._whole(a)}
        keys = sorted(spoken & self.plan.predicates.keys())
        if spoken & set(self._added):
            raise Doubt  # it would have to stand there row by row
        names = _names(written, keys, self._added)
        rows = " ".join(self.plan.rows(keys, self._added, conditions))
        filters = " ".join(f"FILTER({f.text})" for f in kept)
        columns = " ".join(f"?{name}" for name in names)
        head, tail = (
            " ".join(p if isinstance(p, str) else self._over(p, names) for p in parts)
            for parts in (self.query.head, self.query.tail)
        )
        return (
            f"{self.query.prologue}{head} {{ VALUES ({columns}) {{ {rows} }} "
            f"{filters} {self.query.rest} }} {tail}"
        )

    @cached_property
    def _added(self) -> Sequence[str]:
        """The variables whose values are added up, or compared, by us."""
        return sorted(
            {a.variable for a in self.query.aggregates if self._worked_out(a)}
        )

    def _worked_out(self, aggregate: Aggregate) -> bool:
        counted = aggregate.distinct or aggregate.function == "COUNT"
        if counted or aggregate.variable not in self.plan.predicates:
            return False
        kinds = self.plan.kinds(aggregate.variable)
        if aggregate.function in _SUMS:
            if "terms" in kinds:
                raise Doubt
            return True
        if len(kinds) > 1:
            raise Doubt  # which of two equal ones it is would depend on the order
        return "terms" not in kinds

    def _whole(self, aggregate: Aggregate) -> bool:
        """Says whether an aggregate stays as it is, over terms that stand there."""
        plain = aggregate.function == "COUNT" and not aggregate.distinct
        return not plain and not self._worked_out(aggregate)

    def _over(self, aggregate: Aggregate, names: Sequence[str]) -> str:
        """Returns an aggregate over rows that stand for several observations."""
        name, function = aggregate.variable, aggregate.function
        if self._whole(aggregate):
            distinct = "DISTINCT " if aggregate.distinct else ""
            return f"{function}({distinct}?{name})"
        start = len(names) - 1 - 3 * len(self._added)
        count = f"SUM(?{names[start]})"
        if function == "COUNT":
            return count
        at = start + 1 + 3 * self._added.index(name)
        sums, least, greatest = (f"?{one}" for one in names[at : at + 3])
        return {
            "SUM": f"SUM({sums})",
            "AVG": f"IF({count} = 0, 0, SUM({sums}) / {count})",
            "MIN": f"MIN({least})",
            "MAX": f"MAX({greatest})",
        }[function]

    def _filters(self) -> tuple[Sequence[Filter], Sequence[Condition]]:
        """Returns the filters that are left, and conditions in place of others."""
        kept: list[Filter] = []
        conditions: list[Condition] = []
        for filter_ in self.query.filters:
            condition = self._condition(filter_)
            if condition:
                conditions.append(condition)
            else:
                kept.append(filter_)
        return kept, conditions

    def _condition(self, filter_: Filter) -> Condition | None:
        name = next(iter(filter_.variables), "")
        if len(filter_.variables) > 1 or name not in self.plan.predicates:
            return None
        kinds = self.plan.kinds(name)
        if kinds == {"terms"}:
            terms = self.plan.terms(name)
            return self._passing(filter_, name, terms) if len(terms) < MOST else None
        if "terms" not in kinds and filter_.comparison:
            return Condition(name, comparison=filter_.comparison)
        return None

    def _passing(self, filter_: Filter, name: str, terms: Sequence[str]) -> Condition:
        asked = f"SELECT ?{name} {{ VALUES ?{name} {{ {' '.join(terms)} }} "
        found = self.engine.ask(f"{asked} FILTER({filter_.text}) }}")
        return Condition(name, frozenset(str(solution[0]) for solution in found))


def _names(written: str, keys: Sequence[str], added: Sequence[str]) -> Sequence[str]:
    """Returns variables: keys, the count, and three for each that is added up."""
    start = "c"
    while f"?{start}" in written or f"${start}" in written:
        start += "c"
    parts = [f"{start}{kind}{n}" for n in range(len(added)) for kind in "slh"]
    return [*keys, f"{start}n", *parts]
