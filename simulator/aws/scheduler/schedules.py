"""EventBridge Scheduler, and rules that run on a schedule: each fires at its own moment."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.bus import UnknownBus
from simulator.aws.eventbridge.targets import DeliveryError
from simulator.aws.lambda_.service import UnknownFunction
from simulator.aws.scheduler.expressions import next_time

if TYPE_CHECKING:
    from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule

    from simulator.aws.eventbridge.bus import Router
    from simulator.aws.eventbridge.targets import Targets
    from simulator.aws.time.virtual_time import EventQueue


@dataclass(frozen=True)
class Recurrence:
    """When something happens again and again (or once)."""

    expression: str
    zone: str
    created: datetime
    start: datetime | None = None
    end: datetime | None = None

    def after(self, moment: datetime) -> datetime | None:
        """Return the next time after that moment, or ``None``."""
        anchor = self.start or self.created
        earliest = max(moment, anchor - timedelta(seconds=1)) if self.start else moment
        due = next_time(self.expression, self.zone, earliest, anchor)
        return None if due is None or (self.end is not None and due > self.end) else due


class Schedules:
    """Every schedule of the account, made by a template or at run time by a function."""

    def __init__(
        self, backend: EventBridgeSchedulerBackend, agenda: EventQueue, targets: Targets, router: Router
    ) -> None:
        self._backend = backend
        self._agenda = agenda
        self._targets = targets
        self._router = router
        self._generations: dict[tuple[str, str], int] = {}
        self._plans = 0
        self._follow_backend()

    def repeat(self, recurrence: Recurrence, action: Callable[[], None]) -> None:
        """Do something at every time of a recurrence."""
        due = recurrence.after(self._agenda.now())
        if due is None:
            return

        def happen() -> None:
            action()
            self.repeat(recurrence, action)

        self._agenda.at(due, happen)

    def _follow_backend(self) -> None:
        create, update, delete = (
            self._backend.create_schedule,
            self._backend.update_schedule,
            self._backend.delete_schedule,
        )

        def created(*args: Any, **kwargs: Any) -> Schedule:  # noqa: ANN401 - moto's signature
            schedule = create(*args, **kwargs)
            self._plan(schedule)
            return schedule

        def updated(*args: Any, **kwargs: Any) -> Schedule:  # noqa: ANN401
            schedule = update(*args, **kwargs)
            self._plan(schedule)
            return schedule

        def deleted(group_name: str | None, name: str) -> None:
            delete(group_name, name)
            self._generations.pop((group_name or "default", name), None)

        self._backend.create_schedule = created  # type: ignore[method-assign]
        self._backend.update_schedule = updated  # type: ignore[method-assign]
        self._backend.delete_schedule = deleted  # type: ignore[method-assign]

    def _plan(self, schedule: Schedule) -> None:
        key = (schedule.group_name, schedule.name)
        self._plans += 1
        generation = self._generations[key] = self._plans
        if schedule.state == "DISABLED":
            return
        recurrence = Recurrence(
            expression=schedule.schedule_expression,
            zone=schedule.schedule_expression_timezone or "UTC",
            created=self._agenda.now(),
            start=_aware(schedule.start_date),
            end=_aware(schedule.end_date),
        )
        self._next(schedule, recurrence, generation)

    def _next(self, schedule: Schedule, recurrence: Recurrence, generation: int) -> None:
        key = (schedule.group_name, schedule.name)
        due = recurrence.after(self._agenda.now())
        if due is None:
            if schedule.action_after_completion == "DELETE" and key in self._generations:
                self._backend.delete_schedule(schedule.group_name, schedule.name)
            return

        def happen() -> None:
            if self._generations.get(key) == generation:
                self._fire(schedule, due)
                self._next(schedule, recurrence, generation)

        self._agenda.at(due, happen)

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


def _aware(value: object) -> datetime | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, tz=UTC)
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
