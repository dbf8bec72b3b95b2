"""``steward simulate``: replay a scenario on the embedded AWS."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from simulator.scenarios.errors import ScenarioError
from simulator.surroundings import leave_aside


@click.command("simulate")
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=None,
    show_default="that of the environment `local`: policies/barnet.toml without STEWARD_CONFIG",
    help="The council's policy file.",
)
@click.option("--until", metavar="TIME", help="Stop at this moment, ISO 8601 with an offset; else after the last line.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where timeline.jsonl and state.json go.")
def simulate(scenario: Path, policy: Path | None, until: str | None, out: Path) -> int:
    """Replay SCENARIO on the embedded AWS; write timeline.jsonl and state.json into a folder."""
    leave_aside()
    from infra.config import cdk_context, choose  # noqa: PLC0415 - --help stays instant
    from infra.refusal import RefusalError  # noqa: PLC0415
    from simulator.scenarios.lines import parse_moment, read_scenario  # noqa: PLC0415
    from simulator.scenarios.replay import replay  # noqa: PLC0415
    from simulator.scenarios.results.output import prepare, write  # noqa: PLC0415

    try:
        end = None if until is None else parse_moment(until, "--until")
        lines = read_scenario(scenario)
        prepare(out)
        found = policy or choose(cdk_context()).policy_path
        with _bar() as progress:
            outcome = replay(lines, policy=found, until=end, file=scenario, progress=progress)
        write(out, outcome)
    except (ScenarioError, RefusalError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(outcome.summary())
    click.echo(f"{out / 'timeline.jsonl'} and {out / 'state.json'} are written.")
    return 0


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """Show a bar while somebody watches; a file or a pipe gets none."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=100, label="time passes", file=sys.stderr) as bar:
        yield lambda part: bar.update(round(part * 100) - bar.pos)
