import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from registry import wiring
from registry.cli.main import app
from registry.lifecycle import Event
from registry.settings import read_settings
from tests.catalogues import PREFIXES, Host, Reply, described, hosting, page


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Somebody else's server, which a new registry may read."""
    with hosting() as host:
        monkeypatch.setenv("REGISTRY_DATA", str(tmp_path))
        monkeypatch.setenv("REGISTRY_HARVEST__HOSTS", f"data.example {host.name}")
        wiring.create(read_settings())
        yield host


def run(*arguments: str) -> Result:
    """Runs `registry harvest add`."""
    return CliRunner().invoke(app, ["harvest", "add", *arguments])


def events() -> Sequence[Event]:
    """Returns what has happened in the registry."""
    with closing(wiring.open_registry(read_settings())) as registry:
        return [entry.event for entry in registry.journal.entries()]


def test_a_catalogue_is_shown_and_then_handed_in_once(host: Host) -> None:
    """The first run only says what would happen, the last that nothing has."""
    one = host.at("/id/1")
    german = f'<{one}> <http://purl.org/dc/terms/title> "Satz"@de .'
    host.replies["/c"] = Reply(page(described(one)) + german.encode())

    shown = run(host.at("/c"), "--show")
    assert events() == []
    first = run(host.at("/c"))
    again = run(host.at("/c"), "--report", "json")

    assert [done.exit_code for done in (shown, first, again)] == [0, 0, 0]
    assert events() == [Event.SUBMITTED]
    for done in (shown, first):
        assert "1 new, 0 changed, 0 unchanged, 0 refused" in done.stderr
        assert (
            f"{one}, dct:title: “Satz” Only text in Bulgarian and English is kept. "
            "(language-not-kept)"
        ) in done.stderr
        assert one in done.stdout
    (line,) = json.loads(again.stdout)
    assert (line["source"], line["outcome"]) == (one, "unchanged")
    assert line["record"]["kind"] == "dataset"
    assert set(line["losses"][0]["message"]) == {"bg", "en"}


def test_what_is_refused_is_told_and_fails_the_command(host: Host) -> None:
    """What was good is handed in all the same."""
    nameless = f'{PREFIXES}[] a dcat:Dataset ; dct:title "Безименен"@bg .'
    host.replies["/c"] = Reply(nameless.encode() + page(described("/id/1")))

    done = run(host.at("/c"))

    assert done.exit_code == 1
    assert "1 new, 0 changed, 0 unchanged, 1 refused" in done.stderr
    assert "“Безименен” The dataset has no address" in done.stderr
    assert events() == [Event.SUBMITTED]


@pytest.mark.parametrize("form", ["dcat", "sparql"])
def test_a_host_that_is_not_listed_is_not_read(host: Host, form: str) -> None:
    """The report says how an operator can change that."""
    done = run(f"http://127.0.0.1:{host.port - 1}/c", "--format", form)

    assert done.exit_code == 1
    assert "REGISTRY_HARVEST__HOSTS. (host-not-listed)" in done.stderr
    assert events() == []
