"""Whoever refused texts gets none after their erasure either, also once a register was restored and erased anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from simulator.aws.lambda_.function_url import decide_as
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.rights import erasures_of
from tests.end_to_end.rights.test_registers import GIVEN, MOBILE, WORDING, from_call
from tests.end_to_end.stories import moment

pytestmark = pytest.mark.prove


def test_no_text_goes_to_whoever_refused_them_and_was_erased_and_restored_and_erased_again(assembly: Path) -> None:
    with quiet_world(assembly, moment("2027-01-05T09:00:00")) as world:

        def said(function: str, contact: str, **parameters: str) -> str:
            line = from_call("2027-01-05T09:00:00", function, contact, **parameters)
            answer = world.invoke(function, line["invoke"]["payload"])
            later(minutes=1)
            return str(answer.get("reason") or answer["status"])

        def later(**span: int) -> None:
            world.run_until(world.clock.now() + timedelta(**span))

        def text(contact: str) -> str:
            return said("send_sms", contact, template="online_services")

        assert said("record_consent", "given-in", **GIVEN) == "recorded"
        assert text("texted-in") == "sent"
        assert said("record_consent", "refused-in", wording_version=WORDING, decision="withdrawn") == "recorded"
        assert text("before") == "consent_withdrawn"
        body = f'[{{"type": "phone", "value": "{MOBILE}"}}]'.encode()
        world.s3.put_object(world.names.buckets["rights"], "intake/ERA-1.json", body, tags={})
        detail = {"request": "ERA-1", "right": "erasure", "intake_key": "intake/ERA-1.json", "identity": "confirmed"}
        event = {"source": "steward.rights", "detail-type": "Subject Request Received"}
        world.publish("steward", {**event, "detail": {**detail, "requested_by": "olive"}})
        later(hours=1)
        for contact in ("given-in", "texted-in", "refused-in"):
            match = {"subject": "match", "id": "ERA-1", "decision": "approve", "why": "she said so"}
            decide_as(world, "information-officer", "mary", **match, contact_id=contact, verdict="confirmed")
            later(minutes=2)
        decide_as(world, "rights-approver", "rob", subject="erasure", id="ERA-1", decision="approve")
        later(hours=3)
        [erasure] = erasures_of(world)
        stands = {(one.store, one.status) for one in erasure.artefacts}
        assert erasure.status == "done"
        assert stands >= {("sms_log", "erased"), ("consent_evidence", "refused")}
        assert text("after") == "consent_withdrawn"
        # The register is as it was before the erasure, which the ledger has carried out once more.
        table, rows = world.names.tables["RightsRequests"], world.client("dynamodb")
        for row in rows.scan(TableName=table)["Items"]:
            if row["pk"]["S"].startswith("ERASURE#"):
                rows.delete_item(TableName=table, Key={name: row[name] for name in ("pk", "sk")})
        world.run("replay_erasures", {})
        later(hours=3)
        assert [one.status for one in erasures_of(world)] == ["done"]
        assert text("after-the-restore") == "consent_withdrawn"
