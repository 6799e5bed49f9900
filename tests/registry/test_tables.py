import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from registry import tables, wiring
from registry.errors import DatasetRefused, NotFound, ShapesViolated
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.settings import Settings
from registry.statistics import description
from registry.statistics.definition import Defined, Edition
from registry.statistics.table import Extent
from registry.wiring import Loader, Registry

LISTS = ("citizenship", "sex", "unit", "frequency", "obs-flag", "place-level")
TABLES = Path(__file__).parents[2] / "datasets" / "tables"
HEADER = "time_period,geo,sex,obs_value"
FIGURES = f"{HEADER}\n2023,BG,T,40619\n2024,BG,T,41000\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A registry with the code lists and places that the tables below use."""
    made = Settings(data=tmp_path_factory.mktemp("tables") / "data")
    wiring.create(made)
    return made


@pytest.fixture(scope="module")
def loader(settings: Settings) -> Iterator[Loader]:
    """Adds tables to that registry; each test has a table of its own."""
    with wiring.loader(settings) as opened:
        files = [f"schemes/{name}.csv" for name in LISTS]
        found = opened.datasets([*files, "places/nuts.csv"])
        list(opened.load(found, strict=True, progress=lambda *_: None))
        yield opened


@pytest.fixture(scope="module")
def registry(settings: Settings, loader: Loader) -> Iterator[Registry]:
    """The same registry, as readers see it."""
    assert loader is not None
    opened = wiring.open_registry(settings)
    yield opened
    opened.close()


class Desk:
    """A folder with a description and its files."""

    def __init__(self, folder: Path, loader: Loader, key: str) -> None:
        self.folder = folder
        self.loader = loader
        self.key = key
        self.record = RecordId("table", key)

    def defined(self, *editions: str, **members: object) -> Defined:
        """The description, with an edition for each file."""
        given: dict[str, Any] = {
            "key": self.key,
            "title": {"bg": "Жители", "en": "Residents"},
            "description": {"bg": "Жители по пол.", "en": "Residents by sex."},
            "publisher": "eurostat",
            "licence": "eurostat",
            "frequency": "A",
            "unit": "PER",
            "measure": "persons",
            "integer": True,
            "flags": False,
            "dimensions": ["time_period", "geo", "sex"],
            "default": {"geo": ["BG"]},
            "editions": [
                {"file": file, "sources": [f"https://source.example/{file}"]}
                for file in editions or ("first.csv",)
            ],
            **members,
        }
        path = self.folder / f"{self.key}.json"
        path.write_text(json.dumps(given), encoding="utf-8")
        return self.loader.define(path)

    def file(self, content: str, name: str = "first.csv") -> Path:
        """A file of figures."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def add(self, content: str, **members: object) -> tables.Added:
        """Adds figures."""
        defined = self.defined(**members)
        edition = defined.definition.editions[0]
        return self.loader.add_table(defined, self.file(content), edition)

    def load(self, *editions: str, **members: object) -> tuple[int, int, int]:
        """Loads the table; returns what was added, updated and unchanged."""
        defined = self.defined(*editions, **members)
        (outcome,) = self.loader.load_tables({"x": defined}, lambda *_: None)
        return outcome.added, outcome.updated, outcome.unchanged


@pytest.fixture
def desk(tmp_path: Path, loader: Loader, request: pytest.FixtureRequest) -> Desk:
    """Somebody who hands in a table, named after the test."""
    name = sha256(request.node.nodeid.encode()).hexdigest()[:12]
    return Desk(tmp_path, loader, f"t{name}")


def rows(
    registry: Registry, record: RecordId, version: int
) -> list[tuple[object, ...]]:
    """The rows of a version."""
    found = registry.journal.version(record, version)
    assert found is not None
    return [tuple(r) for batch in registry.tables.batches(found) for r in batch]


def test_a_table_is_published_with_its_figures(desk: Desk, registry: Registry) -> None:
    """The record says which figures it has; they are kept as blob and as rows."""
    added = desk.add(FIGURES)
    digest = sha256(FIGURES.encode()).hexdigest()

    assert added == tables.Added(
        desk.record, 1, True, Extent(2, 0, "2023", "2024"), 0, ()
    )
    version = registry.journal.current(desk.record)
    assert version is not None
    data = description.data_of(json.loads(version.content.document))
    assert (data.digest, data.observations) == (digest, 2)
    with registry.blobs.open(digest) as blob:
        assert blob.read() == FIGURES.encode()
    assert rows(registry, desk.record, 1) == [
        ("2023", "BG", "T", "40619"),
        ("2024", "BG", "T", "41000"),
    ]
    assert version.head.provenance.dataset == digest
    assert [s.iri for s in version.head.provenance.sources] == [
        "https://source.example/first.csv"
    ]
    actors = [(e.event, e.actor) for e in registry.journal.history(desk.record)]
    assert actors == [
        (Event.SUBMITTED, f"dataset/tables/{desk.key}"),
        (Event.ACCEPTED, "operator"),
    ]


def test_the_same_figures_change_nothing(desk: Desk, registry: Registry) -> None:
    """Adding the same file with the same description again leaves no trace."""
    desk.add(FIGURES)
    tip = registry.journal.tip()
    again = desk.add(FIGURES)

    assert (again.version, again.changed) == (1, False)
    assert registry.journal.tip() == tip


def test_another_edition_is_another_version(desk: Desk, registry: Registry) -> None:
    """The figures of both versions stay."""
    desk.add(FIGURES)
    added = desk.add(FIGURES.replace("41000", "41025"))

    assert (added.version, added.changed) == (2, True)
    assert rows(registry, desk.record, 1)[1][3] == "41000"
    assert rows(registry, desk.record, 2)[1][3] == "41025"


def test_another_description_is_another_version(desk: Desk) -> None:
    """The figures may stay as they are."""
    desk.add(FIGURES)
    added = desk.add(FIGURES, title={"bg": "Население", "en": "Population"})

    assert (added.version, added.changed) == (2, True)


def test_figures_that_break_a_rule_leave_nothing(
    desk: Desk, registry: Registry
) -> None:
    """The refusal carries the report; no entry and no blob is written."""
    tip, blobs = registry.journal.tip(), set(registry.blobs.digests())
    with pytest.raises(DatasetRefused) as refused:
        desk.add(f"{HEADER}\n2023,BG,X,1\n2023,BG,Y,1\n")

    assert refused.value.extra["file"] == "first.csv"
    findings = refused.value.extra["findings"]
    assert isinstance(findings, list)
    (found,) = findings
    assert found.pop("message").keys() == {"bg", "en"}
    assert found == {
        "column": "sex",
        "rule": "unknown-code",
        "count": 2,
        "rows": [{"line": 2, "value": "X"}, {"line": 3, "value": "Y"}],
    }
    assert (registry.journal.tip(), set(registry.blobs.digests())) == (tip, blobs)


def test_areas_are_places(desk: Desk) -> None:
    """Codes of places are good; what is no place is not."""
    desk.add(f"{HEADER}\n2023,BG,T,3\n2023,BG42,T,2\n2023,BG422,T,1\n")

    with pytest.raises(DatasetRefused):
        desk.add(f"{HEADER}\n2023,XX,T,1\n")


def test_a_description_that_breaks_a_rule_is_refused(desk: Desk) -> None:
    """What the record must keep to is checked as for every record."""
    with pytest.raises(ShapesViolated) as refused:
        desk.add(FIGURES, title={"bg": "x" * 401})

    assert "title-too-long" in refused.value.detail["en"]


def test_a_code_list_has_to_be_there_first(desk: Desk) -> None:
    """A dimension whose code list is not published is refused by its name."""
    with pytest.raises(NotFound, match="age"):
        desk.add(FIGURES, dimensions=["time_period", "geo", "sex", "age"])


def test_editions_are_loaded_in_their_order(desk: Desk, registry: Registry) -> None:
    """Each becomes a version, once; a further one comes on top."""
    desk.file(FIGURES, "1.csv")
    desk.file(FIGURES.replace("41000", "41025"), "2.csv")
    first = desk.load("1.csv")
    both = desk.load("1.csv", "2.csv")
    again = desk.load("1.csv", "2.csv")

    assert (first, both, again) == ((1, 0, 0), (0, 1, 1), (0, 0, 1))
    assert [rows(registry, desk.record, n)[1][3] for n in (1, 2)] == ["41000", "41025"]


def test_what_comes_before_a_bad_file_is_published(
    desk: Desk, registry: Registry
) -> None:
    """Though the bad one was examined meanwhile, and the next is not begun."""
    files = ("one.csv", "two.csv", "bad.csv", "four.csv")
    contents = (
        FIGURES,
        FIGURES.replace("41000", "2"),
        FIGURES.replace("2024", "x"),
        FIGURES,
    )
    for name, content in zip(files, contents, strict=True):
        desk.file(content, name)

    with pytest.raises(DatasetRefused) as refused:
        desk.load(*files)
    head = registry.journal.head(desk.record)

    assert refused.value.extra["file"] == "bad.csv"
    assert head is not None
    assert head.version == 2


def test_a_file_that_was_opened_ahead_is_closed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops after one table leaves nothing behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    desk.file(FIGURES)
    both = {"one": desk.defined(), "two": desk.defined(title={"bg": "Б", "en": "B"})}

    loading = desk.loader.load_tables(both, lambda *_: None)
    first = next(loading)
    opened = list((tmp_path / "scratch").iterdir())
    loading.close()

    assert first.added == 1
    assert opened
    assert list((tmp_path / "scratch").iterdir()) == []


def test_counts_below_the_threshold_are_kept_nowhere(
    desk: Desk, registry: Registry
) -> None:
    """What is published and kept is the table after disclosure control."""
    handed_in = (
        f"{HEADER}\n2023,BG,T,1000\n2023,BG,F,997\n2023,BG,M,3\n"
        "2022,BG,T,1100\n2022,BG,F,600\n2022,BG,M,500\n"
    )
    before = set(registry.blobs.digests())
    added = desk.add(handed_in, threshold=5)

    published = rows(registry, desk.record, 1)
    assert ("2023", "BG", "M", None, "c") in published
    assert ("2023", "BG", "F", None, "c") in published
    assert added.suppressed == sum(row[4] == "c" for row in published)
    assert added.extent == Extent(
        6 - added.suppressed, added.suppressed, "2022", "2023"
    )
    (kept,) = set(registry.blobs.digests()) - before
    with registry.blobs.open(kept) as blob:
        text = blob.read().decode()
    assert text.startswith(f"{HEADER},obs_flag\n")
    assert "2023,BG,M,,c\n" in text
    assert not desk.add(handed_in, threshold=5).changed


def test_rows_come_back_from_the_blob(desk: Desk, registry: Registry) -> None:
    """A Parquet file that is missing is made again, with the same rows."""
    desk.add(FIGURES)
    before = rows(registry, desk.record, 1)
    for file in (registry.settings.data / "tables" / desk.key).iterdir():
        file.unlink()

    assert rows(registry, desk.record, 1) == before


def test_words_of_two_alphabets_in_a_description_are_told(desk: Desk) -> None:
    """A Latin letter in a Bulgarian title is a warning, not a refusal."""
    added = desk.add(FIGURES, title={"bg": "Нaселение", "en": "Population"})

    assert "mixed-script" in added.warnings


PEOPLE = f"{HEADER}\n2023,BG,T,4\n2023,BG,F,3\n2024,BG,T,8\n2024,BG,F,5\n"


@pytest.fixture
def derived(tmp_path: Path, loader: Loader, desk: Desk) -> Desk:
    """Somebody who describes the share of women in the table of the desk."""
    return Desk(tmp_path, loader, f"{desk.key}-share")


def share(desk: Desk, **members: object) -> dict[str, object]:
    """What makes a description one of that share."""
    return {
        "dimensions": ["time_period", "geo"],
        "measure": "value",
        "integer": False,
        "editions": [],
        "derivation": {
            "numerator": {"table": desk.key, "where": {"sex": "F"}},
            "denominator": {"table": desk.key, "where": {"sex": "T"}},
            "times": 100,
            "decimals": 1,
        },
        **members,
    }


def test_a_derived_table_is_published_like_any_other(
    desk: Desk, derived: Desk, registry: Registry
) -> None:
    """Its figures are a blob and rows; its sources are versions of other tables."""
    desk.add(PEOPLE)
    loaded = derived.load(**share(desk))

    assert loaded == (1, 0, 0)
    assert rows(registry, derived.record, 1) == [
        ("2023", "BG", "75.0"),
        ("2024", "BG", "62.5"),
    ]
    version = registry.journal.current(derived.record)
    assert version is not None
    document = json.loads(version.content.document)
    assert document["derivedFrom"] == [registry.iris.thing(desk.record)]
    with registry.blobs.open(description.data_of(document).digest.lower()) as blob:
        assert blob.read() == (
            b"time_period,geo,obs_value\n2023,BG,75.0\n2024,BG,62.5\n"
        )
    assert [source.iri for source in version.head.provenance.sources] == [
        registry.iris.version(desk.record, 1)
    ]


def test_a_derived_table_follows_its_operands(
    desk: Desk, derived: Desk, registry: Registry
) -> None:
    """A new edition of an operand is a new version; the old one stays what it was."""
    desk.add(PEOPLE)
    first = derived.load(**share(desk))
    tip = registry.journal.tip()
    again = derived.load(**share(desk))
    assert registry.journal.tip() == tip
    desk.add(PEOPLE.replace("2024,BG,F,5", "2024,BG,F,6"))
    later = derived.load(**share(desk))

    assert (first, again, later) == ((1, 0, 0), (0, 0, 1), (0, 1, 0))
    assert rows(registry, derived.record, 1)[1] == ("2024", "BG", "62.5")
    assert rows(registry, derived.record, 2)[1] == ("2024", "BG", "75.0")


def test_a_withheld_figure_has_no_part_in_a_ratio(
    desk: Desk, derived: Desk, registry: Registry
) -> None:
    """Only what is published is divided, so that nothing withheld comes back."""
    desk.add(
        f"{HEADER}\n2023,BG,T,1000\n2023,BG,F,997\n2023,BG,M,3\n"
        "2022,BG,T,1100\n2022,BG,F,600\n2022,BG,M,500\n",
        threshold=5,
    )
    withheld = [row for row in rows(registry, desk.record, 1) if row[3] is None]
    derived.load(**share(desk))

    assert ("2023", "BG", "F", None, "c") in withheld
    assert rows(registry, derived.record, 1) == [("2022", "BG", "54.5")]


def test_a_table_that_is_not_there_cannot_be_derived_from(
    desk: Desk, derived: Desk, registry: Registry
) -> None:
    """The refusal names the table to load first, and nothing is published."""
    with pytest.raises(NotFound, match=f"{desk.key}, which another"):
        derived.load(**share(desk))

    assert registry.journal.current(derived.record) is None


def test_a_dimension_that_is_not_fixed_is_refused(
    desk: Desk, derived: Desk, registry: Registry
) -> None:
    """A ratio of one cell to many means nothing."""
    desk.add(PEOPLE)
    given = {
        "numerator": {"table": desk.key},
        "denominator": {"table": desk.key, "where": {"sex": "T"}},
        "decimals": 1,
    }

    with pytest.raises(DatasetRefused, match="fix just the others: sex"):
        derived.load(**share(desk, derivation=given))
    assert registry.journal.current(derived.record) is None


def test_figures_cannot_be_handed_in_for_a_derived_table(
    desk: Desk, derived: Desk
) -> None:
    """They would not be what the record says of their origin."""
    defined = derived.defined(**share(desk))
    edition = Edition(file="first.csv")

    with pytest.raises(DatasetRefused, match="derived from other tables"):
        derived.loader.add_table(defined, derived.file(PEOPLE), edition)


def test_derived_tables_are_loaded_last(desk: Desk, tmp_path: Path) -> None:
    """What they follow from is there when their turn comes."""
    desk.defined()
    Desk(tmp_path, desk.loader, "a-share").defined(**share(desk))
    shared = (TABLES / "components.json").read_bytes()
    (tmp_path / "components.json").write_bytes(shared)

    keys = [found.definition.key for found in tables.find(tmp_path)]
    assert keys == [desk.key, "a-share"]
