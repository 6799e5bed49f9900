"""What a document may not say: things about others, and dangerous addresses.

A record speaks of its thing and of the nodes nested in it. What it says of any
other node would be published under the wrong name, so it is refused rather than
left out: whoever wrote it meant something by it.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.documents import UNWANTED
from registry.language import Text
from registry.losses import RECOMPOSED, Loss

SCHEMES = frozenset({"http", "https", "mailto", "tel", "urn", "doi"})
"""How an IRI may begin: a reader may follow each of them without harm."""

SUBJECT, SCHEME, CONTROL, NOTHING = (
    "foreign-subject",
    "bad-scheme",
    "control-character",
    "nothing-said",
)

PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        NOTHING: {
            "en": "The document says nothing about its record.",
            "bg": "Документът не казва нищо за своя запис.",
        },
        SUBJECT: {
            "en": "The document speaks of something other than its record and the "
            "nodes within it. Hand that in by itself.",
            "bg": "Документът говори за нещо извън своя запис и възлите в него. "
            "Подайте го отделно.",
        },
        SCHEME: {
            "en": "An address begins in a way that is not taken here; it may begin "
            f"with {', '.join(sorted(SCHEMES))}.",
            "bg": "Един адрес започва по начин, който не се приема тук; може да "
            f"започва с {', '.join(sorted(SCHEMES))}.",
        },
        CONTROL: {
            "en": "A text holds a control character.",
            "bg": "Един текст съдържа управляващ знак.",
        },
    }
)
"""Why the document cannot be kept, the gravest reason first."""


def recomposed(text: str) -> Iterator[Loss]:
    """Yields the texts whose letters are written in parts, as `composed` puts them."""
    for literal in sorted(_in_parts(text), key=str):
        yield Loss("", literal.value, RECOMPOSED)


def composed(text: str) -> str:
    """Returns canonical N-Triples with the letters of each text put together.

    `й` can be one character or two, which look and mean the same and are found by
    different searches. IRIs stay as they are: another text is another address.

    Source: Unicode Standard Annex 15, Normalization Form C.
    """
    if not _in_parts(text):
        return text
    return graphs.canonical(
        Triple(t.subject, t.predicate, _composed(t.object))
        if isinstance(t.object, Literal)
        else t
        for t in graphs.triples(text)
    )


def _in_parts(text: str) -> Sequence[Literal]:
    if unicodedata.is_normalized("NFC", text):
        return ()
    terms = {triple.object for triple in graphs.triples(text)}
    return [t for t in terms if isinstance(t, Literal) and _composed(t) != t]


def _composed(literal: Literal) -> Literal:
    value = unicodedata.normalize("NFC", literal.value)
    if literal.language:
        return Literal(value, language=literal.language)
    return Literal(value, datatype=literal.datatype)


def found(text: str, root: str, known: Collection[str] = ()) -> Iterator[Loss]:
    """Yields what may not stand in a record, each once, with an empty pointer.

    Args:
        text: canonical N-Triples of the record.
        root: IRI of its thing.
        known: further nodes that it may speak of.
    """
    triples = graphs.triples(text)
    subjects = {str(triple.subject).strip("<>") for triple in triples}
    if root not in subjects:
        yield Loss("", root, NOTHING)
    for subject in sorted(subjects):
        own = subject == root or subject.startswith(f"{root}#")
        if not own and subject not in known:
            yield Loss("", subject, SUBJECT)
    terms = {term for triple in triples for term in triple}
    for term in sorted(terms, key=str):
        if isinstance(term, NamedNode):
            scheme = term.value.partition(":")[0].lower()
            if scheme not in SCHEMES:
                yield Loss("", term.value, SCHEME)
        elif isinstance(term, Literal) and UNWANTED.search(term.value):
            yield Loss(
                "", UNWANTED.sub("\N{REPLACEMENT CHARACTER}", term.value), CONTROL
            )
