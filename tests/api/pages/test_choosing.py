import pytest

from api.pages.choosing import FOUND, Choices, Option
from api.pages.facts import Labels
from registry.language import Chosen
from tests.api.conftest import Sample
from tests.forms import field
from tests.versions import BASE, concept, place


@pytest.fixture
def choices(sample: Sample) -> Choices:
    labels = Labels(sample.journal, sample.iris, "en")
    return Choices(labels, sample.lists)


def test_codes_are_called_by_their_names(choices: Choices) -> None:
    """In the language of the page."""
    assert choices.codes(f"{BASE}id/scheme/service-kind") == [
        Option(concept("service-kind", "legal-aid"), Chosen("legal aid", "en"))
    ]
    assert choices.codes(f"{BASE}id/scheme/none") == []
    assert choices.codes("https://elsewhere.example/") == []


def test_records_are_found_by_words_and_by_kind(choices: Choices) -> None:
    """A field for places finds no institution; where something is tells it apart."""
    location, parent = field("course", "location"), field("institution", "parent")

    assert [one.value for one in choices.found(location, "bulgaria")] == [place("bg")]
    (centre,) = choices.found(parent, "bulgaria")
    assert (centre.value, centre.about) == (
        f"{BASE}id/institution/centre",
        Chosen("Bulgaria", "en"),
    )
    assert choices.found(location, "centre") == []
    assert [one.value for one in choices.found(parent, "centre")] == [
        f"{BASE}id/institution/centre"
    ]
    assert len(choices.found(location, "x" * 1000)) <= FOUND


def test_what_is_chosen_is_named_if_it_is_known(choices: Choices) -> None:
    """What is not, is its own address."""
    assert choices.named(place("bg")).name == Chosen("Bulgaria", "en")
    assert choices.named("nonsense") == Option("nonsense", None)
