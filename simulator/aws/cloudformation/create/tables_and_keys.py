"""Tables, keys and parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models import dynamodb_backends

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.dynamodb.time_to_live import Expiry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, ResourceProvider


def _table(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    name = declared.name("TableName", longest=255)
    tables = site.client("dynamodb")
    kept = ("AttributeDefinitions", "KeySchema", "BillingMode", "StreamSpecification")
    request = {key: properties[key] for key in kept if key in properties}
    if "StreamSpecification" in request:
        request["StreamSpecification"] = {"StreamEnabled": True, **request["StreamSpecification"]}
    if "GlobalSecondaryIndexes" in properties:
        indexes = ("IndexName", "KeySchema", "Projection", "ProvisionedThroughput")
        request["GlobalSecondaryIndexes"] = [
            {key: index[key] for key in indexes if key in index} for index in properties["GlobalSecondaryIndexes"]
        ]
    if "ProvisionedThroughput" in properties:
        request["ProvisionedThroughput"] = {
            key: int(value) for key, value in properties["ProvisionedThroughput"].items()
        }
    request["DeletionProtectionEnabled"] = bool(properties.get("DeletionProtectionEnabled", False))
    if "SSESpecification" in properties:
        stated = dict(properties["SSESpecification"])
        request["SSESpecification"] = {"Enabled": bool(stated.pop("SSEEnabled")), "SSEType": "KMS", **stated}
    table = tables.create_table(TableName=name, **request)["TableDescription"]
    _protect(tables, name, str(table["TableArn"]), properties)
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        tables.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": bool(expiry["Enabled"]), "AttributeName": expiry["AttributeName"]},
        )
        if expiry["Enabled"]:
            rows = dynamodb_backends[site.account][site.region].get_table(name)
            Expiry(rows, str(expiry["AttributeName"]), site.agenda, changed=lambda: site.changed("dynamodb"))
    attributes: dict[str, object] = {"Arn": table["TableArn"]}
    if "LatestStreamArn" in table:
        attributes["StreamArn"] = table["LatestStreamArn"]
    return Identity(name, attributes, lambda: tables.delete_table(TableName=name))


def _protect(tables: Any, name: str, arn: str, properties: Mapping[str, Any]) -> None:  # noqa: ANN401 - a client
    """Let a table show who may use it, and that it can be restored."""
    if properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
        tables.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    if "ResourcePolicy" in properties:
        document = json.dumps(properties["ResourcePolicy"]["PolicyDocument"])
        tables.put_resource_policy(ResourceArn=arn, Policy=document)


def _key(site: DeployContext, declared: Declaration) -> Identity:
    properties = declared.properties
    policy = properties.get("KeyPolicy")
    request = {key: properties[key] for key in ("Description", "KeyUsage", "KeySpec") if key in properties}
    if policy:
        request["Policy"] = json.dumps(policy)
    request["Tags"] = [{"TagKey": one["Key"], "TagValue": one["Value"]} for one in properties.get("Tags", ())]
    keys = site.client("kms")
    metadata = keys.create_key(**request)["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        keys.enable_key_rotation(KeyId=metadata["KeyId"])
    return Identity(
        metadata["KeyId"],
        {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]},
        lambda: keys.schedule_key_deletion(KeyId=metadata["KeyId"]),
    )


def _alias(site: DeployContext, declared: Declaration) -> Identity:
    name = str(declared.properties["AliasName"])
    key = str(declared.properties["TargetKeyId"]).rpartition("/")[2]
    keys = site.client("kms")
    keys.create_alias(AliasName=name, TargetKeyId=key)
    return Identity(name, remove=lambda: keys.delete_alias(AliasName=name))


def _parameter(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("Name")
    value, kind = str(declared.properties["Value"]), str(declared.properties["Type"])
    parameters = site.client("ssm")
    parameters.put_parameter(Name=name, Value=value, Type=kind)
    return Identity(name, {"Type": kind, "Value": value}, lambda: parameters.delete_parameter(Name=name))


CREATORS: dict[str, ResourceProvider] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Key": _key,
    "AWS::KMS::Alias": _alias,
    "AWS::SSM::Parameter": _parameter,
}
