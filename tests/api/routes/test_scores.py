from collections.abc import Iterator
from pathlib import Path

import pytest

from api.routes.scores import LIMIT
from tests.api.catalogues import Portal, many, over, serving
from tests.api.conftest import Sample
from tests.cataloguing import YEARLY
from tests.versions import BASE, IRIS


@pytest.fixture(scope="module")
def portal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A server of a small catalogue of real descriptions."""
    with serving(sample, tmp_path_factory.mktemp("portal")) as made:
        yield made


def test_every_dataset_has_a_score(portal: Portal) -> None:
    """With what each missing thing would add, so that the sum is all there is."""
    document = portal.client.get("/catalog/score").json()

    assert (document["of"], document["excellent"]) == (405, 351)
    found = {d["dataset"].rpartition("/")[2]: d for d in document["datasets"]}
    assert f"table.{YEARLY}" in found
    assert not any(key.startswith("series.") for key in found)
    for scored in found.values():
        missing = sum(one["points"] for one in scored["missing"])
        assert scored["points"] + missing == 405
        assert all(set(one["title"]) == {"bg", "en"} for one in scored["missing"])
    assert found[f"table.{YEARLY}"]["rating"] == "excellent"
    assert "next" not in document


def test_people_are_sent_to_the_page(portal: Portal) -> None:
    """There the points are told in words."""
    answer = portal.client.get(
        "/catalog/score?after=registry", accept="text/html", accept_language="bg"
    )

    assert answer.status_code == 303
    location = f"{BASE}bg/catalogue/scores?after=registry"
    assert answer.headers["location"] == location


def test_scores_come_page_by_page(sample: Sample, tmp_path: Path) -> None:
    """Each page is bounded, and leads to the next."""
    store = many(tmp_path / "catalogue.sqlite", LIMIT + 3)
    with over(sample, store) as client:
        first = client.get("/catalog/score")
        second = client.get(first.json()["next"].removeprefix(BASE.removesuffix("/")))
    store.close()

    following = first.json()["next"]
    assert first.headers["link"] == f'<{following}>; rel="next"'
    assert len(first.json()["datasets"]) == LIMIT
    assert [d["dataset"] for d in second.json()["datasets"]] == [
        IRIS.dataset(f"table.{number:05}") for number in range(LIMIT, LIMIT + 3)
    ]


def test_unknown_cursor_is_refused(portal: Portal) -> None:
    """A cursor is the key of a dataset."""
    assert portal.client.get("/catalog/score?after=%20").status_code == 400
