"""Flows, modules, aliases, views and storage of the instance. What each answers: Amazon Connect API reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import flow, parsed
from steward.failures import AwsError, NotFound

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource

_NEVER: Final = "ContactFlowNotPublishedException"
_OF_STORAGE: Final = (
    "StorageType",
    "S3Config",
    "KinesisVideoStreamConfig",
    "KinesisStreamConfig",
    "KinesisFirehoseConfig",
)


def _instance(resource: Resource) -> str:
    return str(resource.properties["InstanceArn"]).rpartition("/")[2]


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


def _described(resource: Resource, live: Live, qualifier: str = "") -> Mapping[str, Json]:
    """Return a flow or module as callers meet it, or with ``:$SAVED`` as somebody edited it last."""
    kind = "ContactFlowModule" if resource.type.endswith("Module") else "ContactFlow"
    named = {f"{kind}Id": _last(resource.name) + qualifier}
    answer = live.read("connect", f"Describe{kind}", InstanceId=_instance(resource), **named)
    found: Mapping[str, Json] = answer[kind]
    return found


def _content(resource: Resource, live: Live) -> Pair:
    written = flow(str(resource.properties["Content"]))
    try:
        return written, flow(str(_described(resource, live)["Content"]))
    except AwsError as error:
        if error.code != _NEVER:
            raise
        # https://docs.aws.amazon.com/connect/latest/APIReference/API_DescribeContactFlow.html
        return written, {"published": False}


def _state(resource: Resource, live: Live) -> Pair:
    return resource.properties.get("State"), _described(resource, live).get("State")


def _draft(resource: Resource, live: Live) -> Pair:
    """Compare what was saved with what callers meet: nothing has happened yet where they differ."""
    published, saved = _described(resource, live), _described(resource, live, ":$SAVED")
    return flow(str(published["Content"])), flow(str(saved["Content"]))


def _alias(resource: Resource, live: Live) -> Pair:
    module = str(resource.properties["ContactFlowModuleId"])
    instance = module.partition("/")[2].partition("/")[0]
    listed = live.pages(
        "connect",
        "ListContactFlowModuleAliases",
        "ContactFlowModuleAliasSummaryList",
        InstanceId=instance,
        ContactFlowModuleId=_last(module),
    )
    mine = _last(resource.name).rpartition(":")[2]
    for one in listed:
        if str(one["AliasId"]) == mine:
            return (
                {"Name": resource.properties["Name"], "Version": str(resource.properties["ContactFlowModuleVersion"])},
                {"Name": one["AliasName"], "Version": str(one["Version"])},
            )
    raise NotFound("connect.ListContactFlowModuleAliases", "NotListed")


def _version(resource: Resource, live: Live) -> Pair:
    module = str(resource.properties["ContactFlowModuleId"])
    listed = live.pages(
        "connect",
        "ListContactFlowModuleVersions",
        "ContactFlowModuleVersionSummaryList",
        InstanceId=module.partition("/")[2].partition("/")[0],
        ContactFlowModuleId=_last(module),
    )
    number = resource.name.rpartition(":")[2]
    return [number], [str(one["Version"]) for one in listed if str(one["Version"]) == number]


def _storage(resource: Resource, live: Live) -> Pair:
    kind = str(resource.properties["ResourceType"])
    listed = live.pages(
        "connect",
        "ListInstanceStorageConfigs",
        "StorageConfigs",
        InstanceId=_instance(resource),
        ResourceType=kind,
    )
    return [_of(resource.properties)], [_of(one) for one in listed]


def _of(configuration: Mapping[str, Json]) -> Json:
    return {name: configuration[name] for name in _OF_STORAGE if name in configuration}


def _view(resource: Resource, live: Live) -> Pair:
    """Compare what agents meet: without a qualifier Connect answers what is published (API reference, DescribeView)."""
    answer = live.read("connect", "DescribeView", InstanceId=_instance(resource), ViewId=_last(resource.name))
    return _page(resource.properties), _page(answer["View"]["Content"])


def _page(stated: Mapping[str, Json]) -> Json:
    return {"Template": _as_text(parsed(stated["Template"])), "Actions": sorted(map(str, stated.get("Actions", [])))}


def _as_text(value: Json) -> Json:
    """Return JSON with numbers and switches as text: nobody tried whether CloudFormation hands them on as they are."""
    if isinstance(value, Mapping):
        return {name: _as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _takes_cards(resource: Resource) -> Harm:
    """Return the gravest for a flow that suspends recordings: by it cards are not recorded."""
    content = str(resource.properties.get("Content", ""))
    return Harm.CARDS if "control_recording" in content else Harm.HIGH


def _alias_of(resource: Resource) -> Harm:
    return Harm.CARDS if "payment" in resource.logical_id.lower() else Harm.HIGH


_FLOW: Final = (
    Check(setting="content", harm=_takes_cards, properties=("Content",), look=_content),
    Check(setting="state", harm=Harm.HIGH, properties=("State",), look=_state),
    Check(setting="draft", harm=Harm.NOTE, properties=(), look=_draft),
)

CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::Connect::ContactFlow": _FLOW,
    # The payment and consent modules are run by an alias: an edit is without effect until it moves. Others act at once.
    "AWS::Connect::ContactFlowModule": (
        Check(setting="content", harm=Harm.HIGH, properties=("Content",), look=_content),
        *_FLOW[1:],
    ),
    "AWS::Connect::ContactFlowModuleVersion": (
        Check(setting="version", harm=Harm.HIGH, properties=("ContactFlowModuleId",), look=_version),
    ),
    "AWS::Connect::ContactFlowModuleAlias": (
        Check(
            setting="version in force",
            harm=_alias_of,
            properties=("ContactFlowModuleId", "ContactFlowModuleVersion", "Name"),
            look=_alias,
        ),
    ),
    "AWS::Connect::View": (
        Check(setting="content", harm=Harm.HIGH, properties=("Actions", "InstanceArn", "Template"), look=_view),
    ),
    "AWS::Connect::InstanceStorageConfig": (
        Check(
            setting="where it is stored",
            harm=Harm.STOP,
            properties=("ResourceType", *_OF_STORAGE),
            look=_storage,
        ),
    ),
}
