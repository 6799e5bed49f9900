from registry.iris import RecordId
from registry.views.dublin_core import Statement, statements
from tests.versions import BASE, IRIS, concept, content, place

REPORT = RecordId("publication", "report")


def of(document: dict[str, object], *extra: Statement) -> list[Statement]:
    """Returns the statements on a publication."""
    triples = content(REPORT, document).triples
    return statements(triples, IRIS.thing(REPORT), *extra)


def test_record() -> None:
    """Each element keeps its language, in the order of elements and languages."""
    said = of(
        {
            "type": "Report",
            "title": {"en": "A report", "bg": "Доклад"},
            "description": {"bg": "За интеграцията."},
            "publisher": {
                "id": f"{IRIS.thing(REPORT)}#publisher",
                "type": "Agent",
                "agentName": {"en": "Publisher", "bg": "Издател"},
            },
            "issuedYear": "2014",
            "language": [concept("language", "bg"), concept("language", "EN")],
            "targetGroup": [concept("target-group", "refugees")],
            "areaServed": [place("bg")],
            "isbn": "9789540000000",
            "page": ["https://publisher.example/report"],
            "rights": {
                "id": f"{IRIS.thing(REPORT)}#rights",
                "type": "RightsStatement",
                "description": {"en": "Free to use."},
            },
        },
        Statement("date", "2026-03-01"),
        Statement("relation", place("bg")),
    )

    assert said == [
        Statement("title", "Доклад", "bg"),
        Statement("title", "A report", "en"),
        Statement("subject", concept("target-group", "refugees")),
        Statement("description", "За интеграцията.", "bg"),
        Statement("publisher", "Издател", "bg"),
        Statement("publisher", "Publisher", "en"),
        Statement("date", "2014"),
        Statement("type", "http://purl.org/ontology/bibo/Report"),
        Statement("identifier", f"{BASE}id/publication/report"),
        Statement("identifier", "urn:isbn:9789540000000"),
        Statement("language", "bg"),
        Statement("language", "en"),
        Statement("relation", place("bg")),
        Statement("relation", "https://publisher.example/report"),
        Statement("coverage", place("bg")),
        Statement("rights", "Free to use.", "en"),
    ]


def test_date_of_the_record_stands_in_for_that_of_the_thing() -> None:
    """A thing without a date has that of its record."""
    date = Statement("date", "2026-03-01")

    assert date in of({"type": "Report", "title": {"bg": "Доклад"}}, date)


def test_files_give_formats_and_licences() -> None:
    """A dataset has the media types and licences of its distributions."""
    thing, file = f"{BASE}id/catalog/table.one", f"{BASE}id/catalog/table.one#csv"
    dcat, dct = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
    licence = "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"
    language = "http://publications.europa.eu/resource/authority/language/BUL"
    media = "http://www.iana.org/assignments/media-types/text/csv"
    lines = [
        f"<{thing}> <{dcat}distribution> <{file}> .\n",
        f'<{thing}> <{dcat}keyword> "имигранти"@bg .\n',
        f"<{thing}> <{dct}language> <{language}> .\n",
        f"<{file}> <{dcat}mediaType> <{media}> .\n",
        f"<{file}> <{dct}license> <{licence}> .\n",
        f'<{file}> <{dct}title> "CSV"@en .\n',
    ]

    assert statements("".join(lines), thing) == [
        Statement("subject", "имигранти", "bg"),
        Statement("format", "text/csv"),
        Statement("identifier", thing),
        Statement("language", "bul"),
        Statement("rights", licence),
    ]
