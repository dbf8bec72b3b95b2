"""The register of a night on the deployed templates: open requests, under the one right to their agenda."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.rights.lines import asked
from tests.end_to_end.stories import moment, wait

BARNET = Path("policies/barnet.toml")


def test_an_open_request_is_on_the_register_of_the_next_morning_with_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    lines = [*asked("2027-03-03T09:00:00", "SAR-1"), wait("2027-03-04T08:00")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-03-04T08:00"))
        bucket = running.world.names.buckets["evidence"]
        key = "register/2027-03-04/register.json"
        said: dict[str, Any] = json.loads(running.world.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())

    # The third of the next month is a Saturday, the Monday after it no bank holiday; thirty days are the council's own.
    assert said["requests"] == {
        "lines": [
            {
                "request": "SAR-1",
                "right": "access",
                "received_on": "2027-03-03",
                "law_on": "2027-04-05",
                "promised_on": "2027-04-02",
                "overdue": False,
            }
        ],
        "unread": 0,
        "not_shown": "",
    }
    assert (said["counts"]["requests"], said["counts"]["overdue"], said["counts"]["not_shown"]) == (1, 0, 0)
