"""Writes `docs/reference.md` from the settings and the command line."""

from collections.abc import Iterator

import click
import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from registry.cli.main import app
from registry.settings import Settings


def text() -> str:
    """Returns the whole reference page."""
    return "\n".join(
        [
            "# Reference",
            "",
            "Written by `make reference`; a test compares it with the code.",
            "",
            "## Settings",
            "",
            "Environment variables; each is read once, when a command starts.",
            "",
            "| variable | default | what it sets |",
            "|---|---|---|",
            *_settings(Settings.model_fields, "REGISTRY_"),
            "",
            "## Commands",
            "",
            "Exit status: 0 done, 1 refused, 2 wrong usage. Results go to stdout, all "
            "else to stderr.",
            "",
            *_commands(),
        ]
    )


def _settings(fields: dict[str, FieldInfo], prefix: str) -> Iterator[str]:
    for name, field in fields.items():
        if isinstance(field.default, BaseModel):
            group = type(field.default).model_fields
            yield from _settings(group, f"{prefix}{name.upper()}__")
        else:
            default = "bundled" if name in _BUNDLED else field.default
            variable = f"{prefix}{name.upper()}"
            yield f"| `{variable}` | `{default}` | {field.description} |"


_BUNDLED = {"ontology", "shapes", "datasets"}


def _commands() -> Iterator[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group)
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        arguments = " ".join(_usage(command))
        yield f"### `registry {name} {arguments}`".replace(" `", "`", 0).replace(
            "  `", "`"
        )
        yield ""
        yield (command.help or "").strip()
        yield ""
        options = [p for p in command.params if isinstance(p, click.Option)]
        for option in options:
            if option.name != "help":
                yield f"- `{option.opts[0]}`: {option.help}"
        if options:
            yield ""


def _usage(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            name = parameter.metavar or (parameter.name or "").upper()
            yield name if parameter.required else f"[{name}]"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - this is what the command is for
