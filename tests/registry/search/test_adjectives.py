from registry.search.adjectives import PROVINCES
from registry.search.transliteration import key


def test_forms_of_an_adjective_name_one_province() -> None:
    """Gender, number and article do not matter; Sofia province is not the capital."""
    forms = ("хасковска", "хасковската", "хасковски", "хасковско", "haskovska")

    assert {PROVINCES[key(form)] for form in forms} == {"bg422"}
    assert PROVINCES[key("Софийска")] == "bg412"
    assert len(set(PROVINCES.values())) == 27
