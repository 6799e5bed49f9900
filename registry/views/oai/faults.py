"""What the protocol itself refuses: answered as XML, with the status 200.

Source: OAI-PMH 2.0, section 3.6.
"""

from enum import StrEnum


class Code(StrEnum):
    """The conditions that the protocol has a name for."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"  # noqa: S105 - a name of the protocol
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE = "cannotDisseminateFormat"
    NO_SUCH_IDENTIFIER = "idDoesNotExist"
    NO_RECORDS = "noRecordsMatch"


class FaultError(Exception):
    """A request that the protocol answers with an error.

    Args:
        code: which condition.
        english: one plain sentence.
        bulgarian: the same sentence.
    """

    def __init__(self, code: Code, english: str, bulgarian: str) -> None:
        super().__init__(english)
        self.code = code
        # An error has one text and no place for its language.
        self.text = f"{english} / {bulgarian}"


def no_format(prefix: str) -> FaultError:
    """Returns the refusal of a format that is not on offer."""
    return FaultError(
        Code.CANNOT_DISSEMINATE,
        f"There is no {prefix} of this; ListMetadataFormats lists what there is.",
        f"Няма {prefix} за това; ListMetadataFormats показва какво има.",
    )


def nothing() -> FaultError:
    """Returns the answer to a list that would be empty."""
    return FaultError(
        Code.NO_RECORDS,
        "Nothing matches these arguments.",
        "Нищо не отговаря на тези аргументи.",
    )


def bad_token() -> FaultError:
    """Returns the refusal of a resumption token."""
    return FaultError(
        Code.BAD_RESUMPTION_TOKEN,
        "The resumption token is not one of ours, or nothing is left of its list; "
        "begin the list anew.",
        "Токенът за продължаване не е издаден тук или от списъка му не е останало "
        "нищо; започнете списъка отначало.",
    )
