"""The console script ``steward``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from cli.decide import decide, release
from cli.doctor.command import doctor
from cli.erase_card_data import erase_card_data
from cli.flag import flag
from cli.init.command import init
from cli.lint_flow import lint_flow_command
from cli.redrive import redrive
from cli.schema import schema
from cli.simulate import simulate
from cli.verify_evidence import verify_evidence
from infra.council_folder import VARIABLE

WRONG_INPUT = 2
"""Exit code for an argument or a file that cannot be used; the reason stands in one line on stderr."""
INTERRUPTED = 130

FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="steward", message="%(prog)s %(version)s")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
    envvar=VARIABLE,
    help="The council's own folder, with environments.toml. Or STEWARD_CONFIG; this repository's without it.",
)
def steward(config: Path | None) -> None:
    """Keep a contact centre's privacy notice: check a policy and flows, replay scenarios, flag and verify holds."""
    if config is not None:
        os.environ[VARIABLE] = str(config)


steward.add_command(init)
steward.add_command(schema)
steward.add_command(doctor)
steward.add_command(simulate)
steward.add_command(lint_flow_command)
steward.add_command(flag)
steward.add_command(verify_evidence)
steward.add_command(erase_card_data)
steward.add_command(redrive)
steward.add_command(release)
steward.add_command(decide)


@steward.command("check-policy")
@click.argument("file", type=FILE)
def check_policy_command(file: Path) -> int:
    """Validate a policy: one line for each finding with its TOML path; exit 1 on an error."""
    from cli.check_policy import check_policy  # noqa: PLC0415 - each command loads only what it needs

    return check_policy(file)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong on the way is one line on stderr."""
    try:
        status = steward.main(arguments, prog_name="steward", standalone_mode=False)
        # What is still to be written may have nowhere to go: said here, not by the interpreter when it ends.
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_INPUT
    except click.ClickException as error:
        return _complain(" ".join(error.format_message().split()))
    except click.Abort:
        click.echo("steward: interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        _drop_output()
        return _complain(f"{error.filename or 'the output'}: {error.strerror or type(error).__name__}")
    except SystemExit as ending:
        # click's own: 0 after completing a word, 1 where the reader went away.
        status = ending.code
        if status:
            _drop_output()
            status = _complain("the output: nobody reads it any more")
    return status if isinstance(status, int) else 0


def _complain(sentence: str) -> int:
    click.echo(f"steward: {sentence}", err=True)
    return WRONG_INPUT


def _drop_output() -> None:
    """Let the interpreter not try again what could not be written."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> NoReturn:
    """Run the command that the command line names."""
    sys.exit(run())
