from api.pages.slice_files import files
from api.pages.translations import languages
from api.routes.records import Asked
from api.slicing import Fields
from registry.settings import TableSettings

ASKED = Fields({}, {"geo": "BG,RO"}, Asked(None, None))
ADDRESS = "http://r.example/tables/t/data"


def test_every_format_with_its_labels() -> None:
    """Tables have codes, names or both; what has its own labels is there once."""
    found = {
        one.name: dict(one.ways)
        for one in files(ADDRESS, ASKED, 7, TableSettings(), languages()["bg"])
    }

    assert found["CSV"] == {
        "имена": f"{ADDRESS}.csv?geo=BG,RO&labels=bg",
        "кодове": f"{ADDRESS}.csv?geo=BG,RO",
        "кодове и имена": f"{ADDRESS}.csv?geo=BG,RO&labels=both",
    }
    assert found["JSON-stat"] == {"": f"{ADDRESS}.jsonstat?geo=BG,RO"}
    assert list(found) == ["CSV", "XLSX", "JSON", "JSON-stat", "SDMX-CSV", "Parquet"]


def test_what_is_too_large_is_not_offered() -> None:
    """A file that would be refused is not linked, and says how much it can hold."""
    limits = TableSettings(cells=100, document_cells=10)
    found = files(ADDRESS, ASKED, 50, limits, languages()["en"])

    refused = {one.name: one.most for one in found if not one.ways}
    assert refused == {"XLSX": 10, "JSON-stat": 10}
