"""What a check found: rules, and the things that break them.

A report is a value, not an exception: what it leads to is for the caller to say.
"""

from dataclasses import dataclass
from typing import Literal

from registry.language import Text

Severity = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule.

    Attributes:
        code: stable name, unique among the rules of a kind.
        severity: `must` refuses publication, `should` is counted and listed.
        path: the property that the rule is about; `None` when it is about the
            node as a whole, or about what refers to the node.
        message: what to do, in plain words, per language.
        iri: the shape that states it.
    """

    code: str
    severity: Severity
    path: str | None
    message: Text
    iri: str


@dataclass(frozen=True, slots=True)
class Result:
    """One rule that a thing breaks.

    Attributes:
        code: of the rule.
        severity: of the rule.
        focus_node: the thing.
        node: where the rule is broken: the thing or a node nested in it.
        path: of the rule.
        value: the offending value, if there is one.
        message: of the rule.
    """

    code: str
    severity: Severity
    focus_node: str
    node: str
    path: str | None
    value: str | None
    message: Text


@dataclass(frozen=True, slots=True)
class Report:
    """Every rule that the things of a batch break, in a fixed order."""

    results: tuple[Result, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether everything that was checked may be published."""
        return all(result.severity != "must" for result in self.results)

    def of(self, thing: str) -> "Report":
        """Returns the part of the report about one thing."""
        return Report(tuple(r for r in self.results if r.focus_node == thing))
