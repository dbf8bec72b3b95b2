"""Work queues: nothing that is asked for is lost, and poison is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.parts.acceptance import accept
from infra.parts.alarms import anchor
from steward.names import ATTEMPTS

if TYPE_CHECKING:
    from infra.parts.alarms import Alarms
    from infra.parts.functions import StewardFunction

KEPT = cdk.Duration.days(14)
"""The longest that SQS keeps a message."""

VISIBILITY_IN_TIMEOUTS = 6
"""AWS's own rule for a queue in front of a function.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""


MOST_ATTEMPTS = 100
"""How often a queue whose function sets messages aside hands one out before SQS does: two days of half hours."""


class QueuePair(Construct):
    """A queue and what could not be dealt with: made where senders need it, watched where it is worked through."""

    def __init__(self, scope: Construct, construct_id: str, *, timeout: cdk.Duration) -> None:
        """``timeout`` is the consuming function's."""
        super().__init__(scope, construct_id)
        self.dead_letters = _set_aside(Construct(self, "DeadLetters"))
        self.queue = _work_queue(self, timeout, self.dead_letters)


def _set_aside(scope: Construct) -> sqs.Queue:
    queue = sqs.Queue(
        scope, "Queue", retention_period=KEPT, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True
    )
    accept(queue, "It is itself where what could not be done is kept", "Serverless-SQSRedrivePolicy")
    return queue


def _work_queue(
    scope: Construct, timeout: cdk.Duration, dead_letters: sqs.Queue, attempts: int = ATTEMPTS
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        "Queue",
        retention_period=KEPT,
        visibility_timeout=cdk.Duration.seconds(timeout.to_seconds() * VISIBILITY_IN_TIMEOUTS),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=attempts, queue=dead_letters),
    )


class DeadLetters(Construct):
    """A queue of what could not be done, with an alarm on the first message."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Alarms,
        says: str,
        section: str = "",
        of_events: bool = False,
        queue: sqs.Queue | None = None,
    ) -> None:
        """``of_events``: it serves rules or a stream, not a queue or a function.

        ``section`` is the anchor in the runbook, made from ``construct_id`` if it is not given. ``queue`` is one that
        exists already.
        """
        super().__init__(scope, construct_id)
        self.queue = queue or _set_aside(self)
        if of_events:
            accept(self.queue, "It keeps what rules or a stream could not deliver", "AwsSolutions-SQS3")
        alarms.add(
            self,
            "NotEmpty",
            metric=self.queue.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(5), statistic="Maximum"
            ),
            threshold=1,
            says=says,
            section=section or anchor(construct_id),
        )


class WorkQueue(Construct):
    """A queue of requests, its dead letters, and alarms on both."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Alarms,
        timeout: cdk.Duration,
        holds: str,
        oldest: cdk.Duration | None = None,
        existing: QueuePair | None = None,
        set_aside_by_its_function: bool = False,
    ) -> None:
        """``timeout`` is the consuming function's; ``holds`` says in a word or two what the messages are.

        ``oldest`` is the age of a message at which somebody is told (an hour without it). ``existing`` are the queues
        of the stores' stack, where S3 has to find them before a function works through them.

        ``set_aside_by_its_function``: after the usual attempts its function sets a message aside without what people
        typed; SQS does it, message and all, only where the function itself does not run for long.
        """
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetters(
            self,
            "DeadLetters",
            queue=existing.dead_letters if existing else None,
            alarms=alarms,
            says=f"{holds} could not be dealt with",
            section=f"{anchor(construct_id)}-dead-letters",
        )
        attempts = MOST_ATTEMPTS if set_aside_by_its_function else ATTEMPTS
        self.queue = existing.queue if existing else _work_queue(self, timeout, self.dead_letters.queue, attempts)
        waits = oldest or cdk.Duration.hours(1)
        alarms.add(
            self,
            "Oldest",
            metric=self.queue.metric_approximate_age_of_oldest_message(
                period=cdk.Duration.minutes(5), statistic="Maximum"
            ),
            threshold=waits.to_seconds(),
            says=f"{holds} wait too long",
            section="a-queue-waits",
        )

    def let_set_aside(self, function: StewardFunction) -> None:
        """Let the function send to the queue's dead letters."""
        function.allow("SetAside", ["sqs:SendMessage"], [self.dead_letters.queue.queue_arn])

    def feed(
        self,
        function: StewardFunction,
        *,
        batch_size: int,
        max_concurrency: int,
        also: str = "",
        gathering: cdk.Duration | None = None,
    ) -> None:
        """Let that function work through the queue; a failed message comes back alone.

        ``also`` names the queue where the function works through another as well. ``gathering`` is how long messages
        are gathered for one run.
        """
        function.allow(
            "WorkThroughItsQueues",
            ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            [self.queue.queue_arn],
        )
        feed = lambda_.EventSourceMapping(
            function,
            f"{also}Feed",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            max_batching_window=gathering,
            report_batch_item_failures=True,
        )
        accept(
            feed,
            "A queue as event source has no failure destination; its own redrive policy keeps what failed",
            "Serverless-LambdaEventSourceMappingDestination",
        )
        feed.node.add_dependency(function.rights)
