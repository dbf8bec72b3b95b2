"""Functions make clients from botocore's session, tools from boto3's: neither disturbs the other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import boto3

from simulator.scenarios.quiet_nights import quiet_world


def test_tools_with_sessions_of_their_own_leave_the_functions_alone(assembly: Path) -> None:
    with quiet_world(assembly, datetime(2027, 1, 12, 10, tzinfo=UTC)) as world:
        for _ in range(2):
            boto3.Session(region_name="eu-west-2").client("s3").list_buckets()

        assert world.functions.run("retire_contact_records", {}).error is None
