"""The console script ``steward``."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Literal, NoReturn

import click

from cli.commands import Commands
from cli.dead_letters import dead_letters, redrive
from cli.decisions.break_glass import break_glass
from cli.decisions.decide import decide, release
from cli.decisions.erase_card_data import erase_card_data
from cli.disclosure.command import disclosure
from cli.doctor.command import doctor
from cli.drift import drift
from cli.evidence.pack import verify_pack
from cli.evidence.printing.command import statement_pdf
from cli.evidence.report import report
from cli.evidence.statement import verify_statement
from cli.evidence.verify import verify_evidence
from cli.flag.command import flag
from cli.init.command import init
from cli.lint_flow import lint_flow_command
from cli.pack.command import pack
from cli.policy.schema import schema
from cli.request.command import request
from cli.simulate import simulate
from cli.terminal import Careful
from infra.council_folder import VARIABLE
from infra.ending import INTERRUPTED, WRONG_INPUT, complain, drop_output

FILE = click.Path(path_type=Path)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 fine, 1 findings or refused, 2 what cannot be carried out, 130 interrupted.",
)
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
steward.add_command(drift)
steward.add_command(simulate)
steward.add_command(lint_flow_command)
steward.add_command(flag)
steward.add_command(verify_evidence)
steward.add_command(verify_statement)
steward.add_command(statement_pdf)
steward.add_command(report)
steward.add_command(pack)
steward.add_command(verify_pack)
steward.add_command(erase_card_data)
steward.add_command(break_glass)
steward.add_command(dead_letters)
steward.add_command(redrive)
steward.add_command(release)
steward.add_command(decide)
steward.add_command(request)
steward.add_command(disclosure)


@steward.command("check-policy")
@click.argument("file", type=FILE)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check_policy_command(file: Path, output: Literal["text", "json"]) -> int:
    """Check a policy file: a line for each finding, with its place. Exit 1 on an error."""
    from cli.policy.check_policy import check_policy  # noqa: PLC0415 - each command loads only what it needs

    return check_policy(file, output)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong on the way is one line on stderr."""
    try:
        with redirect_stdout(Careful(sys.stdout)):
            status = steward.main(arguments, prog_name="steward", standalone_mode=False)
            # What is still to be written may have nowhere to go: said here. A stream that is closed because nothing
            # holds it any more tries as well, and keeps its failure to itself.
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_INPUT
    except click.ClickException as error:
        complain(error.format_message())
        return WRONG_INPUT
    except click.Abort:
        complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        drop_output()
        complain(f"{error.filename or 'the output'}: {error.strerror or type(error).__name__}")
        return WRONG_INPUT
    except SystemExit as ending:
        # click's own: 0 after completing a word, 1 where the reader went away.
        status = ending.code
        if status:
            drop_output()
            complain("the output: nobody reads it any more")
            status = WRONG_INPUT
    return status if isinstance(status, int) else 0


def main() -> NoReturn:
    """Run the command that the command line names."""
    sys.exit(run())
