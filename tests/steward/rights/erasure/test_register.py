"""Every part of an erasure that is stored is guarded, also where it takes more than one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.aws.rows import plain
from steward.ids import ContactId
from steward.rights.erasure.adapters import table
from steward.rights.erasure.adapters.table import DynamoErasures
from steward.rights.erasure.artefacts import Artefact, ArtefactStatus, Erasure
from steward.rights.requests import RequestId

ONE = ContactId("one")
MANY = tuple(Artefact(store="call_recording", key=f"{number:03}", contact_id=ONE) for number in range(200))


@dataclass
class Transactions:
    asked: list[list[dict[str, Any]]] = field(default_factory=list)

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's own
        self.asked.append([one["Put"] for one in TransactItems])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    transactions = Transactions()
    monkeypatch.setattr(table, "client", lambda _: transactions)
    return transactions.asked


def test_each_of_many_transactions_asks_for_the_version_that_the_one_before_left(
    asked: list[list[dict[str, Any]]],
) -> None:
    before = Erasure(request=RequestId("ERA-1"), planned_at=datetime(2027, 1, 5, tzinfo=UTC), contacts=(), version=4)
    after = DynamoErasures("rights").save(before, replace(before, artefacts=MANY, approved_by="rob"))
    assert [plain(put[0]["ExpressionAttributeValues"])[":before"] for put in asked] == [4, 5, 6]
    assert [plain(put[0]["Item"])["version"] for put in asked] == [5, 6, 7]
    assert after.version == 7
    # What it says of itself changes with the last of its artefacts, not before.
    assert [plain(put[0]["Item"]).get("approved_by") or "" for put in asked] == ["", "", "rob"]
    assert sum(len(put) - 1 for put in asked) == 200
    assert max(len(put) for put in asked) <= 100


def test_what_is_kept_is_stored_before_everything_else(asked: list[list[dict[str, Any]]]) -> None:
    kept = replace(MANY[-1], status=ArtefactStatus.REFUSED, ground="legal_claims")
    plan = Erasure(
        request=RequestId("ERA-1"),
        planned_at=datetime(2027, 1, 5, tzinfo=UTC),
        contacts=(),
        artefacts=(*MANY[:-1], kept),
    )
    DynamoErasures("rights").save(None, plan)
    assert plain(asked[0][1]["Item"])["status"] == "refused"
    assert "attribute_not_exists" in asked[0][0]["ConditionExpression"]
    assert "attribute_not_exists" not in asked[1][0]["ConditionExpression"]
