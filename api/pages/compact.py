"""IRIs as people write them: with a prefix, or relative to the base."""

import re

from registry.namespaces import PREFIXES

_LOCAL = re.compile(r"[\w-]*(?:\.[\w-]+)*\Z", re.ASCII)
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda pair: -len(pair[1]))


def compact(iri: str, base: str = "") -> str:
    """Returns an IRI with one of our prefixes, or relative to a base, or as it is.

    Args:
        iri: any IRI.
        base: of the registry; an IRI below it loses it, if it is given.
    """
    if base and iri.startswith(base):
        return iri.removeprefix(base)
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and _LOCAL.match(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
