"""`steward` as the documented commands meet it: run, or read to its last option where only AWS could answer."""

from __future__ import annotations

import sys
from typing import Any

import click

from cli.main import run, steward

NEED_A_REAL_ONE = {
    ("decide",): "a Function URL signed by a person's role",
    ("release",): "a Function URL signed by a person's role",
    ("erase-card-data",): "a Function URL signed by a person's role",
    ("request",): "a Function URL signed by a person's role",
    ("disclosure",): "a Function URL signed by a person's role",
    ("drift",): "Lambda's Invoke, for which moto's server wants containers",
    ("pack",): "Lambda's Invoke, for which moto's server wants containers",
    ("redrive",): "Lambda's Invoke, for which moto's server wants containers",
}
"""The commands whose account cannot be emulated behind a port, and why. Other tests play them inside the process."""


def read(arguments: list[str]) -> tuple[str, ...]:
    """Return the names of the command after reading every argument as it does itself.

    Raises ``click.ClickException`` for a command, an option, a choice or a value that it would not take.
    """
    names: list[str] = []
    command: click.Command = steward
    context: click.Context | None = None
    rest = list(arguments)
    while isinstance(command, click.Group):
        context = command.make_context(command.name or "steward", rest, parent=context)
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])  # noqa: SLF001
        assert name is not None
        assert found is not None
        names.append(name)
        command = found
    command.make_context(names[-1], rest, parent=context)
    return tuple(names)


def _command(name: str) -> click.Command:
    found: Any = steward
    for word in name.split()[1:]:
        found = found.commands[word]
    command: click.Command = found
    return command


def takes(name: str, option: str) -> bool:
    """Whether a command named by its words, such as ``steward flag``, has that option: a group's, if each of it has."""
    command = _command(name)
    own = any(option in parameter.opts for parameter in command.params)
    inner = command.commands if isinstance(command, click.Group) else ()
    return own or (bool(inner) and all(takes(f"{name} {one}", option) for one in inner))


def has(name: str, word: str) -> bool:
    """Whether a command named by its words is a group that has another of that word."""
    group = _command(name)
    return isinstance(group, click.Group) and word in group.commands


def main(arguments: list[str]) -> int:
    """Run one documented command."""
    if tuple(arguments[:1]) in NEED_A_REAL_ONE:
        try:
            read(arguments)
        except click.ClickException as problem:
            sys.stderr.write(f"steward: {problem.format_message()}\n")
            return 2
        return 0
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
