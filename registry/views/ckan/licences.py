"""Licences of the EU's table under the names that CKAN has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as a package names it.

    Attributes:
        id: in CKAN's register, or the code of the EU's table.
        open: whether it is an open one, as far as CKAN knows.
    """

    id: str
    title: str
    open: bool


UNKNOWN = Licence("notspecified", "License not specified", False)
"""What CKAN says of a package without a licence."""

_KNOWN: Mapping[str, Licence] = MappingProxyType(
    {
        "CC0": Licence("cc-zero", "Creative Commons CCZero", True),
        "CC_BY": Licence("cc-by", "Creative Commons Attribution", True),
        "CC_BY_4_0": Licence("cc-by", "Creative Commons Attribution", True),
        "CC_BYSA_4_0": Licence(
            "cc-by-sa", "Creative Commons Attribution Share-Alike", True
        ),
    }
)


def licence(iri: str | None) -> Licence:
    """Returns the licence with this IRI; one that CKAN does not know by its code."""
    if iri is None:
        return UNKNOWN
    code = iri.rstrip("/").rpartition("/")[2]
    return _KNOWN.get(code) or Licence(code, code, False)
