"""The kill switch of everything that deletes, as the parameter states it that a run reads.

Its value is JSON: ``{"mode": "on" | "dry_run" | "off", "limit": 1000}``.
"""

from __future__ import annotations

import msgspec

from steward.failures import AwsError
from steward.retention.disposal import DisposalSwitch


class SwitchUnread(AwsError):
    """Nobody can say whether anything may be deleted, so nothing may."""

    retryable = True


class MalformedSwitch(SwitchUnread):
    """The parameter does not hold a switch, so nothing may be deleted."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__("ssm.GetParameter", "MalformedSwitch")
        self.args = (f"the parameter {parameter} is no disposal switch: {problem}",)


def stated(parameter: str, value: str) -> DisposalSwitch:
    """Return the switch that a parameter, by its name and value, states. Raises MalformedSwitch if it states none."""
    try:
        return msgspec.json.decode(value, type=DisposalSwitch)
    except msgspec.DecodeError as problem:
        raise MalformedSwitch(parameter, str(problem)) from None
