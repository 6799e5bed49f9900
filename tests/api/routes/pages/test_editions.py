from tests.api.client import Client
from tests.api.figures import ASYLUM, PERMITS
from tests.api.routes.pages.reading import page
from tests.registry.statistics.cubes import AGE_AND_SEX


def test_differences_can_be_read(tables_client: Client) -> None:
    """An edition says which figures it changed, from what to what."""
    counts = tables_client.get(f"/tables/{ASYLUM}/revisions?from=1").json()["counts"]
    found = page(tables_client, f"/en/table/{ASYLUM}/editions")

    (changed,) = (row for row in found.rows if row[0].endswith("2015"))
    assert changed[1:] == ["changed", "20,365", "20,390"]
    assert (
        f"Figures added: {counts['added']}; removed: {counts['removed']}; "
        f"changed: {counts['changed']}." in found.text
    )
    assert len(found.rows) == 1 + sum(counts.values())


def test_removed_figures_lead_to_where_they_are(tables_client: Client) -> None:
    """A figure that is gone can still be read in the edition before."""
    found = page(tables_client, f"/en/table/{PERMITS}/editions")

    (link,) = (a for a in found.links.values() if "version=1" in a and ".BG." in a)
    assert page(tables_client, link).found("h1")


def test_single_edition(tables_client: Client) -> None:
    """A table that was never changed has its first edition, in the page's language."""
    found = page(tables_client, f"/bg/table/{AGE_AND_SEX}/editions")

    assert "Това е първото издание." in found.text
    assert found.rows == []
