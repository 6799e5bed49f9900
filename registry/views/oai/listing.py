"""What a list consists of: a set, a period and a format, or what a token left.

Source: OAI-PMH 2.0, sections 2.6, 2.7 and 3.5.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from registry.kinds import KINDS
from registry.views.oai import moments
from registry.views.oai.faults import (
    Code,
    FaultError,
    bad_token,
    no_format,
    nothing,
)
from registry.views.oai.formats import FORMATS, Format
from registry.views.oai.items import DATASETS, RECORDS, Items
from registry.views.oai.requests import TOKEN, Request
from registry.views.oai.tokens import Remainder, remainder

SETS: Mapping[str, str] = MappingProxyType(
    {
        DATASETS: "Datasets of the catalogue / Набори от данни в каталога",
        RECORDS: "Records of every kind / Записи от всички видове",
        **{
            f"{RECORDS}:{kind.slug}": f"{kind.label['en']} / {kind.label['bg']}"
            for kind in KINDS.values()
        },
    }
)
"""The sets and their names; a set has one name and no place for its language."""


def asked(request: Request, items: Items) -> Remainder:
    """Returns what is to be read of a list.

    Raises:
        FaultError: the token or an argument is not what it should be.
    """
    given = request.arguments.get(TOKEN)
    if given is None:
        return _begun(request, items)
    known = remainder(given)
    if known is None or known.verb != request.verb or known.prefix not in FORMATS:
        raise bad_token()
    return known


def format_of(prefix: str) -> Format:
    """Returns the format with this prefix.

    Raises:
        FaultError: there is none.
    """
    if prefix not in FORMATS:
        raise no_format(prefix)
    return FORMATS[prefix]


def _begun(request: Request, items: Items) -> Remainder:
    """Returns all of the list that the arguments ask for."""
    arguments = request.arguments
    format_ = format_of(arguments["metadataPrefix"])
    spec = arguments.get("set")
    if spec is not None and spec not in SETS:
        raise nothing()
    since, until = _period(arguments)
    datasets = records = None
    if spec in (None, DATASETS):
        last = items.catalogue.state().number
        datasets = _position(since, last, items.changed)
    if spec != DATASETS and not format_.datasets_only:
        last, _ = items.journal.tip()
        records = _position(since, last, items.moment)
    kind = spec.partition(":")[2] if spec else ""
    return Remainder(
        request.verb, format_.prefix, kind or None, until, datasets, records, 0
    )


def _period(arguments: Mapping[str, str]) -> tuple[datetime | None, str | None]:
    """Returns the start of a period, and its last day or second as it was given."""
    since, until = arguments.get("from"), arguments.get("until")
    given = [text for text in (since, until) if text is not None]
    read = [moments.read(text) for text in given]
    if not all(read) or len({len(text) for text in given}) > 1:
        raise FaultError(
            Code.BAD_ARGUMENT,
            "The arguments “from” and “until” are both dates (YYYY-MM-DD) or both "
            f"moments ({moments.GRANULARITY}).",
            "Аргументите „from“ и „until“ са и двата дати (YYYY-MM-DD) или и двата "
            f"моменти ({moments.GRANULARITY}).",
        )
    # Texts of one form sort as the moments do.
    if since is not None and until is not None and since > until:
        raise FaultError(
            Code.BAD_ARGUMENT,
            "The argument “from” is later than “until”.",
            "Аргументът „from“ е по-късен от „until“.",
        )
    start = read[0][0] if since is not None and read[0] else None
    return start, until


def _position(since: datetime | None, last: int, at: Callable[[int], datetime]) -> int:
    """Returns the position after which to read what changed since a moment."""
    return 0 if since is None else moments.position_before(since, last, at)
