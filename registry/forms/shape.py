"""Forms read from the shapes: SHACL says what there is, and how it is called.

A field is a property shape with `sh:name` that asks for nothing. What its values
are is said by the rules about the same property beside it: a code list, a class, a
format, a language. So nothing is said twice, and a new rule changes the form.

Source: SHACL, W3C Recommendation 20 July 2017, section 2.3.2 (non-validating
property shape characteristics).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from registry import graphs
from registry.forms.field import Field, Form, Group, Literal, Style
from registry.jsonld import Context, Term
from registry.kinds import KINDS
from registry.language import LANGUAGES, Text
from registry.namespaces import RDF, RDFS, SH, SKOS, XSD
from registry.report import Severity
from registry.vocabulary import Vocabulary

LINE = 400
"""The longest text, in characters, that is written on one line."""


def read(vocabulary: Vocabulary, base: str) -> Mapping[str, Form]:
    """Returns the form of each kind that has one.

    Args:
        vocabulary: with the context, the ontology and the shapes.
        base: base IRI of the registry.
    """
    lines = "".join(vocabulary.shapes.values()) + vocabulary.ontology
    reader = _Reader(_Graph(lines), vocabulary.context, base)
    forms = (reader.form(kind) for kind in KINDS)
    return {form.kind: form for form in forms if form.groups}


class _Graph:
    """The shapes, by subject and predicate."""

    def __init__(self, lines: str) -> None:
        self._objects: defaultdict[tuple[str, str], list[NamedNode | RdfLiteral]] = (
            defaultdict(list)
        )
        for triple in graphs.triples(lines):
            subject, value = triple.subject, triple.object
            if isinstance(subject, NamedNode) and isinstance(
                value, NamedNode | RdfLiteral
            ):
                self._objects[subject.value, triple.predicate.value].append(value)

    def values(self, subject: str, name: str) -> list[str]:
        """Returns the values of a property of SHACL, or of another one by its IRI."""
        predicate = name if ":" in name else f"{SH}{name}"
        return [value.value for value in self._objects.get((subject, predicate), ())]

    def value(self, subject: str, name: str) -> str | None:
        """Returns the value of a property that has at most one."""
        return next(iter(self.values(subject, name)), None)

    def text(self, subject: str, name: str) -> Text:
        """Returns a text per language."""
        predicate = name if ":" in name else f"{SH}{name}"
        found = {
            value.language or "": value.value
            for value in self._objects.get((subject, predicate), ())
            if isinstance(value, RdfLiteral)
        }
        return {tag: found[tag] for tag in LANGUAGES if tag in found}

    def members(self, start: str | None) -> Iterator[str]:
        """Yields what a list holds."""
        while start and start != f"{RDF}nil":
            yield from self.values(start, f"{RDF}first")
            start = self.value(start, f"{RDF}rest")


class _Reader:
    def __init__(self, graph: _Graph, context: Context, base: str) -> None:
        self.graph = graph
        self.context = context
        self.base = base
        self.terms = {term.name: term for term in context.terms}

    def form(self, kind: str) -> Form:
        start = f"{self.base}shapes/{kind}"
        fields = self.fields(start)
        codes = {one.group for one in fields if one.group}
        found = sorted(codes, key=self._order)
        groups = tuple(
            Group(
                group.partition("#")[2],
                self.graph.text(group, f"{RDFS}label"),
                tuple(one for one in fields if one.group == group),
            )
            for group in found
        )
        types = _Beside(self, start, f"{RDF}type")
        return Form(kind, groups, tuple(map(self._class_name, types.fixed)))

    def fields(self, start: str) -> tuple[Field, ...]:
        """Returns the fields that a shape names, in order."""
        named = [
            one
            for one in self.graph.values(start, "property")
            if self.graph.values(one, "name")
        ]
        return tuple(self._field(one, start) for one in sorted(named, key=self._order))

    def _order(self, iri: str) -> int:
        return int(self.graph.value(iri, "order") or 0)

    def _field(self, iri: str, start: str) -> Field:
        path = self.graph.value(iri, "path") or ""
        beside = _Beside(self, start, path)
        style = beside.style(path)
        literals = tuple(beside.literals()) if style is Style.LITERAL else ()
        term = literals[0].term if literals else self._term(path, style)
        known = self.terms.get(term)
        return Field(
            code=iri.partition("#")[2],
            term=term,
            path=path,
            name=self.graph.text(iri, "name"),
            help=self.graph.text(iri, "description"),
            style=style,
            several=beside.several,
            tier=beside.tier,
            rules=beside.rules,
            group=self.graph.value(iri, "group"),
            long=beside.long,
            scheme=beside.scheme,
            classes=beside.referred,
            nested=beside.nested,
            nested_class=beside.nested_class and self._class_name(beside.nested_class),
            literals=literals,
            options=tuple(map(self._class_name, beside.options)),
            as_set=bool(known and known.as_set),
        )

    def _term(self, path: str, style: Style) -> str:
        if style is Style.TYPES:
            return "type"
        for name in self.context.names(path):
            if self.terms[name].by_language == (style is Style.TEXT):
                return name
        raise LookupError(path)

    def _class_name(self, iri: str) -> str:
        return next(iter(self.context.names(iri)), iri)

    def literal_terms(self, path: str, datatype: str) -> Iterator[Term]:
        """Yields the term for plain text of a datatype."""
        wanted = None if datatype == f"{XSD}string" else datatype
        for name in self.context.names(path):
            term = self.terms[name]
            if not term.by_language and term.coercion == wanted:
                yield term
                return


class _Beside:
    """The rules of a shape about one property, and what they say of its values."""

    def __init__(self, reader: _Reader, start: str, path: str) -> None:
        self.reader = reader
        self.graph = reader.graph
        self.path = path
        every = [
            one
            for one in self.graph.values(start, "property")
            if self.graph.value(one, "path") == path
        ]
        walking = [one for one in every if self.graph.values(one, "property")]
        named = [one for one in every if self.graph.values(one, "name")]
        self.asking = [one for one in every if one not in {*walking, *named}]
        self.helpers = list(self._helpers(self.asking))
        self.nested: tuple[Field, ...] = ()
        self.nested_class: str | None = None
        classes = self._all(self.asking, "class")
        self.referred: tuple[str, ...] = ()
        if walking:
            self.nested = reader.fields(walking[0])
            self.nested_class = next(iter(classes), None)
        else:
            self.referred = tuple(classes)
        self._read_helpers()

    def _read_helpers(self) -> None:
        for helper in self.helpers:
            classes = self.graph.values(helper, "class")
            fields = self.reader.fields(helper)
            if classes and fields:
                self.nested, self.nested_class = fields, classes[0]
            elif classes:
                self.referred += tuple(classes)

    def _helpers(self, shapes: Sequence[str]) -> Iterator[str]:
        """Yields the node shapes that values have to keep to, all or one of them."""
        for shape in shapes:
            inner = [
                *self.graph.values(shape, "node"),
                *self.graph.members(self.graph.value(shape, "or")),
            ]
            yield from inner
            yield from self._helpers(inner)

    def _all(self, shapes: Sequence[str], name: str) -> list[str]:
        return [value for shape in shapes for value in self.graph.values(shape, name)]

    @property
    def fixed(self) -> list[str]:
        """Values that there must be."""
        return self._all(self.asking, "hasValue")

    @property
    def options(self) -> list[str]:
        """Values of which some may be."""
        listed = [
            member
            for start in self._all(self.asking, "in")
            for member in self.graph.members(start)
        ]
        return [one for one in listed if one not in self.fixed]

    @property
    def several(self) -> bool:
        return "1" not in self._all(self.asking, "maxCount")

    @property
    def tier(self) -> Severity | None:
        counts = ("minCount", "qualifiedMinCount")
        asked = [
            one
            for one in self.asking
            if any(self.graph.values(one, count) for count in counts)
        ]
        severities = self._all(asked, "severity")
        if f"{SH}Violation" in severities:
            return "must"
        return "should" if severities else None

    @property
    def rules(self) -> Mapping[str, str | None]:
        return {rule.partition("#")[2]: self._language(rule) for rule in self.asking}

    def _language(self, rule: str) -> str | None:
        for shape in self.graph.values(rule, "qualifiedValueShape"):
            for start in self.graph.values(shape, "languageIn"):
                return next(self.graph.members(start), None)
        return None

    @property
    def long(self) -> bool:
        lengths = self._all([*self.asking, *self.helpers], "maxLength")
        return any(int(length) > LINE for length in lengths)

    @property
    def scheme(self) -> str | None:
        for helper in self.helpers:
            for inner in self.graph.values(helper, "property"):
                if self.graph.value(inner, "path") == f"{SKOS}inScheme":
                    return self.graph.value(inner, "hasValue")
        return None

    def style(self, path: str) -> Style:
        """Returns what the values are."""
        if path == f"{RDF}type":
            return Style.TYPES
        if self.scheme:
            return Style.CODES
        if self.nested or self.referred:
            return Style.NODES
        if self._all([*self.asking, *self.helpers], "languageIn"):
            return Style.TEXT
        if f"{SH}IRI" in self._all(self.helpers, "nodeKind"):
            return Style.ADDRESS
        return Style.LITERAL

    def literals(self) -> Iterator[Literal]:
        """Yields an input for each datatype that values may have."""
        found: dict[str, tuple[str, str]] = {}
        for shape in [*self.asking, *self.helpers]:
            for datatype in self.graph.values(shape, "datatype"):
                for term in self.reader.literal_terms(self.path, datatype):
                    found.setdefault(term.name, (datatype, shape.partition("#")[2]))
        for name, (datatype, look) in found.items():
            label = self.graph.text(datatype, f"{RDFS}label") if len(found) > 1 else {}
            date = datatype == f"{XSD}date"
            yield Literal(name, "date" if date else look, label)
