"""The one place that makes the logger and the metrics.

A log line carries what was asked for by name: counts, ids of contacts and cases, reason codes. Event bodies, numbers,
names, notes and message texts are never passed to it.

Metrics are in the namespace ``steward``, with the function's folder as dimension ``service`` and the name of the
deployment as dimension ``environment``. They leave as log lines (CloudWatch's embedded metric format), which cost the
function no call.
"""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from steward.names import METRICS


class _OnlyWhatWasCounted(AmazonCloudWatchEMFProvider):
    """Writes nothing where nothing was counted: most invocations count nothing, and a warning for each is noise."""

    def flush_metrics(self, raise_on_empty_metrics: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's
        if self.metric_set or raise_on_empty_metrics:
            super().flush_metrics(raise_on_empty_metrics)


logger = Logger(log_uncaught_exceptions=False)
metrics = Metrics(
    provider=_OnlyWhatWasCounted(
        namespace=METRICS, default_dimensions={"environment": os.environ.get("STEWARD_ENVIRONMENT", "none")}
    )
)


def count(name: str, value: float = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
