from pathlib import Path

import pytest

from registry.errors import Misconfigured
from tests.registry.cli.test_scores import Run, runner


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line of an empty registry."""
    run = runner(tmp_path / "data")
    assert run("init").exit_code == 0
    return run


def test_nobody_is_reminded_of_nothing(run: Run) -> None:
    """What would be sent can be seen first."""
    shown, sent = run("remind", "--show"), run("remind")

    assert (shown.exit_code, sent.exit_code) == (0, 0)
    assert "0 reminders written, 0 mails sent now" in sent.stderr
    assert "written" not in shown.stderr


def test_links_are_tried_only_where_the_operator_allows_it(run: Run) -> None:
    """What would be tried can be seen without."""
    shown, refused = run("links", "check", "--show"), run("links", "check")

    assert shown.exit_code == 0
    assert isinstance(refused.exception, Misconfigured)
