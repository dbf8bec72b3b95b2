"""Every part of an erasure that is stored is guarded, also where it takes more than one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.aws.rows import Row, plain, values
from steward.ids import ContactId
from steward.rights.erasure.adapters import table
from steward.rights.erasure.adapters.table import DynamoErasures, read_erasure
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


def _rows(**changed: object) -> list[Row]:
    """Return the rows of an erasure of two artefacts, of which that of the second states something else."""
    plan = Erasure(request=RequestId("ERA-1"), planned_at=datetime(2027, 1, 5, tzinfo=UTC), contacts=())
    second = table._artefact_row(plan.request, MANY[1])  # noqa: SLF001 - the row as it is stored
    return [
        table._meta_row(plan),  # noqa: SLF001
        table._artefact_row(plan.request, MANY[0]),  # noqa: SLF001
        {**second, **values(changed)},
    ]


def test_a_row_of_an_artefact_that_cannot_be_read_is_that_artefacts_failure_and_stops_no_other() -> None:
    found = read_erasure(_rows(status="nearly"))
    assert found is not None
    assert found.artefacts == (MANY[0], replace(MANY[1], status=ArtefactStatus.FAILED, ground="unreadable_row"))


def test_a_row_that_does_not_even_say_where_its_artefact_is_stands_as_a_failure_by_its_own_name() -> None:
    rows = _rows(contact_id=7)
    found = read_erasure(rows)
    assert found is not None
    assert [one for one in found.artefacts if one.status is ArtefactStatus.FAILED] == [
        Artefact(
            store="",
            key=rows[2]["sk"]["S"],
            contact_id=ContactId(""),
            status=ArtefactStatus.FAILED,
            ground="unreadable_row",
        )
    ]
    assert MANY[0] in found.artefacts
