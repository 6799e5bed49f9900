"""The datasets of the catalogue, each with everything that belongs to it alone.

A text holds the dataset, its distributions, its catalogue record, the links from
the catalogue to both, and further nodes that only it needs. What is shared is in
`registry.views.dcat.header`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from registry.iris import Iris
from registry.language import Text
from registry.namespaces import DCAT, DCT
from registry.ports import File, Reliability
from registry.views.dcat import (
    authority,
    distributions,
    entry,
    membership,
    quality,
    services,
)
from registry.views.dcat.definition import Collection, Definition
from registry.views.dcat.distributions import Distributed, Terms
from registry.views.dcat.entry import Entry
from registry.views.dcat.membership import SERIES
from registry.views.dcat.statements import Statements
from registry.views.dcat.tables import table

__all__ = ["WHOLE", "register", "series", "table", "whole"]

WHOLE = "registry"
"""Key of the dataset that holds everything."""

_IRREGULAR = "IRREG"
_YEARLY = "ANNUAL"
_COMPILED: Text = MappingProxyType(
    {
        "bg": "Записи, събрани от този регистър. При всеки са посочени източниците му; "
        "всяка промяна се пази.",
        "en": "Records compiled by this registry. Each names its sources, and every "
        "change is kept.",
    }
)


@dataclass(frozen=True, slots=True)
class _Collected:
    """What tells one collection of records from another."""

    key: str
    landing: str
    collection: Collection
    services: Sequence[str]
    measured: Reliability | None = None


def register(
    kind: str,
    files: Sequence[File],
    *,
    issued: datetime,
    modified: datetime,
    iris: Iris,
    definition: Definition,
    measured: Reliability | None = None,
) -> str:
    """Returns the description of the dataset of all records of a kind.

    The arguments are those of `table`, and how far the records can be relied on, if
    that was measured when the files were made.

    Raises:
        NotFound: the definition says nothing of the kind.
    """
    collected = _Collected(
        f"register.{kind}",
        f"{iris.base}records?kind={kind}",
        definition.register(kind),
        (services.RECORDS, services.SPARQL),
        measured,
    )
    return _describe(collected, files, issued, modified, iris, definition)


def whole(
    files: Sequence[File],
    *,
    issued: datetime,
    modified: datetime,
    iris: Iris,
    definition: Definition,
) -> str:
    """Returns the description of the dataset that holds everything.

    The arguments are those of `table`.
    """
    collected = _Collected(
        WHOLE,
        iris.base,
        definition.registry,
        tuple(service.key for service in services.SERVICES),
    )
    return _describe(collected, files, issued, modified, iris, definition)


def series(
    key: str,
    members: Sequence[str],
    *,
    issued: datetime,
    modified: datetime,
    iris: Iris,
    definition: Definition,
) -> str:
    """Returns the description of a series of yearly tables.

    A series is no dataset of its own: the catalogue has it as a resource.

    Args:
        key: as `membership.series_of` gives it.
        members: keys of its datasets, such as `table.migr-imm8`.
        issued: when the series came to be.
        modified: when it last changed.
        iris: the registry's own.
        definition: of the catalogue.
    """
    made = Statements()
    node = membership.add(made, key, definition, iris)
    entry.add(
        made,
        Entry(
            key=f"{SERIES}{key}",
            title={},
            description={},
            themes=definition.tables.themes,
            keywords=entry.keywords(definition, definition.tables.keywords),
            provenance={},
            frequency=_YEARLY,
            landing=f"{iris.base}records?kind=table",
            issued=issued,
            modified=modified,
        ),
        definition,
        iris,
    )
    made.link(iris.catalogue, f"{DCAT}resource", node)
    made.link(node, f"{DCAT}seriesMember", *map(iris.dataset, members))
    return made.canonical()


def _describe(
    collected: _Collected,
    files: Sequence[File],
    issued: datetime,
    modified: datetime,
    iris: Iris,
    definition: Definition,
) -> str:
    collection = collected.collection
    made = Statements()
    node = entry.add_dataset(
        made,
        Entry(
            key=collected.key,
            title=collection.title.text,
            description=collection.description.text,
            themes=collection.themes,
            keywords=entry.keywords(definition, collection.keywords),
            provenance=_COMPILED,
            frequency=_IRREGULAR,
            landing=collected.landing,
            issued=issued,
            modified=modified,
        ),
        collected.services,
        definition=definition,
        iris=iris,
    )
    # Records say how things have stood since the registry has kept them.
    entry.add_period(made, node, issued.date().isoformat(), None)
    if collected.measured:
        quality.add(made, node, collected.measured)
    if collection.type:
        made.link(node, f"{DCT}type", authority.dataset_type(collection.type))
    shared = Distributed(
        key=collected.key,
        title=collection.title.text,
        terms=Terms(authority.licence(definition.licence), definition.rights.text),
        availability="STABLE",
        issued=issued,
        modified=modified,
        iris=iris,
    )
    for format_, file in distributions.dumped(collected.key, files):
        distributions.add_file(made, format_, file, shared)
    return made.canonical()
