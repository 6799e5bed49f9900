"""What the catalogue says of itself: `datasets/catalogue/catalogue.json`.

Titles, descriptions, themes and keywords, the publisher, terms of use, and who
stands behind the figures of tables. Beside it, `authority.ttl` has the labels of
the controlled terms in use.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pyoxigraph import RdfFormat

from registry import graphs
from registry.errors import MalformedDocument, NotFound
from registry.iris import Iris, RecordId

FILE = "catalogue.json"
"""Name of the file in its folder."""

AUTHORITY = "authority.ttl"
"""Name of the file of controlled terms, beside it."""

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+$")]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"{}|\\^`]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Languages(_Part):
    bg: str
    en: str

    @property
    def text(self) -> Mapping[str, str]:
        """The text per language."""
        return {"bg": self.bg, "en": self.en}

    def of(self, name: Mapping[str, str]) -> Mapping[str, str]:
        """Returns the text with a name in the place of `{name}`."""
        return {
            language: text.replace("{name}", name.get(language, ""))
            for language, text in self.text.items()
        }


class Keywords(_Part):
    """Keywords per language."""

    bg: list[str]
    en: list[str]

    @property
    def by_language(self) -> Mapping[str, list[str]]:
        """The keywords of each language."""
        return {"bg": self.bg, "en": self.en}


class Agent(_Part):
    """Who publishes, or who made the figures.

    Attributes:
        institution: key of the institution's record, if it has one here.
        type: its kind, by the ADMS list of types of publishers.
    """

    institution: str | None = None
    name: _Languages
    type: _Code
    homepage: _Address | None = None
    telephone: Annotated[str, StringConstraints(pattern=r"^\+[0-9]+$")] | None = None


class Collection(_Part):
    """What is said of all the records of a register, or of the whole registry.

    Attributes:
        type: code of the EU table of types of datasets.
    """

    title: _Languages
    description: _Languages
    themes: list[_Code]
    keywords: Keywords
    type: _Code | None = None


class Tables(_Part):
    """What is said of every table.

    Attributes:
        column_themes: further themes, by a column that a table has.
    """

    themes: list[_Code]
    column_themes: dict[str, list[_Code]]
    keywords: Keywords


class SeriesText(_Part):
    """What is said of every series, with `{name}` for who made the figures."""

    title: _Languages
    description: _Languages


class _File(_Part):
    title: _Languages
    description: _Languages
    publisher: Agent
    licence: _Code
    rights: _Languages
    country: _Code
    keywords: Keywords
    registry: Collection
    registers: dict[str, Collection]
    tables: Tables
    series: SeriesText
    creators: dict[str, Agent]
    licences: dict[str, _Code]


class Definition(_File):
    """The definition of the catalogue.

    Attributes:
        licences: code of the EU table of licences, by the licence's own address.
        authority: the controlled terms as canonical N-Triples.
    """

    authority: str

    def register(self, kind: str) -> Collection:
        """Returns what is said of a register.

        Raises:
            NotFound: the file says nothing of the kind.
        """
        try:
            return self.registers[kind]
        except KeyError:
            raise NotFound(
                f"{FILE} does not describe the register {kind}.",
                f"{FILE} не описва регистъра {kind}.",
            ) from None

    def agent_iri(self, key: str, iris: Iris) -> str:
        """Returns the IRI of one of the creators."""
        return self._iri(self.creators[key], key, iris)

    def publisher_iri(self, iris: Iris) -> str:
        """Returns the IRI of the publisher."""
        return self._iri(self.publisher, "publisher", iris)

    @staticmethod
    def _iri(agent: Agent, key: str, iris: Iris) -> str:
        if agent.institution:
            return iris.thing(RecordId("institution", agent.institution))
        return f"{iris.catalogue}#{key}"


def read(folder: Path) -> Definition:
    """Reads the definition of the catalogue.

    Raises:
        MalformedDocument: a file is missing or says what it cannot; the error
            says where.
    """
    path = folder / FILE
    try:
        file = _File.model_validate(json.loads(path.read_bytes()))
        given = (folder / AUTHORITY).read_bytes()
        # All of its IRIs are absolute, so that no base is ever used.
        authority = graphs.read_file(given, RdfFormat.TURTLE, "http://localhost/")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise MalformedDocument(
            f"{FILE}: {where}: {first['msg']}.",
            f"{FILE}: полето {where} не е попълнено правилно ({first['msg']}).",
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise MalformedDocument(
            f"The description of the catalogue in {folder} cannot be read: {error}",
            f"Описанието на каталога в {folder} не може да бъде прочетено: {error}",
        ) from error
    return Definition(**file.__dict__, authority=authority)
