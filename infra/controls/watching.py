"""Watching: alarms on what the functions count and on the way of contact records, and the dashboard over all alarms.

A queue, a function and a schedule bring their alarms along (``infra.parts``), as do payments and messaging. Ordinary
expiry is S3's own and tells nobody: an event for each recording that goes would make the cost grow with calls. That a
recording went too early is found where it matters, when its contact is flagged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.parts.alarms import anchor
from steward.names import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.controls.context import Controls
    from infra.parts.alarms import Watched
    from infra.stores.records.contact_records import ContactRecords

SHOWN_AT_MOST = 100
"""So many alarms does one widget show (CloudWatch user guide, "Dashboard body structure", alarm widget)."""

COUNTED = (
    ("place_hold", "HoldRequestRefused", "a request to hold a contact cannot be understood"),
    ("place_hold", "SourceVanished", "something of a flagged contact is gone although the policy keeps it still"),
    ("place_hold", "HeldCopyTouched", "somebody deleted a held copy, or hid it behind another version"),
    ("release_hold", "ReleaseRefused", "a release of a hold was refused"),
    ("release_hold", "ReleaseFailed", "a release of a hold failed and is tried again"),
    ("confirm_disposal", "UnannouncedRemoval", "a held copy was removed that nothing announced"),
    ("guard_evidence", "GlassBroken", "break-glass removed a held copy"),
    ("guard_evidence", "ActOnEvidence", "somebody did something to evidence beside steward's functions"),
    ("remove_card_data", "CardDataRefused", "a removal of card data was refused"),
    ("remove_card_data", "CardDataNotGone", "card data is not gone yet and its removal is tried again"),
    ("maintain_holds", "ContactFailed", "the nightly run could not do all that is due for a contact"),
    ("maintain_holds", "DisposalFailed", "S3 refused to dispose of held copies that are due"),
    ("maintain_holds", "DisposalUnconfirmed", "S3 has not confirmed a disposal within two days"),
    ("maintain_holds", "DisposalSkipped", "held copies are due for disposal and were left"),
)
RETIRED = (
    ("retire_contact_records", "DisposalFailed", "S3 refused to dispose of contact records that are due"),
    ("retire_contact_records", "RecordsSetAside", "Firehose could not deliver contact records and set them aside"),
    ("retire_contact_records", "DisposalSkipped", "contact records are due for disposal and were left"),
)
FAILED_AGAIN = 2
"""A first failure is tried again after half an hour and is often over by then; the second within an hour is told."""

LONGEST_DELIVERY = cdk.Duration.hours(3)
"""Firehose waits up to 15 minutes for more records before it delivers."""

WIDTH = 24
ROW = 6


class Watching(Construct):
    """What is watched beyond single queues, functions and schedules, and one dashboard. Made after all others."""

    def __init__(
        self, scope: Construct, construct_id: str, *, controls: Controls, records: ContactRecords | None
    ) -> None:
        super().__init__(scope, construct_id)
        self._alarms = controls.alarms
        for function, metric, says in (*COUNTED, *(RETIRED if records else ())):
            self._alarms.add(
                self,
                "".join((*(part.capitalize() for part in function.split("_")), metric)),
                metric=self._alarms.counted(function, metric),
                threshold=1,
                says=says,
                section=anchor(metric),
            )
        self._alarms.add(
            self,
            "HoldFailed",
            metric=self._alarms.counted("place_hold", "HoldFailed", period=cdk.Duration.hours(1)),
            threshold=FAILED_AGAIN,
            says="holding a contact failed again",
        )
        if records:
            self._alarms.add(
                self,
                "RecordsNotRead",
                metric=cloudwatch.Metric(
                    namespace="AWS/Firehose",
                    metric_name="KinesisMillisBehindLatest",
                    dimensions_map={"DeliveryStreamName": records.delivery.ref},
                    period=cdk.Duration.minutes(5),
                    statistic="Maximum",
                ),
                threshold=LONGEST_DELIVERY.to_milliseconds(),
                says="Firehose is far behind in reading contact records",
                section="records-not-delivered",
            )
            self._alarms.add(
                self,
                "RecordsNotDelivered",
                metric=cloudwatch.Metric(
                    namespace="AWS/Firehose",
                    metric_name="DeliveryToS3.DataFreshness",
                    dimensions_map={"DeliveryStreamName": records.delivery.ref},
                    period=cdk.Duration.minutes(5),
                    statistic="Maximum",
                ),
                threshold=LONGEST_DELIVERY.to_seconds(),
                says="contact records do not reach their bucket",
            )
        self._dashboard(controls)

    def _dashboard(self, controls: Controls) -> None:
        """Show every alarm's state, then what it is derived from, then all that the functions count."""
        counts = f'{{{METRICS},environment,service}} environment="{controls.deployment.name}"'
        everything = cloudwatch.MathExpression(
            expression=f"SEARCH('{counts}', 'Sum', 3600)",
            label="",
            using_metrics={},
            period=cdk.Duration.hours(1),
        )
        kinds = _by_kind(self._alarms.watched)
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=controls.deployment.prefix,
            default_interval=cdk.Duration.days(7),
            widgets=[
                [
                    cloudwatch.TextWidget(
                        markdown=f"# steward: {controls.policy.council.name}\nWhat to do: {self._alarms.runbook}",
                        width=WIDTH,
                        height=2,
                    )
                ],
                *(
                    [
                        cloudwatch.AlarmStatusWidget(
                            alarms=[one.alarm for one in self._alarms.watched[first : first + SHOWN_AT_MOST]],
                            title="Alarms",
                            width=WIDTH,
                            height=ROW,
                        )
                    ]
                    for first in range(0, len(self._alarms.watched), SHOWN_AT_MOST)
                ),
                [
                    cloudwatch.GraphWidget(title=kind, left=metrics, width=WIDTH // 3, height=ROW)
                    for kind, metrics in kinds.items()
                ],
                [cloudwatch.GraphWidget(title="All counts, by hour", left=[everything], width=WIDTH, height=ROW)],
            ],
        )


def _by_kind(watched: Sequence[Watched]) -> dict[str, list[cloudwatch.IMetric]]:
    """Return what is watched, by the graph that shows it: AWS's own metrics by name, steward's counts together."""
    graphs: dict[str, list[cloudwatch.IMetric]] = {}
    for one in watched:
        title = "Counts with an alarm" if one.metric.namespace == METRICS else one.metric.metric_name
        graphs.setdefault(title, []).append(one.metric)
    return graphs
