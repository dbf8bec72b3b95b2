from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from cli.main import run
from steward.evidence.signatures import fingerprint, signed
from tests.support.signing import DeskSigner

SIGNER = DeskSigner()
KEY = fingerprint(SIGNER.public(Encoding.DER))
SIGNED = (
    f"Signed with the key {KEY}, which came with the folder: compare it with the council's, or name that with --key.\n"
)


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """One contact's download, whole."""
    recording = tmp_path / "call-1" / "call_recording" / "2027" / "a b+c.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"voice")
    manifest = {
        "format": "steward-hold-manifest/2",
        "case": "C-1",
        "contact_id": "call-1",
        "artefacts": [
            {
                "hold_key": "call-1/call_recording/2027/a b+c.wav",
                "sha256": hashlib.sha256(b"voice").hexdigest(),
                "bytes": 5,
            }
        ],
    }
    folder = tmp_path / "call-1" / "manifests"
    folder.mkdir()
    (folder / "C-1.json").write_bytes(signed(manifest, SIGNER))
    return tmp_path


@pytest.mark.parametrize("below", ["", "call-1"])
def test_a_whole_hold_has_no_differences(hold: Path, below: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-evidence", str(hold / below)]) == 0
    assert capsys.readouterr().out == f"1 artefacts named, 0 differences.\n{SIGNED}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"voicf", "has another SHA-256 digest than the manifest says"),
        (b"voice!", "has 6 bytes; the manifest says 5"),
        (None, "is missing"),
    ],
)
def test_a_file_that_differs_is_named(
    hold: Path, content: bytes | None, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = hold / "call-1/call_recording/2027/a b+c.wav"
    if content is None:
        recording.unlink()
    else:
        recording.write_bytes(content)

    assert run(["verify-evidence", str(hold)]) == 1
    assert f"call-1/call_recording/2027/a b+c.wav: {problem}\n" in capsys.readouterr().out


def test_a_file_that_no_manifest_names_is_a_difference(hold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hold / "call-1" / "slipped-in.wav").write_bytes(b"x")

    assert run(["verify-evidence", str(hold)]) == 1
    assert "call-1/slipped-in.wav: is in no manifest" in capsys.readouterr().out


def test_a_folder_without_a_manifest_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-evidence", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"steward: {tmp_path}: there is no manifests folder here or one level below\n"


def test_a_broken_manifest_is_one_clear_line(hold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hold / "call-1/manifests/C-1.json").write_text("{")

    assert run(["verify-evidence", str(hold)]) == 2
    said = capsys.readouterr().err
    assert "C-1.json: is no manifest" in said
    assert said.count("\n") == 1


def test_the_councils_key_is_compared_where_it_is_named(hold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, other = hold.parent / "key.pem", hold.parent / "other.pem"
    key.write_bytes(SIGNER.public(Encoding.PEM))
    other.write_bytes(DeskSigner().public(Encoding.PEM))

    assert run(["verify-evidence", "--key", str(other), "--key", str(key), str(hold)]) == 0
    assert capsys.readouterr().out.endswith(f"Signed with the key {KEY}, which was given.\n")
    assert run(["verify-evidence", "--key", str(other), str(hold)]) == 1
    said = capsys.readouterr().out
    assert "! call-1/manifests/C-1.json: is signed with another key than was given\n" in said
    assert said.endswith(f"Signed with the key {KEY}, which was not given.\n")


@pytest.mark.parametrize("content", [b"", b"nothing", DeskSigner(ec.SECP384R1()).public(Encoding.PEM)])
def test_a_key_that_is_none_is_one_clear_line(hold: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    key = hold.parent / "key.pem"
    key.write_bytes(content)

    assert run(["verify-evidence", "--key", str(key), str(hold)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"steward: {key}: is no ")
    assert said.count("\n") == 1
