"""Where an environment keeps people's requests, as the person who is signed in may see and change them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click

from cli.environments import OpenEnvironment, open_environment
from steward.holds.requests import BadRequest
from steward.names import AGENDA, AGENDA_INDEX, PARTITION_KEY, RIGHTS_SOURCE
from steward.policy.model import Policy
from steward.rights import commands
from steward.rights.adapters import rows
from steward.rights.adapters.records import entries_key, record_key
from steward.rights.clock.deadlines import Promise
from steward.rights.erasure.adapters import table as erasures
from steward.rights.erasure.adapters.table import read_erasure
from steward.rights.erasure.artefacts import Erasure
from steward.rights.requests import RequestId, SubjectRequest

TABLE, BUCKET = "RightsRequests", "RightsBucket"
"""Logical ids of the stores' stack."""


@dataclass(frozen=True)
class Place:
    """One environment's requests."""

    environment: OpenEnvironment

    @cached_property
    def policy(self) -> Policy:
        """The council's policy, from the folder in use; raise ``click.ClickException`` where it cannot be read."""
        from infra.config import cdk_context, choose  # noqa: PLC0415 - only what touches an account needs it
        from infra.refusal import RefusalError  # noqa: PLC0415
        from steward.policy.load import PolicyError, load_policy  # noqa: PLC0415

        try:
            return load_policy(choose(cdk_context(), self.environment.name).policy_path)
        except (PolicyError, RefusalError) as problem:
            raise click.ClickException(str(problem)) from None

    @property
    def promise(self) -> Promise:
        """What the council promised."""
        rights = self.policy.subject_rights
        if rights is None:
            raise click.ClickException("the policy has no section subject_rights: nothing of requests is deployed")
        return Promise(days=rights.answer_within_days, extends=rights.promise_extends)

    def find(self, name: str) -> SubjectRequest:
        """Return a request; raise ``click.ClickException`` if there is none, or no right to see it."""
        request = self._read(request_id(name))
        if request is None:
            raise click.ClickException(f"there is no request {name} on record in {self.environment.name}")
        return request

    def erasure(self, request: RequestId) -> Erasure | None:
        """Return the plan of an erasure and what became of it, or none if there is none."""
        with answering("the register"):
            return read_erasure(
                self.query(
                    KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                    ExpressionAttributeValues={":pk": {"S": erasures.partition(request)}},
                    ConsistentRead=True,
                )
            )

    def all(self) -> list[SubjectRequest]:
        """Return every request that is open, or closed with something of it still kept."""
        found = self.query(
            IndexName=AGENDA_INDEX,
            KeyConditionExpression=f"{AGENDA} = :agenda",
            ExpressionAttributeValues={":agenda": {"S": rows.REQUESTS}},
        )
        with answering("the register"):
            names = [rows.request_in(one) for one in found]
        return [one for one in (self._read(name) for name in names) if one is not None]

    def _read(self, name: RequestId) -> SubjectRequest | None:
        with answering("the register"):
            known = rows.read_request(
                self.query(
                    KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                    ExpressionAttributeValues={":pk": {"S": rows.partition(name)}},
                    ConsistentRead=True,
                )
            )
        return known.request if known else None

    def query(self, **how: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - the operation's own
        """Return rows of the register; raise what AWS answers, which ``answering`` turns into a sentence."""
        pages = self.environment.client("dynamodb").get_paginator("query").paginate(TableName=self.named(TABLE), **how)
        for page in pages:
            yield from page["Items"]

    def record(self, request: RequestId, contact_id: Any) -> bytes | None:  # noqa: ANN401 - an id of a contact
        """Return the record of a found contact as it was copied."""
        return self._object(record_key(request, contact_id))

    def entries(self, request: RequestId, contact_id: Any) -> bytes | None:  # noqa: ANN401 - as above
        """Return what registers say of a found contact, as it was copied."""
        return self._object(entries_key(request, contact_id))

    def package(self, key: str) -> bytes | None:
        """Return the archive of a package."""
        return self._object(key)

    def _object(self, key: str) -> bytes | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

        with answering("the store of rights"):
            try:
                body: bytes = (
                    self.environment.client("s3").get_object(Bucket=self.named(BUCKET), Key=key)["Body"].read()
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return None
                raise
        return body

    def hand_in(self, key: str, stated: object) -> None:
        """Put a person's identifiers, or what they say of a contact, into the store of rights."""
        with answering("the store of rights"):
            self.environment.client("s3").put_object(
                Bucket=self.named(BUCKET),
                Key=key,
                Body=json.dumps(stated).encode(),
                ContentType="application/json",
            )

    def tell(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event about a request on the own bus; raise ``click.ClickException`` unless it was taken."""
        entry = {
            "EventBusName": self.environment.prefix,
            "Source": RIGHTS_SOURCE,
            "DetailType": detail_type,
            "Detail": json.dumps(dict(detail)),
        }
        with answering("EventBridge"):
            # PutEvents to a bus that does not exist drops the event and may report no failure (aws/aws-cli issue 9186).
            self.environment.client("events").describe_event_bus(Name=self.environment.prefix)
            answer = self.environment.client("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode", "no reason")
            raise click.ClickException(f"EventBridge did not take it: {code}. The same again is safe.")

    @cached_property
    def me(self) -> str:
        """Whoever is signed in, by the name of the session; AWS states it, nobody types it."""
        with answering("AWS"):
            arn: str = self.environment.client("sts").get_caller_identity()["Arn"]
        return arn.rpartition("/")[2]

    def named(self, logical_id: str) -> str:
        """Return the physical name of one of the stores; raise ``click.ClickException`` where it is not deployed."""
        try:
            return self.environment.resources("stores")[logical_id]
        except KeyError:
            raise click.ClickException(
                f"the stacks of {self.environment.name} have no {logical_id}: the policy has no section subject_rights"
            ) from None


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Turn a failure of AWS into one sentence about what does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    from steward.failures import UnreadableRow  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        denied = code in {"AccessDenied", "AccessDeniedException"}
        why = "you are not in a role that may use it" if denied else code
        raise click.ClickException(f"{what} does not answer: {why}") from None
    except BotoCoreError as error:
        raise click.ClickException(f"{what} cannot be reached: {type(error).__name__}") from None
    except UnreadableRow as problem:
        raise click.ClickException(f"{what}: {problem}") from None


def open_place(environment: str) -> Place:
    """Return the requests of the environment of that name.

    Raises ``click.ClickException`` where there is none, or the credentials are not for it.
    """
    return Place(open_environment(environment))


def request_id(name: str) -> RequestId:
    """Return a request's reference; raise ``click.ClickException`` for what cannot be one."""
    try:
        return commands.request_id(name, "REQUEST")
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None
