from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from registry.foreign import Finding, Found, record_of
from registry.iris import Iris
from registry.sources.dcat import datasets, next_pages
from registry.sources.node import Nodes, index

BASE = "http://registry.example/"
ONE = "https://data.example/id/1"
THING = f"{BASE}id/{record_of(ONE)}"
EU = "http://publications.europa.eu/resource/authority/"
PREFIXES = f"""\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eu: <{EU}> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://data.example/> .
"""


def read(text: str) -> Nodes:
    """Returns the graph of a Turtle document."""
    quads = parse(PREFIXES + text, format=RdfFormat.TURTLE, lenient=True)
    return index(quad.triple for quad in quads)


def found_in(text: str) -> Sequence[Found | Finding]:
    """Returns what a Turtle document describes."""
    return list(datasets(read(text), Iris(BASE)))


def one(statements: str, more: str = "") -> Found:
    """Returns the dataset `id/1` of these statements."""
    (found,) = found_in(f"<id/1> a dcat:Dataset ; {statements} .\n{more}")
    assert isinstance(found, Found)
    return found


def document(statements: str, more: str = "") -> Mapping[str, Any]:
    """Returns its document without what every one has."""
    written = dict(one(statements, more).document)
    assert written.pop("type") == ["Dataset"]
    assert written.pop("source") == [ONE]
    return written


def losses(statements: str, more: str = "") -> Sequence[tuple[str, str, str]]:
    """Returns what it loses: rule, term and value."""
    found = one(statements, more).losses
    assert {loss.source for loss in found} <= {ONE}
    return [(loss.rule, loss.term, loss.value) for loss in found]


FULL = """
dct:title "Деца мигранти"@bg , "Migrant children"@en ;
dct:description "Първи ред.\\nВтори ред."@bg ;
dct:publisher <agency> ;
dct:spatial eu:country\\/BGR , <http://data.europa.eu/nuts/code/BG42> ;
dcat:landingPage <page> ;
dct:identifier "d-1" ;
dct:issued "2020-05-06T10:00:00Z"^^xsd:dateTime ;
dct:modified "2021-01-02+02:00"^^xsd:date ;
dct:rights [ rdfs:label "свободно ползване"@bg ] ;
dcat:keyword "миграция"@bg , "деца"@bg , "children"@en ;
dcat:theme eu:data-theme\\/SOCI ;
dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2019-01-01"^^xsd:date ;
               schema:endDate "2019-12-31"^^xsd:date ] ;
dcat:distribution <id/1/csv>
"""
MORE = """
<agency> a foaf:Agent ; foaf:name "Агенция"@bg , "Agency"@en .
<id/1/csv> a dcat:Distribution ; dct:title "Файл"@bg ; dcat:accessURL <data> ;
  dcat:downloadURL <data.csv> ; dct:format eu:file-type\\/CSV ;
  dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
  dcat:byteSize "1234"^^xsd:nonNegativeInteger ;
  dct:license <http://creativecommons.org/licenses/by/4.0/> .
"""


def test_a_whole_dataset() -> None:
    """Everything that has a place is kept, and nothing is lost."""
    name = f"{THING}#distribution-3abfcfe23350eac4"

    assert losses(FULL, MORE) == []
    assert document(FULL, MORE) == {
        "title": {"bg": "Деца мигранти", "en": "Migrant children"},
        "description": {"bg": "Първи ред.\nВтори ред."},
        "publisher": {
            "id": f"{THING}#publisher",
            "type": ["Agent"],
            "agentName": {"bg": "Агенция", "en": "Agency"},
        },
        "areaServed": ["http://data.europa.eu/nuts/code/BG42", f"{EU}country/BGR"],
        "page": ["https://data.example/page"],
        "notation": ["d-1"],
        "issuedDate": "2020-05-06",
        "rights": {
            "id": f"{THING}#rights",
            "type": ["RightsStatement"],
            "description": {"bg": "свободно ползване"},
        },
        "data": [
            {
                "id": name,
                "type": ["Distribution"],
                "title": {"bg": "Файл"},
                "accessURL": ["https://data.example/data"],
                "downloadURL": ["https://data.example/data.csv"],
                "format": f"{EU}file-type/CSV",
                "mediaType": "https://www.iana.org/assignments/media-types/text/csv",
                "byteSize": "1234",
                "license": "http://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "keyword": {"bg": ["деца", "миграция"], "en": ["children"]},
        "theme": [f"{EU}data-theme/SOCI"],
        "temporal": {
            "id": f"{THING}#period",
            "type": ["PeriodOfTime"],
            "startDate": "2019-01-01",
            "endDate": "2019-12-31",
        },
        "modifiedDate": "2021-01-02",
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"Набор"@bg', {"bg": "Набор"}),
        ('"Набор"@bg-BG , "Set"@en-GB', {"bg": "Набор", "en": "Set"}),
        ('"Set"@EN', {"en": "Set"}),
        ('"  Two \\n lines "@en', {"en": "Two lines"}),
    ],
)
def test_languages_are_ours(written: str, kept: Mapping[str, str]) -> None:
    """Regions and case do not matter; a title stands on one line."""
    assert document(f"dct:title {written}") == {"title": kept}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('"Ein Satz"@de', "language-not-kept"),
        ('"Nabor"@bg-Latn', "language-not-kept"),
        ('"Set"@en-t-bg-t0-mtec', "machine-translated"),
        ('"Набор"', "language-unknown"),
        ("<page>", "not-described"),
    ],
)
def test_other_texts_are_lost_and_told_of(written: str, rule: str) -> None:
    """No text is kept under a language that it may not be in."""
    assert document(f"dct:title {written}") == {}
    assert [loss[:2] for loss in losses(f"dct:title {written}")] == [
        (rule, "dct:title")
    ]


@pytest.mark.parametrize(
    ("statements", "more"),
    [
        ("dct:language eu:language\\/BUL", ""),
        ("dct:identifier ''", "<c> a dcat:Catalog ; dct:language eu:language\\/BUL ."),
    ],
)
def test_untagged_text_is_in_the_one_language_that_is_said(
    statements: str, more: str
) -> None:
    """Said of the dataset, or else of the catalogue."""
    found = document(f'dct:title "Набор" ; {statements}', more)

    assert found["title"] == {"bg": "Набор"}


def test_untagged_text_is_lost_where_two_languages_are_said() -> None:
    """It could be in either."""
    said = "dct:language eu:language\\/BUL , eu:language\\/ENG"

    assert losses(f'dct:title "Набор" ; {said}') == [
        ("language-unknown", "dct:title", "Набор")
    ]


def test_one_title_a_language_is_kept() -> None:
    """The one with the barest tag, then the first by alphabet."""
    titles = 'dct:title "B"@en , "C"@en , "A"@en-GB'

    assert document(titles) == {"title": {"en": "B"}}
    assert losses(titles) == [
        ("several", "dct:title", "A"),
        ("several", "dct:title", "C"),
    ]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"2014"^^xsd:gYear', {"issuedYear": "2014"}),
        ('"2014-05"^^xsd:gYearMonth', {"issuedMonth": "2014-05"}),
        ('"2014-05-31"', {"issuedDate": "2014-05-31"}),
        ('"2014-05-31T23:00:00"^^xsd:dateTime', {"issuedDate": "2014-05-31"}),
        ('"2014-05-31T23:00:00" , "2014-05-31"', {"issuedDate": "2014-05-31"}),
        ('"31.05.2014"', {}),
        ('"2014-02-30"', {}),
        ("<page>", {}),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_stated(
    written: str, kept: Mapping[str, str]
) -> None:
    """Times are cut off; what is no date is lost."""
    assert document(f"dct:issued {written}") == kept
    assert [rule for rule, *_ in losses(f"dct:issued {written}")] == (
        [] if kept else ["bad-date"]
    )


def test_the_latest_change_counts() -> None:
    """And a year alone says too little."""
    changed = 'dct:modified "2014-05-31" , "2014-06-30" , "2015"'

    assert document(changed) == {"modifiedDate": "2014-06-30"}
    assert losses(changed) == [
        ("bad-date", "dct:modified", "2015"),
        ("several", "dct:modified", "2014-05-31"),
    ]


DATA = "https://data.example/"


@pytest.mark.parametrize(
    ("statement", "loss"),
    [
        ("dcat:landingPage <mailto:a@b.example>", ("bad-iri", "mailto:a@b.example")),
        ('dcat:landingPage "a page"', ("bad-iri", "a page")),
        (
            "dcat:landingPage <http://a.example/a b>",
            ("bad-iri", "http://a.example/a b"),
        ),
        ("dct:spatial [ rdfs:label 'Хасково' ]", ("not-described", "")),
        (
            "dcat:theme <http://inspire.example/pd>",
            ("not-in-list", "http://inspire.example/pd"),
        ),
        (
            "dct:temporal eu:timeperiod\\/2020",
            ("not-described", f"{EU}timeperiod/2020"),
        ),
        ("dct:temporal [ a dct:PeriodOfTime ]", ("not-described", "")),
        ("dct:temporal '2020'", ("not-described", "2020")),
        ("dct:publisher <nobody>", ("not-described", "https://data.example/nobody")),
        (
            "dct:rights eu:access-right\\/PUBLIC",
            ("not-described", f"{EU}access-right/PUBLIC"),
        ),
        (
            "dcat:distribution <nothing>",
            ("not-described", "https://data.example/nothing"),
        ),
        ("dcat:contactPoint [ a <x> ]", ("not-kept", "")),
        (
            "dct:accrualPeriodicity eu:frequency\\/ANNUAL",
            ("not-kept", f"{EU}frequency/ANNUAL"),
        ),
    ],
)
def test_what_has_no_place_is_lost_and_told_of(
    statement: str, loss: tuple[str, str]
) -> None:
    """Nothing of the source disappears in silence."""
    rule, value = loss

    assert document(statement) == {}
    assert losses(statement) == [(rule, statement.split()[0], value)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('dct:format "csv"', {"format": f"{EU}file-type/CSV"}),
        ('dct:format "Access 97"', {}),
        ("dct:format [ rdfs:label 'CSV' ]", {}),
        (
            'dcat:mediaType "text/csv"',
            {"mediaType": "https://www.iana.org/assignments/media-types/text/csv"},
        ),
        (
            "dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv>",
            {"mediaType": "https://www.iana.org/assignments/media-types/text/csv"},
        ),
        ('dcat:mediaType "CSV"', {}),
        ('dcat:byteSize "12.0"^^xsd:decimal', {"byteSize": "12"}),
        ('dcat:byteSize "12 KB"', {}),
        (
            'dcat:accessURL "https://a.example/"',
            {"accessURL": ["https://a.example/"]},
        ),
        ("dcat:accessURL <ftp://a.example/>", {}),
        ("dct:license [ a dct:LicenseDocument ]", {}),
        ("<http://spdx.org/rdf/terms#checksum> [ a <x> ]", {}),
    ],
)
def test_a_distribution_is_put_into_the_lists_of_europe(
    written: str, kept: Mapping[str, Any]
) -> None:
    """Plain codes become IRIs; what is in no list is lost and told of."""
    statement = f"dcat:distribution [ a dcat:Distribution ; {written} ]"
    (distribution,) = document(statement)["data"]

    assert distribution == {
        "id": distribution["id"],
        "type": ["Distribution"],
        **kept,
    }
    assert len(losses(statement)) == (0 if kept else 1)


def test_a_distribution_keeps_its_name_whatever_else_changes() -> None:
    """With an IRI by that, without one by where the data are."""
    named = document("dcat:distribution <id/1/csv>", MORE)["data"][0]["id"]
    changed = MORE.replace("Файл", "Друг файл").replace("data.csv", "other.csv")
    blank = "dcat:distribution [ dcat:accessURL <data> ; dct:title '%s'@bg ]"

    assert document("dcat:distribution <id/1/csv>", changed)["data"][0]["id"] == named
    assert (
        document(blank % "Файл")["data"][0]["id"]
        == document(blank % "Друг файл")["data"][0]["id"]
    )


def test_blank_nodes_give_the_same_document_each_time() -> None:
    """Their labels are new each time, and nothing may depend on them."""
    text = """
    dct:publisher [ foaf:name "Б"@bg ] , [ foaf:name "А"@bg ] ;
    dct:temporal [ dcat:startDate "2020-01-01" ] , [ dcat:startDate "2019-01-01" ] ;
    dcat:distribution [ dcat:accessURL <a> ; dct:title "Б"@bg ] ,
      [ dcat:accessURL <a> ; dct:title "А"@bg ] , [ dcat:accessURL <b> ]
    """
    found = [one(text) for _ in range(8)]

    assert all(other == found[0] for other in found)
    assert found[0].document["publisher"]["agentName"] == {"bg": "А"}
    assert [loss.rule for loss in found[0].losses] == ["several"] * 3


def test_a_publisher_that_we_have_is_our_record() -> None:
    """As when another catalogue describes datasets of ours."""
    ours = f"{BASE}id/institution/rma-maritza"

    assert document(f"dct:publisher <{ours}>") == {"publisher": ours}


def test_a_publisher_may_be_just_a_text() -> None:
    """Some catalogues write it so."""
    assert document('dct:publisher "Агенция"@bg')["publisher"]["agentName"] == {
        "bg": "Агенция"
    }


def test_a_dataset_without_an_iri_goes_by_its_identifier() -> None:
    """If that is an address; otherwise it could not be found again."""
    named, nameless = sorted(
        found_in(
            f'[] a dcat:Dataset ; dct:identifier "{ONE}" .\n'
            '[] a dcat:Dataset ; dct:identifier "1" ; dct:title "Безименен"@bg .'
        ),
        key=lambda found: isinstance(found, Finding),
    )

    assert isinstance(named, Found)
    assert named.iri == ONE
    assert isinstance(nameless, Finding)
    assert (nameless.rule, nameless.value) == ("no-iri", "Безименен")


def test_a_dataset_whose_iri_is_none_is_refused() -> None:
    """It cannot be named in what is published."""
    (found,) = found_in("<https://data.example/a b> a dcat:Dataset .")

    assert isinstance(found, Finding)
    assert found.rule == "no-iri"


def test_what_is_no_dataset_is_passed_over() -> None:
    """Catalogues, records, services and series are not datasets."""
    assert (
        found_in(
            "<c> a dcat:Catalog ; dcat:dataset <id/9> . <s> a dcat:DataService . "
            "<r> a dcat:CatalogRecord . <x> a dcat:DatasetSeries ."
        )
        == []
    )


@pytest.mark.parametrize("term", ["next", "nextPage"])
def test_the_next_page_is_found_in_both_forms_of_hydra(term: str) -> None:
    """The property was renamed in 2017, and old servers are still there."""
    nodes = read(f"<c?page=1> hydra:{term} <c?page=2> .")

    assert next_pages(nodes, "https://data.example/c") == [
        "https://data.example/c?page=2"
    ]


def test_the_next_page_is_that_of_this_page_where_others_are_described() -> None:
    """A catalogue may describe all its pages on each of them."""
    nodes = read("<c?p=1> hydra:next <c?p=2> . <c?p=2> hydra:next <c?p=3> .")

    assert next_pages(nodes, "https://data.example/c?p=2") == [
        "https://data.example/c?p=3"
    ]
    assert len(next_pages(nodes, "https://data.example/c")) == 2
    assert next_pages({}, "https://data.example/c") == []
