from collections.abc import Iterator

import pytest

from api.pages.figures import headlines, latest, of_area
from api.pages.table_list import TableList
from api.pages.translations import languages
from api.reading import Table, Tables
from registry.iris import RecordId
from registry.language import Chosen
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes
from tests.api import figures
from tests.api.conftest import site_of
from tests.api.figures import ASYLUM
from tests.registry.statistics.cubes import AGE_AND_SEX

CODES = {"freq": "A", "agedef": "COMPLET", "age": "TOTAL", "sex": "T", "geo": "BG"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """The tables of a small registry."""
    sample = figures.registry_of(tmp_path_factory.mktemp("figures"))
    site = site_of(sample)
    cubes = Cubes(sample.settings.data / "tables")
    yield Tables(site, cubes, Names(sample.journal, sample.iris))
    cubes.close()
    sample.lists.close()
    sample.journal.close()


def _table(tables: Tables, key: str) -> Table:
    version = tables.site.registry.journal.current(RecordId("table", key))
    assert version is not None
    return tables.read(version)


def test_latest_figure(tables: Tables) -> None:
    """It is that of the last period, with the key of its cell and its source."""
    table = _table(tables, AGE_AND_SEX)

    found = latest(tables, table, CODES, languages()["en"])

    assert found is not None
    assert (found.value, found.period, found.flag) == ("40,619", "2022", None)
    assert found.key == "A.COMPLET.TOTAL.T.BG.2022"
    assert found.title == Chosen("Immigration by age and sex", "en")
    assert found.about == "COMPLET, total, total"


@pytest.mark.parametrize(
    "codes",
    [
        {**CODES, "geo": "XX"},
        {**CODES, "color": "red"},
        {name: code for name, code in CODES.items() if name != "sex"},
        {},
    ],
)
def test_no_figure(tables: Tables, codes: dict[str, str]) -> None:
    """Codes that the table does not have, or has not all of, leave nothing."""
    table = _table(tables, AGE_AND_SEX)

    assert latest(tables, table, codes, languages()["en"]) is None


def test_headlines(tables: Tables) -> None:
    """Those whose tables are there are told, and the others left out."""
    found = headlines(tables, languages()["bg"])

    assert [(said, figure.table, figure.period) for said, figure in found] == [
        ("души са се заселили в България", AGE_AND_SEX, "2022"),
        ("души са потърсили закрила в България", ASYLUM, "2024"),
    ]


def test_figures_of_an_area(tables: Tables) -> None:
    """An area has the latest figure of each table with one for the whole of it.

    Permits by reason have none: the table has no code for all reasons together.
    """
    listed, english = TableList(tables), languages()["en"]

    found = of_area(listed, "BG", english)

    assert [one.table for one in found] == [AGE_AND_SEX, ASYLUM]
    assert found[0].value == "40,619"
    assert [one.table for one in of_area(listed, "BG", english, most=1)] == [
        AGE_AND_SEX
    ]
    assert of_area(listed, "BG422", english) == []
