from collections.abc import Sequence

import pytest

from registry.namespaces import SDMX_DIMENSION
from registry.statistics.labels import CodeList
from registry.statistics.overlap import (
    ACROSS,
    APART,
    GROUP,
    INSIDE,
    Overlap,
    overlap,
)
from registry.statistics.structure import Dimension, Role


def _list(*codes: str, whole: str = "TOTAL", **broader: str) -> CodeList:
    above = {code: whole for code in codes if code != whole} | broader
    return CodeList({code: {} for code in codes}, above, "digest")


def _dimension(scheme: str) -> Dimension:
    return Dimension(scheme, f"{SDMX_DIMENSION}{scheme}", Role.CODED, scheme, {})


AREA = Dimension("geo", f"{SDMX_DIMENSION}refArea", Role.AREA, None, {})


@pytest.mark.parametrize(
    ("scheme", "codes", "found"),
    [
        ("sex", ["F", "M", "UNK"], None),
        ("sex", ["F", "TOTAL"], Overlap("F", "TOTAL", INSIDE)),
        ("age", ["Y_LT14", "Y14-17", "Y18-34", "Y_GE35", "UNK"], None),
        ("age", ["0-4", "5-11", "12-17", "18-59", "60-plus"], None),
        ("age", ["Y1", "Y2", "Y10"], None),
        ("age", ["Y15-24", "Y15"], Overlap("Y15", "Y15-24", ACROSS)),
        ("age", ["Y_GE65", "Y60-64", "60-plus"], Overlap("Y60-64", "60-plus", ACROSS)),
        ("age", ["Y1", "adults"], Overlap("adults", "Y1", ACROSS)),
        ("citizenship", ["SY", "AF", "STLS", "UNK"], None),
        ("citizenship", ["EU27_2020"], None),
        ("citizenship", ["DE", "EU27_2020"], Overlap("EU27_2020", "DE", GROUP)),
        ("citizenship", ["AFR", "ASI"], Overlap("AFR", "ASI", GROUP)),
    ],
)
def test_overlap(scheme: str, codes: Sequence[str], found: Overlap | None) -> None:
    """Codes are apart when the list, or the ages that they name, say so."""
    assert overlap(codes, _dimension(scheme), _list(*codes)) == found


def test_codes_of_no_whole() -> None:
    """Codes that the list puts below nothing in common are not parts of anything."""
    codes = ["IMM", "EMI"]

    found = overlap(codes, _dimension("flow"), CodeList({}, {}, ""))

    assert found == Overlap("IMM", "EMI", APART)


def test_areas() -> None:
    """Areas are apart unless one contains the other, however far above it is."""
    places = _list("BG42", whole="BG4", BG4="BG")

    assert overlap(["BG42", "RO"], AREA, places) is None
    assert overlap(["RO", "BG42", "BG"], AREA, places) == Overlap("BG42", "BG", INSIDE)
