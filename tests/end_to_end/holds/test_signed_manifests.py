"""What is handed over was signed where it was held, and nobody else signs."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from cli.main import run
from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import call, fault, logged, moment, wait

START = "2027-02-01T09:00:00"
FLAGGED = "2027-02-10T12:00:00"
STORY = [
    *call("a1", START),
    logged(FLAGGED, "C-1", ["a1"], received_on="2027-02-09"),
    logged("2027-02-10T13:00:00", "C/2", ["a1"], received_on="2027-02-09"),
]


def _download(world: EmbeddedAws, folder: Path) -> None:
    s3, bucket = world.client("s3"), world.names.buckets["legal_hold"]
    for one in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        place = folder / one["Key"]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read())


def test_a_download_proves_itself_with_the_councils_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder, key = tmp_path / "story.jsonl", tmp_path / "download", tmp_path / "key.pem"
    path.write_text("".join(json.dumps(line) + "\n" for line in STORY))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-02-12T12:00:00"))
        _download(running.world, folder)
        public = running.world.client("kms").get_public_key(KeyId="alias/local-steward-evidence")["PublicKey"]
    key.write_text(f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(public).decode()}\n-----END PUBLIC KEY-----\n")

    assert run(["verify-evidence", "--key", str(key), str(folder)]) == 0
    said = capsys.readouterr().out
    assert "0 differences.\nSigned with the key " in said
    assert said.endswith(", which was given.\n")

    [manifest] = (folder / "a1" / "manifests").glob("C-1.json")
    manifest.write_bytes(manifest.read_bytes().replace(b'"open_ended": false', b'"open_ended": true'))
    assert run(["verify-evidence", "--key", str(key), str(folder)]) == 1
    assert "C-1.json: says something else than was signed" in capsys.readouterr().out


def test_a_key_that_does_not_sign_for_a_while_keeps_the_copies_and_frees_no_original(play: Play) -> None:
    def lines(until: str) -> list[dict[str, object]]:
        return [
            *call("a1", START),
            fault("2027-02-10T11:00:00", "kms", "Sign", "KMSInternalException", times=8),
            logged(FLAGGED, "C-1", ["a1"], received_on="2027-02-09"),
            wait(until),
        ]

    meanwhile = play(lines("2027-02-10T12:05:00"))
    [hold] = meanwhile.holds
    assert (hold.status, len(hold.artefacts)) == ("held", 2)
    assert [one.legal_hold for one in meanwhile.stores["call_recording"].objects] == [True]
    assert [one.key for one in meanwhile.stores["legal_hold"].objects if "/manifests/" in one.key] == []

    after = play(lines("2027-02-12T12:00:00"))
    assert [one.key for one in after.stores["legal_hold"].objects if "/manifests/" in one.key] == [
        "a1/manifests/C-1.json"
    ]
    assert [one.legal_hold for one in after.stores["call_recording"].objects] == [False]
