import re

import pytest

from registry.kinds import KINDS
from registry.language import LANGUAGES


@pytest.mark.parametrize("slug", KINDS)
def test_a_kind_is_named_in_both_languages(slug: str) -> None:
    """Each register has its slug as its key, and a name that people read."""
    kind = KINDS[slug]

    assert kind.slug == slug
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
    assert set(kind.label) == set(LANGUAGES)
    assert all(kind.label.values())


def test_the_kinds_cannot_be_changed_while_running() -> None:
    """The table is read-only."""
    with pytest.raises(TypeError):
        KINDS["person"] = KINDS["place"]  # type: ignore[index]
