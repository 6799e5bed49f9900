"""JSON-LD in the registry's own context: reading, writing, and what gets lost.

Documents are compact, one tree from one root, in `ontology/context-v1.jsonld`.
The context is never fetched: it is inlined before a parser sees the text.
Writing knows only what that context uses (type coercion, language maps, sets,
reverse properties); a property test compares it with PyLD on every value.

Source: JSON-LD 1.1, sections 4 and 9.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from registry.losses import BAD_IRI, BAD_LANGUAGE, UNDEFINED_TERM, Loss
from registry.namespaces import RDF, XSD

if TYPE_CHECKING:
    from pyld.documentloader.frozen import FrozenDocumentLoader

KEYWORDS = frozenset({"@context", "@id", "@type", "@included", "@value", "@language"})


@dataclass(frozen=True, slots=True)
class Term:
    """What the context says of one term."""

    name: str
    iri: str
    coercion: str | None
    by_language: bool
    as_set: bool
    reverse: bool
    position: int


class Context:
    """The registry's context, under the IRI at which a registry serves it."""

    def __init__(self, source: bytes, iri: str) -> None:
        self.source = source
        self.iri = iri
        self.definition: Mapping[str, Any] = json.loads(source)["@context"]
        self._prefixes = {
            name: value
            for name, value in self.definition.items()
            if isinstance(value, str) and value.endswith(("#", "/"))
        }
        self._terms = {
            name: self._term(name, position)
            for position, name in enumerate(self.definition)
            if not name.startswith("@") and name not in self._prefixes
        }
        self._by_predicate: defaultdict[str, list[Term]] = defaultdict(list)
        for term in self._terms.values():
            self._by_predicate[term.iri].append(term)

    @classmethod
    def load(cls, folder: Path, iri: str) -> "Context":
        """Returns version 1 of the context from the ontology folder."""
        return cls((folder / "context-v1.jsonld").read_bytes(), iri)

    @property
    def terms(self) -> Sequence[Term]:
        """Every term, in the order of the context; keywords too, under their alias."""
        return tuple(self._terms.values())

    def _term(self, name: str, position: int) -> Term:
        value = self.definition[name]
        if isinstance(value, str):
            value = {"@id": value}
        containers = value.get("@container", ())
        coercion = value.get("@type")
        return Term(
            name=name,
            iri=self._absolute(value.get("@id") or value["@reverse"]),
            coercion=self._absolute(coercion) if coercion else None,
            by_language="@language" in containers,
            as_set="@set" in containers,
            reverse="@reverse" in value,
            position=position,
        )

    def _absolute(self, iri: str) -> str:
        prefix, _, local = iri.partition(":")
        return self._prefixes[prefix] + local if prefix in self._prefixes else iri

    def inlined(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the document with the context itself in place of its IRI."""
        return {**document, "@context": self.definition}

    @cached_property
    def _loader(self) -> "FrozenDocumentLoader":
        from pyld.documentloader.frozen import FrozenDocumentLoader

        return FrozenDocumentLoader({self.iri: {"@context": self.definition}})

    def expand(self, document: Mapping[str, Any]) -> list[Any]:
        """Returns the expanded form; any other remote context is refused."""
        # Most processes expand nothing, and the library brings HTTP clients.
        from pyld import jsonld

        expanded: list[Any] = jsonld.expand(
            document, {"documentLoader": self._loader, "base": ""}
        )
        return expanded

    def dataset(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns what PyLD reads in a document, as it writes datasets."""
        from pyld import jsonld

        own = {**document, "@context": self.iri}
        found: Mapping[str, Any] = jsonld.to_rdf(
            own, {"documentLoader": self._loader, "base": ""}
        )
        return found

    def losses(self, document: Mapping[str, Any]) -> Sequence[Loss]:
        """Returns everything in the document that would not become a triple."""
        return list(self._lost(document, ""))

    def _lost(self, node: Mapping[str, Any], pointer: str) -> Iterator[Loss]:
        for name, value in node.items():
            here = _below(pointer, name)
            term = self._terms.get(name)
            if name == "@context":
                continue
            if name not in KEYWORDS and term is None and not self._has_prefix(name):
                yield Loss(here, _shown(value), UNDEFINED_TERM)
            elif term and term.by_language and isinstance(value, Mapping):
                yield from (
                    Loss(_below(here, tag), _shown(said), BAD_LANGUAGE)
                    for tag, said in value.items()
                    if not _is_language(tag)
                )
            else:
                yield from self._lost_values(name, value, here)

    def resolved(self, node: Mapping[str, Any], root: str) -> dict[str, Any]:
        """Returns the document with references to its own nodes written in full.

        `#contact` becomes a node nested in the record, an empty text the thing
        itself. Nothing else is taken for a reference: an address without its
        beginning would turn into one of the registry's own.
        """
        return {
            name: self._resolved(value, root, self._refers(name))
            for name, value in node.items()
        }

    def _refers(self, name: str) -> bool:
        term = self._terms.get(name)
        return self._keyword(name) == "@id" or (
            term is not None and term.coercion == "@id"
        )

    def _keyword(self, name: str) -> str:
        """Returns what a name stands for if that is a keyword, else another text."""
        term = self._terms.get(name)
        return name if term is None else term.iri

    def _resolved(self, value: Any, root: str, refers: bool) -> Any:
        if isinstance(value, Mapping):
            return self.resolved(value, root)
        if isinstance(value, list):
            return [self._resolved(one, root, refers) for one in value]
        own = refers and isinstance(value, str) and (value[:1] in {"", "#"})
        return f"{root}{value}" if own else value

    def _lost_values(self, name: str, value: Any, here: str) -> Iterator[Loss]:
        reason, kept = self._expected(name)
        many = isinstance(value, list)
        for position, one in enumerate(value if many else [value]):
            pointer = f"{here}/{position}" if many else here
            if isinstance(one, Mapping):
                yield from self._lost_within(one, pointer)
            elif not (isinstance(one, str) and kept(one)) and reason:
                yield Loss(pointer, str(one), reason)

    def _lost_within(self, one: Mapping[str, Any], pointer: str) -> Iterator[Loss]:
        """Yields what is lost of a nested node or literal.

        Without its IRI, its language or its type it would say something else: it goes
        as a whole.
        """
        losses = list(self._lost(one, pointer))
        own = {_below(pointer, name) for name in one if self._keyword(name) == "@id"}
        bad = [loss for loss in losses if "@value" in one or loss.pointer in own]
        yield from [Loss(pointer, _shown(one), bad[0].reason)] if bad else losses

    def _expected(self, name: str) -> tuple[str, Callable[[str], bool]]:
        """Returns why a value of a name is dropped, and whether it is kept."""
        if self._refers(name):
            return BAD_IRI, is_iri
        match self._keyword(name):
            case "@type":
                return UNDEFINED_TERM, self._is_type
            case "@language":
                return BAD_LANGUAGE, _is_language
            case _:
                return "", lambda _: True

    def _is_type(self, name: str) -> bool:
        return name in self._terms or is_iri(self._absolute(name))

    def _has_prefix(self, name: str) -> bool:
        return ":" in name and is_iri(self._absolute(name))

    def names(self, predicate: str) -> Sequence[str]:
        """Returns the terms under which values of a predicate may stand."""
        return [term.name for term in self._by_predicate.get(predicate, ())]

    def document(self, triples: Iterable[Triple], root: str) -> dict[str, Any]:
        """Returns the compact document of a graph without blank nodes.

        The tree starts at the root; every other node stands where it is first
        referred to, and nodes that nothing refers to stand in `@included`.
        The outcome depends on the set of triples alone, not on their order.
        """
        return _Tree(self, triples).document(root)

    def _key(
        self, predicate: str, value: NamedNode | Literal
    ) -> tuple[str, Term | None]:
        """Returns the key under which a value of a predicate is written."""
        for term in self._by_predicate.get(predicate, ()):
            if not term.reverse and _fits(term, value):
                return term.name, term
        return self._shorten(predicate), None

    def _shorten(self, iri: str) -> str:
        for prefix, namespace in self._prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and not local.startswith("//"):
                return f"{prefix}:{local}"
        return iri

    def _type_name(self, iri: str) -> str:
        terms = self._by_predicate.get(iri)
        return terms[0].name if terms else self._shorten(iri)

    def _order(self, item: tuple[str, Any]) -> tuple[int, str]:
        term = self._terms.get(item[0])
        return (term.position if term else len(self._terms) + 1000, item[0])


def without(document: Mapping[str, Any], losses: Iterable[Loss]) -> dict[str, Any]:
    """Returns a document without the pieces that are listed as lost."""
    gone = {loss.pointer for loss in losses}
    return {
        name: _kept(value, gone, pointer)
        for name, value in document.items()
        if (pointer := _below("", name)) not in gone
    }


def _kept(value: Any, gone: Collection[str], pointer: str) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _kept(member, gone, here)
            for name, member in value.items()
            if (here := _below(pointer, name)) not in gone
        }
    if isinstance(value, list):
        return [
            _kept(one, gone, here)
            for at, one in enumerate(value)
            if (here := f"{pointer}/{at}") not in gone
        ]
    return value


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _below(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def text(document: Mapping[str, Any]) -> str:
    """Returns the document as the registry writes JSON: indented, ended by a line."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def is_iri(value: str) -> bool:
    """Says whether the text is an absolute IRI."""
    try:
        NamedNode(value)
    except ValueError:
        return False
    return True


def _is_language(tag: str) -> bool:
    try:
        Literal("", language=tag)
    except ValueError:
        return False
    return True


def _fits(term: Term, value: NamedNode | Literal) -> bool:
    """Says whether a value needs nothing beside it when written under the term."""
    if isinstance(value, NamedNode):
        return term.coercion == "@id"
    if value.language:
        return term.by_language
    if value.datatype.value == f"{XSD}string":
        return term.coercion is None and not term.by_language
    return term.coercion == value.datatype.value


class _Tree:
    """One graph on its way to becoming one document."""

    def __init__(self, context: Context, triples: Iterable[Triple]) -> None:
        self.context = context
        self.nodes: defaultdict[str, list[tuple[str, NamedNode | Literal]]] = (
            defaultdict(list)
        )
        self.inverse: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.reverse = [term for term in context._terms.values() if term.reverse]
        watched = {term.iri for term in self.reverse}
        for triple in triples:
            node, predicate, value = (
                triple.subject,
                triple.predicate.value,
                triple.object,
            )
            if not isinstance(node, NamedNode) or isinstance(value, BlankNode | Triple):
                raise TypeError("the graph holds blank nodes or triple terms")
            self.nodes[node.value].append((predicate, value))
            if predicate in watched:
                self.inverse[value.value, predicate].append(node.value)
        self.placed: set[str] = set()

    def document(self, root: str) -> dict[str, Any]:
        document = {"@context": self.context.iri, **self.node(root, frozenset())}
        left = [self.node(s, frozenset()) for s in self._unplaced()]
        return {**document, "@included": left} if left else document

    def _unplaced(self) -> Iterator[str]:
        for subject in sorted(self.nodes):
            if subject not in self.placed:
                yield subject

    def node(self, iri: str, said: frozenset[tuple[str, str]]) -> dict[str, Any]:
        """Writes a node and what hangs on it.

        Args:
            iri: the node.
            said: predicate and object that a reverse property above the node
                already expresses.
        """
        self.placed.add(iri)
        values: defaultdict[str, list[tuple[Term | None, Any]]] = defaultdict(list)
        members = {term: self._claim(iri, term) for term in self.reverse}
        types: list[str] = []
        for predicate, value in sorted(self.nodes[iri], key=_value_order):
            if predicate == f"{RDF}type":
                types.append(self.context._type_name(value.value))
            elif (predicate, value.value) not in said:
                name, term = self.context._key(predicate, value)
                values[name].append((term, value))
        node: dict[str, Any] = {"id": iri}
        if types:
            node["type"] = types if len(types) > 1 else types[0]
        written = {name: self._values(pairs) for name, pairs in values.items()}
        for term, subjects in members.items():
            if subjects:
                link = frozenset({(term.iri, iri)})
                written[term.name] = [self.node(s, link) for s in subjects]
        return node | dict(sorted(written.items(), key=self.context._order))

    def _claim(self, iri: str, term: Term) -> list[str]:
        claimed = [
            subject
            for subject in sorted(set(self.inverse.get((iri, term.iri), ())))
            if subject not in self.placed
        ]
        self.placed.update(claimed)
        return claimed

    def _values(self, pairs: Sequence[tuple[Term | None, Any]]) -> Any:
        term = pairs[0][0]
        if term and term.by_language:
            return _language_map([value for _, value in pairs])
        written = [self._value(term, value) for _, value in pairs]
        return written if len(written) > 1 or (term and term.as_set) else written[0]

    def _value(self, term: Term | None, value: NamedNode | Literal) -> Any:
        if isinstance(value, NamedNode):
            iri = value.value
            if iri in self.nodes and iri not in self.placed:
                return self.node(iri, frozenset())
            return iri if term else {"id": iri}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if term is None and value.datatype.value != f"{XSD}string":
            return {"@value": value.value, "@type": value.datatype.value}
        if value.datatype.value == f"{XSD}integer" and _is_canonical(value.value):
            return int(value.value)
        return value.value


def _language_map(values: Sequence[Literal]) -> dict[str, str | list[str]]:
    tags: dict[str, list[str]] = {}
    for value in values:
        tags.setdefault(value.language or "", []).append(value.value)
    return {tag: v if len(v) > 1 else v[0] for tag, v in sorted(tags.items())}


def _value_order(pair: tuple[str, Any]) -> tuple[str, str]:
    return (pair[0], str(pair[1]))


def _is_canonical(number: str) -> bool:
    """Says whether a lexical integer survives a trip through a JSON number."""
    digits = number.removeprefix("-")
    return (
        digits.isascii()
        and digits.isdigit()
        and len(digits) <= 15
        and (digits == "0" or not digits.startswith("0"))
        and number != "-0"
    )
