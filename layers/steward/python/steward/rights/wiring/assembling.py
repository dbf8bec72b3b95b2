"""The parts of ``assemble_package``."""

from __future__ import annotations

from collections.abc import Callable

from steward.clock import SystemClock
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import parse, text
from steward.policy import compiled
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.holdings import RegisteredHoldings
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.adapters.shelf import S3Shelf
from steward.rights.commands import request_id
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.package.assembling import Assembling
from steward.settings import Environment, read


class AssemblePackage(Environment, frozen=True, kw_only=True):
    """What ``assemble_package`` needs to be told."""

    hold_bucket: str
    own_bus: str
    policy_file: str
    register_table: str
    rights_bucket: str
    rights_table: str


def assembling() -> Callable[[str], None]:
    """Return what deals with the body of a message: it names a request whose package may be ready."""
    told = read(AssemblePackage)
    parts = Assembling(
        clock=SystemClock(),
        policy=compiled.load(told.policy_file),
        requests=DynamoRequests(told.rights_table),
        holdings=RegisteredHoldings(DynamoRegister(told.register_table), told.hold_bucket),
        shelf=S3Shelf(told.rights_bucket),
        disclosed=DynamoDisclosures(told.rights_table),
        outside=OwnBus(told.own_bus),
    )

    def deal_with(body: str) -> None:
        message = parse(body)
        if text(message, "steward") != "assemble":
            raise BadRequest("steward", "is not an order to put a package together")
        parts.assemble(request_id(text(message, "request", needed=True)))

    return deal_with
