"""Run in a process of its own: how long an import takes, with the clients that it needs.

Prints JSON: seconds of the clock, seconds of CPU, the services of the clients, modules and the peak of memory in MB.
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
    """Import the handler (``handler``) or only botocore (``bare``), and make clients for the services named after.

    ``as_before`` imports the handler after boto3, from whose session its clients then come: what functions did that
    were not made for a caller who waits.
    """
    mode, services = sys.argv[1], sys.argv[2:]
    before = set(sys.modules)
    began, spent = time.perf_counter(), time.process_time()
    sessions: Any = importlib.import_module("botocore.session")  # this is what is measured
    from botocore.config import Config  # noqa: PLC0415

    made: list[str] = []
    session = sessions.get_session()
    if mode == "as_before":
        boto3: Any = importlib.import_module("boto3")
        boto3.setup_default_session(botocore_session=session)
        create = boto3.client
    else:
        create = session.create_client
    if mode != "bare":

        def client(service: str, *args: object, **options: object) -> object:
            made.append(service)
            return create(service, *args, **options)

        if mode == "as_before":
            sessions.get_session = type("Boto3Session", (), {"create_client": staticmethod(client)})
        else:
            session.create_client = client
            sessions.get_session = lambda: session
        importlib.import_module("handler")
    for service in services:
        if service not in made:
            # As production makes them: with explicit time-outs and retries.
            create(service, config=Config(read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"}))
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    sys.stdout.write(
        json.dumps(
            {
                "seconds": seconds,
                "cpu": cpu,
                "made": made,
                "modules": sorted(set(sys.modules) - before),
                "memory": _peak_megabytes(),
            }
        )
    )


main()
