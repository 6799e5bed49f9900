from collections.abc import Iterator

import pytest
from httpx import Response

from registry.credentials import Scope
from tests.api.handing_in import Desk, desk

TABLE = "/tables/foreign-residents-by-municipality/submissions"
OPEN = "/tables/asylum-applicants-bulgaria/submissions"
HEADER = "time_period,geo,citizen,sex,age,obs_value"
FIGURES = f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,120\n".encode()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of real parts."""
    with desk(tmp_path_factory) as made:
        yield made


def sent(
    opened: Desk, name: str, path: str, body: bytes, scope: Scope = Scope.SUBMIT
) -> Response:
    """Sends a file with a token of somebody's."""
    token = opened.token(name, scope)
    return opened.client.send(
        "POST", path, body, authorization=f"Bearer {token}", content_type="text/csv"
    )


def test_a_dry_run_says_what_would_happen(opened: Desk) -> None:
    """In numbers, and nothing is handed in."""
    answer = sent(opened, "clerk", f"{TABLE}?dry-run", FIGURES)

    assert answer.status_code == 200
    assert answer.json() == {
        "check": {
            "table": "foreign-residents-by-municipality",
            "basedOn": 1,
            "scope": "part",
            "rows": 1,
            "unchanged": False,
            "difference": {"added": 1, "changed": 0, "removed": 0, "same": 0},
            "withheld": {"primary": 0, "secondary": 0},
        },
        "submissions": [],
    }


def test_figures_are_handed_in(opened: Desk) -> None:
    """They wait for a reviewer of the organisation that keeps the table."""
    path = f"{TABLE}?organisation=town&reason=register"

    answer = sent(opened, "clerk", path, FIGURES)

    assert answer.status_code == 201
    (made,) = answer.json()["submissions"]
    assert answer.headers["location"] == made["address"]
    assert (made["channel"], made["outcome"], made["reason"]) == (
        "table",
        "open",
        "register",
    )
    assert made["actor"] == opened.people["clerk"].actor


def test_faults_are_listed_by_line_and_column(opened: Desk) -> None:
    """Nothing was handed in then."""
    answer = sent(opened, "clerk", TABLE, FIGURES.replace(b"120", b"many"))

    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert (fault["line"], fault["column"], fault["rule"], fault["value"]) == (
        2,
        "obs_value",
        "value-format",
        "many",
    )


@pytest.mark.parametrize(
    ("name", "path", "scope", "status"),
    [
        ("clerk", OPEN, Scope.SUBMIT, 403),
        ("clerk", TABLE, Scope.READ, 403),
        ("clerk", "/tables/nowhere/submissions", Scope.SUBMIT, 404),
        ("clerk", f"{TABLE}?scope=all", Scope.SUBMIT, 422),
        ("clerk", f"{TABLE}?organisation=school", Scope.SUBMIT, 403),
    ],
)
def test_what_is_not_allowed_is_refused(
    opened: Desk, name: str, path: str, scope: Scope, status: int
) -> None:
    """By the table, the token, the address, a parameter, the organisation."""
    assert sent(opened, name, path, FIGURES, scope).status_code in {status, 400}


def test_without_a_token_nothing_is_read(opened: Desk) -> None:
    """A cookie is none."""
    answer = opened.client.send(
        "POST", TABLE, FIGURES, cookie=opened.cookie("clerk"), content_type="text/csv"
    )

    assert answer.status_code == 401
