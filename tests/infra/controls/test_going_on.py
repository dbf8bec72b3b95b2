"""A function that puts messages into the queue it works through is no loop that Lambda may stop.

"Use Lambda recursive loop detection to prevent infinite loops", AWS Lambda developer guide: after some sixteen rounds
of function, queue, function Lambda stops the next, unless the function's ``RecursiveLoop`` is ``Allow``. A request of a
thousand contacts takes more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.infra.conftest import Resources

THEIRS = {"erase_person", "find_person", "guard_payments", "place_hold", "release_hold"}


def _folder(function: dict[str, Any]) -> str:
    return str(function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"])


def _sends(resources: Resources, role: str) -> Iterator[str]:
    """Return the resources to which a role may send messages, each as JSON."""
    for one in resources.values():
        stated = one.get("Properties", {})
        if "PolicyDocument" in stated and role in json.dumps(stated.get("Roles", [])):
            for statement in stated["PolicyDocument"]["Statement"]:
                if "sqs:SendMessage" in json.dumps(statement["Action"]):
                    yield json.dumps(statement["Resource"])


def test_whatever_feeds_itself_may_do_so_for_as_long_as_it_takes_and_nothing_else(everything: Resources) -> None:
    functions = {name: one for name, one in everything.items() if one["Type"] == "AWS::Lambda::Function"}
    feeds: dict[str, list[str]] = {}
    for one in everything.values():
        if one["Type"] == "AWS::Lambda::EventSourceMapping" and "Queue" in json.dumps(one["Properties"]):
            name = one["Properties"]["FunctionName"]["Ref"]
            feeds.setdefault(name, []).append(json.dumps(one["Properties"]["EventSourceArn"]))
    own = set[str]()
    for name, queues in feeds.items():
        role = json.dumps(functions[name]["Properties"]["Role"]["Fn::GetAtt"][0]).strip('"')
        if any(queue in sent for queue in queues for sent in _sends(everything, role)):
            own.add(_folder(functions[name]))
    assert own == THEIRS
    allowed = {_folder(one) for one in functions.values() if one["Properties"].get("RecursiveLoop") == "Allow"}
    assert allowed == THEIRS
