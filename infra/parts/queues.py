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
    ) -> None:
        """``of_events``: it serves rules or a stream, not a queue or a function.

        ``section`` is the anchor in the runbook, made from ``construct_id`` if it is not given.
        """
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self, "Queue", retention_period=KEPT, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True
        )
        accept(self.queue, "It is itself where what could not be done is kept", "Serverless-SQSRedrivePolicy")
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
    ) -> None:
        """``timeout`` is the consuming function's; ``holds`` says in a word or two what the messages are.

        ``oldest`` is the age of a message at which somebody is told (an hour without it).
        """
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetters(
            self,
            "DeadLetters",
            alarms=alarms,
            says=f"{holds} could not be dealt with",
            section=f"{anchor(construct_id)}-dead-letters",
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            retention_period=KEPT,
            visibility_timeout=cdk.Duration.seconds(timeout.to_seconds() * VISIBILITY_IN_TIMEOUTS),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=ATTEMPTS, queue=self.dead_letters.queue),
        )
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

    def feed(self, function: StewardFunction, *, batch_size: int, max_concurrency: int) -> None:
        """Let that function work through the queue; a failed message comes back alone."""
        function.allow(
            "WorkThroughTheQueue",
            ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            [self.queue.queue_arn],
        )
        feed = lambda_.EventSourceMapping(
            function,
            "Feed",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            report_batch_item_failures=True,
        )
        accept(
            feed,
            "A queue as event source has no failure destination; its own redrive policy keeps what failed",
            "Serverless-LambdaEventSourceMappingDestination",
        )
        feed.node.add_dependency(function.rights)
