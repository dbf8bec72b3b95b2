"""Lambda functions, layers, permissions and event sources."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.kinesis.event_source import StreamConsumer, StreamMapping
from simulator.aws.lambda_.invocation import FunctionSpec, FunctionUrl
from simulator.aws.lambda_.permission import statement_of
from simulator.aws.lambda_.service import AsyncSettings
from simulator.aws.sqs.event_source import QueueConsumer, QueueMapping

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource, ResourceChanger, ResourceProvider

_DEFAULT_TIMEOUT: Final = 3
_DEFAULT_MEMORY: Final = 128
_NOT_OF_A_STREAM: Final = {"ParallelizationFactor", "TumblingWindowInSeconds"}
"""Settings of a mapping that change the order of records, or what a function is handed, and are not modelled."""


def _asset(site: DeployContext, declared: Declaration, code: Mapping[str, Any]) -> Path:
    folder = site.code(str(code.get("S3Bucket", "")), str(code.get("S3Key", "")))
    if folder is None or not folder.is_dir():
        raise TemplateError(f"the code of {declared.logical_id} is not an asset folder of the assembly")
    return folder


def _layer(site: DeployContext, declared: Declaration, version: int = 1) -> Identity:
    name = declared.name("LayerName", longest=140)
    arn = site.arn("lambda", f"layer:{name}:{version}")
    site.layers[arn] = _asset(site, declared, declared.properties["Content"])
    return Identity(arn, {"LayerVersionArn": arn}, lambda: site.layers.pop(arn))


def _changed_layer(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    """Make the next version: no property of a layer's version can be changed ("Update requires: Replacement").

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversion.html
    """
    version = int(before.identity.ref.rpartition(":")[2])
    before.identity.remove()
    return _layer(site, declared, version + 1)


def _function(site: DeployContext, declared: Declaration) -> Identity:
    spec = _spec(site, declared)
    site.functions.add(spec)
    site.functions.settings.functions[spec.name] = dict(declared.properties)
    return Identity(spec.name, {"Arn": spec.arn}, lambda: site.functions.remove(spec.name))


def _changed_function(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    """Give it the new code and configuration: the next invocation starts afresh, in no warm environment.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    spec = _spec(site, declared)
    site.functions.replace(spec)
    site.functions.settings.functions[spec.name] = dict(declared.properties)
    return before.identity


def _spec(site: DeployContext, declared: Declaration) -> FunctionSpec:
    properties = declared.properties
    name = declared.name("FunctionName")
    arn = site.arn("lambda", f"function:{name}")
    layers = []
    for layer in properties.get("Layers", []):
        if layer not in site.layers:
            raise TemplateError(f"{declared.logical_id} uses the layer {layer}, which no template declares")
        layers.append(site.layers[layer])
    dead_letters = properties.get("DeadLetterConfig", {}).get("TargetArn")
    concurrency = properties.get("ReservedConcurrentExecutions")
    return FunctionSpec(
        name=name,
        short_name=name.rpartition("-")[2] if "FunctionName" in properties else declared.logical_id,
        arn=arn,
        logical_id=declared.logical_id,
        handler=str(properties["Handler"]),
        code=_asset(site, declared, properties["Code"]),
        layers=tuple(layers),
        environment={key: str(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()},
        timeout=int(properties.get("Timeout", _DEFAULT_TIMEOUT)),
        memory=int(properties.get("MemorySize", _DEFAULT_MEMORY)),
        role=str(properties.get("Role", "")),
        dead_letter_arn=str(dead_letters) if dead_letters else None,
        concurrency=None if concurrency is None else int(concurrency),
    )


def _permission(site: DeployContext, declared: Declaration) -> Identity:
    statement = statement_of(declared.properties)
    arn = site.functions.find(str(declared.properties["FunctionName"])).arn
    site.targets.allow(arn, statement)
    return Identity(declared.logical_id, {"Id": declared.logical_id}, lambda: site.targets.disallow(arn, statement))


def _invoke_config(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    destination = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    settings = AsyncSettings(
        retries=int(properties.get("MaximumRetryAttempts", 2)), on_failure=str(destination) if destination else None
    )
    site.functions.set_async(str(properties["FunctionName"]), settings)
    return Identity(declared.logical_id)


def _event_source(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    source = str(properties["EventSourceArn"])
    function = site.functions.find(str(properties["FunctionName"])).name
    identity = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{declared.stack}/{declared.logical_id}"))
    site.functions.settings.feeds[identity] = dict(properties)
    stop: Callable[[], None] = _nothing
    if properties.get("Enabled", True):
        match source.split(":")[2]:
            case "sqs":
                stop = _queue_source(site, declared, source, function)
            case "kinesis":
                stop = _stream_source(site, declared, source, function)
            case other:
                raise TemplateError(f"{declared.logical_id} reads from {other}, which the embedded AWS does not know")
    arn = site.arn("lambda", f"event-source-mapping:{identity}")
    return Identity(identity, {"Id": identity, "EventSourceMappingArn": arn}, stop)


def _nothing() -> None:
    """Stop nothing: the mapping is disabled."""


def _queue_source(site: DeployContext, declared: Declaration, source: str, function: str) -> Callable[[], None]:
    properties = declared.properties
    watched = site.queues.find(source)
    if watched is None:
        raise TemplateError(f"{declared.logical_id} reads from {source}, which no template declares")
    spec = site.functions.find(function)
    if int(watched.queue.visibility_timeout or 0) < spec.timeout:  # type: ignore[attr-defined]
        raise TemplateError(
            f"{declared.logical_id}: the queue's visibility time-out is shorter than the time-out of {spec.short_name}"
        )
    mapping = QueueMapping(
        function=function,
        batch_size=int(properties.get("BatchSize", 10)),
        window=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
        max_concurrency=_concurrency(properties, spec),
        partial_batches=_partial_batches(properties),
        filters=_filters(properties),
    )
    consumer = QueueConsumer(mapping, watched, site.functions, site.agenda, site.region)
    consumer.start()
    return consumer.stop


def _concurrency(properties: Mapping[str, Any], spec: FunctionSpec) -> int:
    scaling = properties.get("ScalingConfig", {}).get("MaximumConcurrency")
    limits = [int(limit) for limit in (scaling, spec.concurrency) if limit is not None]
    return min(limits, default=QueueMapping.max_concurrency)


def _stream_source(site: DeployContext, declared: Declaration, source: str, function: str) -> Callable[[], None]:
    properties = declared.properties
    if source not in site.streams:
        raise TemplateError(f"{declared.logical_id} reads from {source}, which no template declares")
    unmodelled = sorted(_NOT_OF_A_STREAM & properties.keys())
    if unmodelled:
        raise TemplateError(f"{declared.logical_id} states {', '.join(unmodelled)}, which is not modelled")
    mapping = StreamMapping(
        function=function,
        batch_size=int(properties.get("BatchSize", 100)),
        window=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
        retries=int(properties.get("MaximumRetryAttempts", -1)),
        record_age=int(properties.get("MaximumRecordAgeInSeconds", -1)),
        bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
        partial_batches=_partial_batches(properties),
        filters=_filters(properties),
        on_failure=properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
    )
    stream = site.streams[source]
    consumer = StreamConsumer(mapping, source, site.functions, site.agenda, site.region, site.targets.send, stream.kept)
    stream.consumers.append(consumer.take)
    return lambda: stream.consumers.remove(consumer.take)


def _partial_batches(properties: Mapping[str, Any]) -> bool:
    return "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])


def _filters(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [json.loads(one["Pattern"]) for one in properties.get("FilterCriteria", {}).get("Filters", [])]


def _alias_or_version(site: DeployContext, declared: Declaration) -> Identity:
    spec = site.functions.find(str(declared.properties["FunctionName"]))
    qualifier = str(declared.properties.get("Name", "1"))
    arn, aliases, name = f"{spec.arn}:{qualifier}", site.functions.settings.aliases, f"{spec.name}:{qualifier}"
    if "Name" in declared.properties:
        aliases[name] = dict(declared.properties)
    return Identity(arn, {"FunctionArn": arn, "Version": "1", "AliasArn": arn}, lambda: aliases.pop(name, None))


def _changed_alias(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    """Give it the new settings: every alias leads to the code that is deployed, which is the only one here."""
    name = before.identity.ref.rpartition(":function:")[2]
    site.functions.settings.aliases[name] = dict(declared.properties)
    return before.identity


def _url(site: DeployContext, declared: Declaration) -> Identity:
    """Give an address as AWS makes it, with an id of its own before the region."""
    properties = declared.properties
    spec = site.functions.find(str(properties["TargetFunctionArn"]))
    name = hashlib.sha256(spec.arn.encode()).hexdigest()[:32]
    address = f"https://{name}.lambda-url.{site.region}.on.aws/"
    spec_url = FunctionUrl(address=address, function=spec.name, auth_type=str(properties["AuthType"]))
    site.functions.urls[spec.name] = spec_url
    attributes = {"FunctionArn": spec.arn, "FunctionUrl": address}
    return Identity(spec.arn, attributes, lambda: site.functions.urls.pop(spec.name))


CREATORS: dict[str, ResourceProvider] = {
    "AWS::Lambda::LayerVersion": _layer,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::EventInvokeConfig": _invoke_config,
    "AWS::Lambda::EventSourceMapping": _event_source,
    "AWS::Lambda::Url": _url,
    "AWS::Lambda::Alias": _alias_or_version,
    "AWS::Lambda::Version": _alias_or_version,
}

CHANGERS: dict[str, ResourceChanger] = {
    "AWS::Lambda::LayerVersion": _changed_layer,
    "AWS::Lambda::Function": _changed_function,
    "AWS::Lambda::Alias": _changed_alias,
}
