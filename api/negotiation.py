"""Which representation a reader gets: media types and languages.

**Source:** RFC 9110, section 12 (content negotiation); RFC 4647, section 3.4
(lookup of language tags); RFC 6906 (the `profile` parameter).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from registry.errors import BadParameter, NotAcceptable
from registry.language import LANGUAGES

HEADER_CAP = 4096
"""Characters of a header that are read; what follows them is ignored."""

REMEMBERED = 512
"""Longest `Accept` whose outcome is kept, and how many outcomes are kept."""

_MEMBER = re.compile(r'(?:[^,"]+|"(?:[^"\\]|\\.)*"?)+', re.DOTALL)
_PART = re.compile(r'(?:[^;"]+|"(?:[^"\\]|\\.)*"?)+', re.DOTALL)
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"({_WORD})/({_WORD})\Z")
_PARAMETER = re.compile(rf'({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*)")\Z', re.DOTALL)
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")
_TAG = re.compile(r"(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\Z")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One representation that a resource has; compared by identity.

    Attributes:
        extension: names the format in addresses, such as `ttl`.
        media_type: what `Accept` is matched with, in lower case.
        profiles: the IRIs of the profiles that it follows.
        announced: whether its `Content-Type` names them.
    """

    extension: str
    media_type: str
    profiles: frozenset[str] = frozenset()
    announced: bool = False

    @property
    def content_type(self) -> str:
        """The value of `Content-Type` for this representation."""
        if self.announced:
            return f'{self.media_type}; profile="{" ".join(sorted(self.profiles))}"'
        if self.media_type.startswith("text/"):
            return f"{self.media_type}; charset=utf-8"
        return self.media_type


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One well-formed member of an `Accept` header.

    Attributes:
        type: in lower case, or `*`.
        subtype: in lower case, or `*`.
        profiles: the profiles asked for.
        quality: from 0, never, to 1, best.
    """

    type: str
    subtype: str
    profiles: frozenset[str]
    quality: float

    def covers(self, media_type: str) -> bool:
        """Says whether a media type falls within the range, profiles apart."""
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        """Orders the ranges that cover one media type; the greatest decides."""
        return (self.type != "*", self.subtype != "*", bool(self.profiles))


def choose(accept: str | None, offers: tuple[Offer, ...]) -> Offer:
    """Returns the offer that suits the reader best.

    The most specific range decides the quality of an offer. Among equal
    qualities an offer that the reader names comes before one that only a
    wildcard covers, then the order of the offers decides. Malformed members
    are ignored; a header that has no other members accepts nothing.

    Raises:
        NotAcceptable: no offer suits; `extra["offered"]` lists them.
    """
    if not accept:
        return offers[0]
    decide = _remembered if len(accept) <= REMEMBERED else _decide
    chosen = decide(accept, offers)
    if chosen is None:
        offered = list(dict.fromkeys(offer.media_type for offer in offers))
        raise NotAcceptable(
            f"On offer are: {', '.join(offered)}.",
            f"Предлагаме: {', '.join(offered)}.",
            extra={"offered": offered},
        )
    return chosen


def named(extension: str | None, offers: tuple[Offer, ...]) -> Offer | None:
    """Returns the offer that `as` names, for readers who cannot set headers.

    Args:
        extension: value of the parameter, if there is one.
        offers: what there is.

    Raises:
        BadParameter: there is no such format.
    """
    if not extension:
        return None
    known = {offer.extension: offer for offer in offers}
    if extension not in known:
        raise BadParameter(
            f"The parameter “as” can be: {', '.join(known)}.",
            f"Параметърът „as“ може да бъде: {', '.join(known)}.",
            extra={"parameter": "as", "allowed": list(known)},
        )
    return known[extension]


def _decide(accept: str, offers: tuple[Offer, ...]) -> Offer | None:
    ranges = tuple(_honoured(_media_ranges(accept), offers))
    ranked = [(_rank(offer, ranges), offer) for offer in offers]
    best, chosen = max(ranked, key=lambda pair: pair[0])
    return chosen if best[0] > 0 else None


_remembered = lru_cache(maxsize=REMEMBERED)(_decide)


def _rank(
    offer: Offer, ranges: Sequence[MediaRange]
) -> tuple[float, tuple[bool, bool, bool]]:
    fitting = [
        media_range
        for media_range in ranges
        if media_range.covers(offer.media_type)
        and (not media_range.profiles or media_range.profiles & offer.profiles)
    ]
    if not fitting:
        return 0.0, (False, False, False)
    decisive = max(fitting, key=lambda media_range: media_range.specificity)
    return decisive.quality, decisive.specificity


def _honoured(
    ranges: Iterator[MediaRange], offers: Sequence[Offer]
) -> Iterator[MediaRange]:
    # RFC 6906, section 3.1: a profile that we do not know changes nothing, so
    # it is dropped, unless the reader refuses it.
    for media_range in ranges:
        known = any(
            media_range.covers(offer.media_type)
            and media_range.profiles & offer.profiles
            for offer in offers
        )
        if known or not media_range.profiles:
            yield media_range
        elif media_range.quality > 0:
            yield MediaRange(
                media_range.type,
                media_range.subtype,
                frozenset(),
                media_range.quality,
            )


def _media_ranges(accept: str) -> Iterator[MediaRange]:
    for member in _MEMBER.findall(_capped(accept)):
        media_range = _media_range(member)
        if media_range is not None:
            yield media_range


def _media_range(member: str) -> MediaRange | None:
    first, *rest = (part.strip(" \t") for part in _PART.findall(member) or [""])
    found = _RANGE.match(first.lower())
    if not found or (found[1] == "*" and found[2] != "*"):
        return None
    profiles: frozenset[str] = frozenset()
    for part in rest:
        parameter = _PARAMETER.match(part)
        if not parameter:
            return None
        name = parameter[1].lower()
        value = parameter[2] or _ESCAPE.sub(r"\1", parameter[3] or "")
        if name == "q":
            # What follows the quality was never part of the media type.
            quality = _quality(value)
            return quality and MediaRange(found[1], found[2], profiles, quality[0])
        if name == "profile":
            profiles = frozenset(value.split())
        elif name not in ("charset", "version"):
            return None  # what is on offer has a version, as SDMX-CSV, and no more
    return MediaRange(found[1], found[2], profiles, 1.0)


def _quality(value: str) -> tuple[float] | None:
    return (float(value),) if _QUALITY.match(value) else None


def _capped(header: str) -> str:
    if len(header) <= HEADER_CAP:
        return header
    return header[:HEADER_CAP].rpartition(",")[0]


def language(asked: str | None, accept_language: str | None) -> str:
    """Returns the language of the answer, one of `LANGUAGES`.

    Args:
        asked: value of `?lang=`, which wins over the header.
        accept_language: the header, if there is one.

    Raises:
        BadParameter: `asked` is a language that we do not have.
    """
    if asked is None:
        return preferred(accept_language, LANGUAGES)
    if asked not in LANGUAGES:
        raise BadParameter(
            f"The parameter “lang” can be: {', '.join(LANGUAGES)}.",
            f"Параметърът „lang“ може да бъде: {', '.join(LANGUAGES)}.",
            extra={"parameter": "lang", "allowed": list(LANGUAGES)},
        )
    return asked


def preferred(accept_language: str | None, offered: Sequence[str]) -> str:
    """Returns the tag on offer that suits the reader best, the first by default.

    Args:
        accept_language: the header, if there is one.
        offered: the tags on offer, in lower case.
    """
    return _looked_up((accept_language or "")[:HEADER_CAP], tuple(offered))


@lru_cache(maxsize=REMEMBERED)
def _looked_up(header: str, offered: tuple[str, ...]) -> str:
    ranges = list(_language_ranges(header))
    refused = {tag for tag, quality in ranges if quality == 0}
    left = [tag for tag in offered if tag not in refused] or list(offered)
    wanted = sorted((pair for pair in ranges if pair[1] > 0), key=lambda pair: -pair[1])
    for tag, _ in wanted:
        primary = tag.partition("-")[0]
        if tag == "*":
            break
        # Cutting subtags from the end of the range, as lookup does, ends at its
        # primary subtag, which is all that our tags have.
        if primary in left:
            return primary
    return left[0]


def _language_ranges(header: str) -> Iterator[tuple[str, float]]:
    for member in header.split(","):
        tag, separator, weight = (part.strip(" \t") for part in member.partition(";"))
        quality = _quality(weight[2:]) if weight[:2].lower() == "q=" else None
        if _TAG.match(tag) and (quality or not separator):
            yield tag.lower(), quality[0] if quality else 1.0
