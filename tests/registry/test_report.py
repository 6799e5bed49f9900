from registry.report import Report, Result


def result(thing: str, severity: str) -> Result:
    text = {"bg": "Добавете име.", "en": "Add a name."}
    return Result("name-missing", severity, thing, thing, None, None, text)  # type: ignore[arg-type] # a table of both


def test_report_conforms_unless_a_must_is_broken() -> None:
    """What only should be does not stop a publication."""
    assert Report().conforms
    assert Report((result("a", "should"),)).conforms
    assert not Report((result("a", "should"), result("b", "must"))).conforms


def test_report_has_a_part_for_each_thing() -> None:
    """One thing's results can be told from those of the batch."""
    whole = Report((result("a", "must"), result("b", "must"), result("a", "should")))

    assert whole.of("a") == Report((result("a", "must"), result("a", "should")))
    assert whole.of("c") == Report()
