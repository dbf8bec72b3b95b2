"""The register of a night on the deployed templates: open requests, and what was refused, each under one right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.rights.lines import asked
from tests.end_to_end.stories import Line, moment, wait

BARNET = Path("policies/barnet.toml")


def flow_asks(at: str, function: str, contact: str, **parameters: str) -> Line:
    """Return what a contact flow of a caller with a mobile asks a function."""
    endpoint = {"Address": "+447400900264", "Type": "TELEPHONE_NUMBER"}
    data = {"ContactId": contact, "InitialContactId": contact, "Channel": "VOICE", "CustomerEndpoint": endpoint}
    payload = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters}}
    return {"at": moment(at).isoformat(), "invoke": {"function": function, "payload": payload}}


def test_open_requests_and_refused_texts_and_payments_are_on_the_register_of_the_next_morning(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    lines = [
        *asked("2027-03-03T09:00:00", "SAR-1"),
        flow_asks("2027-03-03T10:00", "send_sms", "c1", template="online_services", purpose="signposting"),
        flow_asks("2027-03-03T10:01", "send_sms", "c1", template="online_services", purpose="nothing"),
        flow_asks("2027-03-03T10:02", "control_recording", "nobody", operation="pause"),
        flow_asks("2027-03-03T10:03", "control_recording", "nobody", operation="status"),
        flow_asks("2027-03-03T10:04", "control_recording", "nobody", operation="louder"),
        wait("2027-03-04T08:00"),
    ]
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
    # Asking how a call stands is no payment; an unknown caller has consented to nothing.
    assert said["refusals"] == {
        "lines": [
            {"kind": "payment", "reason": "bad_request", "this_month": 1, "day_before": 1},
            {"kind": "payment", "reason": "contact_not_found", "this_month": 1, "day_before": 1},
            {"kind": "text", "reason": "no_consent", "this_month": 1, "day_before": 1},
            {"kind": "text", "reason": "unknown_purpose", "this_month": 1, "day_before": 1},
        ],
        "not_shown": "",
    }
    assert (said["counts"]["requests"], said["counts"]["overdue"], said["counts"]["not_shown"]) == (1, 0, 0)
