from pathlib import Path

import pytest
from pydantic import ValidationError

from registry.errors import Misconfigured
from registry.settings import Settings, read_settings


def test_groups_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of a group sets one field and leaves the rest."""
    monkeypatch.setenv("REGISTRY_DATA", "/somewhere")
    monkeypatch.setenv("REGISTRY_SITE__BASE", "https://data.example/")
    monkeypatch.setenv("REGISTRY_SITE__CONTACT", "office@data.example")
    monkeypatch.setenv("REGISTRY_ENGINE__DEADLINE", "2.5")

    settings = Settings()

    assert settings.site.contact == "office@data.example"
    assert settings.data == Path("/somewhere")
    assert settings.site.base == "https://data.example/"
    assert settings.site.port == 8000
    assert settings.engine.deadline == 2.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_SITE__BASE", "https://data.example"),
        ("REGISTRY_SITE__BASE", "data.example/"),
        ("REGISTRY_SITE__PORT", "0"),
        ("REGISTRY_SITE__CONTACT", "office"),
        ("REGISTRY_SITE__CONTACT", "Office <office@data.example>"),
        ("REGISTRY_ENGINE__DEADLINE", "0"),
        ("REGISTRY_ENGINE__WORKERS", "none"),
        ("REGISTRY_JOURNAL__URL", "mysql://host/name"),
        ("REGISTRY_ENGINE__URL", "http://127.0.0.1:8890"),
        ("REGISTRY_ENGINE__DIALECT", "virtuoso"),
        ("REGISTRY_ENGINE__DIALECT", "another"),
    ],
)
def test_useless_values_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A setting that cannot work is refused before anything is opened."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        Settings()


def test_data_folders_are_found_without_settings() -> None:
    """The ontology, shapes and datasets that come with the code are the default."""
    settings = Settings()

    assert (settings.ontology / "context-v1.jsonld").is_file()
    assert (settings.datasets / "datasets.json").is_file()
    assert settings.shapes.is_dir()


def test_a_refused_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be a password in it, and what is refused is printed."""
    monkeypatch.setenv("REGISTRY_JOURNAL__URL", "postgres://registry:hidden@host/name")

    with pytest.raises(Misconfigured) as refused:
        read_settings()

    assert "REGISTRY_JOURNAL__URL" in refused.value.detail["en"]
    assert "hidden" not in str(refused.value.detail)
    assert refused.value.__cause__ is None
