"""Attributes of contacts in Connect, put right.

UpdateContactAttributes takes completed contacts, by the id of the chain's first contact, and Connect sends the record
anew (Amazon Connect API reference, "UpdateContactAttributes").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steward.aws.clients import CONNECT_PIPELINE, client
from steward.aws.errors import translated
from steward.failures import InvalidRequest, NotFound
from steward.holds.adapters.connect import Pace
from steward.ids import ContactId


@dataclass(frozen=True)
class ConnectAttributes:
    """One instance, at a pace that leaves the others their share of its quota. Every call raises ``AwsError``."""

    instance_arn: str
    pace: Pace

    def put_right(self, contact_id: ContactId, attributes: Mapping[str, str]) -> bool:
        """Give a contact those attributes; tell whether Connect still knows the contact."""
        try:
            contact = self._call("describe_contact", ContactId=contact_id)["Contact"]
        except (NotFound, InvalidRequest):
            return False
        initial = str(contact.get("InitialContactId") or contact_id)
        self._call("update_contact_attributes", InitialContactId=initial, Attributes=dict(attributes))
        return True

    def _call(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401 - the operation's own
        self.pace.wait()
        connect = client("connect", CONNECT_PIPELINE)
        with translated(f"connect.{method}"):
            return getattr(connect, method)(InstanceId=self.instance_arn.rpartition("/")[2], **parameters)
