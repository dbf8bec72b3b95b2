"""CloudWatch for an embedded AWS: metrics from what happens in it, and the deployed alarms over them."""

from local.watching.alarms import State, UnknownAlarm
from local.watching.metrics import MetricId
from local.watching.world import Change, Watching

__all__ = ["Change", "MetricId", "State", "UnknownAlarm", "Watching"]
