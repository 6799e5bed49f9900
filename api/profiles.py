"""Which profile of DCAT-AP a reader gets.

**Source:** Content Negotiation by Profile, W3C Working Draft, sections 7.2 (the
header `Accept-Profile`) and 8.3 (arguments of a query).
"""

import re

from starlette.requests import Request

from api.negotiation import HEADER_CAP
from registry.errors import UnknownProfile
from registry.views.dcat.profiles import PROFILES, Profile

PARAMETERS = ("profile", "_profile")
"""The arguments that name a profile; the second is that of the specification."""

_MEMBER = re.compile(r"\s*<([^<>\s]*)>\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?\Z")


def profile_for(request: Request) -> Profile:
    """Returns the profile that a parameter or a header names, or the newest.

    Profiles are named by their IRI, in a parameter also by their key.

    Raises:
        UnknownProfile: only others than ours are asked for.
    """
    for parameter in PARAMETERS:
        if parameter in request.query_params:
            return _called(request.query_params[parameter])
    header = request.headers.get("accept-profile")
    return _accepted(header) if header else PROFILES[0]


def _called(name: str) -> Profile:
    for profile in PROFILES:
        if name in (profile.key, profile.iri):
            return profile
    raise _unknown()


def _accepted(header: str) -> Profile:
    qualities: dict[str, float] = {}
    for member in header[:HEADER_CAP].split(","):
        if found := _MEMBER.match(member):
            qualities[found[1]] = float(found[2] or 1)
    if not qualities:
        return PROFILES[0]  # what cannot be read asks for nothing
    best = max(PROFILES, key=lambda profile: qualities.get(profile.iri, 0))
    if not qualities.get(best.iri):
        raise _unknown()
    return best


def _unknown() -> UnknownProfile:
    keys = ", ".join(profile.key for profile in PROFILES)
    return UnknownProfile(
        f"The profiles on offer are: {keys}.",
        f"Предлагаме профилите: {keys}.",
        extra={"profiles": {profile.key: profile.iri for profile in PROFILES}},
    )
