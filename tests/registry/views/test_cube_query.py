import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from registry.views import cube, cube_query
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX
from tests.versions import IRIS

MONTHS, QUARTERS = "migr-asytpsm", "lfsq-ugan"


def _found(key: str, **filters: tuple[str, ...]) -> list[tuple[str, ...]]:
    structure, rows = tables.structure(key), tables.rows(key)
    store = Store()
    for piece in cube.observations([rows], structure, IRIS):
        store.bulk_load(input=piece.encode(), format=RdfFormat.N_TRIPLES)
    answer = store.query(cube_query.query(structure, filters, IRIS, language="en"))
    assert isinstance(answer, QuerySolutions)
    times = [(row["time_period"].value, row["value"].value) for row in answer]
    return sorted(times)


@pytest.mark.parametrize(
    ("key", "filters"),
    [
        (
            AGE_AND_SEX,
            {
                "agedef": ("COMPLET",),
                "age": ("TOTAL", "Y10"),
                "sex": ("F",),
                "geo": ("BG",),
                "time_period": ("2020", "2021"),
            },
        ),
        (MONTHS, {"geo": ("BG",), "time_period": ("2022-03", "2022-04")}),
        (QUARTERS, {"geo": ("RO",), "time_period": ("2024-Q4",)}),
    ],
)
def test_query_finds_the_cells_of_the_slice(
    key: str, filters: dict[str, tuple[str, ...]]
) -> None:
    """What a query of a slice finds are its observations, and no others."""
    names = [dimension.id for dimension in tables.structure(key).dimensions]
    wanted = [
        (str(said["time_period"]), str(row[len(names)]))
        for row in tables.rows(key)
        if (said := dict(zip(names, row, strict=False)))
        and all(said[name] in codes for name, codes in filters.items())
    ]

    assert _found(key, **filters) == sorted(wanted)
    assert wanted


def test_values_are_serialised() -> None:
    """Nothing that is asked for ends a term of the query early."""
    structure = tables.structure(AGE_AND_SEX)

    with pytest.raises(ValueError, match="IRI"):
        cube_query.query(structure, {"sex": ("> } DROP ALL #",)}, IRIS, language="en")
    assert '"x\\" ) }"' in cube_query.query(structure, {}, IRIS, language='x" ) }')
