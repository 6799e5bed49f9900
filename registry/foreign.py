"""Datasets as the catalogues of others describe them, on their way to drafts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from registry.iris import RecordId
from registry.language import Text

KIND = "dataset"
"""The kind of record that a harvested dataset becomes."""

_SLUG = 48
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that could not be taken over as it stands at the source.

    Attributes:
        source: IRI of the dataset, or address of the page.
        term: the property concerned, such as `dct:title`; empty for all of it.
        value: what stands there.
        rule: stable code of the rule that is broken.
        message: one sentence per language on what is wrong.
    """

    source: str
    term: str
    value: str
    rule: str
    message: Text


@dataclass(frozen=True, slots=True)
class Found:
    """A dataset as a source describes it.

    Attributes:
        iri: by which its publisher names it.
        document: compact JSON-LD in the registry's context, without `@context`.
        losses: what the source says of it and the document does not.
    """

    iri: str
    document: Mapping[str, Any]
    losses: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of a source holds.

    Attributes:
        address: where it was read.
        datasets: what can become records.
        refused: what cannot, and why: a dataset without a name, or a whole page.
    """

    address: str
    datasets: Sequence[Found] = ()
    refused: Sequence[Finding] = ()


class CatalogueSource(Protocol):
    """A catalogue of somebody else's."""

    @property
    def address(self) -> str:
        """Where it is read."""

    @property
    def host(self) -> str:
        """The host that it is read from."""

    def pages(self) -> Iterator[Page]:
        """Reads it page by page; a page that cannot be read is the last one."""


def record_of(iri: str) -> RecordId:
    """Returns the record of a dataset: the same for the same IRI, for ever."""
    tail = re.split(r"[/#:]", iri.rstrip("/#:"))[-1]
    slug = re.sub(r"[^a-z0-9]+", "-", tail.lower())[:_SLUG].strip("-")
    digest = sha256(iri.encode()).hexdigest()[:_DIGEST]
    return RecordId(KIND, f"{slug}-{digest}" if slug else digest)
