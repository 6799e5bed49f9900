from collections.abc import Iterator

import pytest

from api.pages.table_list import TableList
from api.reading import Tables
from registry.iris import RecordId
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes
from tests import tables
from tests.api import figures
from tests.api.conftest import Sample, site_of
from tests.api.figures import ASYLUM, PERMITS
from tests.publishing import publish, retire
from tests.registry.statistics.cubes import AGE_AND_SEX


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry with tables, which the last test changes."""
    made = figures.registry_of(tmp_path_factory.mktemp("list"))
    yield made
    made.lists.close()
    made.journal.close()


@pytest.fixture(scope="module")
def listed(sample: Sample) -> Iterator[TableList]:
    """Its tables."""
    site = site_of(sample)
    cubes = Cubes(sample.settings.data / "tables")
    names = Names(sample.journal, sample.iris)
    yield TableList(Tables(site, cubes, names))
    cubes.close()


def test_what_tables_have(listed: TableList) -> None:
    """A table is listed with its extent and with the areas that it is about."""
    found = listed.all()

    assert set(found) == {AGE_AND_SEX, ASYLUM, PERMITS}
    summary = found[AGE_AND_SEX]
    assert summary.title == tables.defined(AGE_AND_SEX).definition.title
    assert (summary.first, summary.last) == ("1991", "2022")
    assert summary.observations == len(tables.rows(AGE_AND_SEX))
    assert summary.areas["BG"] == {"bg": "България", "en": "Bulgaria"}
    assert set(summary.areas) == {"BG", "RO", "EL", "EU27_2020"}


def test_tables_of_an_area(listed: TableList) -> None:
    """An area has the tables that have figures for it."""
    assert {one.key for one in listed.of_area("BG")} == {AGE_AND_SEX, ASYLUM, PERMITS}
    assert {one.key for one in listed.of_area("RO")} == {AGE_AND_SEX, PERMITS}
    assert listed.of_area("BG422") == []


def test_what_is_made_of_them_is_kept(listed: TableList) -> None:
    """What is made of the tables is made once, as long as nothing is published."""
    made = [listed.once("numbers", lambda: object()) for _ in range(2)]

    assert made[0] is made[1]


def test_list_follows_what_is_published(listed: TableList, sample: Sample) -> None:
    """A new name is shown at once, and a table that was withdrawn is gone."""
    before, made = listed.all(), listed.once("numbers", lambda: object())
    publish(
        sample.journal,
        "place/bg",
        {"type": "Location", "name": {"bg": "Република България"}},
    )
    retire(sample.journal, str(RecordId("table", ASYLUM)))

    assert set(listed.all()) == {AGE_AND_SEX, PERMITS}
    assert listed.all()[PERMITS].areas["BG"] == {"bg": "Република България"}
    assert before[PERMITS].areas["BG"]["en"] == "Bulgaria"
    assert listed.once("numbers", lambda: object()) is not made
