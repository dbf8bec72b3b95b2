"""Run in a process of its own: how long an import takes, with the clients that it needs.

Prints JSON: seconds, the services of the clients, modules and the peak of memory in MB.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def _peak_megabytes() -> float:
    """Return the most that this process has had in memory; what getrusage says begins with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Import the handler (``handler``) or only boto3 (``bare``), and make clients for the services named after."""
    mode, services = sys.argv[1], sys.argv[2:]
    before = set(sys.modules)
    began = time.perf_counter()
    boto3: Any = importlib.import_module("boto3")  # this is what is measured
    from botocore.config import Config  # noqa: PLC0415

    made: list[str] = []
    if mode == "handler":
        make = boto3.client

        def client(service: str, *args: object, **options: object) -> object:
            made.append(service)
            return make(service, *args, **options)

        boto3.client = client
        importlib.import_module("handler")
    for service in services:
        if mode == "bare" or service not in made:
            # As production makes them: with explicit time-outs and retries.
            boto3.client(service, config=Config(read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"}))
    seconds = time.perf_counter() - began
    sys.stdout.write(
        json.dumps(
            {
                "seconds": seconds,
                "made": made,
                "modules": sorted(set(sys.modules) - before),
                "memory": _peak_megabytes(),
            }
        )
    )


main()
