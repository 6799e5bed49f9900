import pytest

from registry.views.oai.faults import Code, FaultError
from registry.views.oai.requests import Request, read


def fields(text: str) -> list[tuple[str, str]]:
    return [
        (name, value) for name, _, value in (f.partition("=") for f in text.split())
    ]


@pytest.mark.parametrize(
    ("text", "verb", "arguments"),
    [
        ("verb=Identify", "Identify", {}),
        ("verb=ListSets resumptionToken=x", "ListSets", {"resumptionToken": "x"}),
        ("resumptionToken=x verb=ListRecords", "ListRecords", {"resumptionToken": "x"}),
        (
            "verb=ListRecords metadataPrefix=oai_dc from=a until=b set=record:place",
            "ListRecords",
            {
                "metadataPrefix": "oai_dc",
                "from": "a",
                "until": "b",
                "set": "record:place",
            },
        ),
    ],
)
def test_request(text: str, verb: str, arguments: dict[str, str]) -> None:
    """A verb with the arguments that it takes is a request."""
    assert read(fields(text)) == Request(verb, arguments)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.BAD_VERB),
        ("metadataPrefix=oai_dc", Code.BAD_VERB),
        ("verb=", Code.BAD_VERB),
        ("verb=identify", Code.BAD_VERB),
        ("verb=Identify verb=Identify", Code.BAD_VERB),
        ("verb=Identify identifier=x", Code.BAD_ARGUMENT),
        ("verb=Identify resumptionToken=x", Code.BAD_ARGUMENT),
        ("verb=ListRecords", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=a metadataPrefix=a", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=oai_dc resumptionToken=x", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=oai/dc", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=oai_dc set=a::b", Code.BAD_ARGUMENT),
        ("verb=ListRecords metadataPrefix=oai_dc limit=5", Code.BAD_ARGUMENT),
        ("verb=GetRecord metadataPrefix=oai_dc", Code.BAD_ARGUMENT),
        ("verb=GetRecord identifier=x", Code.BAD_ARGUMENT),
    ],
)
def test_refusals(text: str, code: Code) -> None:
    """A verb or an argument out of place has the error of the protocol."""
    with pytest.raises(FaultError) as refused:
        read(fields(text))

    assert refused.value.code is code
