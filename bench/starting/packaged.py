"""Group 2, its second half: what a start costs from the packaged layers, under the functions' own Python.

The layers of the machine's own processor are built once with bytecode and once without, from the same lock. What it is
compared with is what functions did before: no bytecode, and boto3's session.
"""

from __future__ import annotations

import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure, Kind
from bench.starting.cold import GROUP, probe
from infra import bytecode, layers
from infra.refusal import RefusalError
from simulator.aws.lambda_.invocation import FunctionSpec

IN_CALL = ("control_recording", "record_consent", "send_sms")
BOUND = 0.5
ROUNDS = 5


def figures(specs: list[FunctionSpec], say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield a ratio for each function that somebody waits for; none without its Python and the packages."""
    python = bytecode.interpreter()
    if python is None:
        say(f"starts from the packaged layers are not measured: {bytecode.missing()}")
        return
    own = [name.replace("aarch64", platform.machine()) for name in layers.PLATFORMS]
    with tempfile.TemporaryDirectory() as folder:
        try:
            compiled = layers.build(Path(folder) / "compiled", platforms=own, python=python)
            plain = layers.build(Path(folder) / "plain", platforms=own)
        except RefusalError as error:
            say(f"starts from the packaged layers are not measured: {error}")
            return
        for spec in (spec for spec in specs if spec.short_name in IN_CALL):
            say(f"start of {spec.short_name} from the packaged layers")
            pairs = [
                (
                    probe(spec, "as_before", [], python=python, packages=plain / "python"),
                    probe(spec, "handler", [], python=python, packages=compiled / "python"),
                )
                for _ in range(ROUNDS)
            ]
            before = statistics.median(pair[0].cpu for pair in pairs)
            now = statistics.median(pair[1].cpu for pair in pairs)
            yield Figure(
                GROUP,
                f"{spec.short_name}, packaged, CPU of its import ÷ without bytecode and by boto3",
                now / before,
                Kind.RATIO,
                BOUND,
                f"{now * 1000:.0f} ms against {before * 1000:.0f} ms, Python {'.'.join(map(str, bytecode.VERSION))}",
            )
