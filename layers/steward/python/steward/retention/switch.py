"""The kill switch of everything that deletes, read at run time from Systems Manager.

Its value is JSON: ``{"mode": "on" | "dry_run" | "off", "limit": 1000}``.
"""

from __future__ import annotations

import msgspec

from steward.aws.clients import client
from steward.aws.errors import AwsError, translated
from steward.retention.disposal import DisposalSwitch


class SwitchUnread(AwsError):
    """Nobody can say whether anything may be deleted, so nothing may."""

    retryable = True


class MalformedSwitch(SwitchUnread):
    """The parameter does not hold a switch, so nothing may be deleted."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__("ssm.GetParameter", "MalformedSwitch")
        self.args = (f"the parameter {parameter} is no disposal switch: {problem}",)


def read_switch(parameter: str) -> DisposalSwitch:
    """Return the present state of the switch that the parameter of that name holds.

    Raises SwitchUnread when it is missing, holds anything else (then MalformedSwitch) or cannot be read: a run that
    cannot ask does not delete.
    """
    try:
        with translated("ssm.GetParameter"):
            answer = client("ssm").get_parameter(Name=parameter)
    except AwsError as error:
        raise SwitchUnread(error.operation, error.code) from error
    try:
        return msgspec.json.decode(answer["Parameter"].get("Value", ""), type=DisposalSwitch)
    except msgspec.DecodeError as problem:
        raise MalformedSwitch(parameter, str(problem)) from None
