import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import NotFound
from registry.iris import KEY, Iris, RecordId, record_id
from registry.kinds import KINDS

IRIS = Iris("https://example.org/r/")
SAR = RecordId("institution", "sar")

RECORDS = st.builds(
    RecordId,
    st.sampled_from(sorted(KINDS)),
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,127}", fullmatch=True),
)


def test_every_iri_of_a_record() -> None:
    """All IRIs of a record follow from the base, its kind and its key."""
    assert {
        "thing": IRIS.thing(SAR),
        "document": IRIS.document(SAR),
        "version": IRIS.version(SAR, 3),
        "item": IRIS.item(SAR),
        "graph": IRIS.graph(SAR),
        "context": IRIS.context,
    } == {
        "thing": "https://example.org/r/id/institution/sar",
        "document": "https://example.org/r/doc/institution/sar",
        "version": "https://example.org/r/doc/institution/sar?version=3",
        "item": "https://example.org/r/doc/institution/sar#item",
        "graph": "https://example.org/r/graph/institution/sar",
        "context": "https://example.org/r/context/v1.jsonld",
    }


@given(record=RECORDS, fragment=st.text())
def test_what_is_minted_can_be_read(record: RecordId, fragment: str) -> None:
    """A thing, and any node nested in it, leads back to its record."""
    assert IRIS.parse(IRIS.thing(record)) == record
    assert IRIS.parse(f"{IRIS.thing(record)}#{fragment}") == record
    assert record_id(record.kind, record.key) == record


@pytest.mark.parametrize(
    ("iri", "reason"),
    [
        ("https://example.org/r/doc/institution/sar", "a document"),
        ("https://example.com/r/id/institution/sar", "another base"),
        ("http://example.org/r/id/institution/sar", "another scheme"),
        ("https://example.org/r/id/person/sar", "no such kind"),
        ("https://example.org/r/id/institution/", "no key"),
        ("https://example.org/r/id/institution", "no slash"),
        ("https://example.org/r/id/institution/sar/x", "a path below"),
        ("https://example.org/r/id/institution/SAR", "upper case"),
        ("https://example.org/r/id/institution/sar?x=1", "a query"),
        ("https://example.org/r/id/institution/sar\n", "a line feed"),
        ("", "nothing"),
    ],
)
def test_other_iris_name_no_record(iri: str, reason: str) -> None:
    """What is not a thing of this registry is `None`, not an error."""
    assert IRIS.parse(iri) is None, reason


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("person", "sar"),
        ("", "sar"),
        ("institution", ""),
        ("institution", "Sar"),
        ("institution", "сар"),
        ("institution", "-sar"),
        ("institution", "../sar"),
        ("institution", "sar\n"),
        ("institution", "a" * 129),
    ],
)
def test_no_record_can_be_called_so(kind: str, key: str) -> None:
    """A wrong kind or key is not found, with a sentence in each language."""
    with pytest.raises(NotFound) as refused:
        record_id(kind, key)

    assert set(refused.value.detail) == {"en", "bg"}


def test_keys_are_matched_in_linear_time() -> None:
    """A long text that is almost a key is refused as fast as any other."""
    assert KEY.match("a" * 1_000_000) is None


def test_records_sort_by_kind_then_key() -> None:
    """Ids are ordered, and read as they stand in an IRI."""
    records = [RecordId("place", "a"), RecordId("course", "b"), RecordId("course", "a")]

    assert [str(record) for record in sorted(records)] == [
        "course/a",
        "course/b",
        "place/a",
    ]
