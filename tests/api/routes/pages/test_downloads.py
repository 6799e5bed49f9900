import re
import sqlite3
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.api.dumped import Dumped, dumped
from tests.versions import BASE


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dumped]:
    """A registry with a dump; nobody makes another."""
    with dumped(tmp_path_factory.mktemp("dumped")) as made:
        made.make()
        yield made


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "bg",
            ("Всичко заедно", "Институции и организации", "Места"),
        ),
        ("en", ("Everything together", "Institutions and", "Places")),
    ],
)
def test_every_file_is_listed(
    public: Dumped, language: str, names: tuple[str, ...]
) -> None:
    """With its name, rows and SHA-256; what is there for everybody comes first."""
    page = public.client.get(f"/{language}/downloads")
    listing = public.client.get("/dump/").json()

    places = [page.text.index(f">{name}") for name in names]
    assert page.headers["content-language"] == language
    assert places == sorted(places)
    assert listing["files"]
    for file in listing["files"]:
        assert (
            f'<a href="{file["url"]}" type="{file["mediaType"]}" download>' in page.text
        )
        assert f"<code>{file['sha256']}</code>" in page.text
    assert f'href="{BASE}dump/manifest.json"' in page.text


def test_columns_of_the_database_are_those_that_it_has(
    public: Dumped, tmp_path: Path
) -> None:
    """What the page says of the SQLite file is true of the file."""
    page = public.client.get("/en/downloads").text
    path = tmp_path / "registry.sqlite"
    path.write_bytes(public.client.get("/dump/registry.sqlite").content)

    database = sqlite3.connect(path)
    for table in ("record", "name", "source"):
        rows = database.execute("SELECT name FROM pragma_table_info(?)", (table,))
        columns = ", ".join(name for (name,) in rows)
        assert f'<th scope="row"><code>{table}</code></th>' in page
        assert f"<code>{columns}</code>" in page
    (query,) = re.findall(r'registry\.sqlite "([^"]*)"', unescape(page))
    assert dict(database.execute(query)) == {"centre": "Centre <b>A & B</b>"}
    database.close()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("bg", "Файловете още не са създадени."),
        ("en", "The files have not been made yet."),
    ],
)
def test_before_the_first_dump(tmp_path: Path, language: str, sentence: str) -> None:
    """The page says so, and how to go on."""
    with dumped(tmp_path) as registry:
        page = registry.client.get(f"/{language}/downloads").text

    assert sentence in page
    assert f'href="{BASE}{language}/catalogue"' in page
