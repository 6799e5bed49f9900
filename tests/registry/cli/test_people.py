import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from registry import wiring
from registry.cli.main import app
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER
from registry.settings import read_settings
from registry.wiring import Registry
from tests.api.conftest import publish
from tests.people import PASSWORD

SCHOOL = RecordId("training-centre", "school")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry with one centre, where hashing a password takes no time."""
    monkeypatch.setenv("REGISTRY_DATA", str(tmp_path))
    monkeypatch.setenv("REGISTRY_ACCOUNTS__MEMORY", "8")
    monkeypatch.setenv("REGISTRY_ACCOUNTS__LANES", "1")
    wiring.create(read_settings())
    with closing(wiring.open_registry(read_settings())) as opened:
        document: dict[str, object] = {
            "type": "Organization",
            "name": {"bg": "Школа"},
        }
        publish(opened.journal, str(SCHOOL), document)
        yield opened


def run(*arguments: str) -> Result:
    """Runs a command."""
    return CliRunner().invoke(app, arguments)


def added(*arguments: str) -> str:
    """Founds an organisation and returns its id."""
    ran = run("organisation", "add", "--bg", "Школа", "--format", "json", *arguments)
    made, *_ = json.loads(ran.stdout)
    return str(made["id"])


def test_the_first_administrator_is_invited(registry: Registry) -> None:
    """The link is all that is printed; by it an account is made."""
    ran = run("account", "invite", "Ann@one.example", "--role", "administrator")

    secret = ran.stdout.strip().rpartition("/")[2]
    account = registry.accounts.accept(
        secret, name="Ann", password=PASSWORD, language="en"
    )
    person = registry.directory.person(account.actor)
    assert ran.stdout.startswith(f"{registry.iris.base}bg/account/invitation/")
    assert person is not None
    assert (person.email, person.roles) == (
        "ann@one.example",
        {KEEPER: Role.ADMINISTRATOR},
    )
    assert registry.mailer.take() is None


def test_an_invitation_can_be_mailed_too(registry: Registry) -> None:
    """To an organisation, in the language that is named."""
    school = added()

    ran = run(
        *("account", "invite", "ann@one.example", "--organisation", school),
        *("--role", "contributor", "--language", "en", "--mail", "--format", "json"),
    )

    kept = registry.mailer.take()
    assert kept is not None
    assert json.loads(ran.stdout)["link"] in kept.message.body


def test_showing_does_nothing(registry: Registry) -> None:
    """With --show a command says what it would do."""
    school = added()
    course = "training-centre/school"

    for arguments, said in (
        (("organisation", "add", "--bg", "Друга"), "Would found Друга"),
        (("organisation", "assign", course, school), f"Would give {course}"),
        (("account", "invite", "a@one.example", "--role", "reviewer"), "Would invite"),
    ):
        assert said in run(*arguments, "--show").stderr
    assert len(registry.directory.organisations()) == 2
    assert registry.directory.steward(SCHOOL) == KEEPER
    assert registry.accounts.find("a@one.example") is None


def test_an_organisation_is_founded_with_its_entry(registry: Registry) -> None:
    """The list has it with the keeper."""
    school = added("--record", str(SCHOOL), "--contact", "office@school.example")

    listed = json.loads(run("organisation", "list", "--format", "json").stdout)

    assert [each["id"] for each in listed] == [KEEPER, school]
    assert listed[1]["record"] == str(SCHOOL)
    assert registry.directory.steward(SCHOOL) == school
    assert "office@school.example" in run("organisation", "list").stdout


def test_a_record_is_given_and_taken_back(registry: Registry) -> None:
    """To whoever is named last."""
    school = added()

    assert run("organisation", "assign", str(SCHOOL), school).exit_code == 0
    assert registry.directory.steward(SCHOOL) == school
    assert run("organisation", "assign", str(SCHOOL), KEEPER).exit_code == 0
    assert registry.directory.steward(SCHOOL) == KEEPER
    assert run("organisation", "assign", str(SCHOOL), "nobody").exit_code == 1


def test_a_person_is_erased_by_address_or_id(registry: Registry) -> None:
    """One who is not there is not; with --show nobody is."""
    for email in ("a@one.example", "b@one.example"):
        run("account", "invite", email, "--role", "reviewer")
    two = registry.accounts.find("b@one.example")
    assert two is not None

    assert run("account", "erase", "A@one.example", "--show").exit_code == 0
    assert registry.accounts.find("a@one.example") is not None
    assert run("account", "erase", "A@one.example").exit_code == 0
    assert run("account", "erase", two.actor).exit_code == 0
    assert run("account", "erase", "a@one.example").exit_code == 1
    assert registry.accounts.find("a@one.example") is None
    assert registry.accounts.find(two.actor) is None
