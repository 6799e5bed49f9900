"""What an action refuses, in the words of CKAN."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of error that an action of ours can have."""

    NOT_FOUND = "Not Found Error"
    SEARCH_QUERY = "Search Query Error"
    VALIDATION = "Validation Error"


class FaultError(Exception):
    """An action that cannot be carried out.

    Args:
        kind: which kind.
        members: what the error says beside its kind.
    """

    def __init__(self, kind: Kind, members: Mapping[str, object]) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.members = members

    @property
    def error(self) -> Mapping[str, object]:
        """The error as CKAN writes it."""
        return {**self.members, "__type": self.kind.value}


def not_found() -> FaultError:
    """Returns the refusal of a name or id that nothing has."""
    return FaultError(Kind.NOT_FOUND, {"message": "Not found"})


def invalid(parameter: str, reason: str) -> FaultError:
    """Returns the refusal of a parameter."""
    return FaultError(Kind.VALIDATION, {parameter: [reason]})


def bad_query(reason: str) -> FaultError:
    """Returns the refusal of a search."""
    return FaultError(
        Kind.SEARCH_QUERY, {"message": f"Search Query is invalid: {reason!r}"}
    )
