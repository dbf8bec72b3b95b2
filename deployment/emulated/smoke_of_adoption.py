"""What has to be true of an adoption: nothing stood in the way, an old recording is held, then the period applies."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from deployment.command_line import DeploymentError
from deployment.emulated.smoke import own_bus
from infra.checks.adoption import findings
from infra.checks.associations import read_associations, resource_mapping
from infra.config import cdk_context, choose
from infra.council_folder import VARIABLE
from simulator.aws.cloudformation.assembly import read_assembly
from simulator.aws.connect.storage.console_made import DISPUTED

if TYPE_CHECKING:
    from deployment.emulated.adopting import AdoptingFolder
    from deployment.emulated.server import LocalAccount
    from simulator.aws.connect.storage.console_made import ConsoleMade

_CASE = "CMP-SMOKE-OLD"


def write_mapping(account: LocalAccount, adopting: AdoptingFolder, target: Path) -> str:
    """Write what the import takes over, and return what was read; raise :class:`DeploymentError` for a STOP."""
    with patch.dict("os.environ", {VARIABLE: str(adopting.path)}):
        deployment = choose(cdk_context())
        associated = read_associations(account.client("connect"), account.world.connect.instance_id)
        found = findings(deployment, account.client("s3"), associated)
    stops = [str(one) for one in found if one.stops]
    if stops:
        raise DeploymentError("\n".join(stops))
    mapping = resource_mapping(deployment.environment, associated)
    target.write_text(json.dumps(mapping, indent=2), encoding="utf-8")
    return f"nothing stands in the way; {len(mapping)} resources are taken over as they are"


def old_recording_is_held(account: LocalAccount, assembly: Path, before: ConsoleMade) -> str:
    """Flag the contact of long ago on the deployed bus; its recording has to be held with the key of its day.

    Raises DeploymentError if it is not.
    """
    world = account.world
    detail = {
        "case": _CASE,
        "reason": "complaint",
        "stage": "1",
        "received_on": world.clock.now().date().isoformat(),
        "contact_ids": [DISPUTED],
        "requested_by": "smoke-test",
        "note": "",
    }
    entry = {
        "EventBusName": own_bus(read_assembly(assembly)),
        "Source": "steward.complaints",
        "DetailType": "Complaint Logged",
        "Detail": json.dumps(detail),
    }
    account.client("events").put_events(Entries=[entry])
    world.run_until(world.clock.now() + timedelta(minutes=10))
    storage: Any = account.client("s3")
    original = storage.head_object(Bucket=before.bucket, Key=before.disputed)
    if original.get("SSEKMSKeyId") != before.previous_key_arn:
        raise DeploymentError("the old recording is not encrypted with the key of its day")
    hold = world.names.buckets["legal_hold"]
    copies = [
        one["Key"]
        for one in storage.list_object_versions(Bucket=hold).get("Versions", [])
        if DISPUTED in one["Key"] and one["Size"] == original["ContentLength"]
    ]
    if len(copies) != 1:
        raise DeploymentError(f"the old recording was copied {len(copies)} times into {hold}")
    return "a flag held a recording of long ago, encrypted with a key that the bucket no longer uses"


def period_applies(account: LocalAccount, before: ConsoleMade) -> str:
    """Let two nights pass: what is older than the policy keeps has to go, and the held copy to stay.

    Raises DeploymentError if that is not so.
    """
    world = account.world
    world.run_until(world.clock.now() + timedelta(days=3))
    listed = account.client("s3").list_objects_v2(Bucket=before.bucket).get("Contents", [])
    left = {one["Key"] for one in listed}
    if before.forgotten in left:
        raise DeploymentError("a recording that is older than the policy keeps is still there")
    held = account.client("s3").list_objects_v2(Bucket=world.names.buckets["legal_hold"]).get("Contents", [])
    if not any(DISPUTED in one["Key"] for one in held):
        raise DeploymentError("the held copy of the old recording went")
    return "the policy's period applies to what was there: the old recordings went, and the held copy stayed"
