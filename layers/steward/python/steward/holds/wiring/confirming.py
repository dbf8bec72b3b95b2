"""The parts of ``confirm_disposal``."""

from __future__ import annotations

from steward.holds.adapters.register_table import DynamoRegister
from steward.settings import Environment, read


class ConfirmDisposal(Environment, frozen=True, kw_only=True):
    """What ``confirm_disposal`` needs to be told."""

    register_table: str


def register() -> DynamoRegister:
    """Return the register, in which disposals are confirmed."""
    return DynamoRegister(read(ConfirmDisposal).register_table)
