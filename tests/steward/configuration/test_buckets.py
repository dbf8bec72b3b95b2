"""One changed setting of a bucket is exactly one finding, and what is as it was written is none.

A bucket is drawn as what its settings mean. It is stated twice: as CloudFormation's template reference has it
("AWS::S3::Bucket"), and as the Amazon S3 API reference has the answer of each operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from steward.configuration.checking import compare
from steward.configuration.checks import CHECKS
from steward.configuration.written import Resource
from steward.failures import NotFound

Meaning = dict[str, Any]

DAYS = st.integers(1, 3650)
NAMES = st.text("abcxyz-/", min_size=1, max_size=6)
ARNS = NAMES.map(lambda name: f"arn:aws:s3:::{name}")
ON = st.booleans()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


RULES = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {
            "on": ON,
            "days": maybe(DAYS),
            "noncurrent": maybe(DAYS),
            "uploads": maybe(DAYS),
            "prefix": maybe(NAMES),
            "tag": maybe(st.tuples(NAMES, NAMES)),
        }
    ),
    max_size=3,
)
SETTINGS: Mapping[str, st.SearchStrategy[Any]] = {
    "lifecycle rules": RULES,
    "versioning": maybe(st.sampled_from(["Enabled", "Suspended"])),
    "Object Lock": maybe(maybe(st.tuples(st.sampled_from(["GOVERNANCE", "COMPLIANCE"]), DAYS)).map(lambda one: (one,))),
    "encryption": st.tuples(st.sampled_from(["aws:kms", "aws:kms:dsse"]), ARNS, ON),
    "public access block": st.tuples(ON, ON, ON, ON),
    "object ownership": st.sampled_from(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
    "access logging": maybe(st.tuples(NAMES, NAMES, maybe(st.sampled_from(["EventTime", "DeliveryTime"])))),
    "replication": st.lists(st.tuples(ARNS, st.sampled_from(["Enabled", "Disabled"])), max_size=2).map(sorted),
    "website": ON,
    "acceleration": maybe(st.just("Enabled")),
    "notifications": st.tuples(
        st.frozensets(
            st.tuples(
                st.sampled_from(["Queue", "Topic", "Lambda"]),
                st.sampled_from(["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"]),
                st.sampled_from(["arn:one", "arn:other"]),
                maybe(st.tuples(st.sampled_from(["prefix", "suffix"]), NAMES)),
            ),
            max_size=4,
        ),
        ON,
    ),
    "inventories": st.dictionaries(
        NAMES,
        st.fixed_dictionaries(
            {
                "on": ON,
                "versions": st.sampled_from(["All", "Current"]),
                "frequency": st.sampled_from(["Daily", "Weekly"]),
                "fields": st.frozensets(st.sampled_from(["Size", "LastModifiedDate", "ObjectLockMode"])),
                "bucket": ARNS,
                "account": maybe(st.sampled_from(["111122223333", "444455556666"])),
                "into": maybe(NAMES),
                "format": st.sampled_from(["CSV", "ORC"]),
                "only": maybe(NAMES),
            }
        ),
        max_size=2,
    ),
    "origins of browsers": st.lists(
        st.fixed_dictionaries(
            {
                "origins": st.frozensets(NAMES, min_size=1, max_size=2),
                "methods": st.frozensets(st.sampled_from(["GET", "PUT"]), min_size=1),
                "headers": st.frozensets(NAMES, max_size=2),
                "exposed": st.frozensets(NAMES, max_size=2),
                "seconds": maybe(DAYS),
            }
        ),
        max_size=2,
    ),
}
SHARED = {"BlockPublicAcls": 0, "BlockPublicPolicy": 1, "IgnorePublicAcls": 2, "RestrictPublicBuckets": 3}


def without_none(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if value is not None}


def written(means: Meaning) -> dict[str, Any]:
    """Return the properties of a template."""
    lock, logs, (told, bridge) = means["Object Lock"], means["access logging"], means["notifications"]
    algorithm, key, bucket_key = means["encryption"]
    stated: dict[str, Any] = {
        "VersioningConfiguration": means["versioning"] and {"Status": means["versioning"]},
        "ObjectLockEnabled": True if lock else None,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "BucketKeyEnabled": bucket_key,
                    "ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key},
                }
            ]
        },
        "PublicAccessBlockConfiguration": {name: means["public access block"][at] for name, at in SHARED.items()},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": means["object ownership"]}]},
        "LoggingConfiguration": logs
        and without_none(
            {"DestinationBucketName": logs[0], "LogFilePrefix": logs[1], "TargetObjectKeyFormat": _dated(logs[2])}
        ),
        "ReplicationConfiguration": {"Role": "arn:role", "Rules": [_copied(*one) for one in means["replication"]]},
        "WebsiteConfiguration": {"IndexDocument": "index.html"} if means["website"] else None,
        "AccelerateConfiguration": means["acceleration"] and {"AccelerationStatus": means["acceleration"]},
        "LifecycleConfiguration": {"Rules": [_written_rule(*one) for one in means["lifecycle rules"].items()]},
        "InventoryConfigurations": [_written_inventory(*one) for one in means["inventories"].items()],
        "CorsConfiguration": {
            "CorsRules": [_cors(one, "MaxAge", "ExposedHeaders") for one in means["origins of browsers"]]
        },
        "NotificationConfiguration": {
            **({"EventBridgeConfiguration": {"EventBridgeEnabled": True}} if bridge else {}),
            **{
                f"{kind}Configurations": [
                    without_none(
                        {
                            "Event": event,
                            {"Lambda": "Function"}.get(kind, kind): target,
                            "Filter": only and {"S3Key": {"Rules": [{"Name": only[0], "Value": only[1]}]}},
                        }
                    )
                    for one, event, target, only in sorted(told, key=str)
                    if one == kind
                ]
                for kind in ("Queue", "Topic", "Lambda")
            },
        },
    }
    if lock and lock[0]:
        mode, days = lock[0]
        retention = {"Mode": mode, "Days": days}
        stated["ObjectLockConfiguration"] = {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": retention},
        }
    return without_none(stated)


def _dated(source: str | None) -> dict[str, Any] | None:
    return {"PartitionedPrefix": {"PartitionDateSource": source}} if source else None


def _copied(bucket: str, status: str) -> dict[str, Any]:
    return {"Status": status, "Destination": {"Bucket": bucket}}


def _written_rule(name: str, rule: Meaning) -> dict[str, Any]:
    return without_none(
        {
            "Id": name,
            "Status": "Enabled" if rule["on"] else "Disabled",
            "ExpirationInDays": rule["days"],
            "NoncurrentVersionExpiration": rule["noncurrent"] and {"NoncurrentDays": rule["noncurrent"]},
            "AbortIncompleteMultipartUpload": rule["uploads"] and {"DaysAfterInitiation": rule["uploads"]},
            "Prefix": rule["prefix"],
            "TagFilters": rule["tag"] and [{"Key": rule["tag"][0], "Value": rule["tag"][1]}],
        }
    )


def _written_inventory(name: str, one: Meaning) -> dict[str, Any]:
    return without_none(
        {
            "Id": name,
            "Enabled": one["on"],
            "IncludedObjectVersions": one["versions"],
            "ScheduleFrequency": one["frequency"],
            "OptionalFields": sorted(one["fields"]),
            "Prefix": one["only"],
            "Destination": without_none(
                {
                    "BucketArn": one["bucket"],
                    "BucketAccountId": one["account"],
                    "Prefix": one["into"],
                    "Format": one["format"],
                }
            ),
        }
    )


def _cors(one: Meaning, age: str, exposed: str) -> dict[str, Any]:
    return without_none(
        {
            "AllowedOrigins": sorted(one["origins"]),
            "AllowedMethods": sorted(one["methods"]),
            "AllowedHeaders": sorted(one["headers"]) or None,
            exposed: sorted(one["exposed"]) or None,
            age: one["seconds"],
        }
    )


@dataclass(frozen=True)
class Bucket:
    """The API of S3 for one bucket."""

    means: Meaning

    def read(self, _service: str, operation: str, /, **_: object) -> Mapping[str, Any]:
        found: Mapping[str, Any] = getattr(self, operation)(self.means)
        return found

    def pages(self, *_: str, **__: object) -> list[Any]:
        raise NotImplementedError

    def GetBucketVersioning(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802 - the API's names
        return without_none({"Status": means["versioning"]})

    def GetObjectLockConfiguration(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        if not means["Object Lock"]:
            raise NotFound("s3.GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError")
        [default] = means["Object Lock"]
        rule = default and {"DefaultRetention": {"Mode": default[0], "Days": default[1]}}
        return {"ObjectLockConfiguration": without_none({"ObjectLockEnabled": "Enabled", "Rule": rule})}

    def GetBucketEncryption(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        algorithm, key, bucket_key = means["encryption"]
        default = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}
        return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}

    def GetPublicAccessBlock(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        return {
            "PublicAccessBlockConfiguration": {name: means["public access block"][at] for name, at in SHARED.items()}
        }

    def GetBucketOwnershipControls(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": means["object ownership"]}]}}

    def GetBucketLogging(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        logs = means["access logging"]
        if not logs:
            return {}
        keys = _dated(logs[2]) or {"SimplePrefix": {}}
        return {"LoggingEnabled": {"TargetBucket": logs[0], "TargetPrefix": logs[1], "TargetObjectKeyFormat": keys}}

    def GetBucketReplication(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        if not means["replication"]:
            raise NotFound("s3.GetBucketReplication", "ReplicationConfigurationNotFoundError")
        rules = [_copied(*one) for one in reversed(means["replication"])]
        return {"ReplicationConfiguration": {"Role": "arn:role", "Rules": rules}}

    def GetBucketWebsite(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        if not means["website"]:
            raise NotFound("s3.GetBucketWebsite", "NoSuchWebsiteConfiguration")
        return {"IndexDocument": {"Suffix": "index.html"}}

    def GetBucketAccelerateConfiguration(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        return without_none({"Status": means["acceleration"]})

    def GetBucketLifecycleConfiguration(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        if not means["lifecycle rules"]:
            raise NotFound("s3.GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration")
        return {"Rules": [_live_rule(*one) for one in reversed(means["lifecycle rules"].items())]}

    def ListBucketInventoryConfigurations(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        return {"InventoryConfigurationList": [_live_inventory(*one) for one in means["inventories"].items()]}

    def GetBucketCors(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        if not means["origins of browsers"]:
            raise NotFound("s3.GetBucketCors", "NoSuchCORSConfiguration")
        return {"CORSRules": [_cors(one, "MaxAgeSeconds", "ExposeHeaders") for one in means["origins of browsers"]]}

    def GetBucketNotificationConfiguration(self, means: Meaning) -> Mapping[str, Any]:  # noqa: N802
        told, bridge = means["notifications"]
        kinds = {"Queue": "Queue", "Topic": "Topic", "Lambda": "LambdaFunction"}
        return {
            **({"EventBridgeConfiguration": {}} if bridge else {}),
            **{
                f"{name}Configurations": [
                    without_none(
                        {
                            "Id": str(place),
                            f"{name}Arn": target,
                            "Events": [event],
                            "Filter": only and {"Key": {"FilterRules": [{"Name": only[0].title(), "Value": only[1]}]}},
                        }
                    )
                    for place, (one, event, target, only) in enumerate(sorted(told, key=str, reverse=True))
                    if one == kind
                ]
                for kind, name in kinds.items()
                if any(one == kind for one, *_ in told)
            },
        }


def _live_rule(name: str, rule: Meaning) -> dict[str, Any]:
    prefix, tag = rule["prefix"], rule["tag"] and {"Key": rule["tag"][0], "Value": rule["tag"][1]}
    only: dict[str, Any] = {"Prefix": prefix or ""}
    if tag:
        only = {"And": {"Prefix": prefix, "Tags": [tag]}} if prefix else {"Tag": tag}
    return without_none(
        {
            "ID": name,
            "Status": "Enabled" if rule["on"] else "Disabled",
            "Expiration": rule["days"] and {"Days": rule["days"]},
            "NoncurrentVersionExpiration": rule["noncurrent"] and {"NoncurrentDays": rule["noncurrent"]},
            "AbortIncompleteMultipartUpload": rule["uploads"] and {"DaysAfterInitiation": rule["uploads"]},
            "Filter": only,
        }
    )


def _live_inventory(name: str, one: Meaning) -> dict[str, Any]:
    target = {"Bucket": one["bucket"], "AccountId": one["account"], "Prefix": one["into"], "Format": one["format"]}
    return without_none(
        {
            "Id": name,
            "IsEnabled": one["on"],
            "IncludedObjectVersions": one["versions"],
            "Schedule": {"Frequency": one["frequency"]},
            "OptionalFields": sorted(one["fields"]) or None,
            "Filter": one["only"] and {"Prefix": one["only"]},
            "Destination": {"S3BucketDestination": without_none(target)},
        }
    )


def found(template: Meaning, live: Meaning) -> list[str]:
    """Return the settings that differ between what a template says and what is live."""
    resource = Resource(
        stack="stores", logical_id="It", type="AWS::S3::Bucket", name="it", properties=written(template)
    )
    outcome = compare([resource], CHECKS, Bucket(live))
    assert outcome.not_shown == ()
    return [one.setting for one in outcome.differences]


@given(st.fixed_dictionaries(dict(SETTINGS)))
def test_a_bucket_that_is_as_it_was_written_is_no_finding(means: Meaning) -> None:
    assert found(means, means) == []


@given(st.fixed_dictionaries(dict(SETTINGS)), st.data())
def test_one_changed_setting_is_exactly_one_finding(means: Meaning, data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(sorted(SETTINGS)))
    changed = data.draw(SETTINGS[setting].filter(lambda value: value != means[setting]))

    assert found(means, {**means, setting: changed}) == [setting]


def test_every_setting_of_a_bucket_that_is_compared_is_changed_here() -> None:
    assert {one.setting for one in CHECKS["AWS::S3::Bucket"]} == SETTINGS.keys()
