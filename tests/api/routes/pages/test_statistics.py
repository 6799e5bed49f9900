from tests.api.client import Client
from tests.api.figures import ASYLUM, PERMITS
from tests.api.routes.pages.reading import page
from tests.registry.statistics.cubes import AGE_AND_SEX

KEYS = (AGE_AND_SEX, ASYLUM, PERMITS)


def test_every_table_is_listed(tables_client: Client) -> None:
    """The page has each table, with its period and its areas, under its topic."""
    found = page(tables_client, "/en/statistics")

    for key in KEYS:
        assert f"/en/table/{key}" in found.links.values()
    assert "3 tables" in found.text
    assert {"population", "protection", "residence"} <= {
        str(heading.get("id")) for heading in found.found("h2")
    }
    assert "1991 – 2022" in found.text


def test_headlines_are_cells(tables_client: Client) -> None:
    """The first figures are those of the tables, and lead to their cells."""
    found = page(tables_client, "/en/statistics")

    assert found.links["40,619"] == f"/en/table/{AGE_AND_SEX}/A.COMPLET.TOTAL.T.BG.2022"
    assert "40,619" in page(tables_client, found.links["40,619"]).text
    assert found.links["12,260"].endswith("ASY_APP.BG.2024")


def test_words_find_tables(tables_client: Client) -> None:
    """Words of a title, in either script, leave the tables that have them."""
    for words in ("имиграция", "imigratsia", "Immigration"):
        found = page(tables_client, f"/bg/statistics?q={words}")
        assert f"/bg/table/{AGE_AND_SEX}" in found.links.values(), words
        assert f"/bg/table/{ASYLUM}" not in found.links.values(), words


def test_nothing_found(tables_client: Client) -> None:
    """Words that no table has are said to be so, with a way on; markup is text."""
    found = page(tables_client, "/en/statistics?q=<script>zzz")

    assert "No table has these words." in found.text
    assert found.links["All tables"] == "/en/statistics"
    assert found.found("input", value="<script>zzz")
