"""CKAN's harvester of DCAT, which is installed apart from everything of ours."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import pinned

FOLDER = Path(__file__).parent / "system" / "ckan"

Dataset = Mapping[str, Any]
"""A dataset as CKAN keeps it, its extras among its other fields."""


@dataclass(frozen=True)
class Gathered:
    """What a portal has understood of a catalogue.

    Attributes:
        pages: the addresses that were read, in their order.
        datasets: by what the portal knows them by.
    """

    pages: Sequence[str]
    datasets: Mapping[str, Dataset]


@dataclass(frozen=True)
class Harvester:
    """The harvester of a portal.

    Attributes:
        packages: where it is installed.
    """

    packages: Path

    def gather(self, *addresses: str, language: str = "en") -> list[Gathered]:
        """Reads catalogues, each to its last page.

        Args:
            addresses: of the catalogues.
            language: of the portal.
        """
        ran = subprocess.run(
            # Without `site` it sees none of the packages that we use.
            [sys.executable, "-S", str(FOLDER / "harvest.py"), language, *addresses],
            env={**os.environ, "PYTHONPATH": str(self.packages)},
            capture_output=True,
            text=True,
            timeout=pinned.PATIENCE,
        )
        assert ran.returncode == 0, ran.stderr
        return [_gathered(found) for found in json.loads(ran.stdout)]


def harvester() -> Harvester:
    """Returns the harvester, which is installed if it is not there yet."""
    return Harvester(pinned.packages(FOLDER / "requirements.txt"))


def _gathered(found: Mapping[str, Any]) -> Gathered:
    datasets = {dataset["guid"]: _flat(dataset) for dataset in found["datasets"]}
    assert len(datasets) == len(found["datasets"]), "one dataset came twice"
    return Gathered(found["pages"], datasets)


def _flat(dataset: Mapping[str, Any]) -> Dataset:
    """Returns a dataset whose lists have an order, as a graph has none."""
    extras = {extra["key"]: _listed(extra["value"]) for extra in dataset["extras"]}
    resources = [
        {key: _listed(value) for key, value in resource.items()}
        for resource in dataset["resources"]
    ]
    return {
        **{key: value for key, value in dataset.items() if key != "extras"},
        **extras,
        "tags": sorted(tag["name"] for tag in dataset["tags"]),
        "resources": sorted(resources, key=lambda resource: str(resource["uri"])),
    }


def _listed(value: Any) -> Any:
    """Returns a value whose list, which CKAN keeps as JSON, is in order."""
    if not (isinstance(value, str) and value.startswith("[")):
        return value
    return sorted(json.loads(value), key=lambda member: json.dumps(member))
