import pytest
from starlette.requests import Request

from api.profiles import profile_for
from registry.errors import UnknownProfile
from registry.views.dcat.profiles import PROFILES

NEW, OLD = PROFILES


def asking(query: str = "", **headers: str) -> Request:
    """Returns a request with a query and headers."""
    named = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in headers.items()
    ]
    scope = {"type": "http", "query_string": query.encode(), "headers": named}
    return Request(scope)


@pytest.mark.parametrize(
    ("request_", "profile"),
    [
        pytest.param(asking(), NEW, id="nothing is asked for"),
        pytest.param(asking(f"profile={OLD.key}"), OLD, id="a key"),
        pytest.param(asking(f"_profile={OLD.iri}"), OLD, id="an IRI, as specified"),
        pytest.param(
            asking(f"profile={NEW.key}", accept_profile=f"<{OLD.iri}>"),
            NEW,
            id="the parameter before the header",
        ),
        pytest.param(asking(accept_profile=f"<{OLD.iri}>"), OLD, id="the header"),
        pytest.param(
            asking(accept_profile=f"<{NEW.iri}>;q=0.5, <{OLD.iri}>; q=0.8"),
            OLD,
            id="the better one",
        ),
        pytest.param(
            asking(accept_profile=f"<https://x.example/>, <{OLD.iri}>;q=0.1"),
            OLD,
            id="one of ours among others",
        ),
        pytest.param(
            asking(accept_profile=f"<{NEW.iri}>, <{OLD.iri}>"),
            NEW,
            id="the newest of equals",
        ),
        pytest.param(asking(accept_profile="dcat"), NEW, id="what cannot be read"),
    ],
)
def test_profile_is_the_one_asked_for(request_: Request, profile: object) -> None:
    """Parameters come before the header, and the newest profile before others."""
    assert profile_for(request_) is profile


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(asking("profile=dcat-ap-1"), id="an unknown key"),
        pytest.param(asking("profile="), id="an empty one"),
        pytest.param(asking(accept_profile="<https://x.example/>"), id="an IRI"),
        pytest.param(asking(accept_profile=f"<{NEW.iri}>;q=0"), id="one not wanted"),
    ],
)
def test_unknown_profiles_are_refused(request_: Request) -> None:
    """The refusal lists those that there are, under the names that can be used."""
    with pytest.raises(UnknownProfile) as refused:
        profile_for(request_)

    assert refused.value.extra == {"profiles": {p.key: p.iri for p in PROFILES}}
