"""What the functions counted of refusals, read from CloudWatch: it costs them no call and no row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.evidence.register.refusals import REASONS, Kind, Point
from steward.failures import Unavailable
from steward.names import METRICS, REFUSED_FOR

_FUNCTIONS: Final = {Kind.PAYMENT: "control_recording", Kind.TEXT: "send_sms"}
_HOUR: Final = 3600
"""Seconds. Points of an hour are kept for 455 days, those of a minute for 15; London's days begin at a whole hour."""


@dataclass(frozen=True)
class CloudWatchCounts:
    """The metrics of one environment."""

    environment: str

    def refused(self, kinds: Iterable[Kind], since: datetime, until: datetime) -> list[Point]:
        """Return each hour in which something was refused. A metric that nobody ever wrote has no hours.

        Raises AwsError; Unavailable too where CloudWatch answers that it could not look at one of them.
        """
        asked = [(kind, reason) for kind in kinds for reason in REASONS[kind]]
        if not asked:
            return []
        queries = [{"Id": f"m{number}", "MetricStat": self._metric(*one)} for number, one in enumerate(asked)]
        cloudwatch: Any = client("cloudwatch")
        found = []
        with translated("cloudwatch.GetMetricData"):
            # Fewer than the 500 metrics and 100,800 points of one answer; its pages follow all the same.
            pages = cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries, StartTime=since, EndTime=until
            )
            for page in pages:
                for one in page["MetricDataResults"]:
                    # A part of an answer is followed by the next page; anything else was not looked at.
                    if one["StatusCode"] not in {"Complete", "PartialData"}:
                        raise Unavailable("cloudwatch.GetMetricData", one["StatusCode"])
                    kind, reason = asked[int(one["Id"].removeprefix("m"))]
                    found += [
                        Point(kind, reason, at, int(value))
                        for at, value in zip(one["Timestamps"], one["Values"], strict=True)
                    ]
        return found

    def _metric(self, kind: Kind, reason: str) -> dict[str, object]:
        dimensions = {"environment": self.environment, "service": _FUNCTIONS[kind]}
        return {
            "Metric": {
                "Namespace": METRICS,
                "MetricName": f"{REFUSED_FOR}{reason}",
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            },
            "Period": _HOUR,
            "Stat": "Sum",
        }
