"""``make bench``: every group, a table with the bounds, ``bench/results.json``, and the comparison with the baseline.

The results of groups that are left out stay as they were.

Exits with 1 when a figure is not as in ``bench/baseline.json``: counts are compared exactly, ratios generously, times
never. A bound that is not kept is shown as such; with ``--baseline`` this run becomes the baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from bench import development
from bench.figures import Figure, Kind, regressions
from bench.growing import scale, searching, statement
from bench.spending import designs
from bench.spending.calls import CallsAndCost
from bench.starting import cold, packaged, warm
from documentation import performance
from infra.ending import complain, program

RESULTS = Path(__file__).with_name("results.json")
BASELINE = Path(__file__).with_name("baseline.json")
GROUPS = ("calls", "cold", "warm", "scale", "search", "statement", "development")


class _Arguments(argparse.ArgumentParser):
    """Complains in the style of every other program."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}; --help says what there is")
        sys.exit(2)


def main() -> int:
    """Run the groups that were asked for, or all of them."""
    parser = _Arguments(prog="python -m bench", description="The benchmarks of steward.")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--no-tests", action="store_true", help="leave the run of the test suite out")
    parser.add_argument("--quick", action="store_true", help="at most 10,000 contacts, and 1,000 in one case")
    parser.add_argument("--check", action="store_true", help="only compare with the baseline; write no results")
    parser.add_argument("--baseline", action="store_true", help="make this run the baseline")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
    began = time.monotonic()
    figures = list(_figures(asked.groups, console, with_tests=not asked.no_tests, quick=asked.quick))
    _show(figures, Console(width=None if sys.stdout.isatty() else 160), time.monotonic() - began)
    if not asked.check:
        RESULTS.write_text(json.dumps(_results(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        performance.write()
    if asked.baseline:
        _make_baseline(figures)
        return 0
    worse = regressions(figures, _baseline())
    for one in worse:
        console.print(f"[red]Not as in the baseline:[/red] {one}")
    return 1 if worse else 0


def _figures(groups: list[str], console: Console, *, with_tests: bool, quick: bool) -> Iterator[Figure]:
    def say(what: str) -> None:
        console.print(f"[dim]{what}[/dim]")

    calls = CallsAndCost()
    first = list(calls.figures(say)) if {"calls", "warm", "cold"} & set(groups) else []
    if "calls" in groups:
        yield from first
        yield from designs.figures(calls.bills, say)
    if "cold" in groups:
        yield from cold.figures(calls.services, say)
        yield from packaged.figures(cold.functions(), say)
    if "warm" in groups:
        yield from warm.figures(calls.busiest, say)
    if "scale" in groups:
        yield from scale.figures(say, quick=quick)
    if "search" in groups:
        yield from searching.figures(say)
    if "statement" in groups:
        yield from statement.figures(say, quick=quick)
    if "development" in groups:
        yield from development.figures(say, with_tests=with_tests)


def _show(figures: list[Figure], console: Console, seconds: float) -> None:
    table = Table(title=f"steward's benchmarks, {seconds:.0f} s", title_justify="left")
    for name, justify in (("figure", "left"), ("value", "right"), ("bound", "right"), ("", "left"), ("says", "left")):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    group = ""
    for figure in figures:
        if figure.group != group:
            group = figure.group
            table.add_section()
            table.add_row(f"[bold]{group}[/bold]")
        kept = "" if figure.bound is None else "[green]kept[/green]" if figure.is_met else "[red]not kept[/red]"
        bound = "" if figure.bound is None else f"{figure.bound:g}"
        table.add_row(figure.name, _written(figure), bound, kept, figure.says)
    console.print(table)
    broken = [figure for figure in figures if not figure.is_met]
    bounded = sum(figure.bound is not None for figure in figures)
    console.print(f"{bounded - len(broken)} of {bounded} bounds are kept.")
    for figure in broken:
        console.print(f"Not kept: {figure.key}: {_written(figure)} instead of at most {figure.bound:g}.")


def _written(figure: Figure) -> str:
    return f"{figure.value:g}" if figure.value == int(figure.value) else f"{figure.value:.2f}"


def _results(figures: list[Figure]) -> dict[str, object]:
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    rows = [
        {
            "group": figure.group,
            "name": figure.name,
            "value": round(figure.value, 4),
            "kind": figure.kind.value,
            "bound": figure.bound,
            "kept": figure.is_met,
            "says": figure.says,
            "on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        for figure in figures
    ]
    groups = {figure.group for figure in figures}
    earlier = json.loads(RESULTS.read_text(encoding="utf-8"))["figures"] if RESULTS.exists() else []
    return {"machine": machine, "figures": [row for row in earlier if row["group"] not in groups] + rows}


def _baseline() -> dict[str, float]:
    found: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    return found


def _make_baseline(figures: list[Figure]) -> None:
    groups = {figure.group for figure in figures}
    kept = {key: value for key, value in _baseline().items() if key.partition(":")[0] not in groups}
    kept.update({figure.key: round(figure.value, 4) for figure in figures if figure.kind is not Kind.NOTE})
    BASELINE.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(program(lambda _: main(), ()))
