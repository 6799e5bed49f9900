"""Recognises queries that add up observations, token by token.

A star is the triple patterns about one variable that stands nowhere else, each
with a fixed predicate: `?o qb:dataSet <t> ; sdmx-dimension:sex ?sex`. Of a query
whose answer can be had from sums by the values of some of these variables, the
star is cut out, and the aggregates over it are marked; all else stays as it was
written. What is not wholly understood is not recognised.

**Source:** SPARQL 1.1 Query Language, sections 11, 18.5 and 19.8.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from registry.store.lexer import Token, tokens

_HINTS = ("GROUP", "DISTINCT", "COUNT", "SUM", "AVG", "MIN", "MAX")
_TERMS = frozenset({"iri", "name", "string", "number"})
_NUMBER = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?\Z")
_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
_LATER = frozenset({"OPTIONAL", "MINUS", "GRAPH", "BIND", "VALUES"})
_COMPARISONS = frozenset({"<", ">", "<=", ">=", "=", "!="})
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_FUNCTIONS = frozenset(
    {"STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "ABS", "CEIL", "FLOOR"}
    | {"ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE", "CONTAINS", "STRSTARTS"}
    | {"STRENDS", "STRBEFORE", "STRAFTER", "SUBSTR", "REPLACE", "REGEX", "YEAR"}
    | {"MONTH", "DAY", "IF", "COALESCE", "SAMETERM", "ISIRI", "ISURI", "ISLITERAL"}
    | {"ISNUMERIC", "IN", "NOT", "TRUE", "FALSE"}
)
_WORDS = _FUNCTIONS | frozenset(
    {"DISTINCT", "WHERE", "AS", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC"}
    | {"LIMIT", "OFFSET"}
)


class _Unknown(Exception):  # noqa: N818 - nothing is wrong with the query
    """This is no query that we recognise."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern of the star.

    Attributes:
        predicate: as it is written.
        variable: that stands for the object, without its mark; if it is none,
        term: the object as it is written.
    """

    predicate: str
    variable: str
    term: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition at the level of the star.

    Attributes:
        text: an expression.
        variables: in it.
        comparison: operator and number, if it just compares its variable to one.
    """

    text: str
    variables: frozenset[str]
    comparison: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate over rows of the star.

    Attributes:
        function: in capitals.
        variable: empty for rows as such.
        distinct: whether equal values count once.
    """

    function: str
    variable: str
    distinct: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    """A query without its star.

    Attributes:
        prologue: text before `SELECT`.
        head: from `SELECT` to the brace, texts and aggregates in turn.
        rest: what else the pattern has, to stand behind the star.
        tail: what comes after the pattern, like `head`.
        patterns: of the star.
        filters: at its level.
        used: variables, without marks, that occur outside of the star, of the
            filters and of aggregates.
    """

    prologue: str
    head: Sequence[str | Aggregate]
    rest: str
    tail: Sequence[str | Aggregate]
    patterns: Sequence[Pattern]
    filters: Sequence[Filter]
    used: frozenset[str]

    @property
    def aggregates(self) -> Iterator[Aggregate]:
        """All aggregates."""
        return (p for p in [*self.head, *self.tail] if isinstance(p, Aggregate))


def recognise(text: str) -> Recognised | None:
    """Returns a query whose star can be cut out, or `None`.

    It says nothing of the syntax of what it leaves as it was.
    """
    upper = text.upper()
    if not any(hint in upper for hint in _HINTS):
        return None
    try:
        return _Reading(text, list(tokens(text))).query()
    except (_Unknown, IndexError):
        return None


@dataclass(slots=True)
class _Reading:
    """One reading of a text.

    Attributes:
        at: the next token.
    """

    text: str
    tokens: Sequence[Token]
    at: int = 0
    subject: str = ""
    patterns: list[Pattern] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def query(self) -> Recognised:
        for token in self.tokens:
            if token.kind == "iri" and re.search("[?$()]", token.text):
                raise _Unknown  # it could be *less than*
            if token.kind == "name" and ".." in token.text:
                raise _Unknown
        select = self._prologue()
        self.at = select
        brace = self._index(select, lambda t: t.text == "{")
        close = self._closing(brace)
        self.subject = self._subject(brace + 1, close)
        self.at = brace + 1
        while self.at < close and self._element(close):
            pass
        self._opaque(self.at, close)
        if not self.patterns:
            raise _Unknown
        head = self._parts(select, brace)
        tail = self._parts(close + 1, len(self.tokens))
        found = Recognised(
            self.text[: self.tokens[select].start],
            head,
            " ".join(self.statements),
            tail,
            self.patterns,
            self.filters,
            frozenset(self.used),
        )
        self._check(found)
        return found

    def _check(self, found: Recognised) -> None:
        names = [p.variable for p in found.patterns if p.variable]
        filtered = {name for f in found.filters for name in f.variables}
        if self.subject in {*names, *found.used, *filtered}:
            raise _Unknown
        if len(set(names)) < len(names):
            raise _Unknown
        distinct = self._words(found.head[0])[1:2] == ["DISTINCT"]
        grouped = "GROUP" in self._words(found.tail[0]) if found.tail else False
        if not (distinct or grouped or any(found.aggregates)):
            raise _Unknown  # how often a row comes would matter
        for aggregate in found.aggregates:
            own = aggregate.variable == self.subject
            if own and (aggregate.distinct or aggregate.function != "COUNT"):
                raise _Unknown
            if not own and aggregate.variable not in {"", *names}:
                raise _Unknown

    def _words(self, part: str | Aggregate) -> list[str]:
        if isinstance(part, Aggregate):
            return []
        return [t.text.upper() for t in tokens(part)]

    def _prologue(self) -> int:
        at = 0
        while True:
            word = self.tokens[at].text.upper()
            if word == "SELECT":
                return at
            kinds = [t.kind for t in self.tokens[at + 1 : at + 3]]
            if word == "PREFIX" and kinds == ["name", "iri"]:
                at += 3
            elif word == "BASE" and kinds[:1] == ["iri"]:
                at += 2
            else:
                raise _Unknown

    def _index(self, start: int, fits: Callable[[Token], bool]) -> int:
        for number in range(start, len(self.tokens)):
            if fits(self.tokens[number]):
                return number
        raise _Unknown

    def _closing(self, opening: int) -> int:
        depth = 0
        for number in range(opening, len(self.tokens)):
            kind = self.tokens[number].kind
            depth += (kind == "opening") - (kind == "closing")
            if not depth:
                return number
        raise _Unknown

    def _subject(self, start: int, close: int) -> str:
        """Returns the variable that says in which dataset it is, or the first one."""
        first = ""
        for number in range(start, close):
            token = self.tokens[number]
            opens = number == start or self.tokens[number - 1].text in {".", "}", ")"}
            if token.kind == "variable" and opens:
                first = first or token.text[1:]
                following = self.tokens[number + 1].text
                if following == "a" or following.lower().endswith(
                    ("dataset", "dataset>")
                ):
                    return token.text[1:]
        return first

    def _element(self, close: int) -> bool:
        """Reads the next element; says whether stars may still follow."""
        token = self.tokens[self.at]
        word = token.text.upper()
        if token.kind == "opening" and token.text == "{":
            return False
        if token.kind == "word" and word in _LATER:
            return False
        if token.kind == "word" and word == "FILTER":
            self._filter(close)
        elif token.kind == "variable" and token.text[1:] == self.subject:
            self._star(close)
        elif token.kind in {"variable", "iri", "name"}:
            self._statement(close)
        else:
            raise _Unknown
        return True

    def _star(self, close: int) -> None:
        self.at += 1
        while True:
            predicate = self._term({"iri", "name"})
            self._objects(predicate)
            if not self._semicolons() or self._ends(close) or self._at("."):
                break
        if not (self._at(".") or self._ends(close)):
            raise _Unknown
        self._full_stop()

    def _semicolons(self) -> bool:
        start = self.at
        while self._at(";"):
            self.at += 1
        return self.at > start

    def _at(self, text: str) -> bool:
        return self.tokens[self.at].text == text

    def _ends(self, close: int) -> bool:
        token = self.tokens[self.at]
        word = token.kind == "word" and token.text.upper()
        return (
            self.at == close
            or token.text == "{"
            or (word == "FILTER" or word in _LATER)
        )

    def _objects(self, predicate: str) -> None:
        while True:
            token = self.tokens[self.at]
            if token.kind == "variable":
                self.at += 1
                self.patterns.append(Pattern(predicate, token.text[1:], ""))
            else:
                term = self._term(_TERMS)
                self.patterns.append(Pattern(predicate, "", term))
            if self.tokens[self.at].text != ",":
                return
            self.at += 1

    def _term(self, kinds: "frozenset[str] | set[str]") -> str:
        token = self.tokens[self.at]
        self.at += 1
        if token.text == "a" and token.kind == "word" and "string" not in kinds:
            return "a"
        if token.kind not in kinds:
            raise _Unknown
        if token.kind != "string":
            return token.text
        return token.text + self._annotation()

    def _annotation(self) -> str:
        following = self.tokens[self.at]
        if following.kind == "tag":
            self.at += 1
            return following.text
        if following.text == "^^":
            self.at += 1
            return "^^" + self._term({"iri", "name"})
        return ""

    def _full_stop(self) -> None:
        if self._at("."):
            self.at += 1

    def _filter(self, close: int) -> None:
        start = self.at + 1
        opening = self._index(start, lambda t: t.kind == "opening")
        if opening - start > 1 or self.tokens[opening].text != "(":
            raise _Unknown
        end = self._closing(opening)
        if end > close:
            raise _Unknown
        self.at = end + 1
        self._full_stop()
        pure = all(self._scalar(t) for t in self.tokens[start : end + 1])
        if not pure:
            raise _Unknown
        for first, last in self._conjuncts(start, opening, end):
            self._condition(first, last)

    def _scalar(self, token: Token) -> bool:
        if token.kind == "word":
            return token.text.upper() in _FUNCTIONS
        return token.text not in {"{", "["} and token.kind != "blank"

    def _conjuncts(
        self, start: int, opening: int, end: int
    ) -> Iterator[tuple[int, int]]:
        """Yields first and last tokens of conditions that all have to hold."""
        depth = 0
        marks = []
        for number in range(opening + 1, end):
            token = self.tokens[number]
            depth += (token.kind == "opening") - (token.kind == "closing")
            if not depth and token.text in {"&&", "||"}:
                marks.append((number, token.text))
        if start != opening or any(text == "||" for _, text in marks):
            yield start, end
            return
        first = opening + 1
        for number, _ in marks:
            yield first, number - 1
            first = number + 1
        yield first, end - 1

    def _condition(self, first: int, last: int) -> None:
        if last < first:
            raise _Unknown
        within = self.tokens[first : last + 1]
        names = frozenset(t.text[1:] for t in within if t.kind == "variable")
        self.filters.append(Filter(self._span(first, last), names, _comparison(within)))

    def _statement(self, close: int) -> None:
        """Takes over triples about something else as they are."""
        start = self.at
        while not self._ends(close):
            token = self.tokens[self.at]
            if token.text == ".":
                break
            self.at = (
                self._closing(self.at) if token.kind == "opening" else self.at
            ) + 1
        self._use(start, self.at)
        self.statements.append(f"{self._span(start, self.at - 1)} .")
        self._full_stop()

    def _opaque(self, start: int, close: int) -> None:
        """Takes over all the rest as it is."""
        if start < close:
            self._use(start, close)
            self.statements.append(self._span(start, close - 1))

    def _use(self, start: int, end: int) -> None:
        for token in self.tokens[start:end]:
            if token.kind == "variable":
                self.used.add(token.text[1:])
            # They give something else each time, or for each row.
            fresh = {"RAND", "NOW", "UUID", "STRUUID", "BNODE", "LATERAL", "FROM"}
            if token.kind == "word" and token.text.upper() in fresh:
                raise _Unknown

    def _span(self, first: int, last: int) -> str:
        end = self.tokens[last]
        return self.text[self.tokens[first].start : end.start + len(end.text)]

    def _parts(self, start: int, end: int) -> list[str | Aggregate]:
        """Returns texts, and the aggregates between them."""
        parts: list[str | Aggregate] = []
        first = number = start
        while number < end:
            found, following = self._aggregate(number)
            if found:
                if first < number:
                    parts.append(self._span(first, number - 1))
                parts.append(found)
                first = number = following
                continue
            self._plain(number, start)
            number += 1
        if first < end:
            parts.append(self._span(first, end - 1))
        return parts

    def _plain(self, number: int, start: int) -> None:
        token = self.tokens[number]
        if token.kind == "variable":
            self.used.add(token.text[1:])
        before = self.tokens[number - 1].text.upper()
        select = number == start and token.text.upper() == "SELECT"
        if token.kind == "word" and not select and token.text.upper() not in _WORDS:
            raise _Unknown
        follows = self.tokens[number + 1 : number + 2]
        calls = token.kind in {"iri", "name"} and follows and follows[0].text == "("
        if calls or token.text in {"{", "["} or token.kind == "blank":
            raise _Unknown
        doubled = token.text.upper() == "DISTINCT" and number != start + 1
        everything = token.text == "*" and before in {"SELECT", "DISTINCT"}
        if everything or (token.kind == "word" and doubled):
            raise _Unknown

    def _aggregate(self, number: int) -> tuple[Aggregate | None, int]:
        token = self.tokens[number]
        function = token.text.upper()
        if token.kind != "word" or function not in _AGGREGATES:
            return None, number
        if self.tokens[number + 1].text != "(":
            raise _Unknown
        at = number + 2
        distinct = self.tokens[at].text.upper() == "DISTINCT"
        at += distinct
        over, end = self.tokens[at], self.tokens[at + 1]
        rows = over.text == "*" and function == "COUNT" and not distinct
        if end.text != ")" or not (rows or over.kind == "variable"):
            raise _Unknown
        name = "" if rows else over.text[1:]
        return Aggregate(function, name, distinct), at + 2


def _comparison(within: Sequence[Token]) -> tuple[str, str] | None:
    """Returns operator and number where a variable is compared to one."""
    if len(within) != len(("variable", "mark", "number")):
        return None
    left, mark, right = within
    if mark.text not in _COMPARISONS:
        return None
    if left.kind == "variable" and _NUMBER.match(right.text):
        return mark.text, right.text
    if right.kind == "variable" and _NUMBER.match(left.text):
        return _FLIPPED.get(mark.text, mark.text), left.text
    return None
