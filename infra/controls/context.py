"""What every control is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_scheduler as scheduler

    from infra.config import Deployment
    from infra.parts.alarms import Alarms
    from infra.parts.functions import Runtime
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
