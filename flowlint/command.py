"""The command line, ``python -m flowlint``; its options are those of ``steward lint-flow``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import click
import msgspec

from flowlint import __version__
from flowlint.errors import UnreadableFlowError
from flowlint.findings import Finding, Severity
from flowlint.lint import chosen, in_order, known_rules, lint, old_format
from flowlint.output.graph import as_mermaid
from flowlint.output.machine import as_github, as_json, as_junit, as_sarif
from flowlint.output.pages import page
from flowlint.output.text import line, summary
from flowlint.reading.files import Given, read_all
from flowlint.reading.instance import AwsInstance, read_instance
from flowlint.rules.register import RULES, find_rule
from flowlint.settings import Settings, SettingsError, find_settings, matches, read_settings

Format = Literal["text", "json", "sarif", "junit", "github"]

FINE, FOUND, CANNOT, INTERRUPTED = 0, 1, 2, 130


@click.command("lint-flow", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    default="text",
    show_default=True,
)
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules: a code, its beginning, or a name.")
@click.option("--ignore", multiple=True, metavar="RULE", help="All but these rules.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--config", type=click.Path(path_type=Path), help="Instead of flowlint.toml of this folder or above.")
@click.option("--instance", metavar="ARN", help="Check every flow of a Connect instance as well (reads only).")
@click.option("--graph", is_flag=True, help="Draw the way to each finding, as Mermaid.")
@click.option("--explain", metavar="RULE", help="Print the page of a rule.")
@click.version_option(__version__, prog_name="flowlint")
def command(
    files: tuple[str, ...],
    output: Format,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    *,
    strict: bool,
    config: Path | None,
    instance: str | None,
    graph: bool,
    explain: str | None,
) -> int:
    """Check contact flows: exports, describe-contact-flow answers, CloudFormation templates, folders, - for stdin.

    Flows that are given together are joined where one leads to another. Exit 0: no errors; 1: errors were found; 2:
    something could not be read, and the rest was checked all the same.
    """
    if explain is not None:
        return _explain(explain)
    if not files and not instance:
        raise click.UsageError("Missing argument 'FILES': give files, folders, - or --instance ARN.")
    try:
        settings = _settings(config, select, ignore, strict=strict)
    except SettingsError as error:
        _say(str(error), err=True)
        return CANNOT
    return check(files, output, settings, instance=instance, graph=graph)


def check(
    files: Sequence[str | Path],
    output: Format = "text",
    settings: Settings | None = None,
    *,
    instance: str | None = None,
    graph: bool = False,
) -> int:
    """Print the findings of files, folders and an instance, and return the exit status."""
    settings = settings or Settings()
    given = _read(files, instance)
    found = _findings(given, settings)
    if output == "text":
        findings = _as_they_come(found, graph=graph, given=given)
        checked = len(given.flows) + len(given.old)
        if findings or checked > 1:
            _say(summary(findings, checked, len(given.refused), given.passed_over))
    elif output == "github":
        findings = []
        for finding in found:
            findings.append(finding)
            _say(as_github(finding))
    else:
        findings = in_order(found, given.flows)
        _say(_rendered(output, findings, given))
    for each in given.refused:
        _say(f"::error::{each}" if output == "github" else each, err=output != "github")
    if given.refused:
        return CANNOT
    grave = (Severity.ERROR, Severity.WARNING) if settings.strict else (Severity.ERROR,)
    return FOUND if any(finding.severity in grave for finding in findings) else FINE


def main(arguments: list[str] | None = None) -> int:
    """Run the command by itself; a mistake in the arguments, or output with nowhere to go, is one line on stderr."""
    try:
        status = command.main(arguments, prog_name="flowlint", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as ending:
        # click's own: 0 after completing a word, 1 where the reader went away.
        return _unwritten("nobody reads it any more") if ending.code else FINE
    except OSError as error:
        return _unwritten(error.strerror or type(error).__name__)
    except click.Abort:
        _say("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        _say(" ".join(error.format_message().split()), err=True)
        return CANNOT
    return status if isinstance(status, int) else FINE


def _unwritten(why: str) -> int:
    """Say that the output cannot be written, and let the interpreter not try again."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    _say(f"the output: {why}", err=True)
    return CANNOT


def _read(files: Sequence[str | Path], instance: str | None) -> Given:
    given = read_all(files)
    if instance:
        try:
            live = read_instance(AwsInstance(instance), instance)
        except UnreadableFlowError as error:
            given.refused.append(str(error))
        else:
            given.flows += live.flows
            given.old += live.old
            given.refused += live.refused
    return given


def _findings(given: Given, settings: Settings) -> Iterator[Finding]:
    aside = msgspec.structs.replace(settings, suppress=())
    yield from chosen((old_format(file) for file in given.old), aside)
    yield from lint(given.flows, settings, given.aliases)


def _as_they_come(found: Iterator[Finding], *, graph: bool, given: Given) -> list[Finding]:
    findings = []
    for finding in found:
        findings.append(finding)
        _say(line(finding))
        if graph:
            _say(f"```mermaid\n{as_mermaid(finding, given.flows)}\n```")
    return findings


def _rendered(output: Format, findings: list[Finding], given: Given) -> str:
    match output:
        case "sarif":
            return as_sarif(findings, given.refused, __version__)
        case "junit":
            files = list(dict.fromkeys(flow.file for flow in given.flows))
            return as_junit(findings, files, given.refused)
        case _:
            return as_json(findings)


def _settings(config: Path | None, select: tuple[str, ...], ignore: tuple[str, ...], *, strict: bool) -> Settings:
    known = known_rules()
    path = config or find_settings(Path.cwd())
    settings = read_settings(path, known) if path else Settings()
    for given in (*select, *ignore):
        if not any(matches(given, rule) for rule in known):
            raise SettingsError(f"{given!r} is no rule (--explain all lists them)")
    return msgspec.structs.replace(
        settings,
        select=select or settings.select,
        ignore=(*settings.ignore, *ignore),
        strict=strict or settings.strict,
    )


def _explain(name: str) -> int:
    if name.lower() == "all":
        for rule in RULES:
            _say(f"{rule.code} {rule.name:28} {rule.severity.value:8} {rule.title}")
        return FINE
    named = find_rule(name)
    if named is None:
        _say(f"{name!r} is no rule (--explain all lists them)", err=True)
        return CANNOT
    _say(page(named))
    return FINE


def _say(text: str, *, err: bool = False) -> None:
    """Print whatever it is, on a terminal of any encoding; a complaint begins with the program's name."""
    stream = sys.stderr if err else sys.stdout
    if err:
        context = click.get_current_context(silent=True)
        text = f"{context.find_root().info_name if context else 'flowlint'}: {text}"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)
