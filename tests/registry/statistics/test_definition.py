import json
from pathlib import Path
from typing import Any

import pytest

from registry.errors import MalformedDocument
from registry.statistics import definition
from registry.statistics.definition import Definition
from registry.statistics.structure import Period, Role

FOLDER = Path(__file__).parents[3] / "datasets" / "tables"
SHARED = FOLDER / definition.COMPONENTS
COMPONENTS = json.loads(SHARED.read_bytes())


def given(**members: object) -> dict[str, Any]:
    """A short description."""
    return {
        "key": "residents",
        "title": {"en": "Residents"},
        "description": {"en": "Residents by sex."},
        "publisher": "eurostat",
        "licence": "eurostat",
        "frequency": "A",
        "unit": "PER",
        "measure": "persons",
        "integer": True,
        "flags": False,
        "dimensions": ["sex", "geo", "time_period"],
        "default": {"sex": ["T"]},
        "editions": [{"file": "residents.csv"}],
        **members,
    }


def defined(**members: object) -> Definition:
    """What such a description defines."""
    return definition.parse(given(**members), COMPONENTS, "residents.json")


def test_names_stand_for_what_descriptions_share() -> None:
    """A dimension, measure, publisher or licence may be given by its name."""
    found = defined()

    assert [(d.id, d.role) for d in found.dimensions] == [
        ("sex", Role.CODED),
        ("geo", Role.AREA),
        ("time_period", Role.TIME),
    ]
    assert found.publisher.name == COMPONENTS["publishers"]["eurostat"]["name"]
    assert found.licence.iri == COMPONENTS["licences"]["eurostat"]["iri"]
    assert found.measure.property == COMPONENTS["measures"]["persons"]["property"]


def test_a_dimension_of_its_own_is_that_of_its_code_list() -> None:
    """Without a property it is the dimension that the list's record declares."""
    own = {"id": "housing", "role": "coded", "scheme": "housing", "label": {"en": "x"}}
    found = defined(dimensions=[own, "time_period"], default={})

    assert (
        found.dimensions[0].iri("https://registry.example/")
        == "https://registry.example/id/scheme/housing#dimension"
    )


@pytest.mark.parametrize(
    ("frequency", "period"),
    [
        ("A", Period.YEAR),
        ("A5", Period.YEAR),
        ("Q", Period.QUARTER),
        ("M", Period.MONTH),
    ],
)
def test_the_frequency_says_how_long_periods_are(
    frequency: str, period: Period
) -> None:
    """Figures that come every five years are about single years."""
    assert defined(frequency=frequency).period == period


def test_a_table_with_a_threshold_is_published_with_flags() -> None:
    """Disclosure control marks what it withholds."""
    assert not defined().flagged
    assert defined(threshold=5).flagged


TIME = COMPONENTS["dimensions"]["time_period"]
RATIO = {
    "numerator": {"table": "births", "where": {"age": "TOTAL"}},
    "denominator": {"table": "people"},
    "times": 1000,
    "decimals": 2,
}


def derived(**members: object) -> dict[str, object]:
    """What makes a description one of a derived table."""
    return {"integer": False, "editions": [], "derivation": RATIO, **members}


def test_a_derived_table_has_no_file() -> None:
    """It says of which cells of which tables its values are the ratio."""
    found = defined(**derived())
    part = found.derivation

    assert part is not None
    assert found.editions == []
    assert (part.numerator.table, part.numerator.where) == ("births", {"age": "TOTAL"})
    assert (part.denominator.table, part.denominator.where) == ("people", {})
    assert (part.times, part.decimals) == (1000, 2)


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"key": "Not A Key"}, "key"),
        ({"title": {}}, "title"),
        ({"title": {"de": "Einwohner"}}, "title"),
        ({"publisher": "nobody"}, "publisher"),
        ({"publisher": {"institution": "sar", "name": {"en": "x"}}}, "publisher"),
        ({"publisher": {}}, "publisher"),
        ({"page": "javascript:alert(1)"}, "page"),
        ({"frequency": "D"}, "description"),
        ({"unit": "two words"}, "unit"),
        ({"integer": "yes"}, "integer"),
        ({"dimensions": []}, "dimensions"),
        ({"dimensions": ["sex", "geo"]}, "description"),
        ({"dimensions": ["sex", "sex", "time_period"]}, "description"),
        ({"dimensions": ["nothing", "time_period"]}, "dimensions.0"),
        ({"dimensions": [{"id": "obs_value", **TIME}]}, "dimensions.0.id"),
        ({"dimensions": [{"id": "t", **TIME, "role": "area"}]}, "dimensions.0"),
        ({"dimensions": [{"id": "t", **TIME, "scheme": "x"}]}, "dimensions.0"),
        (
            {"dimensions": [{"id": "t", **TIME}, "time_period"], "default": {}},
            "description",
        ),
        ({"default": {"age": ["TOTAL"]}}, "description"),
        ({"default": {"sex": ["не е код"]}}, "default.sex.0"),
        ({"threshold": 0}, "threshold"),
        ({"threshold": 5, "integer": False}, "description"),
        ({"editions": []}, "description"),
        ({"derivation": RATIO, "integer": False}, "description"),
        (derived(integer=True), "description"),
        (derived(flags=True), "description"),
        (derived(threshold=5), "description"),
        (derived(derivation={**RATIO, "decimals": 0}), "description"),
        (derived(derivation={**RATIO, "decimals": 13}), "derivation.decimals"),
        (derived(derivation={**RATIO, "times": 0}), "derivation.times"),
        (derived(derivation={**RATIO, "plus": 1}), "derivation.plus"),
        (
            derived(derivation={**RATIO, "numerator": RATIO["denominator"]}),
            "derivation",
        ),
        (
            derived(derivation={**RATIO, "numerator": {"table": "No Key"}}),
            "derivation.numerator.table",
        ),
        (
            derived(
                derivation={
                    **RATIO,
                    "numerator": {"table": "births", "where": {"age": "a.b"}},
                }
            ),
            "derivation.numerator.where.age",
        ),
        ({"editions": [{"file": "../../secret"}]}, "editions.0.file"),
        ({"editions": [{"file": "a.csv", "issued": "May"}]}, "editions.0.issued"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_description_that_cannot_be_meant_is_refused(
    members: dict[str, object], where: str
) -> None:
    """The message names the file and the member, in both languages."""
    with pytest.raises(MalformedDocument) as refused:
        defined(**members)

    assert refused.value.detail["en"].startswith(f"residents.json: {where}: ")
    assert where in refused.value.detail["bg"]


@pytest.mark.parametrize("content", ["{", "[]", '{"key": 1}', b"\xff".decode("latin1")])
def test_a_file_that_is_no_description_is_refused(tmp_path: Path, content: str) -> None:
    """JSON that cannot be read is refused like JSON that says something else."""
    path = tmp_path / "wrong.json"
    path.write_text(content, encoding="latin1")

    with pytest.raises(MalformedDocument, match=r"wrong\.json"):
        definition.read(path, SHARED)


def test_shared_parts_beside_a_description_come_first(tmp_path: Path) -> None:
    """A folder with components of its own does not need those of the registry."""
    parts = {**COMPONENTS, "publishers": {"town": {"name": {"bg": "Община"}}}}
    (tmp_path / "components.json").write_text(json.dumps(parts), encoding="utf-8")
    path = tmp_path / "residents.json"
    path.write_text(json.dumps(given(publisher="town")), encoding="utf-8")
    found = definition.read(path, SHARED)

    assert found.definition.publisher.name == {"bg": "Община"}
    assert found.file(found.definition.editions[0]) == tmp_path / "residents.csv"
