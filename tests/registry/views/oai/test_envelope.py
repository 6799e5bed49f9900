from datetime import UTC, datetime

from registry.views.oai import faults, markup
from registry.views.oai.envelope import document
from registry.views.oai.faults import Code, FaultError
from registry.views.oai.requests import Request

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = Request("ListRecords", {"metadataPrefix": "oai_dc", "set": "record"})
START = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/'
    ' http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
    "<responseDate>2026-03-01T12:00:00Z</responseDate>"
)


def test_answer() -> None:
    """A document repeats the request and holds the answer."""
    made = document(AT, "http://a.example/oai", ASKED, markup.root("ListRecords"))

    assert made.decode() == (
        f'{START}<request verb="ListRecords" metadataPrefix="oai_dc" set="record">'
        "http://a.example/oai</request><ListRecords /></OAI-PMH>"
    )


def test_error() -> None:
    """An error stands in the place of the answer."""
    made = document(AT, "http://a.example/oai", ASKED, faults.nothing())

    assert 'metadataPrefix="oai_dc"' in made.decode()
    assert made.decode().endswith(
        '</request><error code="noRecordsMatch">Nothing matches these arguments. / '
        "Нищо не отговаря на тези аргументи.</error></OAI-PMH>"
    )


def test_arguments_that_were_not_understood_are_not_repeated() -> None:
    """A bad verb or argument leaves the bare address, as the protocol wants."""
    fault = FaultError(Code.BAD_ARGUMENT, "a", "б")
    for asked in (ASKED, None):
        made = document(AT, "http://a.example/oai", asked, fault)

        assert made.decode() == (
            f"{START}<request>http://a.example/oai</request>"
            '<error code="badArgument">a / б</error></OAI-PMH>'
        )
