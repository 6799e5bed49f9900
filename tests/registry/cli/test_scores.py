import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from registry.cli.main import app
from registry.errors import NotFound

BASE = "http://127.0.0.1:8000/"
Run = Callable[..., Any]


def runner(data: Path) -> Run:
    """Returns the command line of a data directory, in this process."""
    made = CliRunner()
    environment = {"REGISTRY_DATA": str(data), "COLUMNS": "200"}
    return lambda *arguments: made.invoke(app, arguments, env=environment)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command line of a registry of some places, dumped and projected."""
    run = runner(tmp_path_factory.mktemp("scores") / "data")
    commands = (
        ("init",),
        ("load", "schemes/place-level.csv", "places/nuts.csv"),
        ("dump",),
        ("rebuild",),
    )
    for command in commands:
        assert run(*command).exit_code == 0
    return run


def test_scores_are_printed_for_people_and_programs(run: Run) -> None:
    """Every dataset with its points, its rating and what would add points."""
    people = run("score")
    programs = json.loads(run("score", "--format", "json").stdout)

    assert "register.place" in people.stdout
    assert "405 / 405" in people.stdout
    assert [(each["dataset"], each["points"]) for each in programs] == [
        (f"{BASE}id/catalog/register.place", 405),
        (f"{BASE}id/catalog/register.scheme", 405),
        (f"{BASE}id/catalog/registry", 405),
    ]
    assert programs[0]["of"] == 405
    assert programs[0]["rating"] == "excellent"
    assert programs[0]["indicators"][0] == {
        "indicator": "keyword",
        "dimension": "findability",
        "title": {"bg": "ключови думи", "en": "keywords"},
        "points": 30,
        "missing": 0,
    }


def test_one_dataset_is_printed_with_its_indicators(run: Run) -> None:
    """In both languages, and with what the prediction rests on."""
    printed = run("score", "register.place")
    unknown = run("score", "table.none")

    assert "ключови думи" in printed.stdout
    assert "405 of 405 points: excellent" in printed.stdout
    assert "taken to answer" in printed.stdout
    assert isinstance(unknown.exception, NotFound)


def test_an_empty_catalogue_says_how_it_is_made(tmp_path: Path) -> None:
    """Nothing is scored that is not there."""
    run = runner(tmp_path / "data")
    assert run("init").exit_code == 0
    printed = run("score")

    assert printed.exit_code == 0
    assert "registry rebuild" in printed.stderr
