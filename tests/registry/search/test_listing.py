import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.search.index import Index
from registry.search.listing import Listing
from tests.versions import IRIS, place, version


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file of an empty index."""
    path = tmp_path / "lists.sqlite"
    Index(path, IRIS).close()
    made = sqlite3.connect(path)
    yield made
    made.close()


def listed(connection: sqlite3.Connection, *names: str) -> None:
    """Lists institutions of these names, numbered by how many there are."""
    listing = Listing(IRIS)
    [count] = connection.execute("SELECT count(*) FROM listed").fetchone()
    for number, name in enumerate(names, count + 1):
        document = {"type": "Organization", "name": {"bg": name}}
        listing.add(number, version(f"institution/i{number}", document))
    listing.write(connection)


def test_rows_are_those_of_records_written_one_by_one(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    """It makes no difference how many records are written at once."""
    names = ("Дом Хасково", "Център", "Хасково")
    Index(tmp_path / "other.sqlite", IRIS).close()
    other = sqlite3.connect(tmp_path / "other.sqlite")
    listed(connection, *names)

    for name in names:
        listed(other, name)

    assert list(other.iterdump()) == list(connection.iterdump())
    other.close()


def test_word_that_is_known_is_shown_as_it_was_first_written(
    connection: sqlite3.Connection,
) -> None:
    """Another spelling of it adds nothing, be it of the same records or later."""
    listed(connection, "Хасково", "Haskovo")
    before = connection.execute("SELECT * FROM remains").fetchall()
    listed(connection, "Khaskovo")

    shown = connection.execute("SELECT shown FROM term WHERE key = 'haskovo'")
    assert shown.fetchall() == [("хасково",)]
    assert connection.execute("SELECT * FROM remains").fetchall() == before


def test_short_words_and_numbers_are_no_corrections(
    connection: sqlite3.Connection,
) -> None:
    """A slip in them could be anything."""
    listed(connection, "дом 2026 Хасково")

    keys = {key for (key,) in connection.execute("SELECT key FROM term")}
    assert "haskovo" in keys
    assert keys.isdisjoint({"dom", "2026"})


def test_text_is_found_but_no_addresses_and_types(
    connection: sqlite3.Connection,
) -> None:
    """What is nested counts, and so does what records of the kind are called."""
    document = {
        "type": "Organization",
        "name": {"bg": "Дом"},
        "homepage": ["https://example.org/"],
        "address": {"type": "Address", "fullAddress": {"bg": "Марица"}},
    }
    listing = Listing(IRIS)
    listing.add(1, version("institution/i1", document))
    listing.write(connection)

    [text] = connection.execute("SELECT text FROM words").fetchone()
    assert text.split()[:2] == ["dom", "marica"]
    assert len(text.split()) > 2, "the names of the kind"
    assert "example" not in text
    assert "organization" not in text.split()


def test_places_and_where_they_are(connection: sqlite3.Connection) -> None:
    """A place is kept by its words, and with what it is inside of."""
    document = {
        "type": "Location",
        "name": {"bg": "Хасково", "en": "Haskovo"},
        "broader": place("bg422"),
    }
    listing = Listing(IRIS)
    listing.add(1, version("place/hkv34", document))
    listing.write(connection)

    assert connection.execute("SELECT * FROM inside").fetchall() == [("hkv34", "bg422")]
    assert connection.execute("SELECT * FROM placed").fetchall() == [
        ("haskovo", "hkv34")
    ]
