"""Data streams and delivery streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.kinesis.models import kinesis_backends

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.kinesis.event_source import WatchedStream
from simulator.aws.kinesis.firehose import Delivery, DeliverySettings

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, ResourceProvider

_DAY: Final = 24


def _stream(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("Name", longest=128)
    mode = declared.properties.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED")
    shards = {"ShardCount": int(declared.properties.get("ShardCount", 1))} if mode == "PROVISIONED" else {}
    site.client("kinesis").create_stream(StreamName=name, StreamModeDetails={"StreamMode": mode}, **shards)
    kept = int(declared.properties.get("RetentionPeriodHours", _DAY))
    if kept > _DAY:
        site.client("kinesis").increase_stream_retention_period(StreamName=name, RetentionPeriodHours=kept)
    stream = kinesis_backends[site.account][site.region].streams[name]
    watched = WatchedStream(stream, site.agenda)
    site.streams[watched.arn] = watched
    site.targets.streams[watched.arn] = watched.put

    def remove() -> None:
        del site.streams[watched.arn], site.targets.streams[watched.arn]
        site.client("kinesis").delete_stream(StreamName=name)

    return Identity(name, {"Arn": watched.arn}, remove)


def _delivery_stream(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("DeliveryStreamName")
    destination = declared.properties.get("ExtendedS3DestinationConfiguration")
    if destination is None:
        raise TemplateError(f"{declared.logical_id} delivers to something else than S3")
    delivery = Delivery(DeliverySettings.read(name, destination), site.client, site.agenda)
    arn = site.arn("firehose", f"deliverystream/{name}")
    source = declared.properties.get("KinesisStreamSourceConfiguration", {}).get("KinesisStreamARN")
    if source is not None:
        if source not in site.streams:
            raise TemplateError(f"{declared.logical_id} reads from {source}, which no template declares")
        site.streams[source].consumers.append(delivery.take)
    site.targets.streams[arn] = lambda text: delivery.put(text.encode())

    def remove() -> None:
        del site.targets.streams[arn]
        if source in site.streams:
            site.streams[source].consumers.remove(delivery.take)

    return Identity(name, {"Arn": arn}, remove)


CREATORS: dict[str, ResourceProvider] = {
    "AWS::Kinesis::Stream": _stream,
    "AWS::KinesisFirehose::DeliveryStream": _delivery_stream,
}
