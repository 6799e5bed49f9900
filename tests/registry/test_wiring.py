import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from registry import wiring
from registry.desk import Channel
from registry.directory.accounts import SqlAccounts
from registry.errors import Busy, Misconfigured, NotFound
from registry.intake import Proposed
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER
from registry.settings import Settings, SiteSettings
from registry.store.oxigraph import OxigraphWriter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a registry that was just created."""
    made = Settings(data=tmp_path / "data")
    wiring.create(made)
    return made


def test_registry_cannot_be_opened_before_it_is_created(tmp_path: Path) -> None:
    """An empty folder is not taken for a registry."""
    assert not wiring.exists(Settings(data=tmp_path))
    with pytest.raises(Misconfigured):
        wiring.open_registry(Settings(data=tmp_path))


def test_registry_keeps_its_base_whatever_the_default(tmp_path: Path) -> None:
    """The base is that of the journal unless the settings insist on another."""
    site = SiteSettings(base="https://data.example/")
    wiring.create(Settings(data=tmp_path, site=site))

    opened = wiring.open_registry(Settings(data=tmp_path))

    assert opened.iris.base == "https://data.example/"
    opened.close()
    with pytest.raises(Misconfigured):
        wiring.open_registry(
            Settings(data=tmp_path, site=SiteSettings(base="https://b.example/"))
        )


def test_one_process_projects_at_a_time(settings: Settings) -> None:
    """A second writer of the projections is refused."""
    with wiring.writer(settings), pytest.raises(Busy), wiring.writer(settings):
        pass


def test_damaged_store_is_rebuilt_without_a_hand(settings: Settings) -> None:
    """A store that cannot be opened is replaced, for the journal has it all."""
    with wiring.loader(settings) as loader:
        found = loader.datasets(["schemes/place-level.csv"])
        list(loader.load(found, strict=True, progress=lambda *_: None))
    with wiring.writer(settings) as writer:
        writer.catch_up()
        assert isinstance(writer.graphs, OxigraphWriter)
        whole = list(writer.graphs.dump())
    for file in (settings.data / "store" / "live").glob("MANIFEST-*"):
        file.write_bytes(b"nonsense")

    with wiring.writer(settings) as writer:
        writer.catch_up()
        assert isinstance(writer.graphs, OxigraphWriter)
        assert list(writer.graphs.dump()) == whole


def _load(settings: Settings) -> None:
    with wiring.loader(settings) as loader:
        found = loader.datasets(["schemes/place-level.csv"])
        list(loader.load(found, strict=True, progress=lambda *_: None))


def test_registry_without_a_catalogue_gets_one(settings: Settings) -> None:
    """What was projected before there was a catalogue is walked through again."""
    _load(settings)
    with wiring.writer(settings) as writer:
        writer.catch_up()
    for file in settings.data.glob("catalogue.sqlite*"):
        file.unlink()

    with wiring.writer(settings) as writer:
        added = writer.catch_up()
        keys = [found.key for found in writer.catalogue.datasets()]

    assert added == len(keys) == 1
    assert keys == ["register.scheme"]


def test_catalogue_follows_what_is_said_of_it(
    settings: Settings, tmp_path: Path
) -> None:
    """With another definition it is described anew, and with the same it is kept."""
    _load(settings)
    with wiring.writer(settings) as writer:
        writer.catch_up()
        before = writer.catalogue.state()
    with wiring.writer(settings) as writer:
        assert writer.catch_up() == 0
    folder = tmp_path / "datasets"
    shutil.copytree(settings.datasets / "catalogue", folder / "catalogue")
    file = folder / "catalogue" / "catalogue.json"
    said = json.loads(file.read_bytes())
    said["registers"]["scheme"]["title"]["en"] = "Lists of codes"
    file.write_text(json.dumps(said), encoding="utf-8")

    other = settings.model_copy(update={"datasets": folder})
    with wiring.writer(other) as writer:
        assert writer.catch_up() == 1
        [found] = writer.catalogue.datasets()
        after = writer.catalogue.state()

    assert '"Lists of codes"@en' in found.triples
    assert after.digest != before.digest
    assert after.number == before.number == 1


def test_unknown_dataset_is_not_found(settings: Settings) -> None:
    """Naming a file that is not there lists those that are."""
    with (
        wiring.loader(settings) as loader,
        pytest.raises(NotFound, match=r"places/nuts\.csv"),
    ):
        loader.datasets(["nothing.csv"])


def test_loaded_record_is_read_by_an_open_registry(settings: Settings) -> None:
    """What is loaded is there for readers at once."""
    registry = wiring.open_registry(settings)

    _load(settings)

    found = registry.journal.current(RecordId("scheme", "place-level"))
    assert found is not None
    assert registry.shapes.kinds
    registry.close()


def test_from_handing_in_to_the_audit_trail(settings: Settings) -> None:
    """What is handed in is announced, foreseen, accepted and audited by real parts."""
    registry = wiring.open_registry(settings)
    accounts = SqlAccounts(registry.journal.engine, wiring.now)
    people = []
    for name in ("Ann", "Rev"):
        account = accounts.enrol(f"{name.lower()}@x.example", "en")
        accounts.change(replace(account, name=name))
        registry.directory.join(account.actor, KEEPER, Role.REVIEWER)
        person = registry.directory.person(account.actor)
        assert person is not None
        people.append(person)
    ann, rev = people
    club = RecordId("practice", "club")
    document = {
        "type": "IntegrationMeasure",
        "title": {"bg": "Клуб", "en": "Club"},
        "description": {"bg": "Разговори.", "en": "Talks."},
    }

    proposals = registry.intake.propose([Proposed(club, document)])
    (submission,) = registry.intake.submit(
        ann, proposals, organisation=KEEPER, channel=Channel.FORM, reason="New."
    )
    content = registry.reviewing.content(submission)
    seen = registry.previews.version(submission.entry, content)
    (dataset,) = registry.previews.datasets(submission.entry, seen)
    registry.reviewing.accept(rev, submission.number, reason="Fine.")

    served = registry.journal.current(club)
    assert served is not None
    assert served.content == seen.content
    assert (dataset.key, dataset.before) == ("register.practice", None)
    lines = list(registry.auditing.export(rev))
    assert [(line.name, line.entry.reason) for line in lines] == [
        ("Ann", "New."),
        ("Rev", "Fine."),
    ]
    mails = [registry.mailer.take(), registry.mailer.take(), registry.mailer.take()]
    assert {(kept.message.to, kept.message.subject) for kept in mails if kept} == {
        ("rev@x.example", "To be reviewed: Club"),
        ("ann@x.example", "Accepted: Club"),
    }
    registry.close()
