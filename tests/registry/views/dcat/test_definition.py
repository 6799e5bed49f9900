import json
import shutil
from pathlib import Path

import pytest

from registry.errors import MalformedDocument, NotFound
from registry.kinds import KINDS
from registry.views.dcat import definition
from tests.dcat import ROOT, the_definition
from tests.versions import BASE, IRIS

FOLDER = ROOT / "datasets" / "catalogue"


def test_every_register_is_described() -> None:
    """A kind of record without a description could not be in the catalogue."""
    assert set(the_definition().registers) == set(KINDS)


def test_a_register_that_is_not_described_is_not_found() -> None:
    """The error names the file to mend."""
    with pytest.raises(NotFound, match=r"catalogue\.json"):
        the_definition().register("castle")


def test_agents_are_records_where_they_have_one() -> None:
    """Anybody else is named below the catalogue, whoever describes the dataset."""
    given = the_definition()

    assert given.publisher_iri(IRIS) == f"{BASE}id/institution/rma-maritza"
    assert given.agent_iri("sar", IRIS) == f"{BASE}id/institution/sar"
    assert given.agent_iri("eurostat", IRIS) == f"{BASE}catalog#eurostat"


def test_texts_are_in_both_languages() -> None:
    """A text that is not is refused, and the error says which."""
    given = the_definition()

    assert set(given.title.text) == {"bg", "en"}
    assert given.series.title.of({"bg": "Х", "en": "Y"}) == {
        "bg": "Годишни таблици за миграцията: Х",
        "en": "Yearly tables on migration: Y",
    }


@pytest.mark.parametrize(
    ("member", "value", "where"),
    [
        ("title", {"en": "Catalogue"}, "title.bg"),
        ("licence", "CC BY 4.0", "licence"),
        ("homepage", "maritza.info", "homepage"),
    ],
    ids=["a language is missing", "no code", "an unknown member"],
)
def test_what_is_no_definition_is_refused(
    member: str, value: object, where: str, tmp_path: Path
) -> None:
    """The error says what is wrong where, in both languages."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    path = tmp_path / definition.FILE
    given = json.loads(path.read_bytes())
    path.write_text(json.dumps({**given, member: value}), encoding="utf-8")

    with pytest.raises(MalformedDocument) as caught:
        definition.read(tmp_path)

    assert where in caught.value.detail["en"]
    assert where in caught.value.detail["bg"]


@pytest.mark.parametrize("missing", [definition.FILE, definition.AUTHORITY])
def test_a_missing_file_is_told(missing: str, tmp_path: Path) -> None:
    """Both files are needed."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / missing).unlink()

    with pytest.raises(MalformedDocument, match=missing):
        definition.read(tmp_path)


def test_terms_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """The labels are Turtle."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / definition.AUTHORITY).write_text("no Turtle", encoding="utf-8")

    with pytest.raises(MalformedDocument, match="cannot be read"):
        definition.read(tmp_path)
