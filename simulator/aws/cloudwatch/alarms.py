"""How CloudWatch evaluates an alarm.

Sources, CloudWatch user guide: "Alarm evaluation", "Configuring how CloudWatch alarms treat missing data", "Alarm
evaluation window"; and ``PutMetricAlarm`` in the API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Any, Final

from simulator.aws.cloudwatch.metrics import MetricId, Metrics

_STATISTICS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "SampleCount": len,
}
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": ge,
    "GreaterThanThreshold": gt,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}
_FILLED_AS: Final[Mapping[str, bool]] = {"breaching": True, "notBreaching": False}
_LEFT_OUT: Final = "missing"
"""Gaps do not count; an alarm that sees nothing else has INSUFFICIENT_DATA."""

_FURTHER_BACK: Final = 2
"""Periods before the evaluated ones that are looked at too. AWS gives no figure but that of its example: 5 for 3."""

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_LONGEST: Final = {True: timedelta(days=7), False: _DAY}
"""``Period`` times ``EvaluationPeriods`` at most, where the period is an hour or more, and otherwise."""


class UnknownAlarm(Exception):
    """An alarm that CloudWatch would refuse, or one of a kind that is not modelled here."""


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Alarm:
    """A deployed alarm on one metric."""

    logical_id: str
    name: str
    description: str
    metric: MetricId
    statistic: str
    period: timedelta
    threshold: float
    comparison: str
    periods: int
    to_alarm: int
    missing: str
    actions: tuple[str, ...]
    silence_actions: tuple[str, ...] = ()
    """What is told when there is no data any more."""

    @classmethod
    def read(cls, logical_id: str, name: str, properties: Mapping[str, Any]) -> Alarm:
        """Return the alarm of a template; raise ``UnknownAlarm``."""
        dimensions = {str(one["Name"]): str(one["Value"]) for one in properties.get("Dimensions", ())}
        try:
            periods = int(properties["EvaluationPeriods"])
            alarm = cls(
                logical_id=logical_id,
                name=name,
                description=str(properties.get("AlarmDescription", "")),
                metric=MetricId.of(str(properties["Namespace"]), str(properties["MetricName"]), dimensions),
                statistic=str(properties["Statistic"]),
                period=timedelta(seconds=int(properties["Period"])),
                threshold=float(properties["Threshold"]),
                comparison=str(properties["ComparisonOperator"]),
                periods=periods,
                to_alarm=int(properties.get("DatapointsToAlarm", periods)),
                missing=str(properties.get("TreatMissingData", "missing")),
                actions=tuple(map(str, properties.get("AlarmActions", ()))),
                silence_actions=tuple(map(str, properties.get("InsufficientDataActions", ()))),
            )
        except KeyError as error:
            raise UnknownAlarm(f"{logical_id} has no {error.args[0]}") from None
        problem = alarm.problem()
        if problem:
            raise UnknownAlarm(f"{logical_id}: {problem}")
        return alarm

    def problem(self) -> str:
        """Return why this alarm cannot be evaluated here; empty if it can."""
        if self.statistic not in _STATISTICS or self.comparison not in _COMPARISONS:
            return f"{self.statistic} and {self.comparison} are not known"
        if self.missing not in {*_FILLED_AS, _LEFT_OUT} or (self.missing == _LEFT_OUT and self.to_alarm < self.periods):
            return f"missing data treated as {self.missing} is not modelled"
        if self.period % timedelta(minutes=1) or self.period * self.periods > _LONGEST[self.period >= _HOUR]:
            return f"{self.periods} periods of {self.period} are not allowed"
        return ""

    def is_evaluated_at(self, moment: datetime) -> bool:
        """Tell whether it is looked at in that minute: every minute, or every hour if it spans more than a day."""
        return self.period * self.periods <= _DAY or moment.minute == 0

    def datapoints(self, metrics: Metrics, moment: datetime) -> Iterator[float | None]:
        """Return a value for each period that is looked at, the newest first; ``None`` where there is none."""
        for back in range(self.periods + _FURTHER_BACK):
            until = moment - self.period * back
            values = metrics.between(self.metric, until - self.period, until)
            yield _STATISTICS[self.statistic](values) if values else None

    def state_at(self, metrics: Metrics, moment: datetime) -> State:
        """Return the state that an evaluation at that minute comes to."""
        return self.judge(tuple(self.datapoints(metrics, moment)) if self.has_data(metrics, moment) else ())

    def has_data(self, metrics: Metrics, moment: datetime) -> bool:
        """Tell whether the metric has any value that an evaluation at that minute, or a later one, looks at."""
        latest = metrics.latest(self.metric)
        return latest is not None and latest >= moment - self.period * (self.periods + _FURTHER_BACK)

    def judge(self, newest_first: Sequence[float | None]) -> State:
        """Return the state for a value of each period.

        With enough real values the newest are judged and gaps do not count; otherwise all real ones are, and the rest
        is filled as the alarm treats missing data.
        """
        real = [value for value in newest_first if value is not None][: self.periods]
        breaching = sum(_COMPARISONS[self.comparison](value, self.threshold) for value in real)
        if self.missing == _LEFT_OUT:
            if not real:
                return State.INSUFFICIENT_DATA
            return State.ALARM if breaching == len(real) else State.OK
        if _FILLED_AS[self.missing]:
            breaching += self.periods - len(real)
        return State.ALARM if breaching >= self.to_alarm else State.OK
