"""What a request for a slice of a table says: the slice, its format, its labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from starlette.requests import Request

from api.negotiation import Offer
from api.routes.records import Asked, asked, moment
from registry.errors import BadParameter
from registry.statistics import selection
from registry.statistics.labels import Known, Shown
from registry.statistics.selection import Changes, Slice, sorting
from registry.statistics.shape import shaped
from registry.statistics.structure import Structure
from registry.statistics.totals import totals

CSV = Offer("csv", "text/csv")
JSON = Offer("json", "application/json")
JSON_STAT = Offer(
    "jsonstat",
    "application/json",
    frozenset({"https://json-stat.org/full/"}),
    announced=True,
)
SDMX_CSV = Offer("sdmx.csv", "application/vnd.sdmx.data+csv")
XLSX = Offer(
    "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
PARQUET = Offer("parquet", "application/vnd.apache.parquet")
HTML = Offer("html", "text/html")

OFFERS = (CSV, JSON, JSON_STAT, SDMX_CSV, XLSX, PARQUET, HTML)
"""What slices are offered in; `*/*` gets the first."""

FORMATS = {offer.extension: offer for offer in OFFERS}
"""By the name that stands in addresses and in `format`."""

METADATA = "csv-metadata.json"
"""What the address of a description of a CSV ends in."""

CONTROLS: Mapping[str, str] = {
    "sort": "Columns to sort by, with commas between; a hyphen before those that "
    "descend. Missing values come last.",
    "limit": "How many observations at most; more are on the pages that follow.",
    "after": "Cursor of the page before, taken from its link `next`.",
    "labels": "What stands in the cells: `codes`, names in `bg` or `en`, or `both` "
    "codes and names.",
    "totals": "Dimensions to total, with commas between: for each combination of the "
    "others one row, which has the published total where the table has one and a sum "
    "of counts otherwise. A sum stands under the code `_T`; it has no value, and the "
    "flag `c` or `O`, if a cell of it is withheld or missing. With a filter on the "
    "dimension, the sum of just those codes. Codes that overlap are refused.",
    "count": "`1` counts all rows of the answer, on whatever page they are.",
    "format": "A format by its name; wins over `Accept`.",
    "version": "A version of the table by its number, from 1 on.",
    "asOf": "The table as it was published at a moment or, with a date, at its end.",
    "updatedAfter": "Only observations that were added, changed or removed after a "
    "moment; the column `obs_change` says which. What was removed has no value.",
    "bom": "`1` starts a CSV with a byte order mark, for spreadsheet programs.",
    "places": "`1` adds the keys of places to a CSV, beside their codes.",
    "download": "`1` offers the answer as a file to keep.",
}
"""The parameters that are not dimensions, and what they do."""

SHOWN = 100
"""Observations on a page for people, if they ask for no other number."""

PAGE_CAP = 10_000
"""Most observations that a page can have."""

_KEPT_OUT = frozenset({"lang", "view", "chart"})


@dataclass(frozen=True, slots=True)
class Fields:
    """The parameters of a request that are not empty.

    Attributes:
        controls: those of `CONTROLS`, each at most once.
        filters: all others, which have to be dimensions of the table; one that is
            given again adds to the codes.
        state: which version of the table.
    """

    controls: Mapping[str, str]
    filters: Mapping[str, str]
    state: Asked

    @property
    def shown(self) -> Shown:
        """What stands in the cells.

        Raises:
            BadParameter: `labels` is none of the values that it can have.
        """
        value = self.controls.get("labels", Shown.CODES)
        if value not in list(Shown):
            raise choice("labels", list(Shown))
        return Shown(value)

    def switch(self, name: str) -> bool:
        """Says whether something is switched on.

        Raises:
            BadParameter: the parameter is neither 0 nor 1.
        """
        value = self.controls.get(name, "0")
        if value not in ("0", "1"):
            raise choice(name, ["0", "1"])
        return value == "1"

    @property
    def since(self) -> datetime | None:
        """The moment after which observations have to have changed."""
        given = self.controls.get("updatedAfter")
        if given is None:
            return None
        if "totals" in self.controls:
            raise BadParameter(
                "“totals” cannot be combined with “updatedAfter”: a sum is no "
                "observation, and has not changed at a moment.",
                "„totals“ не може да се съчетава с „updatedAfter“: сборът не е "
                "наблюдение и не се променя в даден момент.",
                extra={"parameter": "totals"},
            )
        return moment(given, "updatedAfter")

    def slice(
        self,
        structure: Structure,
        known: Mapping[str, Known],
        changes: Changes | None = None,
    ) -> Slice:
        """Returns the slice that is asked for.

        Args:
            structure: of the table.
            known: what is known of the codes of each dimension.
            changes: what `updatedAfter` comes down to.

        Raises:
            BadParameter: there is no such dimension, code or column, or codes
                cannot be added up.
        """
        wanted = Slice(
            filters=selection.filters(self.filters, structure, known),
            changes=changes,
            after=self.controls.get("after"),
            limit=self._limit(),
        )
        asked_for = self.controls.get("totals")
        if asked_for is not None:
            found = totals(asked_for, wanted.filters, structure, known)
            wanted = replace(wanted, filters=found.filters, summed=found.summed)
        sort = self.controls.get("sort")
        if sort is None:
            return wanted
        return replace(wanted, sort=sorting(sort, shaped(structure, wanted)))

    def _limit(self) -> int | None:
        text = self.controls.get("limit")
        if text is None:
            if "after" in self.controls:
                raise _limits()
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_CAP))):
            raise _limits()
        if not 1 <= int(text) <= PAGE_CAP:
            raise _limits()
        return int(text)

    def query(self, **changed: object) -> str:
        """Returns the same request as a query string, with some values changed.

        Args:
            changed: new values; a parameter that is changed to `None` is left out.
        """
        fields: dict[str, object] = {**self.filters, **self.controls, **changed}
        kept = [(name, value) for name, value in fields.items() if value is not None]
        return f"?{urlencode(kept, safe=',:')}" if kept else ""

    @property
    def digest(self) -> str:
        """Stands for everything that is asked for, in whatever order it is."""
        pairs = sorted({**self.filters, **self.controls}.items())
        return sha256(repr(pairs).encode()).hexdigest()[:16]


def fields(request: Request) -> Fields:
    """Returns the parameters of a request.

    Raises:
        BadParameter: a control is given twice, or which version is wanted is not clear.
    """
    controls: dict[str, str] = {}
    filters: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in _KEPT_OUT or not value.strip():
            continue  # an empty field of a form asks for nothing
        if name not in CONTROLS:
            before = f"{filters[name]}," if name in filters else ""
            filters[name] = before + value.strip()
        elif name in controls:
            raise BadParameter(
                f"The parameter “{name}” is given more than once.",
                f"Параметърът „{name}“ е даден повече от веднъж.",
                extra={"parameter": name},
            )
        else:
            controls[name] = value.strip()
    return Fields(controls, filters, asked(request))


def choice(parameter: str, allowed: Sequence[str]) -> BadParameter:
    """Returns the refusal of a value that is none of a few."""
    listed = ", ".join(allowed)
    return BadParameter(
        f"The parameter “{parameter}” can be: {listed}.",
        f"Параметърът „{parameter}“ може да бъде: {listed}.",
        extra={"parameter": parameter, "allowed": list(allowed)},
    )


def _limits() -> BadParameter:
    return BadParameter(
        f"The parameter “limit” can be a number from 1 to {PAGE_CAP}; pages need it.",
        f"Параметърът „limit“ може да бъде число от 1 до {PAGE_CAP}; без него няма "
        "страници.",
        extra={"parameter": "limit", "limit": PAGE_CAP},
    )
