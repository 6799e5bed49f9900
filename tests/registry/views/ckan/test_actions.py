from typing import Any

import pytest

from registry.views.ckan.actions import ACTIONS, Portal
from registry.views.ckan.faults import FaultError, Kind
from tests.registry.views.ckan.conftest import Catalogue
from tests.versions import BASE


@pytest.fixture
def portal(catalogue: Catalogue) -> Portal:
    """A portal of three registers."""
    for kind in ("place", "course", "institution"):
        catalogue.add(kind, "csv")
    return Portal(
        catalogue.shelf(),
        BASE,
        {"bg": "Регистър", "en": "Registry"},
        {"bg": "Записи.", "en": "Records."},
        None,
    )


def call(portal: Portal, action: str, **given: Any) -> Any:
    return ACTIONS[action](portal, given)


def found(portal: Portal, **given: Any) -> list[str]:
    """Returns the names on a page of a search."""
    return [each["name"] for each in call(portal, "package_search", **given)["results"]]


def test_package_list(portal: Portal) -> None:
    """All names come in order, or as many as were asked for."""
    names = ["register_course", "register_institution", "register_place"]

    assert call(portal, "package_list") == names
    assert call(portal, "package_list", limit="1", offset="1") == names[1:2]
    assert call(portal, "package_list", limit=2) == names[:2]
    assert call(portal, "package_list", offset=9) == []


def test_package_show(portal: Portal) -> None:
    """A package is shown by its name and by its id."""
    shown = call(portal, "package_show", id="register_course")

    assert shown["name"] == "register_course"
    assert call(portal, "package_show", id=shown["id"]) == shown


def test_package_search(portal: Portal) -> None:
    """A search counts all that it finds and returns a page of it."""
    answer = call(portal, "package_search", rows="1", start="1")

    assert [each["name"] for each in answer.pop("results")] == ["register_course"]
    assert answer == {
        "count": 3,
        "facets": {},
        "search_facets": {},
        "sort": "score desc, metadata_modified desc",
    }


def test_filters_and_pages(portal: Portal) -> None:
    """A harvester pages through what changed since it came last."""
    newer = "metadata_modified:[2026-01-03T00:00:00Z TO *]"

    assert found(portal, fq=newer, sort="name asc") == [
        "register_course",
        "register_institution",
    ]
    assert found(portal, fq=newer, fq_list=["-name:register_course"]) == [
        "register_institution"
    ]
    assert found(portal, q="courses", fq=["state:active", newer]) == ["register_course"]
    assert found(portal, q="места", sort="name desc")[0] == "register_place"
    assert found(portal, rows=0) == []
    assert found(portal, rows=5000, start=3) == []


def test_site(portal: Portal) -> None:
    """The site says who it is, in the language that CKAN would show."""
    assert call(portal, "status_show") == {
        "ckan_version": "2.10.0",
        "error_emails_to": None,
        "extensions": [],
        "locale_default": "bg",
        "site_description": "Записи.",
        "site_title": "Регистър",
        "site_url": "http://registry.example",
    }
    assert call(portal, "site_read") is True


def test_help(portal: Portal) -> None:
    """Every action says what it does."""
    for action in ACTIONS:
        assert call(portal, "help_show", name=action).startswith("Returns ")
    assert "1000 at most" in call(portal, "help_show", name="package_search")


@pytest.mark.parametrize(
    ("action", "given", "error"),
    [
        ("package_show", {}, {"id": ["Missing value"]}),
        ("package_show", {"id": ""}, {"id": ["Missing value"]}),
        ("package_show", {"id": "nothing"}, {"message": "Not found"}),
        ("package_show", {"id": {}}, {"message": "Not found"}),
        ("help_show", {"name": "nothing"}, {"message": "Not found"}),
        ("package_list", {"limit": "x"}, {"limit": ["Invalid integer"]}),
        ("package_list", {"limit": "٣"}, {"limit": ["Invalid integer"]}),
        ("package_list", {"offset": -1}, {"offset": ["Must be a natural number"]}),
        ("package_search", {"rows": "1e3"}, {"rows": ["Invalid integer"]}),
        ("package_search", {"rows": "--5"}, {"rows": ["Invalid integer"]}),
        ("package_search", {"start": "9" * 30}, {"start": ["Invalid integer"]}),
    ],
)
def test_refusals(
    portal: Portal, action: str, given: dict[str, Any], error: dict[str, Any]
) -> None:
    """A parameter that cannot be used is refused by its name."""
    with pytest.raises(FaultError) as refused:
        call(portal, action, **given)

    assert refused.value.members == error


def test_bad_search(portal: Portal) -> None:
    """A query or an order that is not understood is an error of the search."""
    for given in ({"q": "("}, {"fq": "nothing:x"}, {"sort": "nothing desc"}):
        with pytest.raises(FaultError) as refused:
            call(portal, "package_search", **given)

        assert refused.value.kind is Kind.SEARCH_QUERY
