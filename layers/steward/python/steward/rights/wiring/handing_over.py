"""The parts of ``hand_over``."""

from __future__ import annotations

from dataclasses import dataclass

from steward.clock import SystemClock
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.shelf import S3Shelf
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.disclosing.handing_over import HandingOverCopies
from steward.rights.handing_over import HandingOver
from steward.settings import Environment, read


class HandOver(Environment, frozen=True, kw_only=True):
    """What ``hand_over`` needs to be told."""

    account: str
    rights_bucket: str
    rights_table: str
    staff_prefix: str
    permission_sets: str = ""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What ``hand_over`` works with, and where its roles are."""

    handing_over: HandingOver
    copies: HandingOverCopies
    account: str
    prefix: str
    permission_sets: str


def parts() -> Parts:
    """Return them, from the function's environment."""
    told = read(HandOver)
    clock, links = SystemClock(), S3Shelf(told.rights_bucket)
    return Parts(
        handing_over=HandingOver(clock=clock, requests=DynamoRequests(told.rights_table), links=links),
        copies=HandingOverCopies(clock=clock, disclosures=DynamoDisclosures(told.rights_table), links=links),
        account=told.account,
        prefix=told.staff_prefix,
        permission_sets=told.permission_sets,
    )
