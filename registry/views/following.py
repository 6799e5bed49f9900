"""What is made of each dataset of the catalogue, kept in memory and up to date.

It follows the catalogue: what changed is read, and nothing else.
"""

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from registry.ports import Catalogue, CatalogueState, Described

Value = TypeVar("Value")

PAGE = 200
"""Datasets that are read in one step."""


class Following(Generic[Value]):
    """One value for each dataset; any number of threads may use one.

    The first reading costs time in proportion to the catalogue, and each later
    one to what has changed since.

    Args:
        catalogue: what is followed.
        make: makes the value of a dataset that was not deleted; `None` leaves it
            out.
    """

    def __init__(
        self, catalogue: Catalogue, make: Callable[[Described], Value | None]
    ) -> None:
        self._catalogue = catalogue
        self._make = make
        self._lock = threading.Lock()
        self._reached: CatalogueState | None = None
        self._values: Mapping[str, Value] = MappingProxyType({})

    def values(self) -> Mapping[str, Value]:
        """Returns the values of the catalogue as it is now, by key of the dataset."""
        with self._lock:
            state = self._catalogue.state()
            if state != self._reached:
                self._values = MappingProxyType(self._followed(state))
                # What was read may be newer than this, and is then read once more.
                self._reached = state
            return self._values

    def _followed(self, state: CatalogueState) -> dict[str, Value]:
        values = dict(self._values)
        number = self._reached.number if self._reached else 0
        if self._reached and state.number <= number:
            # The catalogue was made anew, as after a change of what it says of
            # itself, and numbers mean something else.
            values, number = {}, 0
        while changed := self._catalogue.changed(number, PAGE):
            for described in changed:
                number = described.number
                values.pop(described.key, None)
                made = None if described.deleted else self._make(described)
                if made is not None:
                    values[described.key] = made
        return values
