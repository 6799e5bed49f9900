"""The verbs, the arguments that each takes, and how a request is read.

Source: OAI-PMH 2.0, sections 3.1.1 and 4.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from registry.views.oai.faults import Code, FaultError

VERB = "verb"
TOKEN = "resumptionToken"  # noqa: S105 - the name of an argument


@dataclass(frozen=True, slots=True)
class Verb:
    """The arguments of a verb.

    Attributes:
        required: those that must be there, unless the request has a token.
        optional: those that may be.
        resumable: whether it takes a token instead of all the others.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False


_LIST = Verb(
    frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), resumable=True
)

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "Identify": Verb(),
        "ListMetadataFormats": Verb(optional=frozenset({"identifier"})),
        "ListSets": Verb(resumable=True),
        "ListIdentifiers": _LIST,
        "ListRecords": _LIST,
        "GetRecord": Verb(frozenset({"identifier", "metadataPrefix"})),
    }
)
"""Every verb; what is not here is a bad one."""

_PART = r"[A-Za-z0-9_.!~*'()-]+"
_FORMS = {
    "metadataPrefix": re.compile(rf"{_PART}\Z"),
    "set": re.compile(rf"{_PART}(:{_PART})*\Z"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose verb and arguments fit together.

    Attributes:
        arguments: all of them but the verb.
    """

    verb: str
    arguments: Mapping[str, str]


def read(fields: Sequence[tuple[str, str]]) -> Request:
    """Returns the request that the fields of an address or a form make.

    Raises:
        FaultError: `badVerb` or `badArgument`.
    """
    verbs = [value for name, value in fields if name == VERB]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise FaultError(
            Code.BAD_VERB,
            f"The argument “verb” is given once and is one of: {', '.join(VERBS)}.",
            f"Аргументът „verb“ се посочва веднъж и е един от: {', '.join(VERBS)}.",
        )
    arguments: dict[str, str] = {}
    for name, value in fields:
        if name in arguments:
            raise _bad(
                f"The argument “{name}” is given more than once.",
                f"Аргументът „{name}“ е посочен повече от веднъж.",
            )
        if name != VERB:
            arguments[name] = value
    _check(verbs[0], arguments)
    for name, form in _FORMS.items():
        if name in arguments and not form.match(arguments[name]):
            raise _bad(
                f"The argument “{name}” cannot have this form.",
                f"Аргументът „{name}“ не може да има такъв вид.",
            )
    return Request(verbs[0], arguments)


def _check(name: str, arguments: Mapping[str, str]) -> None:
    verb = VERBS[name]
    if verb.resumable and TOKEN in arguments:
        if len(arguments) > 1:
            raise _bad(
                "A resumption token stands for all other arguments.",
                "Токенът за продължаване замества всички други аргументи.",
            )
        return
    unknown = sorted(arguments.keys() - verb.required - verb.optional)
    missing = sorted(verb.required - arguments.keys())
    if unknown:
        raise _bad(
            f"{name} takes no argument “{unknown[0]}”.",
            f"{name} няма аргумент „{unknown[0]}“.",
        )
    if missing:
        raise _bad(
            f"{name} needs the argument “{missing[0]}”.",
            f"{name} изисква аргумента „{missing[0]}“.",
        )


def _bad(english: str, bulgarian: str) -> FaultError:
    return FaultError(Code.BAD_ARGUMENT, english, bulgarian)
