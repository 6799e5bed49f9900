"""Minting and reading the registry's own IRIs.

    {base}id/{kind}/{key}              the thing
    {base}id/{kind}/{key}#{fragment}   a node nested in its record
    {base}doc/{kind}/{key}             the document about it
    {base}doc/{kind}/{key}#item        its register item
    {base}doc/{kind}/{key}?version=3   one version of the document
    {base}graph/{kind}/{key}           its named graph in the store
    {base}graph/ontology               the graph of the ontology in the store
    {base}catalog                      the catalogue
    {base}id/catalog/{key}             a dataset of the catalogue
    {base}doc/catalog/{key}            its description: its catalogue record

Keys are opaque, lower-case ASCII, language-free, and never change.
"""

import re
from dataclasses import dataclass

from registry.errors import NotFound
from registry.kinds import KINDS

KEY = re.compile(r"[a-z0-9][a-z0-9.-]{0,127}\Z")
"""What a key looks like; linear in its length."""


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """Names one record, whatever the base IRI: its kind and its key."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


def record_id(kind: str, key: str) -> RecordId:
    """Returns the id after checking that the kind exists and the key is one.

    Raises:
        NotFound: no record can have this kind or key.
    """
    if kind not in KINDS or not KEY.match(key):
        raise NotFound(
            f"No record can be called {kind}/{key}.",
            f"Няма как да съществува запис {kind}/{key}.",
        )
    return RecordId(kind, key)


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints IRIs under one base, which ends in a slash and never changes."""

    base: str

    def thing(self, record: RecordId) -> str:
        """Returns the IRI of the thing that the record is about."""
        return f"{self.base}id/{record.kind}/{record.key}"

    def document(self, record: RecordId) -> str:
        """Returns the IRI of the document about the thing."""
        return f"{self.base}doc/{record.kind}/{record.key}"

    def version(self, record: RecordId, number: int) -> str:
        """Returns the IRI of one version of the document."""
        return f"{self.document(record)}?version={number}"

    def item(self, record: RecordId) -> str:
        """Returns the IRI of the register item, which carries status and source."""
        return f"{self.document(record)}#item"

    def graph(self, record: RecordId) -> str:
        """Returns the name of the record's graph in the store."""
        return f"{self.base}graph/{record.kind}/{record.key}"

    @property
    def ontology_graph(self) -> str:
        """The name of the graph of the ontology in the store."""
        return f"{self.base}graph/ontology"

    @property
    def catalogue(self) -> str:
        """The IRI of the catalogue."""
        return f"{self.base}catalog"

    def dataset(self, key: str) -> str:
        """Returns the IRI of a dataset of the catalogue."""
        return f"{self.base}id/catalog/{key}"

    def dataset_document(self, key: str) -> str:
        """Returns the IRI of the description of a dataset: its catalogue record."""
        return f"{self.base}doc/catalog/{key}"

    @property
    def context(self) -> str:
        """The IRI of the JSON-LD context, version 1."""
        return f"{self.base}context/v1.jsonld"

    def parse(self, iri: str) -> RecordId | None:
        """Returns the record whose thing, or nested node, the IRI names.

        Returns:
            `None` for an IRI that is not a thing of this registry.
        """
        start = f"{self.base}id/"
        if not iri.startswith(start):
            return None
        kind, _, key = iri[len(start) :].partition("#")[0].partition("/")
        return RecordId(kind, key) if kind in KINDS and KEY.match(key) else None
