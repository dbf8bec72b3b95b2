"""The one place that makes the logger and the metrics.

A log line carries what was asked for by name: counts, ids of contacts and cases, reason codes. Event bodies, numbers,
names, notes and message texts are never passed to it.
"""

from __future__ import annotations

import warnings

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

# Most invocations have nothing to count, which is no mistake.
warnings.filterwarnings("ignore", message="No application metrics to publish")

logger = Logger(log_uncaught_exceptions=False)
metrics = Metrics(namespace="steward")


def count(name: str, value: float = 1) -> None:
    """Add to a metric that counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
