from dataclasses import replace
from pathlib import Path

import pytest

from registry.errors import Misconfigured
from registry.namespaces import DCAT, RDF
from registry.views.conformance import load
from registry.views.dcat import datasets
from registry.views.dcat.profiles import PROFILES, Profile
from tests.dcat import (
    conformance,
    described,
    file,
    joined,
    report,
    sample,
    shared,
    table_version,
    the_header,
)
from tests.versions import BASE

BOTH = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)

ACCEPTED = {
    # The registry began before it had a catalogue, and does not know when.
    "catalogue-issued-missing",
    # Some sources state no terms of re-use, and one has a licence of its own.
    "distribution-license-missing",
    "licence-type-missing",
    # One table is a template without observations yet.
    "dataset-temporal-missing",
    # Registers are kept on, and series with them.
    "period-end-date-missing",
    "series-temporal-missing",
    # Bulgaria is named, not drawn.
    "location-bbox-missing",
    "location-centroid-missing",
    # Two services keep to no standard but the description of their API.
    "service-conforms-to-missing",
}
"""The recommendations that the catalogue does not follow everywhere, and why."""


@BOTH
def test_the_catalogue_conforms_by_itself(profile: Profile) -> None:
    """Nothing is added to what we publish, and every recommendation is weighed."""
    found = report(profile.key)

    assert found.conforms
    assert {result.code for result in found.results} - ACCEPTED == set()


def test_what_is_accepted_still_happens() -> None:
    """An exception that is no longer needed is taken off the list."""
    found = report("dcat-ap-3.0.1")

    assert ACCEPTED - {result.code for result in found.results} == set()


@pytest.mark.parametrize(
    "key", ["registry", "register.scheme", "table.migr-imm8", "series.sar"]
)
@BOTH
def test_each_page_conforms_by_itself(profile: Profile, key: str) -> None:
    """A harvester that reads one page only finds nothing wrong with it."""
    page = profile.view(joined(the_header(), described()[key]))

    assert conformance(profile.key).check(page).conforms


def test_a_catalogue_of_one_profile_is_none_of_the_other() -> None:
    """The shapes tell them apart."""
    assert not conformance("dcat-ap-2.1.1").check(sample()).conforms


def test_a_result_says_what_is_wrong_where() -> None:
    """It belongs to the dataset, whichever node of it is at fault."""
    files = [replace(file("table.migr-imm8.csv"), size=-1)]
    text = datasets.table(table_version("migr-imm8"), files, **shared())
    dataset = f"{BASE}id/catalog/table.migr-imm8"
    checked = conformance("dcat-ap-3.0.1").check(joined(the_header(), text))

    found = [
        result for result in checked.of(dataset).results if result.severity == "must"
    ]
    assert [(result.code, result.node, result.value) for result in found] == [
        ("distribution-byte-size-kind", f"{dataset}#csv", "-1"),
    ]
    assert found[0].path == f"{DCAT}byteSize"
    assert found[0].message == {
        "bg": "При дистрибуцията полето „размер в байтове“ не е цяло неотрицателно "
        "число (xsd:nonNegativeInteger).",
        "en": "The size in bytes of the distribution is not a whole number, not below "
        "zero (xsd:nonNegativeInteger).",
    }


def test_an_empty_catalogue_is_told_what_it_lacks() -> None:
    """Mandatory properties are violations, recommended ones warnings."""
    only = f"<{BASE}catalog> <{RDF}type> <{DCAT}Catalog> .\n"
    checked = conformance("dcat-ap-3.0.1").check(only)

    assert {r.code for r in checked.results if r.severity == "must"} == {
        "catalogue-description-missing",
        "catalogue-publisher-missing",
        "catalogue-title-missing",
    }
    assert "catalogue-empty" in {r.code for r in checked.results}


def test_shapes_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A profile without shapes is a mistake of whoever set the registry up."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "bad.ttl").write_text("no Turtle", encoding="utf-8")

    for profile in ("missing", "bad"):
        with pytest.raises(Misconfigured, match=profile):
            load(tmp_path, profile)
