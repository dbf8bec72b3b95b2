"""The parts of ``sign_flag``."""

from __future__ import annotations

from steward.clock import SystemClock
from steward.holds.signals.adapters import KmsSeal
from steward.holds.signals.sealing import Signing
from steward.settings import Environment, read


class SignFlag(Environment, frozen=True, kw_only=True):
    """What ``sign_flag`` needs to be told."""

    flag_key_arn: str


def signing() -> Signing:
    """Return what ``sign_flag`` works with."""
    return Signing(seal=KmsSeal(read(SignFlag).flag_key_arn), clock=SystemClock())
