"""Writes `docs/reference.md` from the settings, the commands and the modules."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
            "## Modules",
            "",
            "A module imports what stands in a lower layer, never what stands above: "
            "`make check` proves it.",
            "",
            *_modules(),
            "",
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
    for name, command in _commands_of(typer.main.get_command(app), ""):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        yield f"### `{' '.join(['registry', name, *map(_usage, arguments)])}`"
        yield ""
        yield (command.help or "").strip()
        yield ""
        for option in options:
            if option.name != "help":
                yield f"- `{option.opts[0]}`: {option.help}"
        if options:
            yield ""


def _commands_of(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands_of(command, f"{prefix}{name} ")
        elif not command.hidden:
            yield f"{prefix}{name}", command


def _usage(argument: Any) -> str:
    name: str = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _modules() -> Iterator[str]:
    for path in sorted(
        path
        for package in ("registry", "api")
        for path in ROOT.glob(f"{package}/**/*.py")
        if "node_modules" not in path.parts  # what npm installs is not ours
    ):
        if path.name != "__init__.py":
            purpose = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            first = (purpose or "").split("\n\n")[0].replace("\n", " ")
            yield f"- `{path.relative_to(ROOT).as_posix()}`: {first}"


ROOT = Path(__file__).parents[2]


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - this is what the command is for
