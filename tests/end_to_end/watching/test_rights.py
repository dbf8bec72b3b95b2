"""Alarms around what goes to others than the person."""

from __future__ import annotations

from datetime import timedelta

from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill


def test_a_disclosure_whose_row_cannot_be_read_raises_an_alarm(drill: Drill) -> None:
    rows, table = drill.world.client("dynamodb"), drill.world.names.tables["RightsRequests"]
    key = {"pk": {"S": "DISCLOSURE#D-9"}, "sk": {"S": "META"}}
    agenda = {"agenda": {"S": "disclosures"}, "next_action_at": {"S": "2027-03-01"}}
    rows.put_item(TableName=table, Item={**key, **agenda, "id": {"S": "D-9"}, "asked_at": {"S": "some day"}})

    raised = drill.raises(lambda: None, within=timedelta(days=1))
    rows.delete_item(TableName=table, Key=key)

    assert raised == {"DisclosureFailedAlarm"}


def test_an_emergency_raises_an_alarm_and_its_papers_another_until_they_come(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    detail = {
        "disclosure": "D-1",
        "kind": "emergency",
        "contact_ids": [contact_id],
        "requested_by": "dora",
        "person_at_risk": "yes",
        "decided_by": "duty.manager",
        "decided_at": drill.world.clock.now().isoformat(),
    }
    event = {"source": "steward.rights", "detail-type": "Disclosure Requested", "detail": detail}

    assert drill.raises(lambda: drill.world.publish("steward", event)) == {"EmergencyDisclosureAlarm"}
    # A weekend lies in between at most.
    assert drill.raises(lambda: None, within=timedelta(days=5)) == {"EmergencyPapersOverdueAlarm"}
