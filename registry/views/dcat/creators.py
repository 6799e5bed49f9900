"""Who made the figures of a table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.iris import Iris
from registry.language import Text
from registry.record import Version
from registry.views.dcat import agents
from registry.views.dcat.definition import Definition
from registry.views.dcat.statements import Statements


@dataclass(frozen=True, slots=True)
class Creator:
    """Who made the figures.

    Attributes:
        key: in the definition of the catalogue; `None` for anybody else.
        iri: of the agent.
        name: empty if nothing says what it is called.
    """

    key: str | None
    iri: str
    name: Text
    homepage: str | None = None


def document(version: Version) -> Mapping[str, Any]:
    """Returns the compact document of a table."""
    read: Mapping[str, Any] = json.loads(version.content.document)
    return read


def creator(
    table: Mapping[str, Any], definition: Definition, iris: Iris
) -> Creator | None:
    """Returns who the document of a table says published it, if it does."""
    publisher = table.get("publisher")
    if publisher is None:
        return None
    nested = isinstance(publisher, Mapping)
    iri = str(publisher["id"] if nested else publisher)
    name: Text = publisher.get("agentName", {}) if nested else {}
    for key, agent in definition.creators.items():
        known = definition.agent_iri(key, iris)
        if known == iri or (nested and agent.name.en == name.get("en")):
            return Creator(key, known, agent.name.text)
    pages = publisher.get("homepage", [None]) if nested else [None]
    return Creator(None, iri, name, pages[0])


def add(statements: Statements, found: Creator, definition: Definition) -> None:
    """States who a creator is."""
    if found.key:
        agents.add(statements, found.iri, definition.creators[found.key])
    else:
        agents.add_named(statements, found.iri, found.name, found.homepage)
