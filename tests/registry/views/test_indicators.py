import pytest

from registry.namespaces import DCAT, DCT
from registry.views.indicators import INDICATORS, TOTAL, Dimension, Facts

BASE = "http://registry.example/"
EU = "http://publications.europa.eu/resource/authority"
BY_KEY = {indicator.key: indicator for indicator in INDICATORS}


def met(key: str, **node: str) -> bool:
    """Says whether an indicator is met by a node with these properties."""
    predicates = {
        f"{DCT if name in DUBLIN_CORE else DCAT}{name}": [value]
        for name, value in node.items()
    }
    nodes = {"urn:period": {f"{DCAT}endDate": ["2024"]}, "urn:empty": {}}
    return BY_KEY[key].met(Facts(predicates, nodes, BASE, conforms=True))


DUBLIN_CORE = {"format", "license", "accessRights", "temporal"}


def test_indicators_add_up_to_405() -> None:
    """Each dimension has as many points as in the methodology."""
    points = {
        dimension: sum(i.points for i in INDICATORS if i.dimension is dimension)
        for dimension in Dimension
    }

    assert TOTAL == 405
    assert points == {
        "findability": 100,
        "accessibility": 100,
        "interoperability": 110,
        "reusability": 75,
        "contextuality": 20,
    }


def test_indicators_have_names_in_both_languages() -> None:
    """They are shown to people."""
    assert len(BY_KEY) == len(INDICATORS)
    assert all(set(indicator.title) == {"bg", "en"} for indicator in INDICATORS)


@pytest.mark.parametrize(
    ("key", "node", "expected"),
    [
        ("keyword", {"keyword": "migration"}, True),
        ("keyword", {}, False),
        ("temporal", {"temporal": "urn:period"}, True),
        ("temporal", {"temporal": "urn:empty"}, False),
        ("temporal", {"temporal": "urn:unknown"}, False),
        ("access-url-answers", {"accessURL": f"{BASE}dump/a.csv"}, True),
        ("access-url-answers", {"accessURL": "http://other.example/"}, False),
        ("download-url", {"downloadURL": "http://other.example/"}, True),
        ("download-url-answers", {"downloadURL": "http://other.example/"}, False),
        ("not-proprietary", {"format": f"{EU}/file-type/CSV"}, True),
        ("not-proprietary", {"format": f"{EU}/file-type/XLSX"}, False),
        ("machine-readable", {"format": f"{EU}/file-type/XLSX"}, True),
        ("machine-readable", {"format": f"{EU}/file-type/PDF"}, False),
        ("licence-known", {"license": f"{EU}/licence/CC0"}, True),
        ("licence-known", {"license": "https://creativecommons.org/"}, False),
        ("access-rights-known", {"accessRights": f"{EU}/access-right/PUBLIC"}, True),
        ("access-rights-known", {"accessRights": "urn:open"}, False),
    ],
)
def test_indicators_look_at_what_they_say(
    key: str, node: dict[str, str], expected: bool
) -> None:
    """Presence for some, a known list for others, our own addresses for two."""
    assert met(key, **node) is expected


def test_format_and_media_type_have_to_be_known_both() -> None:
    """One of the two is not enough."""
    file_type = f"{EU}/file-type/CSV"
    media_type = "http://www.iana.org/assignments/media-types/text/csv"

    assert met("format-known", format=file_type, mediaType=media_type)
    assert not met("format-known", format=file_type)
    assert not met("format-known", format="text/csv", mediaType=media_type)
