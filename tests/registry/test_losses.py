from registry import losses
from registry.losses import MESSAGES, OTHER, RECOMPOSED, UNDEFINED_TERM, Loss, lost


def test_putting_letters_together_loses_nothing() -> None:
    """All else is lost."""
    slip, parts = Loss("/a", "1", UNDEFINED_TERM), Loss("", "é", RECOMPOSED)

    assert lost([slip, parts]) == [slip]


def test_every_reason_is_told_in_both_languages() -> None:
    """Also those that are somebody else's rules."""
    names = {
        losses.UNDEFINED_TERM,
        losses.BAD_IRI,
        losses.BAD_LANGUAGE,
        losses.RECOMPOSED,
    }

    assert set(MESSAGES) == names
    assert all(set(text) == {"bg", "en"} for text in (*MESSAGES.values(), OTHER))
