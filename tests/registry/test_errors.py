import pickle
import re

import pytest

from registry import errors
from registry.errors import RegistryError, tree


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_title_in_both_languages(kind: type[RegistryError]) -> None:
    """People read the title, and the Bulgarian one is in Bulgarian letters."""
    assert set(kind.title) == {"bg", "en"}
    assert re.search("[а-я]", kind.title["bg"])
    assert not re.search("[а-я]", kind.title["en"])


def test_every_error_has_a_slug_of_its_own() -> None:
    """A slug names the page that explains the error, so no two share one."""
    slugs = [kind.slug for kind in tree()]

    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)


def test_the_tree_is_drawn_as_it_is() -> None:
    """The module's drawing has every class, in the order of the tree."""
    drawn = re.findall(r"^ {4}[ │├└─]*(\w+)", errors.__doc__ or "", re.MULTILINE)

    assert drawn == [kind.__name__ for kind in tree()]


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_an_error_crosses_to_another_process(kind: type[RegistryError]) -> None:
    """Class, sentences and further members arrive as they were sent."""
    error = kind("No.", "Не.", extra={"line": 3})

    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(arrived) is kind
    assert str(arrived) == "No."
    assert arrived.detail == {"en": "No.", "bg": "Не."}
    assert arrived.extra == {"line": 3}


def test_an_error_needs_no_further_members() -> None:
    """Without `extra` there is nothing beside the sentences."""
    assert RegistryError("No.", "Не.").extra == {}
