"""Documents as people hand them in: what is looked at before any parser sees them.

A few bytes of text can crash a native parser, or keep it busy for ever. So size,
encoding and depth are looked at first, in one pass, and JSON is read strictly: a
name that stands twice, a number that is none, half a surrogate pair are refused
and not guessed at. RDF/XML is not read at all.

Source: RFC 8259, sections 4, 6 and 8; JSON-LD 1.1, section 9.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from registry.errors import MalformedDocument
from registry.jsonld import KEYWORDS
from registry.language import Text

JSON_LD, TURTLE, N_TRIPLES = (
    "application/ld+json",
    "text/turtle",
    "application/n-triples",
)
MEDIA_TYPES = (JSON_LD, TURTLE, N_TRIPLES)
"""What is read, the preferred one first."""

SIZE = 1024**2
"""Bytes that one document, or one batch of them, may have."""

DEPTH = 64
"""Brackets that may stand within each other."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}()]', re.DOTALL)
"""Strings are passed over; a bracket outside of them opens or closes a level."""

UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, and what Unicode keeps for no character.

No text needs them; line feeds and tabs are none of them.
"""


def decoded(body: bytes) -> str:
    """Returns the text of a body that is not too long, too deep or of binary data.

    Raises:
        MalformedDocument: it is one of these, or it is not UTF-8.
    """
    if len(body) > SIZE:
        raise _refused("too-large")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("encoding") from error
    if UNWANTED.search(text):
        raise _refused("control-character")
    if _depth(text) > DEPTH:
        raise _refused("too-deep")
    return text


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{(":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in "]})":
            depth -= 1
    return deepest


def read_json(body: bytes) -> Any:
    """Returns the value of a JSON text.

    Raises:
        MalformedDocument: it is not one, or one that two readers might take
            differently.
    """
    text = decoded(body)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except ValueError as error:
        raise MalformedDocument(
            f"This is not JSON: {error}", f"Това не е JSON: {error}"
        ) from error
    _check_texts(value)
    return value


def read_object(body: bytes) -> Mapping[str, Any]:
    """Returns the object of a JSON text.

    Raises:
        MalformedDocument: it is not one.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise _refused("no-object")
    return value


def check_document(document: Mapping[str, Any], context: str) -> None:
    """Checks that a document is in the registry's own context, and in no other.

    Args:
        document: as JSON knows it, at any depth that `DEPTH` allows.
        context: the IRI of the registry's context.

    Raises:
        MalformedDocument: it names another context, has one within, or uses a
            keyword that the registry does not write.
    """
    if document.get("@context", context) not in (context, [context]):
        raise _refused("context", context)
    own = {name: value for name, value in document.items() if name != "@context"}
    for name in _names(own):
        if name == "@context":
            raise _refused("context", context)
        if name.startswith("@") and name not in KEYWORDS:
            raise _refused("keyword", name)


def _names(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name
            yield from _names(member)
    elif isinstance(value, list):
        for member in value:
            yield from _names(member)


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise _refused("repeated-name", name)
        made[name] = value
    return made


def _constant(name: str) -> None:
    raise _refused("number", name)


def _float(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise _refused("number", number[:40])
    return value


def _integer(number: str) -> int:
    if len(number) > _DIGITS:
        raise _refused("number", f"{number[:40]}…")
    return int(number)


_DIGITS = 15
"""Digits of a whole number that every reader of JSON keeps."""


def _check_texts(value: object) -> None:
    for text in _texts(value):
        if UNWANTED.search(text):
            raise _refused("control-character")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _refused("surrogate") from error


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _refused(rule: str, *values: object) -> MalformedDocument:
    message = _MESSAGES[rule]
    return MalformedDocument(
        message["en"].format(*values),
        message["bg"].format(*values),
        extra={"rule": rule},
    )


_MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        "too-large": {
            "en": f"The document has more than {SIZE} bytes.",
            "bg": f"Документът е по-голям от {SIZE} байта.",
        },
        "encoding": {
            "en": "The document is not UTF-8 text.",
            "bg": "Документът не е текст в кодировка UTF-8.",
        },
        "control-character": {
            "en": "The document holds a control character.",
            "bg": "Документът съдържа управляващ знак.",
        },
        "surrogate": {
            "en": "The document holds half of a surrogate pair, which is no character.",
            "bg": "Документът съдържа половината от сурогатна двойка, което не е знак.",
        },
        "too-deep": {
            "en": f"More than {DEPTH} brackets stand within each other.",
            "bg": f"Повече от {DEPTH} скоби са вложени една в друга.",
        },
        "no-object": {
            "en": "A document is a JSON object.",
            "bg": "Документът трябва да е обект на JSON.",
        },
        "repeated-name": {
            "en": "The name “{}” stands twice in one object.",
            "bg": "Името „{}“ се среща два пъти в един обект.",
        },
        "number": {
            "en": "The number {} is not one that every reader keeps.",
            "bg": "Числото {} не може да се запази от всеки четец.",
        },
        "context": {
            "en": "Only the context {} may be used, once, at the top. "
            "Nothing is fetched.",
            "bg": "Може да се използва само контекстът {}, веднъж и най-отгоре. "
            "Нищо не се изтегля.",
        },
        "keyword": {
            "en": "The keyword {} is not used in documents of the registry.",
            "bg": "Ключовата дума {} не се използва в документите на регистъра.",
        },
    }
)
