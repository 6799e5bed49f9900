from registry.views.ckan.facts import Facts, first

TEXT = """\
<urn:a> <http://www.w3.org/2000/01/rdf-schema#label> "А"@bg .
<urn:a> <urn:p> "a"@en .
<urn:a> <urn:p> "b"@en .
<urn:a> <urn:p> "c" .
<urn:a> <urn:p> <urn:b> .
"""


def test_facts() -> None:
    """Values are looked up whole, one by one, or by language."""
    facts = Facts(TEXT)

    assert facts.values("urn:a", "urn:p") == ["a", "b", "c", "urn:b"]
    assert facts.value("urn:a", "urn:p") == "a"
    assert facts.texts("urn:a", "urn:p") == {"en": ["a", "b"]}
    assert facts.label("urn:a") == {"bg": "А"}
    assert facts.label("urn:b") == {}
    assert (facts.values("urn:c", "urn:p"), facts.value("urn:a", "urn:q")) == ([], None)


def test_first() -> None:
    """Where there is place for one language it is Bulgarian, if there is any."""
    assert first({"en": "a", "bg": "а"}) == "а"
    assert first({"en": "a"}) == "a"
    assert first({}) == ""
