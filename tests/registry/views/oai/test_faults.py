from registry.views.oai import faults


def test_errors_speak_both_languages() -> None:
    """An error of the protocol has one text, which is in both languages."""
    said = [faults.bad_token(), faults.nothing(), faults.no_format("marc")]

    assert [each.code.value for each in said] == [
        "badResumptionToken",
        "noRecordsMatch",
        "cannotDisseminateFormat",
    ]
    assert said[1].text == (
        "Nothing matches these arguments. / Нищо не отговаря на тези аргументи."
    )
    assert "marc" in said[2].text
