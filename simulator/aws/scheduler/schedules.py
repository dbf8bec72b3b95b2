"""EventBridge Scheduler, and rules that run on a schedule: each fires at its own moment."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.bus import UnknownBus
from simulator.aws.eventbridge.targets import DeliveryError
from simulator.aws.lambda_.service import UnknownFunction
from simulator.aws.scheduler.expressions import InvalidSchedule, next_time

if TYPE_CHECKING:
    from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule

    from simulator.aws.eventbridge.bus import Router
    from simulator.aws.eventbridge.targets import Targets
    from simulator.aws.time.virtual_time import EventQueue


class Schedules:
    """Every schedule of the account, made by a template or at run time by a function."""

    def __init__(
        self, backend: EventBridgeSchedulerBackend, agenda: EventQueue, targets: Targets, router: Router
    ) -> None:
        """Fire whatever is created in moto's ``backend`` from now on."""
        self._backend = backend
        self._agenda = agenda
        self._targets = targets
        self._router = router
        create = backend.create_schedule

        def created(*args: Any, **kwargs: Any) -> Schedule:  # noqa: ANN401 - moto's signature
            schedule = create(*args, **kwargs)
            self._plan(schedule)
            return schedule

        backend.create_schedule = created  # type: ignore[method-assign]

    def repeat(self, expression: str, action: Callable[[], None]) -> None:
        """Do something at every moment of a schedule in UTC. Raises ``InvalidSchedule``."""
        created = self._agenda.now()

        def plan() -> None:
            self._at(next_time(expression, "UTC", self._agenda.now(), created), happen)

        def happen() -> None:
            action()
            plan()

        plan()

    def _plan(self, schedule: Schedule) -> None:
        if schedule.start_date or schedule.end_date:
            raise InvalidSchedule(f"{schedule.name} starts or ends on a date, which the embedded AWS does not know")
        created = datetime.fromtimestamp(schedule.creation_date, tz=UTC)
        zone = schedule.schedule_expression_timezone
        due = next_time(schedule.schedule_expression, zone, self._agenda.now(), created)

        def happen() -> None:
            if self._backend.schedule_groups[schedule.group_name].schedules.get(schedule.name) is schedule:
                if schedule.state != "DISABLED":
                    self._fire(schedule, self._agenda.now())
                self._plan(schedule)

        self._at(due, happen)

    def _at(self, due: datetime | None, action: Callable[[], None]) -> None:
        if due is not None:
            self._agenda.at(due, action)

    def _fire(self, schedule: Schedule, due: datetime) -> None:
        target: Mapping[str, Any] = schedule.target
        text = _filled(str(target.get("Input") or "{}"), schedule.arn, due)
        arn = str(target["Arn"])
        try:
            if ":event-bus/" in arn:
                parameters = target["EventBridgeParameters"]
                event = {"source": parameters["Source"], "detail-type": parameters["DetailType"]}
                self._router.publish(arn, {**event, "detail": json.loads(text)})
            else:
                self._targets.send(arn, text, group=target.get("SqsParameters", {}).get("MessageGroupId"))
        except (DeliveryError, UnknownBus, UnknownFunction):
            dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
            if dead_letters:
                self._targets.send(dead_letters, text)


def _filled(text: str, arn: str, due: datetime) -> str:
    values = {
        "<aws.scheduler.schedule-arn>": arn,
        "<aws.scheduler.scheduled-time>": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text
