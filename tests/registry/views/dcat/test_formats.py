import re

from registry.views.dcat.formats import DUMPED, SLICED, STRUCTURE

FORMATS = [*DUMPED.values(), *SLICED, STRUCTURE]


def test_formats_have_names_of_their_own() -> None:
    """A table is in most of them, and each distribution is named by its format."""
    of_tables = [DUMPED["csv"], DUMPED["parquet"], *SLICED, STRUCTURE]

    assert len({format_.key for format_ in of_tables}) == len(of_tables)


def test_formats_are_called_something_in_both_languages() -> None:
    """Titles are for people."""
    assert all(set(format_.title) == {"bg", "en"} for format_ in FORMATS)


def test_keys_can_stand_in_an_iri() -> None:
    """They are lower-case ASCII."""
    assert all(re.fullmatch("[a-z-]+", format_.key) for format_ in FORMATS)
