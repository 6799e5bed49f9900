"""Documents that are put together from fragments which were made before.

A graph that comes in parts is written part by part, and any sequence of written
parts makes a document: an opening, which alone declares prefixes, the fragments
with a separator between them, and a closing. So a document of any length takes
the memory of one fragment, and the time of copying.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import RdfFormat, serialize

from registry import graphs
from registry.graphs import FORMATS
from registry.namespaces import PREFIXES
from registry.views.dcat.profiles import PROFILES

_USED = (
    "adms",
    "dcat",
    "dcatap",
    "dct",
    "dqv",
    "foaf",
    "hydra",
    "m8g",
    "org",
    "prov",
    "rdf",
    "rdfs",
    "skos",
    "spdx",
    "vcard",
    "xsd",
)
_PREFIXES = {name: PREFIXES[name] for name in _USED}
"""None is the beginning of another, so that each IRI can be cut in one way only."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around and between the fragments of a document."""

    opening: bytes
    separator: bytes
    closing: bytes


_TURTLE = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in _PREFIXES.items())
_ROOT = "".join(f'\n  xmlns:{p}="{iri}"' for p, iri in _PREFIXES.items())

FRAMES: Mapping[str, Frame] = MappingProxyType(
    {
        "jsonld": Frame(b"[", b",\n", b"]\n"),
        "ttl": Frame(_TURTLE.encode(), b"\n", b""),
        "nt": Frame(b"", b"", b""),
        "rdf": Frame(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{_ROOT}>\n'.encode(),
            b"",
            b"</rdf:RDF>\n",
        ),
    }
)
"""By the extension of the format, as `graphs.FORMATS`."""


def fragment(text: str, extension: str) -> bytes:
    """Returns a canonical text as a fragment; an empty one for no triples.

    JSON-LD is in expanded form: a graph in parts has no one root to make a tree of.
    """
    if extension == "nt" or not text:
        return text.encode()
    written = serialize(
        sorted(graphs.triples(text), key=graphs.reading_order),
        format=RdfFormat.from_media_type(FORMATS[extension].media_type),
        prefixes={} if extension == "jsonld" else _PREFIXES,
    )
    assert written is not None  # noqa: S101 - no file was given to write to
    if extension == "jsonld":
        return written.removeprefix(b"[").removesuffix(b"]")
    if extension == "ttl":
        return written.split(b"\n", len(_PREFIXES))[-1]
    # The declaration and the root element have a line each.
    return written.split(b"\n", 2)[-1].removesuffix(b"</rdf:RDF>")


def document(fragments: Iterable[bytes], extension: str) -> Iterator[bytes]:
    """Yields a document that is made of fragments, piece by piece."""
    frame = FRAMES[extension]
    yield frame.opening
    separator = b""
    for piece in fragments:
        if piece:
            yield separator + piece
            separator = frame.separator
    yield frame.closing


def form(profile: str, extension: str) -> str:
    """Returns the name of a form: of a profile of DCAT-AP, in a format."""
    return f"{profile}.{extension}"


def cut(text: str) -> Mapping[str, bytes]:
    """Returns the fragments of a part of the catalogue in all of its forms."""
    return {
        form(profile.key, extension): fragment(viewed, extension)
        for profile in PROFILES
        for viewed in (profile.view(text),)
        for extension in FRAMES
    }
