"""CloudWatch for an embedded AWS: metrics from what happens in it, and the deployed alarms over them."""

from simulator.aws.cloudwatch.alarms import State, UnknownAlarm
from simulator.aws.cloudwatch.metrics import MetricId
from simulator.aws.cloudwatch.watching import Change, Watching

__all__ = ["Change", "MetricId", "State", "UnknownAlarm", "Watching"]
