"""The kill switch of everything that deletes, read at run time from Systems Manager.

Its value is JSON: ``{"mode": "on" | "dry_run" | "off", "limit": 1000}``.
"""

from __future__ import annotations

import msgspec

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.retention.disposal import DisposalSwitch


class MalformedSwitch(Exception):
    """The parameter does not hold a switch, so nothing may be deleted."""


def read_switch(parameter: str) -> DisposalSwitch:
    """Return the present state of the switch that the parameter of that name holds.

    Raises MalformedSwitch when it holds anything else, and steward.aws.errors.AwsError when it cannot be read: a run
    that cannot ask does not delete.
    """
    ssm = client("ssm")
    with translated("ssm.GetParameter"):
        answer = ssm.get_parameter(Name=parameter)
    try:
        return msgspec.json.decode(answer["Parameter"]["Value"], type=DisposalSwitch)
    except msgspec.DecodeError as problem:
        raise MalformedSwitch(f"the parameter {parameter} is no disposal switch: {problem}") from None
