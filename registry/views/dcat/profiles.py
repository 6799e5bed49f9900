"""The profiles of DCAT-AP in which the catalogue can be had.

The catalogue is written in DCAT-AP 3.0.1. The view in 2.1.1, to which the
European portal converts everything that it harvests, is a rewriting of the
canonical text, line by line. What 2.1.1 does not know is left out: series with
their records, and checksums, of which it allows SHA-1 only.

Source: DCAT-AP 2.1.1 and 3.0.1, with their changelogs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from registry import graphs
from registry.language import Text
from registry.namespaces import ADMS, DCAT, DCT, FOAF, OWL, RDF, SPDX, XSD
from registry.views.dcat import authority

DCAT_AP_3 = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
DCAT_AP_2 = "https://semiceu.github.io/DCAT-AP/releases/2.1.1/"
"""The IRIs of the profiles. Others write them with or without the last slash, and
of other pages; here they are never varied."""

_TYPE = f"<{RDF}type>"
_TOPIC = f"<{FOAF}primaryTopic>"
_UNKNOWN_CLASSES = frozenset(
    {
        f"<{DCAT}DatasetSeries> .\n",
        f"<{SPDX}Checksum> .\n",
        f"<{SPDX}ChecksumAlgorithm> .\n",
    }
)
_UNKNOWN = frozenset(
    {
        f"<{DCAT}inSeries>",
        f"<{DCAT}resource>",
        f"<{DCAT}seriesMember>",
        f"<{SPDX}checksum>",
    }
)
_PREDICATES: Mapping[str, str] = MappingProxyType(
    {f"<{DCAT}version>": f"<{OWL}versionInfo>"}
)
_VALUES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"<{DCAT}byteSize>": (f"{XSD}nonNegativeInteger>", f"{XSD}decimal>"),
        f"<{DCT}conformsTo>": (f"<{DCAT_AP_3}>", f"<{DCAT_AP_2}>"),
        # Its statuses were those of ADMS, and not yet those of the EU.
        f"<{ADMS}status>": (f"<{authority.COMPLETED}>", f"<{authority.EDITED}>"),
    }
)
"""What is written in another way after a predicate."""

_SUBJECTS: Mapping[str, str] = MappingProxyType({f"<{DCAT_AP_3}>": f"<{DCAT_AP_2}>"})


def newest(triples: str) -> str:
    """Returns a description in DCAT-AP 3.0.1, which is how it is kept."""
    return triples


def older(triples: str) -> str:
    """Returns a description in DCAT-AP 2.1.1, as canonical N-Triples too.

    What is kept together can be rewritten together or piece by piece. Of a series
    nothing stays but the classes of what it pointed to.
    """
    lines = [line.split(" ", 2) for line in graphs.lines(triples)]
    left_out = _left_out(lines)
    return "".join(sorted(_rewritten(lines, left_out)))


def _left_out(lines: Sequence[Sequence[str]]) -> frozenset[str]:
    """Returns the nodes of classes that 2.1.1 has not, and records about them."""
    unknown = {
        subject
        for subject, predicate, value in lines
        if predicate == _TYPE and value in _UNKNOWN_CLASSES
    }
    records = {
        subject
        for subject, predicate, value in lines
        if predicate == _TOPIC and _iri(value) in unknown
    }
    return frozenset(unknown | records)


def _rewritten(
    lines: Sequence[Sequence[str]], left_out: frozenset[str]
) -> Iterator[str]:
    for subject, predicate, value in lines:
        if subject in left_out or predicate in _UNKNOWN or _iri(value) in left_out:
            continue
        old, new = _VALUES.get(predicate, ("", ""))
        yield " ".join(
            (
                _SUBJECTS.get(subject, subject),
                _PREDICATES.get(predicate, predicate),
                value.replace(old, new) if old else value,
            )
        )


def _iri(value: str) -> str:
    return value.removesuffix(" .\n")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of DCAT-AP.

    Attributes:
        key: its name in addresses.
        iri: the one that clients ask for, and that records conform to.
        title: what people call it.
        view: rewrites a canonical text of the catalogue, or of any part of it
            that a function of `datasets` or `header` has made.
    """

    key: str
    iri: str
    title: Text
    view: Callable[[str], str]


PROFILES: Sequence[Profile] = (
    Profile(
        "dcat-ap-3.0.1",
        DCAT_AP_3,
        {"bg": "DCAT-AP 3.0.1", "en": "DCAT-AP 3.0.1"},
        newest,
    ),
    Profile(
        "dcat-ap-2.1.1",
        DCAT_AP_2,
        {"bg": "DCAT-AP 2.1.1", "en": "DCAT-AP 2.1.1"},
        older,
    ),
)
"""All of them, the one that is served unless asked otherwise first."""
