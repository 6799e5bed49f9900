from dataclasses import replace
from datetime import timedelta

from registry.namespaces import ADMS, DCAT, DCT, FOAF, RDF
from registry.views.dcat import entry
from registry.views.dcat.entry import Entry
from registry.views.dcat.statements import Statements
from tests.dcat import the_definition, values
from tests.versions import AT, BASE, IRIS

DATASET = f"{BASE}id/catalog/register.place"
RECORD = f"{BASE}doc/catalog/register.place"
ENTRY = Entry(
    key="register.place",
    title={"en": "Places"},
    description={"en": "All of them."},
    themes=["REGI"],
    keywords={"en": ["place"]},
    provenance={"en": "Compiled."},
    frequency="IRREG",
    landing=f"{BASE}records?kind=place",
    issued=AT,
    modified=AT + timedelta(days=1),
)


def described(given: Entry = ENTRY) -> str:
    made = Statements()
    entry.add_dataset(made, given, ["records"], definition=the_definition(), iris=IRIS)
    return made.canonical()


def test_the_identifier_is_the_iri() -> None:
    """A portal that keeps only one of them keeps the same."""
    assert values(described(), DATASET, f"{DCT}identifier") == [DATASET]


def test_a_dataset_is_a_resource_of_the_catalogue() -> None:
    """Both classes are written out, as no shape infers one from the other."""
    text = described()

    assert values(text, DATASET, f"{RDF}type") == [f"{DCAT}Dataset", f"{DCAT}Resource"]
    assert values(text, f"{BASE}catalog", f"{DCAT}dataset") == [DATASET]
    assert values(text, f"{BASE}catalog#records", f"{DCAT}servesDataset") == [DATASET]


def test_the_document_is_the_catalogue_record() -> None:
    """It says what it is about, since when, and which profile it keeps to."""
    text = described()

    assert values(text, f"{BASE}catalog", f"{DCAT}record") == [RECORD]
    assert values(text, RECORD, f"{FOAF}primaryTopic") == [DATASET]
    assert values(text, RECORD, f"{DCT}issued") == ["2026-03-01T12:00:00Z"]
    assert values(text, RECORD, f"{DCT}modified") == ["2026-03-02T12:00:00Z"]
    assert values(text, RECORD, f"{ADMS}status") == [
        "http://purl.org/adms/status/Completed"
    ]
    assert values(text, RECORD, f"{DCT}conformsTo") == [
        "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
    ]


def test_provenance_is_stated_where_it_is_known() -> None:
    """A node of the dataset has it in words."""
    without = described(replace(ENTRY, provenance={}))

    assert values(described(), DATASET, f"{DCT}provenance") == [f"{DATASET}#provenance"]
    assert values(without, DATASET, f"{DCT}provenance") == []


def test_a_period_may_have_one_end() -> None:
    """Without any there is none."""
    made = Statements()
    entry.add_period(made, DATASET, "2026-01-01", None)
    open_ended = made.canonical()
    nothing = Statements()
    entry.add_period(nothing, DATASET, None, None)

    period = f"{DATASET}#period"
    assert values(open_ended, DATASET, f"{DCT}temporal") == [period]
    assert values(open_ended, period, f"{DCAT}startDate") == ["2026-01-01"]
    assert values(open_ended, period, f"{DCAT}endDate") == []
    assert nothing.canonical() == ""


def test_keywords_of_a_dataset_join_those_of_all() -> None:
    """Each language has its own."""
    given = the_definition()
    words = entry.keywords(given, given.tables.keywords)

    assert words["bg"] == [*given.keywords.bg, *given.tables.keywords.bg]
    assert words["en"] == [*given.keywords.en, *given.tables.keywords.en]
