from tests.api.client import Client
from tests.api.figures import ASYLUM
from tests.api.routes.pages.reading import page
from tests.registry.statistics.cubes import AGE_AND_SEX
from tests.versions import BASE

HERE = f"table/{AGE_AND_SEX}/A.COMPLET.TOTAL.T.BG.2014"


def test_value_with_what_it_is_of(tables_client: Client) -> None:
    """The page has the value, its codes by name, what its flag means, and its data."""
    found = page(tables_client, f"/bg/{HERE}")

    assert "26 615" in found.text.replace("\u00a0", " ")
    assert found.links["България"] == "/bg/place/bg"
    assert found.links["общо"].startswith("/bg/scheme/")
    assert "p – предварителна" in found.text
    assert found.links[f"{BASE}id/{HERE}"] == f"/id/{HERE}"
    for extension in ("jsonld", "ttl", "nt", "rdf", "json"):
        address = f"/doc/{HERE}.{extension}"
        assert address in found.links.values()
        assert tables_client.get(address).status_code == 200


def test_way_to_the_whole(tables_client: Client) -> None:
    """It leads to the same figure in other periods, and to the table."""
    found = page(tables_client, f"/en/{HERE}")

    over_time = page(tables_client, found.links["This figure over time"])
    assert ["2014", "26,615", "p"] in over_time.rows
    assert found.links["The whole table"] == f"/en/table/{AGE_AND_SEX}"


def test_earlier_editions(tables_client: Client) -> None:
    """A figure of an edition that is not the last one says so."""
    here = f"/en/table/{ASYLUM}/A.TOTAL.T.TOTAL.ASY_APP.BG.2015"
    old, new = page(tables_client, f"{here}?version=1"), page(tables_client, here)

    assert "20,365" in old.text
    assert "There is a later one." in old.text
    assert "20,390" in new.text
    assert "There is a later one." not in new.text


def test_no_such_observation(tables_client: Client) -> None:
    """A key that no figure has is refused by a page."""
    found = page(tables_client, f"/bg/table/{AGE_AND_SEX}/A.B", 404)

    assert found.found("html", lang="bg")
