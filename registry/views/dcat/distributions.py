"""Distributions: files of dumps, and formats that are made on demand.

Source: DCAT-AP 3.0.1, class Distribution.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.iris import Iris
from registry.language import Text
from registry.namespaces import ADMS, DCAT, DCATAP, DCT, RDFS, SPDX
from registry.ports import File
from registry.views.dcat import authority
from registry.views.dcat.formats import DUMPED, DistributionFormat
from registry.views.dcat.statements import Statements


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a dataset may be used.

    Attributes:
        licence: IRI of a licence, if it is under one.
        statement: the terms in words.
    """

    licence: str | None
    statement: Text


@dataclass(frozen=True, slots=True)
class Distributed:
    """What all distributions of a dataset share.

    Attributes:
        key: of the dataset.
        title: of the dataset.
        availability: code of the EU table of planned availability.
    """

    key: str
    title: Text
    terms: Terms
    availability: str
    issued: datetime
    modified: datetime
    iris: Iris


def dumped(
    key: str, files: Sequence[File]
) -> Iterator[tuple[DistributionFormat, File]]:
    """Yields the files that are of a dataset, with their formats.

    Keys may have dots, so that a name is one that a format makes, or none.
    """
    by_name = {file.name: file for file in files}
    for extension, format_ in DUMPED.items():
        if file := by_name.get(f"{key}.{extension}"):
            yield format_, file


def add_file(
    statements: Statements,
    format_: DistributionFormat,
    file: File,
    distributed: Distributed,
) -> None:
    """States the distribution that is a file of a dump."""
    address = f"{distributed.iris.base}dump/{file.name}"
    node = _add(statements, format_, address, distributed)
    statements.value(node, f"{DCAT}byteSize", str(file.size), "nonNegativeInteger")
    checksum = f"{node}-checksum"
    statements.link(node, f"{SPDX}checksum", checksum)
    statements.type(checksum, f"{SPDX}Checksum")
    algorithm = f"{SPDX}checksumAlgorithm_sha256"
    statements.link(checksum, f"{SPDX}algorithm", algorithm)
    statements.type(algorithm, f"{SPDX}ChecksumAlgorithm")
    statements.value(checksum, f"{SPDX}checksumValue", file.digest, "hexBinary")


def add_made(
    statements: Statements,
    format_: DistributionFormat,
    address: str,
    distributed: Distributed,
    *,
    service: str | None = None,
) -> None:
    """States a distribution that is made on demand, so of no known size.

    Args:
        statements: to which it is added.
        format_: its format.
        address: where it is read.
        distributed: what it shares with the others.
        service: the data service that makes it.
    """
    node = _add(statements, format_, address, distributed)
    if service:
        statements.link(node, f"{DCAT}accessService", service)


def _add(
    statements: Statements,
    format_: DistributionFormat,
    address: str,
    distributed: Distributed,
) -> str:
    dataset = distributed.iris.dataset(distributed.key)
    node = f"{dataset}#{format_.key}"
    statements.link(dataset, f"{DCAT}distribution", node)
    statements.type(node, f"{DCAT}Distribution")
    statements.text(node, f"{DCT}title", format_.title)
    statements.text(node, f"{DCT}description", _description(format_, distributed.title))
    statements.link(node, f"{DCAT}accessURL", address)
    statements.link(node, f"{DCAT}downloadURL", address)
    statements.link(node, f"{DCT}format", authority.file_type(format_.file_type))
    for predicate, name in (
        (f"{DCAT}mediaType", format_.media_type),
        (f"{DCAT}compressFormat", format_.compression),
    ):
        if name:
            media_type = authority.media_type(name)
            statements.link(node, predicate, media_type)
            statements.type(media_type, f"{DCT}MediaType")
    planned = authority.availability(distributed.availability)
    statements.link(node, f"{DCATAP}availability", planned)
    statements.link(node, f"{ADMS}status", authority.COMPLETED)
    statements.link(node, f"{DCT}language", *authority.LANGUAGES)
    statements.moment(node, f"{DCT}issued", distributed.issued)
    statements.moment(node, f"{DCT}modified", distributed.modified)
    _add_terms(statements, node, f"{dataset}#rights", distributed.terms)
    return node


def _add_terms(statements: Statements, node: str, rights: str, terms: Terms) -> None:
    if terms.licence:
        statements.link(node, f"{DCT}license", terms.licence)
        statements.type(terms.licence, f"{DCT}LicenseDocument")
    statements.link(node, f"{DCT}rights", rights)
    statements.type(rights, f"{DCT}RightsStatement")
    statements.text(rights, f"{RDFS}label", terms.statement)


def _description(format_: DistributionFormat, title: Text) -> Text:
    return {
        language: f"{name} – {format_.title[language]}."
        for language, name in title.items()
    }
