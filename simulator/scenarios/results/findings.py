"""Reads the findings of the comparison, open and closed, from the deployed register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.aws.dynamodb.every_row import every_row
from simulator.scenarios.results.register import TABLE
from simulator.scenarios.results.shapes import FindingState
from steward.aws import rows
from steward.configuration.adapters.book import CODE
from steward.configuration.checking import Harm
from steward.configuration.findings import Finding
from steward.names import CONFIGURATION, CONFIGURATION_HISTORY

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

_PARTITIONS: Final = frozenset({CONFIGURATION, CONFIGURATION_HISTORY})


def findings_of(world: EmbeddedAws) -> list[FindingState]:
    """Return every finding that the deployed register keeps, in the order in which they were opened."""
    table = world.names.tables.get(TABLE)
    if table is None:
        return []
    kept = (
        rows.read(row, Finding)
        for row in every_row(table, account=world.account, region=world.region)
        if row["pk"]["S"] in _PARTITIONS and row["sk"]["S"] != CODE
    )
    # One that is closed lies for a moment in both partitions.
    found = {(one.opened_at, one.id): one for one in kept}
    return [_state(one) for _, one in sorted(found.items())]


def _state(one: Finding) -> FindingState:
    return FindingState(
        check=one.setting,
        resource=one.id.removesuffix(f"/{one.setting}"),
        # A state knows no graver word: that a card may be recorded is what supervisors are told.
        severity=Harm.STOP if one.harm is Harm.CARDS else one.harm,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        expected=one.expected,
        found=one.found,
    )
