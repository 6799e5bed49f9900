"""The gate: which query texts of strangers are handed to a worker at all.

It reads tokens, not grammar, in linear time. It exists to answer politely: what
it cannot judge it refuses with a reason. That nothing else gets out is the
business of the worker, which has no network and a deadline.

Each limit stands where Oxigraph's parser or planner was seen to overflow its
stack or to plan without end, with a wide margin.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Never

from registry.errors import QueryRefused
from registry.ports import QueryForm
from registry.store.lexer import OPERANDS, Token, tokens

_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_FORM = re.compile("SELECT|ASK|CONSTRUCT|DESCRIBE", re.IGNORECASE | re.ASCII)
_FORMS = {form.value: form for form in QueryForm}
_DECLARATION = re.compile("PREFIX|BASE|VERSION", re.IGNORECASE | re.ASCII)
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_ESCAPE = re.compile(r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})""")
_IRI = r"""<[A-Za-z][A-Za-z0-9+.-]*+://[^<>"{}|^`\\\x00-\x20]*+>"""
_PART = rf"[ \t\r\n]++|[?$][A-Za-z0-9_]++|[A-Za-z]++(?::[A-Za-z0-9_]*+)?|[0-9*]|{_IRI}"
_PLAIN = re.compile(
    rf"""(?:[ \t\r\n]*+ PREFIX [ \t\r\n]++ [A-Za-z]*+: [ \t\r\n]*+ {_IRI})*+
    [ \t\r\n]*+ (SELECT|ASK|CONSTRUCT|DESCRIBE) (?=[ \t\r\n*?${{])
    (?:{_PART})*+ \{{ (?:{_PART}|[.;,])*+ \}} (?:{_PART})*+""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_CLOSING = {"(": ")", "[": "]", "{": "}", "values": "}"}
_ITEMS = OPERANDS - {"tag", "word"}
_OPERATORS = frozenset("+-*/=!<>|&")
_STEPS = frozenset("/|^")


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How much query the gate lets through.

    Attributes:
        size: bytes of UTF-8.
        depth: brackets, of all kinds, within one another.
        statements: ends of statements, items of collections included.
        groups: pairs of braces.
        operators: operators in expressions.
        steps: steps of property paths.
    """

    size: int = 32 * 1024
    depth: int = 48
    statements: int = 120
    groups: int = 80
    operators: int = 400
    steps: int = 100


def admit(text: str, limits: GateLimits) -> QueryForm:
    """Returns the form of a query that may be run.

    Passing says nothing of the syntax: that is for the engine to judge.

    Raises:
        QueryRefused: the text breaks a limit, calls another server, or is not
            a query. `extra` has the `rule`, its `limit` if it has one, and the
            `line` and `column` where it was broken.
    """
    if len(text.encode(errors="replace")) > limits.size:
        raise QueryRefused(
            f"The query is longer than {limits.size} bytes.",
            f"Заявката е по-дълга от {limits.size} байта.",
            extra={"rule": "size", "limit": limits.size},
        )
    wary = bool(_SERVICE.search(text))
    return (None if wary else _plain(text, limits)) or _inspected(text, limits, wary)


def _inspected(text: str, limits: GateLimits, wary: bool) -> QueryForm:
    inspection = _Inspection(text, limits, wary)
    for token in tokens(text):
        inspection.look(token)
    return inspection.form or inspection.refuse_form(len(text))


def _plain(text: str, limits: GateLimits) -> QueryForm | None:
    """Returns the form of a query in which there is nothing to weigh, else `None`.

    Such are the short questions of programs: one group of statements, of variables,
    whole IRIs, names and numbers. Nothing in them is an operator but `*`, and whatever
    else is counted is counted here with that within IRIs.
    """
    found = _PLAIN.fullmatch(text)
    statements = text.count(".") + text.count(";") + text.count(",")
    if (
        found is None
        or statements > limits.statements
        or text.count("*") > limits.operators
        or min(limits.depth, limits.groups) < 1
    ):
        return None
    return _FORMS[found[1].upper()]


@dataclass(slots=True)
class _Inspection:
    """One reading of a text, from its first token to its last."""

    text: str
    limits: GateLimits
    wary: bool
    """Whether the letters of SERVICE occur anywhere."""
    form: QueryForm | None = None
    extensible: bool = True
    """Whether every declared prefix stays an IRI whatever is added to it."""
    values: bool = False
    """Whether the next brace opens a data block."""
    before: Token = field(default_factory=lambda: Token("mark", "", 0))
    brackets: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def look(self, token: Token) -> None:
        """Judges the next token."""
        if self.form is None:
            self._prologue(token)
        judge = _JUDGES.get(token.kind)
        if judge:
            judge(self, token)
        elif self.wary and self._calls(token):
            self._refuse_service(token)
        if self.before.kind in _ITEMS:
            self._adjacent(token)
        self.before = token

    def _prologue(self, token: Token) -> None:
        if token.kind == "iri":
            self.extensible = self.extensible and _extensible(token.text[1:-1])
        elif not self._declares(token):
            form = _FORM.match(token.text)
            if token.kind not in {"word", "name"} or not form:
                self.refuse_form(token.start)
            self.form = _FORMS[form.group().upper()]

    def _declares(self, token: Token) -> bool:
        declared = _DECLARATION.match(self.before.text)
        if token.kind == "name":
            return bool(declared or _DECLARATION.match(token.text))
        if token.kind == "word":
            return bool(_DECLARATION.fullmatch(token.text))
        return token.kind == "string" and bool(declared)

    def _string(self, token: Token) -> None:
        if "\\" in token.text:
            # A wrong escape would end the string elsewhere for the engine.
            rest = _ESCAPE.sub(_scalar, token.text)
            if "\\" in rest:
                self._refuse_escape(token)

    def _iri(self, token: Token) -> None:
        """Judges what is an IRI, or *less than* and all that follows up to `>`.

        An expression stands in parentheses, and `<` is an operator only after
        an operand. Then it can be neither if the two slashes of an address
        follow; else nothing in it may matter to either reading.
        """
        inside = self.brackets[-1:] == ["("] and self.before.kind in OPERANDS
        quoted = self.text[token.start - 1 : token.start] == "<"
        if not (inside or quoted) or _HIERARCHICAL.match(token.text):
            return
        if any(mark in token.text for mark in "#()[]") or _SERVICE.search(token.text):
            self._refuse(
                "ambiguous",
                token.start,
                "This could be an IRI or “less than”. Put a space after “<” if it "
                "means “less than”; otherwise write the whole IRI, from http:// on.",
                "Това може да е IRI или „по-малко“. Ако е „по-малко“, оставете "
                "интервал след „<“; ако е IRI, напишете го цялото, от http:// "
                "нататък.",
            )
        for mark in token.text[1:-1]:
            if not mark.isalnum():
                self._mark(Token("mark", mark, token.start))

    def _open(self, token: Token) -> None:
        bracket = token.text
        if bracket == "{":
            self._count("groups", token)
            bracket = "values" if self.values else "{"
            self.values = False
        self.brackets.append(bracket)
        if len(self.brackets) > self.limits.depth:
            self._refuse_limit("depth", token)

    def _close(self, token: Token) -> None:
        if not self.brackets or _CLOSING[self.brackets.pop()] != token.text:
            self._refuse(
                "brackets",
                token.start,
                f"This “{token.text}” closes nothing that is open.",
                f"Тази скоба „{token.text}“ не затваря нищо отворено.",
            )

    def _mark(self, token: Token) -> None:
        if token.text == "\\":
            self._refuse_escape(token)
        listing = token.text == "," and self.brackets[-1:] != ["("]
        if token.text in {".", ";"} or listing:
            self._count("statements", token)
        elif token.text[0] in _OPERATORS:
            self._count("operators", token)
        if token.text == "<" and self.text[token.start - 1 : token.start] == "<":
            self._count("depth", token)
        datatype = token.text == "^^" and self.before.kind == "string"
        if token.text[0] in _STEPS and token.text != "||" and not datatype:
            self._count("steps", token, len(token.text))

    def _word(self, token: Token) -> None:
        self.values = self.values or token.text.upper().endswith("VALUES")
        if "." in token.text:
            self._count("statements", token, token.text.count("."))
        if "-" in token.text:
            self._count("operators", token, token.text.count("-"))
        if self.wary and self._calls(token):
            self._refuse_service(token)

    def _calls(self, token: Token) -> bool:
        if token.kind in {"variable", "number"}:
            return False
        if token.kind != "name":
            return bool(_SERVICE.search(token.text))
        prefix, _, local = token.text.partition(":")
        # Where a name with several dots ends depends on the engine's version.
        first, _, rest = local.partition(".")
        return bool(
            _SERVICE.search(prefix)
            or _SERVICE.search(rest)
            or (_SERVICE.search(first) and not self.extensible)
        )

    def _adjacent(self, token: Token) -> None:
        """Counts the items of collections, each of which makes two statements."""
        nested = token.kind == "opening" and self.before.kind == "closing"
        listed = token.kind in _ITEMS and self.brackets[-1:] == ["("]
        if (nested or listed) and "values" not in self.brackets:
            self._count("statements", token)

    def _count(self, rule: str, token: Token, by: int = 1) -> None:
        count = self.counts[rule] = self.counts.get(rule, 0) + by
        if count > getattr(self.limits, rule):
            self._refuse_limit(rule, token)

    def refuse_form(self, start: int) -> Never:
        """Refuses what is no query."""
        self._refuse(
            "form",
            start,
            "This is not a query: SELECT, ASK, CONSTRUCT or DESCRIBE is expected "
            "here. Updates are not accepted.",
            "Това не е заявка: тук се очаква SELECT, ASK, CONSTRUCT или DESCRIBE. "
            "Промени през този адрес не се приемат.",
        )

    def _refuse_service(self, token: Token) -> Never:
        self._refuse(
            "service",
            token.start,
            "Queries may not call other servers: SERVICE is not available.",
            "Заявките не могат да се обръщат към други сървъри: SERVICE не се "
            "поддържа.",
        )

    def _refuse_escape(self, token: Token) -> Never:
        self._refuse(
            "escape",
            token.start,
            "A backslash may stand only in a string or in the local part of a name, "
            "and only before what SPARQL lets it escape.",
            "Обратна наклонена черта може да стои само в низ или в местната част на "
            "име, и то само пред знак, който SPARQL допуска след нея.",
        )

    def _refuse_limit(self, rule: str, token: Token) -> Never:
        limit: int = getattr(self.limits, rule)
        english, bulgarian = _LIMITED[rule]
        self._refuse(
            rule,
            token.start,
            f"The query has more than {limit} {english}.",
            f"Заявката има повече от {limit} {bulgarian}.",
            limit,
        )

    def _refuse(
        self,
        rule: str,
        start: int,
        english: str,
        bulgarian: str,
        limit: int | None = None,
    ) -> Never:
        line = self.text.count("\n", 0, start) + 1
        column = start - self.text.rfind("\n", 0, start)
        extra: dict[str, object] = {"rule": rule, "line": line, "column": column}
        if limit is not None:
            extra["limit"] = limit
        raise QueryRefused(
            f"Line {line}, column {column}: {english}",
            f"Ред {line}, колона {column}: {bulgarian}",
            extra=extra,
        )


_JUDGES: Mapping[str, Callable[[_Inspection, Token], None]] = {
    "string": _Inspection._string,
    "iri": _Inspection._iri,
    "opening": _Inspection._open,
    "closing": _Inspection._close,
    "mark": _Inspection._mark,
    "word": _Inspection._word,
}
"""What there is to judge of a token, by its kind; of others only what they name."""

_LIMITED = {
    "depth": ("brackets within one another", "скоби една в друга"),
    "statements": ("statements", "твърдения"),
    "groups": ("groups in braces", "групи във фигурни скоби"),
    "operators": ("operators", "оператора"),
    "steps": ("steps of property paths", "стъпки в пътища от свойства"),
}


def _scalar(escape: re.Match[str]) -> str:
    """Returns an escape as it is if it names no character, else nothing."""
    digits = escape.group()[2:]
    if not digits:
        return ""
    number = int(digits, 16)
    wrong = 0xD800 <= number <= 0xDFFF or number > 0x10FFFF
    return escape.group() if wrong else ""


def _extensible(iri: str) -> bool:
    """Tells whether adding letters to the IRI can still only make an IRI.

    It could not for `http://host:`, where they would be a port: Oxigraph then
    takes a prefix for the whole name and reads what follows as the next token.
    """
    _, separator, rest = iri.partition("//")
    return not separator or bool(re.search("[/?#]", rest))
