"""``steward pack``: the records of processing, the impact assessment and the accountability table, with their proof."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.environments import environment_option
from cli.evidence.options import council_keys
from cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.pack.building import Given, Pack
    from steward.archive import Entry

FINDINGS = 1


@click.command("pack")
@environment_option
@click.option(
    "--statements",
    type=click.Path(path_type=Path),
    help="A folder with a folder for each month, as under statements/ in the evidence store.",
)
@council_keys("a statement that another key signed is wrong")
@click.option("--drift", type=click.Path(path_type=Path), help="What steward drift --format json printed.")
@click.option("--unsigned", is_flag=True, help="Ask no account and sign nothing: the pack says that it is not signed.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The archive to write, such as pack.zip.")
def pack(
    *,
    environment: str,
    statements: Path | None,
    keys: tuple[Path, ...],
    drift: Path | None,
    unsigned: bool,
    out: Path,
) -> int:
    """Write an archive for an auditor: records of processing, impact assessment, promises and their proof.

    Everything in it follows from the policy and from what is given. It is signed by the environment's own function,
    which the role of the data protection officer may ask; nothing is written where that fails. Exit 1 if a month's
    statement is missing or is not as it was signed; the archive is written all the same and says so.
    """
    from cli.pack.building import build  # noqa: PLC0415
    from infra.checks.places import explained  # noqa: PLC0415 - --help stays instant
    from infra.config import cdk_context, choose  # noqa: PLC0415
    from infra.refusal import RefusalError  # noqa: PLC0415
    from steward.policy.load import PolicyError, load_policy  # noqa: PLC0415

    try:
        policy = choose(cdk_context(), environment).policy_path
        given = _given(load_policy(policy).council.name, environment, statements, keys, drift, signed=not unsigned)
        made = build(policy, given)
    except PolicyError as problem:
        raise click.ClickException(explained(problem)) from None
    except RefusalError as problem:
        raise click.ClickException(str(problem)) from None
    _write(out, made.entries if unsigned else _signed(environment, made, keys))
    wrong = [one for one in given.months or () if not one.good]
    for one in wrong:
        click.echo(f"! {one.period}: {'; '.join(one.problems)}")
    _tell(out, made, given, trusted=bool(keys))
    return FINDINGS if wrong else 0


def _given(
    council: str,
    environment: str,
    statements: Path | None,
    keys: tuple[Path, ...],
    compared: Path | None,
    *,
    signed: bool,
) -> Given:
    from cli.evidence.signatures import NoKey, fingerprint_of  # noqa: PLC0415 - as above
    from cli.pack.building import Given  # noqa: PLC0415
    from cli.pack.given import NotGiven, drift, months  # noqa: PLC0415

    try:
        trusted = frozenset(fingerprint_of(path) for path in keys)
        found = months(statements, council=council, environment=environment, trusted=trusted) if statements else None
        compares = drift(compared) if compared else None
        return Given(environment=environment, signed=signed, months=found, drift=compares)
    except (NoKey, NotGiven) as problem:
        raise click.ClickException(str(problem)) from None


def _signed(environment: str, made: Pack, keys: tuple[Path, ...]) -> tuple[Entry, ...]:
    """Return the files with the envelope, once they are found to be as whoever checks them will.

    Raises ``click.ClickException`` where there is no signature, or one that fits no pack of this policy.
    """
    from cli.environments import open_environment  # noqa: PLC0415 - as above
    from cli.evidence.pack import check  # noqa: PLC0415
    from cli.evidence.signatures import fingerprint_of  # noqa: PLC0415
    from cli.pack.signing import envelope_for  # noqa: PLC0415

    entries = (*made.entries, envelope_for(open_environment(environment), made.entries[-1]))
    found = check(_archived(entries), frozenset(fingerprint_of(path) for path in keys))
    if found.problems:
        raise click.ClickException(f"the pack was not written: {'; '.join(found.problems)}")
    click.echo(f"Signed {found.signed_at} with the key {found.key}.")
    return entries


def _archived(entries: Sequence[Entry]) -> bytes:
    from steward.archive import write_archive  # noqa: PLC0415 - as above

    body = io.BytesIO()
    write_archive(body, entries)
    return body.getvalue()


def _write(out: Path, entries: Sequence[Entry]) -> None:
    """Write the archive beside its place first: what is there under its name is whole."""
    body = _archived(entries)
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(body)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{out}: {error.strerror or 'cannot be written'}") from None


def _tell(out: Path, made: Pack, given: Given, *, trusted: bool) -> None:
    click.echo(f"{out}: {counted(len(made.entries), 'file')}. SHA-256 of manifest.json: {made.entries[-1].sha256}.")
    click.echo(f"{counted(len(made.left), 'place')} to be filled in by a person; index.html lists them.")
    if not given.signed:
        click.echo("The pack is not signed: --unsigned was asked for.")
    if given.months is None:
        click.echo("No statement is in it: none was given.")
    else:
        click.echo(f"{len(given.good)} of {counted(len(given.months), 'statement')} as they were signed.")
    if given.drift is None:
        click.echo("Open findings are not shown: no comparison was given.")
    whose = (
        "which was given" if trusted else "which came with them: compare it with the council's, or name that with --key"
    )
    for key in dict.fromkeys(one.key for one in given.good):
        click.echo(f"Statements are signed with the key {key}, {whose}.")
