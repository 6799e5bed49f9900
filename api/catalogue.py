"""What is asked of the catalogue, and the addresses and headers that follow from it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request

from api import rdf
from api.moments import past
from api.negotiation import Offer
from api.profiles import PARAMETERS, profile_for
from registry.errors import BadParameter, Gone, NotFound
from registry.iris import Iris
from registry.ports import Catalogue, Described
from registry.views.dcat.profiles import PROFILES, Profile
from registry.views.hydra import Paging

SIZE = 100
"""Datasets on a page."""

FORMATS: Mapping[str, Offer] = {offer.extension: offer for offer in rdf.OFFERS}
"""The formats by the extension of their address; the first one is that of `*/*`."""

MEDIA_TYPE = "_mediatype"
"""The argument that stands for the header `Accept`."""

_NAMES = ("page", "modified_since", *PARAMETERS, MEDIA_TYPE, "lang")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the catalogue is asked for, and how.

    Attributes:
        address: of the catalogue, without an extension.
        page: its number, or `None` for the whole.
        since: leaves out what has not changed since that moment.
        profile: of DCAT-AP.
        kept: parameters that stay the same on every page.
    """

    address: str
    page: int | None
    since: datetime | None
    profile: Profile
    kept: Sequence[tuple[str, str]]

    def at(self, offer: Offer, page: int | None = None) -> str:
        """Returns the address of a page, or of the whole, in a format."""
        number = [] if page is None else [("page", str(page))]
        query = urlencode([*self.kept, *number])
        return f"{self.address}.{offer.extension}{'?' if query else ''}{query}"

    def paging(self, total: int) -> Paging:
        """Returns where the page stands among all of them.

        Raises:
            NotFound: it is past the last one.
        """
        return paging(self.page or 1, SIZE, total)


def asked(request: Request, address: str, now: datetime) -> Asked:
    """Reads the parameters.

    Raises:
        BadParameter: one of them is not known or cannot be understood.
        UnknownProfile: the catalogue is not offered in the profile.
    """
    check_names(request, _NAMES)
    given = request.query_params
    page, since = given.get("page"), given.get("modified_since")
    profile = profile_for(request)
    kept = [] if since is None else [("modified_since", since)]
    if profile is not PROFILES[0]:
        kept.append(("profile", profile.key))
    return Asked(
        address=address,
        page=None if page is None else page_number(page),
        since=None if since is None else past(since, "modified_since", now),
        profile=profile,
        kept=kept,
    )


def check_names(
    request: Request, names: Sequence[str], *, several: Sequence[str] = ()
) -> None:
    """Checks that no parameter is given twice, or is another than these.

    Args:
        request: whose parameters they are.
        names: what they may be called.
        several: those of them that may be repeated.

    Raises:
        BadParameter: there is one.
    """
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in names:
            raise BadParameter(
                f"There is no parameter “{name}”; there are: {', '.join(names)}.",
                f"Няма параметър „{name}“; има: {', '.join(names)}.",
                extra={"parameter": name, "allowed": list(names)},
            )
        if name in seen and name not in several:
            raise BadParameter(
                f"The parameter “{name}” is given more than once.",
                f"Параметърът „{name}“ е даден повече от веднъж.",
                extra={"parameter": name},
            )
        seen.add(name)


def page_number(value: str) -> int:
    """Reads the parameter `page`.

    Raises:
        BadParameter: it is no number, or less than 1.
    """
    if not _NUMBER.match(value):
        raise BadParameter(
            "The parameter “page” can be: a number from 1 on.",
            "Параметърът „page“ може да бъде: число от 1 нагоре.",
            extra={"parameter": "page", "value": value},
        )
    return int(value)


def paging(number: int, size: int, total: int) -> Paging:
    """Returns where a page stands among all of them.

    Raises:
        NotFound: it is past the last one.
    """
    found = Paging(number, size, total)
    if found.number > found.last:
        raise NotFound(
            f"There is no page {found.number}; the last one is {found.last}.",
            f"Няма страница {found.number}; последната е {found.last}.",
            extra={"parameter": "page", "pages": found.last},
        )
    return found


def dataset(catalogue: Catalogue, key: str, iris: Iris) -> Described:
    """Returns a dataset of the catalogue.

    Raises:
        Gone: it was withdrawn.
        NotFound: there never was one of this key.
    """
    found = catalogue.dataset(key)
    if found is None:
        raise NotFound(
            f"The catalogue has no dataset {key}.",
            f"В каталога няма набор от данни {key}.",
        )
    if found.deleted:
        at = f"{found.at.isoformat()[:19]}Z"
        raise Gone(
            f"The dataset {key} was withdrawn from the catalogue.",
            f"Наборът от данни {key} е оттеглен от каталога.",
            extra={"dataset": iris.dataset(key), "deleted": at},
        )
    return found


_RELATIONS = {"previous": "prev"}


def links(asked: Asked, offer: Offer, base: str, paging: Paging | None) -> str:
    """Returns the header `Link`: the other forms, pages, profiles and the feeds.

    **Source:** RFC 8288; RFC 6596 (canonical); RFC 6573 (collection); RFC 6906
    (profile); Content Negotiation by Profile, section 7.2.
    """
    found = [f'<{asked.address}>; rel="canonical"', *profile_links(asked.profile)]
    found += [
        f'<{asked.at(other, asked.page)}>; rel="alternate"; type="{other.media_type}"'
        for other in FORMATS.values()
        if other is not offer
    ]
    if paging:
        found.append(f'<{asked.at(offer)}>; rel="collection"')
        found += [
            f'<{asked.at(offer, number)}>; rel="{_RELATIONS.get(name, name)}"'
            for name, number in paging.neighbours
        ]
    else:
        found.append(f'<{asked.at(offer, 1)}>; rel="first"')
    return ", ".join([*found, *feed_links(base)])


def profile_links(profile: Profile) -> Iterator[str]:
    """Yields the links that name the profile of an answer."""
    yield f'<{profile.iri}>; rel="profile"'


def feed_links(base: str) -> Iterator[str]:
    """Yields the links to the changes of the catalogue, deletions among them."""
    yield f'<{base}feed/catalog>; rel="alternate"; type="application/trig"'
    yield f'<{base}feed/catalog.atom>; rel="alternate"; type="application/atom+xml"'
