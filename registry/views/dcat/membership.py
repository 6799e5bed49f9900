"""Which tables make a series, and what each of them says of it.

Yearly tables are in the series of who made their figures. A series has a
description of its own; its members name it too, so that each is complete without.
"""

from collections.abc import Mapping
from typing import Any

from registry.iris import Iris
from registry.namespaces import DCAT, DCT
from registry.record import Version
from registry.views.dcat import creators
from registry.views.dcat.definition import Definition
from registry.views.dcat.statements import Statements

SERIES = "series."
"""What the key of every series starts with, which is no dataset."""

YEARLY = "A"
"""The frequency, in the scheme `frequency`, of the tables that make a series."""


def series_of(version: Version, *, iris: Iris, definition: Definition) -> str | None:
    """Returns the key of the series that a table is in, without `series.`.

    A table whose figures are by somebody that the definition of the catalogue
    does not know is in none.
    """
    return of(creators.document(version), iris=iris, definition=definition)


def of(
    document: Mapping[str, Any], *, iris: Iris, definition: Definition
) -> str | None:
    """Returns the same of the document of a table."""
    if str(document["frequency"]).rpartition("#")[2] != YEARLY:
        return None
    found = creators.creator(document, definition, iris)
    return found.key if found else None


def add(statements: Statements, key: str, definition: Definition, iris: Iris) -> str:
    """States what a series is called; returns its IRI."""
    node = iris.dataset(f"{SERIES}{key}")
    name = definition.creators[key].name.text
    statements.type(node, f"{DCAT}DatasetSeries", f"{DCAT}Resource")
    statements.text(node, f"{DCT}title", definition.series.title.of(name))
    statements.text(node, f"{DCT}description", definition.series.description.of(name))
    return node
