"""What every control is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.parts.schedules import Daily

if TYPE_CHECKING:
    from aws_cdk import aws_scheduler as scheduler
    from constructs import Construct

    from infra.config import Deployment
    from infra.parts.alarms import Alarms
    from infra.parts.functions import Runtime, StewardFunction
    from infra.parts.queues import DeadLetters
    from infra.stores.stack import StoresStack
    from steward.policy.model import Policy


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The stores, the policy and what the controls of one deployment share."""

    deployment: Deployment
    policy: Policy
    stores: StoresStack
    runtime: Runtime
    alarms: Alarms
    undelivered: DeadLetters
    """Events that a rule could not deliver to its target."""
    failed_runs: DeadLetters
    """Scheduled runs that could not be started or ended in an error."""
    schedules: scheduler.CfnScheduleGroup

    def daily(
        self, scope: Construct, construct_id: str, function: StewardFunction, *, at: str, says: str | None = None
    ) -> None:
        """Run a function once a day at that time in London, ``HH:MM``, and alarm on a day without a run.

        ``says`` is the event that it is given.
        """
        Daily(
            scope,
            construct_id,
            function=function,
            group=self.schedules,
            at=at,
            says=says,
            failed_runs=self.failed_runs,
            alarms=self.alarms,
        )
