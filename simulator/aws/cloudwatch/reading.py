"""``GetMetricData`` of what handlers counted: CloudWatch takes it from their log lines.

moto's CloudWatch reads no log, and goes through all that it has for every hour that is asked for. Sources: CloudWatch
user guide, "Specification: Embedded metric format"; API reference, ``GetMetricData`` and ``MetricDataResult``. One
answer has everything here, and the lines count at once; CloudWatch takes a minute or two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from simulator.aws.cloudwatch.metrics import MetricId, Metrics, embedded_metrics

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.lambda_.invocation import Invocation


def attach_metrics(world: EmbeddedAws) -> Callable[[], None]:
    """Let handlers read sums of what was counted in that world; another statistic is a NotImplementedError."""
    metrics = Metrics()
    read = 0

    def answer(_: Invocation, request: AWSPreparedRequest) -> AWSResponse:
        nonlocal read
        lines = world.logs
        for line in lines[read:]:
            for sample in embedded_metrics(line.text):
                metrics.put(sample)
        read = len(lines)
        body: Any = request.body
        asked = json.loads(body)
        since, until = (datetime.fromtimestamp(asked[name], tz=UTC) for name in ("StartTime", "EndTime"))
        results = [_result(metrics, one, since, until) for one in asked["MetricDataQueries"]]
        raw: Any = MockRawResponse(json.dumps({"MetricDataResults": results}).encode())
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(str(request.url), 200, headers, raw)

    world.wire.answers["cloudwatch.GetMetricData"] = answer
    return lambda: None


def _result(metrics: Metrics, query: Mapping[str, Any], since: datetime, until: datetime) -> dict[str, object]:
    stat = query["MetricStat"]
    if stat["Stat"] != "Sum":
        raise NotImplementedError(f"the embedded CloudWatch has no statistic {stat['Stat']!r}")
    asked = stat["Metric"]
    dimensions = {one["Name"]: one["Value"] for one in asked.get("Dimensions", ())}
    sums = metrics.sums(MetricId.of(asked["Namespace"], asked["MetricName"], dimensions), since, until, stat["Period"])
    newest_first = sorted(sums, reverse=True)
    return {
        "Id": query["Id"],
        "Label": asked["MetricName"],
        "Timestamps": newest_first,
        "Values": [sums[at] for at in newest_first],
        "StatusCode": "Complete",
    }
