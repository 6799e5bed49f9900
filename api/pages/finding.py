"""What a reader of the find page asks for, and how they can ask for something else.

The parameters are those of `/records`, but for `state`: without one, only what one
can turn to now is shown, and `any` shows the rest as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.pages.addresses import Addresses
from registry.errors import BadParameter
from registry.ports import ListQuery

PARAMETERS = (
    *("q", "kind", "place", "service", "language", "group", "state", "freshness"),
    "after",
)
"""What the page reads; anything else is left alone."""

FINDABLE = ("training-centre", "course", "institution", "service")
"""The kinds that the page is about, in the order of its tabs."""

SEARCHED = (*FINDABLE, "practice", "publication", "table", "place")
"""The kinds that words are looked for in, if no kind is chosen."""

ANY = "any"
"""The value of `state` that shows what does not work too."""

LIMIT = 20
"""Records on one page."""

NUMBERS = 40
"""Pages of a list that are linked by their number; of a longer one, every so many."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the list, to go to at once.

    Attributes:
        number: from 1.
        address: of the page.
        current: whether it is what is shown.
    """

    number: int
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as it stands in the address.

    Attributes:
        given: the parameters that have a value.
        addresses: of the pages in the language of the page.
    """

    given: Mapping[str, str]
    addresses: Addresses

    @classmethod
    def read(
        cls, parameters: Sequence[tuple[str, str]], addresses: Addresses
    ) -> "Asked":
        """Returns what the parameters of a request ask for; the last of each counts."""
        given = {name: value.strip() for name, value in parameters}
        kept = {name: given[name] for name in PARAMETERS if given.get(name)}
        return cls(kept, addresses)

    @property
    def text(self) -> str | None:
        """The words, if any."""
        return self.given.get("q")

    @property
    def filters(self) -> Mapping[str, str]:
        """The parameters as `/records` takes them."""
        dropped = {"after"} | ({"state"} if self.given.get("state") == ANY else set())
        return {name: v for name, v in self.given.items() if name not in dropped}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are searched if none is chosen."""
        return SEARCHED if self.text else FINDABLE

    @property
    def start(self) -> int:
        """How many records the pages before have."""
        return int(self.given.get("after", "0"))

    def query(self, asked: ListQuery) -> ListQuery:
        """Returns the query for the list.

        Args:
            asked: what `filters` mean to the lists.

        Raises:
            BadParameter: the cursor is none of this page's.
        """
        after = self.given.get("after")
        if after is not None and not (after.isascii() and after.isdecimal()):
            raise BadParameter(
                "The cursor “after” is not one that a page before gave.",
                "Стойността „after“ не идва от предишна страница.",
            )
        return replace(
            asked,
            kinds=() if asked.kind else self.kinds,
            working="state" not in self.given,
            by_name=self.addresses.language,
            after=after,
            limit=LIMIT,
        )

    def address(self, **changed: str | None) -> str:
        """Returns the address of the same question with other values, from its start.

        Args:
            changed: values by parameter; `None` takes one away.
        """
        asked = {**self.given, "after": None, **changed}
        ordered = {name: asked.get(name) for name in PARAMETERS}
        return self.addresses.page("find", **ordered)

    @property
    def previous(self) -> str | None:
        """The address of the page before, if there is one."""
        if not self.start:
            return None
        return self._leaf(max(self.start // LIMIT, 1))

    def leaves(self, total: int) -> Sequence[Leaf]:
        """Returns pages of the list to go to, or nothing if it has only one.

        Args:
            total: how many records there are.
        """
        last, here = -(-total // LIMIT), self.start // LIMIT + 1
        if last < 2:
            return ()
        every = range(1, last + 1, -(-last // NUMBERS))
        return [
            Leaf(number, self._leaf(number), number == here)
            for number in sorted({*every, min(here, last), last})
        ]

    def _leaf(self, number: int) -> str:
        before = (number - 1) * LIMIT
        return self.address(after=str(before) if before else None)
