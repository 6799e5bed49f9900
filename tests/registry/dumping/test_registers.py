import csv
import json
from io import StringIO

from pyoxigraph import RdfFormat, parse

from registry.views import record
from tests.dumping import CLOSED, ONE, Small, organisation
from tests.versions import BASE, CONTEXT, IRIS, concept


def rows(small: Small, kind: str) -> list[dict[str, str]]:
    """Returns the rows of a register's CSV file."""
    text = small.files()[f"register.{kind}.csv"].decode()
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_register_has_a_row_for_each_published_record(small: Small) -> None:
    """Facts come first, then the terms, in both languages, as the context has them."""
    small.make()

    [row] = rows(small, "institution")
    head = small.journal.head(ONE)
    assert head is not None
    assert list(row.items()) == [
        ("iri", f"{BASE}id/institution/one"),
        ("key", "one"),
        ("status", "stable"),
        ("version", "1"),
        ("submitted", f"{head.submitted:%Y-%m-%dT%H:%M:%SZ}"),
        ("modified", f"{head.modified:%Y-%m-%dT%H:%M:%SZ}"),
        ("verified", ""),
        ("source", "https://a.example/|https://b.example/"),
        ("type", "Organization"),
        ("name_bg", "Едно, „А“"),
        ("name_en", "=1+1"),
        (
            "serviceKind",
            f"{concept('service-kind', 'a')}|{concept('service-kind', 'b')}",
        ),
        ("contact", f"{BASE}id/institution/one#contact"),
        ("contact_telephone", "+359 38 000000"),
    ]


def test_cells_are_data_whatever_they_start_with(small: Small) -> None:
    """What a spreadsheet would take for a formula is still what was published."""
    small.make()

    text = small.files()["register.institution.csv"].decode()
    assert ",=1+1," in text
    assert ",+359 38 000000\r\n" in text
    assert '"Едно, „А“"' in text


def test_records_stand_by_their_keys(small: Small) -> None:
    """A record that came back stands in its place again."""
    small.publish(CLOSED, organisation(CLOSED, "Отворено", "Open"))

    small.make()

    assert [row["key"] for row in rows(small, "institution")] == ["closed", "one"]


def test_each_line_of_json_is_a_document(small: Small) -> None:
    """It names its context, and says what the record's own document says."""
    small.make()

    [line] = small.files()["register.institution.jsonl"].decode().split("\n")[:-1]
    current = small.journal.current(ONE)
    assert current is not None
    assert json.loads(line) == json.loads(current.content.document)
    assert json.loads(line)["@context"] == CONTEXT.iri


def test_triples_are_thing_and_item(small: Small) -> None:
    """They are what the record's document has with `?view=record`."""
    small.make()

    current = small.journal.current(ONE)
    assert current is not None
    text = small.files()["register.institution.nt"].decode()
    assert text == record.triples(current, iris=IRIS, item=True)
    assert len(list(parse(text, RdfFormat.N_TRIPLES))) == text.count("\n")
