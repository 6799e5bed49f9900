import pytest
from pysdmx.io.csv.sdmx20.reader import read

from registry.statistics.formats import sdmx_csv
from registry.statistics.labels import Shown
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, caption, small

STRUCTURE, ROWS = small()


def _written(shown: Shown, language: str = "en") -> str:
    return b"".join(
        sdmx_csv.write([ROWS], STRUCTURE, caption(STRUCTURE), shown, language=language)
    ).decode()


def test_codes() -> None:
    """Each line names its structure; a missing value is empty, with its status."""
    lines = _written(Shown.CODES).split("\r\n")

    assert lines[0] == (
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,AGEDEF,AGE,SEX,GEO,TIME_PERIOD,OBS_VALUE,"
        "OBS_STATUS,UNIT_MEASURE"
    )
    assert lines[2] == (
        "dataflow,INTG:MIGR_IMM8(3.0),I,A,COMPLET,TOTAL,M,BG,2022,0,p,NR"
    )
    assert lines[4].endswith("T,RO,2021,,c,NR")


def test_names_beside_codes() -> None:
    """Names in one language stand in columns beside the codes."""
    lines = _written(Shown.BULGARIAN).split("\r\n")

    assert lines[0].startswith("STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,")
    assert "GEO,geo бг," in lines[0]
    assert ",BG,България,2022,," in lines[1]


def test_names_with_codes() -> None:
    """Both stand in one cell, in the language of the reader."""
    lines = _written(Shown.BOTH, "bg").split("\r\n")

    assert "GEO: geo бг" in lines[0]
    assert "BG: България" in lines[1]


@pytest.mark.parametrize("shown", [Shown.CODES, Shown.ENGLISH, Shown.BOTH])
def test_independent_reader(shown: Shown) -> None:
    """An independent reader finds every code, value and flag of a real table."""
    structure, rows = tables.structure(AGE_AND_SEX), tables.rows(AGE_AND_SEX)
    text = b"".join(
        sdmx_csv.write([rows], structure, caption(structure), shown, language="en")
    ).decode()

    (dataset,) = read(text)

    names = [sdmx_csv.component(name, structure) for name in structure.columns]
    found = dataset.data[names].values.tolist()
    assert dataset.structure == "Dataflow=INTG:MIGR_IMM8(3.0)"
    assert [tuple(cell or None for cell in row) for row in found] == list(rows)
