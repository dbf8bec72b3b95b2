"""The parts of ``hand_over``."""

from __future__ import annotations

from dataclasses import dataclass

from steward.clock import SystemClock
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.shelf import S3Shelf
from steward.rights.handing_over import HandingOver
from steward.settings import Environment, read


class HandOver(Environment, frozen=True, kw_only=True):
    """What ``hand_over`` needs to be told."""

    account: str
    rights_bucket: str
    rights_table: str
    staff_prefix: str


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``hand_over`` works with, and where its roles are."""

    handing_over: HandingOver
    account: str
    prefix: str


def parts() -> Parts:
    """Return them, from the function's environment."""
    told = read(HandOver)
    return Parts(
        handing_over=HandingOver(
            clock=SystemClock(), requests=DynamoRequests(told.rights_table), links=S3Shelf(told.rights_bucket)
        ),
        account=told.account,
        prefix=told.staff_prefix,
    )
