"""`registry organisation` and `registry account`: who works here, and for whom."""

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated

import typer

from registry import wiring
from registry.cli import console
from registry.errors import NotFound
from registry.iris import RecordId, record_id
from registry.language import LANGUAGES, choose
from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER, Organisation
from registry.settings import read_settings

organisation = typer.Typer(
    name="organisation",
    help="Organisations that keep records.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
account = typer.Typer(
    name="account",
    help="People who work in the registry.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Form = Annotated[console.Format, typer.Option("--format", help="How to print it.")]
Show = Annotated[
    bool, typer.Option("--show", help="Only say what would be done; do nothing.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.add_typer(organisation)
    app.add_typer(account)


@organisation.command()
def add(
    *,
    bg: Annotated[str, typer.Option(help="Its name in Bulgarian.")] = "",
    en: Annotated[str, typer.Option(help="Its name in English.")] = "",
    record: Annotated[
        str, typer.Option(metavar="KIND/KEY", help="Its entry in the registers.")
    ] = "",
    contact: Annotated[
        str, typer.Option(help="E-mail of the organisation, never of a person.")
    ] = "",
    show: Show = False,
    form: Form = console.Format.TABLE,
) -> None:
    """Found an organisation; its entry's courses and services become its own."""
    name = {"bg": bg, "en": en}
    entry = _record(record) if record else None
    if show:
        console.error.print(f"Would found {en or bg} with the entry {entry}")
        return
    with closing(wiring.open_registry(read_settings())) as registry:
        made = registry.organisations.found(
            OPERATOR, name, record=entry, contact=contact
        )
        kept = len(registry.directory.kept(made.id))
    _print([made], form)
    console.error.print(f"Founded {made.id}, which keeps {kept} records")


@organisation.command("list")
def list_(*, form: Form = console.Format.TABLE) -> None:
    """Print every organisation."""
    with closing(wiring.open_registry(read_settings())) as registry:
        _print(list(registry.directory.organisations()), form)


@organisation.command()
def assign(
    record: Annotated[str, typer.Argument(metavar="KIND/KEY", help="Which record.")],
    to: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id.")],
    *,
    show: Show = False,
) -> None:
    """Give a record to an organisation, whoever keeps it now."""
    named = _record(record)
    with closing(wiring.open_registry(read_settings())) as registry:
        before = registry.directory.steward(named)
        if not show:
            registry.organisations.assign(OPERATOR, named, to)
    console.error.print(
        f"{'Would give' if show else 'Gave'} {named} from {before} to {to}"
    )


@account.command()
def invite(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whom to invite.")],
    *,
    to: Annotated[
        str, typer.Option("--organisation", help="Id of the organisation.")
    ] = KEEPER,
    role: Annotated[Role, typer.Option(help="What they may do there.")],
    language: Annotated[str, typer.Option(help="Of the page, bg or en.")] = "bg",
    mail: Annotated[
        bool, typer.Option("--mail", help="Mail the link as well as print it.")
    ] = False,
    show: Show = False,
    form: Form = console.Format.TABLE,
) -> None:
    """Invite somebody, and print the link by which they accept."""
    if show:
        console.error.print(f"Would invite {email} to {to} as {role}")
        return
    with closing(wiring.open_registry(read_settings())) as registry:
        link = registry.accounts.invite(
            OPERATOR,
            email,
            organisation=to,
            role=role,
            language=language if language in LANGUAGES else LANGUAGES[0],
            mailed=mail,
        )
    if form is console.Format.TABLE:
        console.lines(f"{link}\n")
    else:
        console.document({"email": email, "organisation": to, "link": link})


@account.command()
def erase(
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="E-mail address, or the actor's id.")
    ],
    *,
    show: Show = False,
) -> None:
    """Forget a person's name and address; what they did stays in the journal."""
    with closing(wiring.open_registry(read_settings())) as registry:
        found = registry.accounts.find(who)
        if found is None:
            raise NotFound(
                f"Nobody has the address or the id {who}.",
                f"Няма лице с адрес или идентификатор {who}.",
            )
        if not show:
            registry.organisations.erase(OPERATOR, found.actor)
    console.error.print(f"{'Would erase' if show else 'Erased'} {found.actor}")


def _record(name: str) -> RecordId:
    kind, _, key = name.partition("/")
    return record_id(kind, key)


def _print(found: list[Organisation], form: console.Format) -> None:
    if form is console.Format.TABLE:
        rows = [
            (each.id, _name(each.name), each.record or "", each.contact or "")
            for each in found
        ]
        console.table(("id", "name", "record", "contact"), rows)
        return
    console.document(
        [
            {
                "id": each.id,
                "name": dict(each.name),
                "record": str(each.record) if each.record else None,
                "contact": each.contact,
            }
            for each in found
        ]
    )


def _name(name: Mapping[str, str]) -> str:
    chosen = choose(name, LANGUAGES[0])
    return chosen.text if chosen else ""
