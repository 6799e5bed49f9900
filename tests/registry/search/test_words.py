from registry.search.transliteration import key
from registry.search.words import asked, words


def test_word_is_known_by_key_and_dictionary_form() -> None:
    """Forms of a Bulgarian word share a stem, in either script."""
    forms = [next(words(form)) for form in ("курсове", "Курсът", "курса", "kursove")]

    assert {key("курс") in form.stems for form in forms} == {True}
    assert [form.shown for form in forms] == ["курсове", "курсът", "курса", "kursove"]


def test_adjective_starts_like_its_family() -> None:
    """An adjective is looked for without its ending, if enough of it is left."""
    assert next(words("безплатен")).start == key("безплат")
    assert next(words("ясен")).start == key("ясен")


def test_words_that_say_little_are_left_out() -> None:
    """Prepositions, and what a place may be called, count only when alone."""
    assert [word.shown for word in asked("курс по език в област Хасково")] == [
        "курс",
        "език",
        "хасково",
    ]
    assert [word.shown for word in asked("в област")] == ["област"]
    assert [word.shown for word in asked("по")] == ["по"]
