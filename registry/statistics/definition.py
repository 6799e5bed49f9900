"""What a description file says of a table: `datasets/tables/{key}.json`.

The format is described in `datasets/tables/README.md`. What many tables share
(dimensions, measures, publishers, licences) stands once in `components.json`,
and a description refers to it by name.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from registry.errors import MalformedDocument
from registry.iris import KEY
from registry.language import LANGUAGES
from registry.statistics.structure import (
    AREA,
    CODE,
    FLAG,
    TIME,
    VALUE,
    Period,
    Role,
    role_of,
)

COMPONENTS = "components.json"
"""Name of the file that holds what descriptions share."""

DECIMALS = 12
"""Digits that a derived value may have after the decimal point, as any value may."""

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


def _column(name: str) -> str:
    if not _COLUMN.match(name) or name in {VALUE, FLAG}:
        raise ValueError(f"{name!r} cannot be the name of a column of codes")
    return name


def _key(key: str) -> str:
    if not KEY.match(key):
        raise ValueError(f"{key!r} cannot be a key: a-z, 0-9, dot and hyphen only")
    return key


def _code(code: str) -> str:
    if not CODE.match(code):
        raise ValueError(f"{code!r} cannot be a code")
    return code


def _languages(text: dict[str, str]) -> dict[str, str]:
    if not text or not set(text) <= set(LANGUAGES):
        raise ValueError(f"text is given in one or more of {', '.join(LANGUAGES)}")
    return text


_Column = Annotated[str, AfterValidator(_column)]
_Key = Annotated[str, AfterValidator(_key)]
_Code = Annotated[str, AfterValidator(_code)]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"{}|\\^`]+$")]
_Languages = Annotated[dict[str, str], AfterValidator(_languages)]
_File = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_Date = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DimensionPart(_Part):
    """A dimension as a description gives it.

    Attributes:
        property: IRI, or path below the base of the registry.
    """

    id: _Column
    role: Annotated[Role, Field(strict=False)]
    scheme: _Key | None = None
    property: str | None = None
    label: _Languages

    @model_validator(mode="after")
    def _coded(self) -> "DimensionPart":
        if (self.role is Role.CODED) != (self.scheme is not None):
            raise ValueError("a dimension has a scheme if, and only if, it is coded")
        if role_of(self.iri("")) is not self.role:
            raise ValueError(f"areas, and they alone, are {AREA}; periods {TIME}")
        return self

    def iri(self, base: str) -> str:
        """Returns the property that the dimension is."""
        path = self.property or f"id/scheme/{self.scheme}#dimension"
        return path if re.match("https?:", path) else f"{base}{path}"


class MeasurePart(_Part):
    """A measure: its property and its name for people."""

    property: _Address
    label: _Languages


class PublisherPart(_Part):
    """A publisher: an institution of the registry, or somebody with a name."""

    institution: _Key | None = None
    name: _Languages | None = None
    homepage: _Address | None = None

    @model_validator(mode="after")
    def _known(self) -> "PublisherPart":
        if (self.institution is None) == (self.name is None):
            raise ValueError("a publisher is either an institution or has a name")
        return self


class LicencePart(_Part):
    """Terms of use, with the address of the licence where it has one."""

    statement: _Languages
    iri: _Address | None = None


class Edition(_Part):
    """One edition of the figures; see the description of the format."""

    file: _File
    sources: list[_Address] = []
    issued: _Date | None = None
    repository: str | None = None
    path: str | None = None
    commit: str | None = None
    extracted: str | None = None
    note: dict[str, str] = {}


class SelectionPart(_Part):
    """Cells of another table: its key, and a code for each dimension not shared."""

    table: _Key
    where: dict[_Column, _Code] = {}


class DerivationPart(_Part):
    """A ratio of two selections: see `structure.Derivation`."""

    numerator: SelectionPart
    denominator: SelectionPart
    times: Annotated[int, Field(ge=1)] = 1
    decimals: Annotated[int, Field(ge=0, le=DECIMALS)]

    @model_validator(mode="after")
    def _apart(self) -> "DerivationPart":
        if self.numerator == self.denominator:
            raise ValueError("numerator and denominator are the same cells")
        return self


_PERIODS: Mapping[str, Period] = {
    "A": Period.YEAR,
    "A5": Period.YEAR,
    "Q": Period.QUARTER,
    "M": Period.MONTH,
}


class Definition(_Part):
    """A table as described, every name from `components.json` in its place."""

    key: _Key
    notation: str | None = None
    title: _Languages
    description: _Languages
    publisher: PublisherPart
    licence: LicencePart
    page: _Address | None = None
    frequency: _Code
    unit: _Code
    measure: MeasurePart
    integer: bool
    flags: bool
    dimensions: Annotated[list[DimensionPart], Field(min_length=1)]
    default: dict[str, list[_Code]]
    threshold: Annotated[int, Field(ge=1)] | None = None
    editions: list[Edition] = []
    derivation: DerivationPart | None = None

    @property
    def period(self) -> Period:
        """How long the periods of the table are."""
        return _PERIODS[self.frequency]

    @property
    def flagged(self) -> bool:
        """Whether the table as published has flags.

        Disclosure control gives one to each figure that it withholds.
        """
        return self.flags or self.threshold is not None

    @model_validator(mode="after")
    def _distinct(self) -> "Definition":
        columns = {dimension.id for dimension in self.dimensions}
        properties = {dimension.iri("") for dimension in self.dimensions}
        if len(columns) < len(self.dimensions):
            raise ValueError("two dimensions have the same id")
        if len(properties) < len(self.dimensions):
            raise ValueError("two dimensions are the same property")
        if not set(self.default) <= columns:
            raise ValueError("the default selection names an unknown dimension")
        return self

    @model_validator(mode="after")
    def _filled(self) -> "Definition":
        if bool(self.editions) == (self.derivation is not None):
            raise ValueError("a table has either editions or a derivation")
        if self.derivation is not None:
            if self.flags or self.threshold is not None:
                raise ValueError("a derived table has no flags and no threshold")
            if self.integer != (self.derivation.decimals == 0):
                raise ValueError("values are whole if, and only if, decimals is 0")
        return self

    @model_validator(mode="after")
    def _measured(self) -> "Definition":
        # Two areas would be the same property, so there is one at most.
        if Role.TIME not in {dimension.role for dimension in self.dimensions}:
            raise ValueError("a table has a dimension of time")
        if self.threshold is not None and not self.integer:
            raise ValueError("a table with a threshold has whole counts")
        if self.frequency not in _PERIODS:
            raise ValueError(f"the frequency is one of {', '.join(_PERIODS)}")
        return self


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition and the folder in which its files are."""

    definition: Definition
    folder: Path

    def file(self, edition: Edition) -> Path:
        """Returns where the figures of an edition are."""
        return self.folder / edition.file


def read(path: Path, shared: Path) -> Defined:
    """Reads a description.

    Args:
        path: the description.
        shared: the `components.json` to use if there is none beside it.

    Raises:
        MalformedDocument: the file is not such a description; the error says
            what is wrong where.
    """
    beside = path.parent / COMPONENTS
    components = _load(beside if beside.exists() else shared)
    return Defined(parse(_load(path), components, path.name), path.parent)


def parse(
    given: Mapping[str, Any], components: Mapping[str, Any], name: str
) -> Definition:
    """Returns the definition that a description and the shared parts make.

    Raises:
        MalformedDocument: it is not such a description.
    """
    try:
        return Definition.model_validate(_resolved(given, components))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "description"
        raise MalformedDocument(
            f"{name}: {where}: {first['msg']}.",
            f"{name}: полето {where} не е попълнено правилно ({first['msg']}).",
        ) from error


def _resolved(
    given: Mapping[str, Any], components: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Puts the shared parts in the place of their names."""

    def part(section: str, value: Any) -> Any:
        if isinstance(value, str):
            return components.get(section, {}).get(value, value)
        return value

    def dimension(value: Any) -> Any:
        found = part("dimensions", value)
        return {"id": value, **found} if found is not value else value

    whole = dict(given)
    for member in ("publisher", "licence", "measure"):
        if member in whole:
            whole[member] = part(f"{member}s", whole[member])
    if isinstance(whole.get("dimensions"), list):
        whole["dimensions"] = [dimension(value) for value in whole["dimensions"]]
    return whole


def _load(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise MalformedDocument(
            f"{path.name} cannot be read as JSON: {error}",
            f"{path.name} не може да бъде прочетен като JSON: {error}",
        ) from error
    if not isinstance(content, dict):
        raise MalformedDocument(
            f"{path.name} is not a JSON object.", f"{path.name} не е обект на JSON."
        )
    return content
