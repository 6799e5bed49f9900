from registry.namespaces import ADMS, DCAT, DCT, FOAF, INTG, M8G, SKOS
from registry.views.dcat import creators, statistical
from registry.views.dcat.statements import Statements
from tests.dcat import table_version, values
from tests.tables import rows, structure
from tests.versions import BASE

DATASET = f"{BASE}id/catalog/table.migr-imm8"
CUBE = f"{BASE}id/table/migr-imm8"


def described(series: int | None = None) -> str:
    made = Statements()
    document = creators.document(table_version("migr-imm8"))
    statistical.add(made, DATASET, document, thing=CUBE, series=series)
    return made.canonical()


def test_components_are_told_in_terms_of_statdcat() -> None:
    """Dimensions, attributes and unit are those of the cube."""
    text = described()
    sdmx = "http://purl.org/linked-data/sdmx/2009"

    assert values(text, DATASET, f"{M8G}dimension") == [
        f"{sdmx}/dimension#freq",
        f"{sdmx}/dimension#refArea",
        f"{sdmx}/dimension#refPeriod",
        f"{sdmx}/dimension#sex",
        f"{BASE}id/scheme/agedef#dimension",
        f"{INTG}ageGroup",
    ]
    assert values(text, DATASET, f"{M8G}attribute") == [
        f"{sdmx}/attribute#obsStatus",
        f"{sdmx}/attribute#unitMeasure",
    ]
    assert values(text, DATASET, f"{M8G}statUnitMeasure") == [
        f"{BASE}id/scheme/unit#NR"
    ]


def test_the_number_of_series_is_told_if_it_was_counted() -> None:
    """A time series is a key without its period."""
    counted = statistical.count_series([rows("migr-imm8")], structure("migr-imm8"))

    assert values(described(counted), DATASET, f"{M8G}numSeries") == [str(counted)]
    assert values(described(), DATASET, f"{M8G}numSeries") == []


def test_series_are_counted_across_batches() -> None:
    """A series that two batches share is one."""
    wanted = structure("migr-imm8")
    given = rows("migr-imm8")
    halves = [given[:3000], given[3000:]]
    time = next(i for i, d in enumerate(wanted.dimensions) if d.id == "time_period")
    kept = [i for i in range(len(wanted.dimensions)) if i != time]
    keys = {tuple(row[i] for i in kept) for row in given}

    assert statistical.count_series(halves, wanted) == len(keys)


def test_the_dataset_leads_to_its_cube() -> None:
    """It conforms to the structure, and keeps the code of its publisher."""
    text = described()

    assert values(text, DATASET, f"{DCT}relation") == [CUBE]
    assert values(text, DATASET, f"{DCT}conformsTo") == [f"{CUBE}#structure"]
    assert values(text, DATASET, f"{DCAT}temporalResolution") == ["P1Y"]
    assert values(text, DATASET, f"{ADMS}identifier") == [f"{DATASET}#identifier"]
    assert values(text, f"{DATASET}#identifier", f"{SKOS}notation") == ["migr_imm8"]
    assert values(text, DATASET, f"{FOAF}page") == [
        "https://ec.europa.eu/eurostat/databrowser/view/migr_imm8/default/table"
    ]


def test_a_table_is_about_what_it_is_broken_down_by() -> None:
    """Neither the frequency nor area and period tell it from others."""
    found = statistical.subjects(creators.document(table_version("migr-imm8")))

    assert found == {
        "bg": ["определение на възрастта", "възраст", "пол"],
        "en": ["definition of age", "age", "sex"],
    }
