"""A drill: something goes wrong in a deployed world, and what that raises is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.cloudwatch import Watching

_COMPARISON = "compare_configuration"
NOT_COMPARED = "CompareConfigurationDailyDidNotRunAlarm"


@dataclass(frozen=True)
class Drill:
    """A watched world, one thing going wrong after the other."""

    world: EmbeddedAws
    watching: Watching
    besides: frozenset[str] = frozenset()
    """Alarms that are left out."""

    def without_comparisons(self) -> Drill:
        """Let no night compare what is live with what was written, which takes longer than all else in it.

        That it did not run is left out.
        """
        self.world.functions.passes_over = lambda function, _: function == _COMPARISON
        return replace(self, besides=self.besides | {NOT_COMPARED})

    def with_comparisons(self) -> Drill:
        """Let every night compare, as a deployment does."""
        self.world.functions.passes_over = lambda *_: False
        return replace(self, besides=self.besides - {NOT_COMPARED})

    def raises(self, act: Callable[[], object], *, within: timedelta = timedelta(minutes=6)) -> set[str]:
        """Return the alarms that were raised from an act to that long after it, once all is calm again.

        Without those that are left out.
        """
        since = self.world.clock.now()
        act()
        self.world.run_until(since + within)
        raised = set(self.watching.raised(since)) - self.besides
        self.world.faults.clear()
        self.world.run_until(self.world.clock.now() + timedelta(minutes=40))
        return raised

    def in_alarm(self) -> set[str]:
        """Return the alarms that are in alarm now, without those that are left out."""
        return self.watching.in_alarm() - self.besides

    def send(self, queue: str, body: str = "not JSON") -> None:
        """Put a message into the queue with that logical id."""
        self.world.client("sqs").send_message(QueueUrl=self.world.names.queues[queue], MessageBody=body)

    def empty(self, queue: str) -> None:
        """Take everything out of a queue."""
        self.world.client("sqs").purge_queue(QueueUrl=self.world.names.queues[queue])

    def told(self, since: datetime) -> list[str]:
        """Return what the alarms' topic was told."""
        topic = self.world.names.topics["AlarmTopic"].rpartition(":")[2]
        return [one.message for one in self.world.notifications if one.at >= since and one.topic == topic]
