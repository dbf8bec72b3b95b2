"""Where a deployment is, and what reading or writing an encrypted thing there implies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from simulator.aws.iam.policies.statements import Need
from simulator.aws.s3.objects import find

if TYPE_CHECKING:
    from simulator.aws.iam.policies.deployed import DeployedPolicies


@dataclass(frozen=True)
class Place:
    """An account in a region, with what is deployed there."""

    policies: DeployedPolicies

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something here."""
        return f"arn:aws:{service}:{self.policies.region}:{self.policies.account}:{resource}"

    def key(self, caller: str, resource: str, service: str, *actions: str) -> Iterator[Need]:
        """Return the uses of the resource's key, if it has one of the customer's, through its service."""
        key = self.policies.key_of(resource)
        if key:
            via = ("kms:viaservice", f"{service}.{self.policies.region}.amazonaws.com")
            yield from (Need(caller, f"kms:{action}", key, (via,)) for action in actions)

    def tags_of_key(self, arn: str) -> tuple[tuple[str, str], ...]:
        """Return a key's tags as conditions see them; a key that is not there has none.

        https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
        """
        backend = kms_backends[self.policies.account][self.policies.region]
        name = arn.rpartition("/")[2]
        tags = backend.list_resource_tags(name)["Tags"] if name in backend.keys else []
        return tuple((f"aws:resourcetag/{one['TagKey'].lower()}", one["TagValue"]) for one in tags)

    def key_of_object(self, caller: str, params: Mapping[str, Any]) -> Iterator[Need]:
        """Return the use of the key with which an object is encrypted: its bucket's default is for new objects only.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html ("There is no change to the
        encryption of the objects that existed in the bucket before")
        """
        bucket = s3_backends[self.policies.account]["aws"].buckets.get(params["Bucket"])
        version = find(bucket, params["Key"], params.get("VersionId")) if bucket is not None else None
        key = getattr(version, "kms_key_id", None) or self.policies.key_of(f"arn:aws:s3:::{params['Bucket']}")
        if key:
            via = ("kms:viaservice", f"s3.{self.policies.region}.amazonaws.com")
            yield Need(caller, "kms:Decrypt", key if key.startswith("arn:") else self.arn("kms", f"key/{key}"), (via,))
