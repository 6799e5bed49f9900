from typing import Any

import pytest

from registry.forms.translation import State, states

M, C, X = State.MISSING, State.CURRENT, State.OUTDATED


def _name(bg: str | None, en: str | None) -> dict[str, Any]:
    texts = {tag: text for tag, text in (("bg", bg), ("en", en)) if text is not None}
    return {"id": "urn:x", "name": texts}


@pytest.mark.parametrize(
    ("versions", "bg", "en"),
    [
        ([("а", "a")], C, C),
        ([("а", None)], C, M),
        ([("а", "a"), ("б", "a")], C, X),
        ([("а", "a"), ("а", "b")], X, C),
        ([("а", "a"), ("б", "a"), ("б", "b")], C, C),
        ([("а", "a"), ("б", "b")], C, C),
        ([("а", "a"), ("б", "a"), ("в", "a")], C, X),
        ([("а", "a"), ("б", "a"), ("а", "a")], C, C),
        ([("а", "a"), (" а\n", "a")], C, C),
        ([("а", None), ("б", None), ("б", "b")], C, C),
        ([("а", "a"), ("б", "a"), ("б", None)], C, M),
        ([("а", "a"), ("б", "a"), ("б", "a")], C, X),
    ],
)
def test_state_follows_from_who_changed_last(
    versions: list[tuple[str | None, str | None]], bg: State, en: State
) -> None:
    """Left behind, caught up, taken back, only spaces: each as one would say."""
    found = states(_name(*texts) for texts in versions)

    assert found == {("urn:x", "name"): {"bg": bg, "en": en}}


def test_nested_texts_have_a_state_of_their_own() -> None:
    """Repeated texts count as one; what is there in no language has no state."""
    document = {
        "id": "urn:x",
        "name": {"bg": " "},
        "size": {"@value": "1"},
        "price": [{"id": "urn:x#p", "description": {"bg": ["а", "б"]}}],
    }

    assert states([document]) == {("urn:x#p", "description"): {"bg": C, "en": M}}


def test_a_text_that_went_has_no_state() -> None:
    """When it comes back it begins anew."""
    versions = [_name("а", "a"), _name("б", "a"), {"id": "urn:x"}]

    assert states(versions) == {}
    assert states([*versions, _name("б", "a")]) == {
        ("urn:x", "name"): {"bg": C, "en": C}
    }
