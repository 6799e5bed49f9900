import json
import shutil
from pathlib import Path

import pytest

from registry import wiring
from registry.errors import Busy, Misconfigured, NotFound
from registry.iris import RecordId
from registry.settings import Settings, SiteSettings


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
        [scheme] = loader.datasets(["schemes/place-level.csv"])
        loader.load(scheme, strict=True, progress=lambda _: None)
    with wiring.writer(settings) as writer:
        writer.catch_up()
        whole = list(writer.graphs.dump())
    for file in (settings.data / "store" / "live").glob("MANIFEST-*"):
        file.write_bytes(b"nonsense")

    with wiring.writer(settings) as writer:
        writer.catch_up()
        assert list(writer.graphs.dump()) == whole


def _load(settings: Settings) -> None:
    with wiring.loader(settings) as loader:
        [scheme] = loader.datasets(["schemes/place-level.csv"])
        loader.load(scheme, strict=True, progress=lambda _: None)


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

    with wiring.loader(settings) as loader:
        [scheme] = loader.datasets(["schemes/place-level.csv"])
        loader.load(scheme, strict=True, progress=lambda _: None)

    found = registry.journal.current(RecordId("scheme", "place-level"))
    assert found is not None
    assert registry.shapes.kinds
    registry.close()
