import re

from api.problem_texts import HELP
from registry.language import LANGUAGES

CYRILLIC = re.compile("[А-Яа-я]")


def test_help_is_there_in_both_languages() -> None:
    """Whoever meets a problem is told what to do, in their own letters."""
    for slug, text in HELP.items():
        assert set(text) == set(LANGUAGES), slug
        assert all(text.values()), slug
        assert not CYRILLIC.search(text["en"]), slug
