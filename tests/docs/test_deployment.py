"""The sample of several nodes: it can be read, and names only what there is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from registry.settings import Settings
from tests.proxying import SAMPLES

COMPOSE = Path(__file__).parents[2] / "docs" / "deployment" / "compose.yaml"


def variables(model: type[BaseModel], prefix: str = "REGISTRY_") -> Iterator[str]:
    """Yields every setting as a variable of the environment."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from variables(kind, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def services() -> dict[str, Any]:
    """Returns the services of the sample."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    found: dict[str, Any] = read["services"]
    return found


def test_every_setting_of_the_sample_exists() -> None:
    """A variable that nobody reads would be a promise that nobody keeps."""
    known = set(variables(Settings))
    named = {
        name
        for service in services().values()
        for name in service.get("environment", {})
        if name.startswith("REGISTRY_")
    }

    assert "REGISTRY_JOURNAL__URL" in named
    assert named - known == set()


def test_nodes_differ_in_their_data_and_in_who_makes_dumps() -> None:
    """They share the database and the dumps, and nothing that is derived."""
    one, two = services()["one"], services()["two"]

    assert one["environment"].items() <= two["environment"].items()
    assert set(two["environment"]) - set(one["environment"]) == {
        "REGISTRY_DUMPS__EVERY"
    }
    assert set(one["volumes"]) & set(two["volumes"]) == {"dumps:/data/dump"}
    assert one["build"] == two["build"]


def test_the_proxy_says_how_nodes_are_named() -> None:
    """The sample of nginx has the two lines that the guide speaks of."""
    sample = (SAMPLES / "nginx.conf").read_text(encoding="utf-8")

    assert "hash $remote_addr consistent;" in sample
    assert "max_fails=1 fail_timeout=5s" in sample
