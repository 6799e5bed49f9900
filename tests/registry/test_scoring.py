from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from registry.errors import NotFound
from registry.ports import Activity, CatalogueState, Described
from registry.scoring import BATCH, Scorer
from tests.dcat import STATE, conformance, described, the_definition
from tests.versions import AT, BASE, IRIS


@dataclass(frozen=True)
class Memory:
    """A catalogue that holds descriptions by key."""

    held: dict[str, str]

    def state(self) -> CatalogueState:
        return STATE

    def dataset(self, key: str) -> Described | None:
        found = self.held.get(key)
        return None if found is None else Described(key, 1, AT, found)

    def datasets(
        self, *, after: str = "", since: datetime | None = None, limit: int = 100
    ) -> Sequence[Described]:
        assert since is None
        keys = sorted(key for key in self.held if key > after and self.held[key])
        return [Described(key, 1, AT, self.held[key]) for key in keys[:limit]]

    def changed(self, after: int, limit: int = 100) -> Sequence[Described]:
        raise NotImplementedError

    def activities(self, after: int = 0, limit: int = 100) -> Sequence[Activity]:
        raise NotImplementedError


def scorer(**held: str) -> Scorer:
    given = {key.replace("_", "."): text for key, text in held.items()}
    return Scorer(
        Memory(given),
        conformance("dcat-ap-3.0.1"),
        iris=IRIS,
        definition=the_definition(),
    )


PLACE = described()["register.place"]


def test_every_dataset_is_scored_by_key() -> None:
    """Series are passed over."""
    made = scorer(
        registry=described()["registry"],
        register_place=PLACE,
        series_sar=described()["series.sar"],
    )

    assert [(found.dataset, found.points) for found in made.all()] == [
        (f"{BASE}id/catalog/register.place", 405),
        (f"{BASE}id/catalog/registry", 405),
    ]


def test_a_catalogue_of_several_batches_is_scored_whole() -> None:
    """A batch that holds nothing but series ends nothing."""
    series = {f"series_{n:03}": described()["series.sar"] for n in range(BATCH)}
    made = scorer(**series, table_x=PLACE.replace("register.place", "table.x"))

    assert [found.points for found in made.all()] == [405]


def test_one_dataset_is_scored_as_among_all() -> None:
    """A dataset that breaks the profile loses the points for conformity, alone."""
    title = "<http://purl.org/dc/terms/title>"
    own = f"<{BASE}id/catalog/register.place> {title}"
    bad = "".join(
        line for line in PLACE.splitlines(keepends=True) if not line.startswith(own)
    )
    made = scorer(register_place=bad, registry=described()["registry"])

    assert made.of("register.place").points == 375
    assert [found.points for found in made.all()] == [375, 405]


def test_a_score_is_that_of_the_description_as_it_is_now() -> None:
    """It is kept, but only as long as the description is the same."""
    catalogue = Memory({"register.place": PLACE, "registry": described()["registry"]})
    made = Scorer(
        catalogue,
        conformance("dcat-ap-3.0.1"),
        iris=IRIS,
        definition=the_definition(),
    )
    assert made.of("register.place").points == 405

    keyword = "<http://www.w3.org/ns/dcat#keyword>"
    lines = PLACE.splitlines(keepends=True)
    catalogue.held["register.place"] = "".join(
        line for line in lines if keyword not in line
    )

    assert made.of("register.place").points == 375
    assert [found.points for found in made.all()] == [375, 405]


@pytest.mark.parametrize("key", ["table.none", "table.gone", "series.sar"])
def test_what_is_no_dataset_has_no_score(key: str) -> None:
    """Unknown, deleted, or a series."""
    made = scorer(table_gone="", series_sar=described()["series.sar"])

    with pytest.raises(NotFound, match=key):
        made.of(key)
