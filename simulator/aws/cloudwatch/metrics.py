"""Metrics: values by the minute, under a namespace, a name and dimensions."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True)
class MetricId:
    """What CloudWatch knows a metric by: another set of dimensions is another metric."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> MetricId:
        """Return the metric with those dimensions."""
        return cls(namespace, name, frozenset(dimensions.items()))


class Sample(NamedTuple):
    """One value that a metric got at that moment."""

    metric: MetricId
    at: datetime
    value: float


class Metrics:
    """Every value of every metric, as of the minute in which it was taken (standard resolution)."""

    def __init__(self) -> None:
        self._values: dict[MetricId, list[tuple[float, float]]] = defaultdict(list)

    def put(self, sample: Sample) -> None:
        """Take a value."""
        insort(self._values[sample.metric], (_minute(sample.at).timestamp(), sample.value))

    def latest(self, metric: MetricId) -> datetime | None:
        """Return the minute of the newest value."""
        values = self._values.get(metric)
        return datetime.fromtimestamp(values[-1][0], tz=UTC) if values else None

    def sums(self, metric: MetricId, since: datetime, until: datetime, seconds: int) -> dict[float, float]:
        """Return the sum of each period that has a value, by the epoch second at which the period begins."""
        begun = since.timestamp()
        found: dict[float, float] = defaultdict(float)
        for at, value in self._values.get(metric, ()):
            if begun <= at < until.timestamp():
                found[begun + (at - begun) // seconds * seconds] += value
        return found

    def between(self, metric: MetricId, since: datetime, until: datetime) -> list[float]:
        """Return the values from that moment to before the other."""
        values = self._values.get(metric, [])
        first, end = (bisect_left(values, (moment.timestamp(),)) for moment in (since, until))
        return [value for _, value in values[first:end]]

    def __iter__(self) -> Iterator[MetricId]:
        """Go through the metrics that ever got a value."""
        return iter(self._values)


class BrokenMetrics(Exception):
    """A log line announces metrics that CloudWatch could not read."""


def embedded_metrics(text: str) -> Iterable[Sample]:
    """Return what a log line in the embedded metric format says; nothing for any other line.

    Source: CloudWatch user guide, "Specification: Embedded metric format". Raises ``BrokenMetrics``.
    """
    if '"_aws"' not in text:
        return ()
    try:
        line: Mapping[str, Any] = json.loads(text)
        at = datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, tz=UTC)
        return tuple(_samples(line, at))
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenMetrics(f"{type(error).__name__} {error} in {text}") from error


def _samples(line: Mapping[str, Any], at: datetime) -> Iterator[Sample]:
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield Sample(MetricId.of(directive["Namespace"], metric["Name"], dimensions), at, float(value))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
