import pytest

from registry import documents
from registry.errors import MalformedDocument
from tests.versions import BASE

CONTEXT = f"{BASE}context/v1.jsonld"


def rule(body: bytes) -> object:
    """Returns the rule for which a JSON text is refused."""
    with pytest.raises(MalformedDocument) as refusal:
        documents.read_json(body)
    assert set(refusal.value.detail) == {"bg", "en"}
    return refusal.value.extra.get("rule")


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        (b'{"a": 1, "a": 1}', "repeated-name"),
        (b'{"a": {"b": 1, "b": 2}}', "repeated-name"),
        (b"[NaN]", "number"),
        (b"[-Infinity]", "number"),
        (b"[1e400]", "number"),
        (b"[1234567890123456]", "number"),
        (b'["\\udfff"]', "surrogate"),
        (b'{"\\ud800": 1}', "surrogate"),
        (b'["\\u001b"]', "control-character"),
        (b'["\x07"]', "control-character"),
        (b'["\\uffff"]', "control-character"),
        ('["\ufdd0"]'.encode(), "control-character"),
        (b'["\xed\xa0\x80"]', "encoding"),
        (b"[" * 65 + b"]" * 65, "too-deep"),
        (b"[" * 500_000, "too-deep"),
        (b"x" * (documents.SIZE + 1), "too-large"),
        (b"nope", None),
        (b"", None),
    ],
)
def test_json_is_read_strictly(body: bytes, broken: str | None) -> None:
    """What two readers could take differently is not read at all."""
    assert rule(body) == broken


def test_brackets_within_texts_do_not_count() -> None:
    """Only what is nested is deep."""
    text = "[{(" * 100

    assert documents.read_json(f'["{text}", "\\"["]'.encode()) == [text, '"[']


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    """Editors on Windows put one in front."""
    assert documents.read_json(b'\xef\xbb\xbf{"a": 1.5}') == {"a": 1.5}


def test_a_document_is_an_object() -> None:
    """Lists and bare values are none."""
    with pytest.raises(MalformedDocument, match="JSON object"):
        documents.read_object(b"[]")


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://other.example/"},
        {"@context": [CONTEXT, {"name": "urn:x"}]},
        {"@context": None},
        {"a": [{"@context": CONTEXT}]},
        {"@reverse": {}},
        {"a": {"@set": []}},
    ],
)
def test_other_contexts_and_keywords_are_refused(document: dict[str, object]) -> None:
    """They would change the meaning of what stands there."""
    with pytest.raises(MalformedDocument):
        documents.check_document(document, CONTEXT)


def test_the_registrys_own_context_is_welcome() -> None:
    """By its address, alone or in a list, or not at all."""
    for top in ({"@context": CONTEXT}, {"@context": [CONTEXT]}, {}):
        documents.check_document({**top, "a": {"@value": "x"}}, CONTEXT)
