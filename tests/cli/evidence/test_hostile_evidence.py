"""Folders that somebody made to look whole, or to be read outside of: each is named, and none passes."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cli.evidence.verify import shown
from cli.main import run
from steward.evidence.signatures import fingerprint, signed
from steward.limits import MANIFEST
from tests.support.signing import DeskSigner

BODY = b"voice"
SHA = hashlib.sha256(BODY).hexdigest()
KEY = "call-1/call_recording/a.wav"
SIGNER, OTHER = DeskSigner(), DeskSigner()
Make = Callable[[Path], None]


RSA_KEY = base64.b64encode(
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .public_key()
    .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()


def artefact(key: str = KEY, **more: object) -> dict[str, object]:
    return {"hold_key": key, "sha256": SHA, "bytes": len(BODY), **more}


def manifest(*artefacts: object, case: str = "C-1", contact_id: str = "call-1", **more: object) -> dict[str, object]:
    return {
        "format": "steward-hold-manifest/2",
        "case": case,
        "contact_id": contact_id,
        "artefacts": list(artefacts),
        **more,
    }


def write(folder: Path, document: Any, name: str = "C-1.json", contact: str = "call-1") -> None:  # noqa: ANN401 - any JSON
    place = folder / contact / "manifests"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(_written(document))


def _written(document: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return it signed, where it can be: what is wrong with it is then that alone."""
    if isinstance(document, dict) and "signature" not in document:
        try:
            return signed(document, SIGNER)
        except UnicodeEncodeError:
            pass
    return document.encode() if isinstance(document, str) else json.dumps(document).encode()


def _unsigned(document: dict[str, object]) -> str:
    return json.dumps(document)


def _bearing(signature: object) -> dict[str, object]:
    return manifest(artefact(), signature=signature)


def _signature(of: dict[str, object], signer: DeskSigner, **more: object) -> dict[str, object]:
    borne: dict[str, object] = json.loads(signed(of, signer))["signature"]
    return {**borne, **more}


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """A whole download of one contact, in a folder beside which lies something else."""
    folder = tmp_path / "download"
    recording = folder / KEY
    recording.parent.mkdir(parents=True)
    recording.write_bytes(BODY)
    (tmp_path / "outside.wav").write_bytes(BODY)
    write(folder, manifest(artefact()))
    return folder


def _names(key: str, **more: object) -> Make:
    return lambda folder: write(folder, manifest(artefact(), artefact(key, **more)))


def _says(document: object) -> Make:
    return lambda folder: write(folder, document)


def _file(name: str, body: bytes = BODY) -> Make:
    def make(folder: Path) -> None:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)

    return make


def _link(name: str, to: str) -> Make:
    def make(folder: Path) -> None:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            place.unlink()
        place.symlink_to(to)

    return make


def _emptied(folder: Path) -> None:
    (folder / "call-1/manifests/C-1.json").unlink()


def _renamed(to: str) -> Make:
    def make(folder: Path) -> None:
        (folder / "call-1").rename(folder / to)

    return make


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "call-1/pipe")


def _linked_folder(folder: Path) -> None:
    (folder / "call-1/call_recording").rename(folder.parent / "moved")
    (folder / "call-1/call_recording").symlink_to(folder.parent / "moved")


def _linked_manifests(folder: Path) -> None:
    (folder / "call-1/manifests").rename(folder.parent / "moved")
    (folder / "call-1/manifests").symlink_to(folder.parent / "moved")


def _no_manifests(folder: Path) -> None:
    _emptied(folder)
    (folder / "call-1/manifests").rmdir()


HOSTILE: dict[str, tuple[Make, str]] = {
    "absolute key": (_names("/etc/hostname"), "/etc/hostname: is not below its contact's folder"),
    "absolute key below the contact": (_names("call-1//etc/hostname"), "is not the key of a copy"),
    "parent": (_names("call-1/../outside.wav"), "is not the key of a copy"),
    "parent of the folder": (_names("call-1/../../outside.wav"), "is not the key of a copy"),
    "parent in the middle": (_names("call-1/call_recording/../call_recording/a.wav"), "is not the key of a copy"),
    "dot": (_names("call-1/./call_recording/a.wav"), "is not the key of a copy"),
    "empty part": (_names("call-1/call_recording//a.wav"), "is not the key of a copy"),
    "ends in a slash": (_names("call-1/call_recording/"), "is not the key of a copy"),
    "the folder itself": (_names("call-1/"), "is not the key of a copy"),
    "empty key": (_names(""), "is not below its contact's folder"),
    "another contact's key": (_names("call-2/call_recording/a.wav"), "is not below its contact's folder"),
    "a contact whose name begins the same": (_names("call-10/a.wav"), "is not below its contact's folder"),
    "a manifest as a copy": (_names("call-1/manifests/C-1.json"), "is not the key of a copy"),
    "null character": (_names("call-1/a\0b"), r"call-1/a\x00b: is not the key of a copy"),
    "name too long": (_names(f"call-1/{'a' * 300}"), "can't be read here"),
    "half a surrogate": (_names("call-1/\ud800"), r"call-1/\ud800: is missing"),
    "a folder as a copy": (_names("call-1/call_recording"), "call-1/call_recording: is missing"),
    "link to outside": (_link(KEY, "../../../outside.wav"), f"{KEY}: is a symbolic link, which is not followed"),
    "absolute link": (_link(KEY, "/etc/hostname"), "is a symbolic link"),
    "broken link": (_link(KEY, "nowhere"), "is a symbolic link"),
    "link to itself": (_link(KEY, "a.wav"), "is a symbolic link"),
    "link beside": (_link("call-1/b.wav", "call_recording/a.wav"), "call-1/b.wav: is a symbolic link"),
    "link at the top": (_link("call-2", "call-1"), "call-2: is a symbolic link"),
    "linked folder": (_linked_folder, "is a symbolic link"),
    "linked manifests": (_linked_manifests, "call-1/manifests: is a symbolic link"),
    "linked manifest": (
        _link("call-1/manifests/C-2.json", "C-1.json"),
        "call-1/manifests/C-2.json: is a symbolic link",
    ),
    "pipe": (_pipe, "call-1/pipe: is neither a file nor a folder"),
    "no manifests": (_no_manifests, "call-1/manifests: holds no manifest"),
    "empty manifests": (_emptied, "call-1/manifests: holds no manifest"),
    "a second contact without manifests": (_file("call-2/call_recording/b.wav"), "call-2/manifests: holds no manifest"),
    "a second contact that is empty": (
        lambda folder: (folder / "call-2").mkdir(),
        "call-2/manifests: holds no manifest",
    ),
    "stray file": (_file("call-1/b.wav"), "call-1/b.wav: is in no manifest"),
    "hidden stray file": (_file("call-1/.b"), "call-1/.b: is in no manifest"),
    "stray file at the top": (_file("b.wav"), "b.wav: is in no manifest"),
    "stray file among manifests": (_file("call-1/manifests/a.wav"), "call-1/manifests/a.wav: is in no manifest"),
    "stray folder among manifests": (
        _file("call-1/manifests/x/C.json"),
        "call-1/manifests/x/C.json: is in no manifest",
    ),
    "line break in a name": (_file("call-1/b\n1 artefacts named, 0 differences."), r"call-1/b\n1 artefacts named"),
    "return in a name": (_file("call-1/b\rgone"), r"call-1/b\rgone: is in no manifest"),
    "escape in a name": (_file("call-1/\x1b[2Kb"), r"call-1/\x1b[2Kb: is in no manifest"),
    "right to left in a name": (_file("call-1/\u202eb"), r"call-1/\u202eb: is in no manifest"),
    "line separator in a name": (_file("call-1/b\u2028c"), r"call-1/b\u2028c: is in no manifest"),
    "backslash in a name": (_file("call-1/b\\nc"), r"call-1/b\\nc: is in no manifest"),
    "a name that is a summary": (
        _file("1 artefacts named, 0 differences."),
        "! 1 artefacts named, 0 differences.: is in",
    ),
    "line break in a key": (_names("call-1/b\n0 differences."), r"call-1/b\n0 differences.: is missing"),
    "the same key twice": (_names(KEY), f"{KEY}: is named more than once"),
    "another digest for it": (_names(KEY, sha256="0" * 64), f"{KEY}: has another SHA-256 digest"),
    "another manifest contradicts": (
        lambda folder: write(folder, manifest(artefact(sha256="0" * 64), case="C-2"), "C-2.json"),
        f"{KEY}: has another SHA-256 digest in another manifest",
    ),
    "names no artefact": (
        lambda folder: write(folder, manifest(case="C-2"), "C-2.json"),
        "call-1/manifests/C-2.json: names no artefact",
    ),
    "another contact's manifest": (
        _says(manifest(artefact(), contact_id="call-2")),
        "is the manifest of another contact",
    ),
    "a contact of no name": (_says(manifest(artefact(), contact_id="")), "is the manifest of another contact"),
    "another contact's folder": (_renamed("call-9"), "call-9/manifests/C-1.json: is the manifest of another contact"),
    "another case's name": (_says(manifest(artefact(), case="C-2")), "does not bear the name of its case"),
    "right size and other bytes": (_file(KEY, b"voicf"), f"{KEY}: has another SHA-256 digest than the manifest says"),
    "longer": (_file(KEY, b"voice!"), f"{KEY}: has 6 bytes; the manifest says 5"),
    "from before manifests were signed": (
        _says(_unsigned(manifest(artefact(), format="steward-hold-manifest/1"))),
        "C-1.json: is not signed: it is from before manifests were signed",
    ),
    "signature taken away": (_says(_unsigned(manifest(artefact()))), "C-1.json: is not signed: nothing shows"),
    "signature of nothing": (_says(_bearing(None)), "C-1.json: bears a signature that can't be read"),
    "signature that is a text": (_says(_bearing("valid")), "bears a signature that can't be read"),
    "signature that is no base64": (
        _says(_bearing(_signature(manifest(artefact()), SIGNER, value="!"))),
        "bears a signature that can't be read",
    ),
    "signature that is no DER": (
        _says(_bearing(_signature(manifest(artefact()), SIGNER, value="AAAA"))),
        "says something else than was signed",
    ),
    "key that is none": (
        _says(_bearing(_signature(manifest(artefact()), SIGNER, public_key="AAAA"))),
        "bears a signature that can't be read",
    ),
    "signature of another manifest": (
        _says(_bearing(_signature(manifest(artefact(), case="C-2"), SIGNER))),
        "C-1.json: says something else than was signed",
    ),
    "signed by one and shown with the key of another": (
        _says(
            _bearing(
                _signature(
                    manifest(artefact()), OTHER, public_key=_signature(manifest(artefact()), SIGNER)["public_key"]
                )
            )
        ),
        "or was signed by somebody else",
    ),
    "another algorithm": (
        _says(_bearing(_signature(manifest(artefact()), SIGNER, algorithm="NONE"))),
        "bears a signature of another kind than ECDSA_SHA_256",
    ),
    "another curve": (
        _says(_bearing(_signature(manifest(artefact()), DeskSigner(ec.SECP384R1())))),
        "bears a signature of another kind",
    ),
    "an RSA key": (
        _says(_bearing(_signature(manifest(artefact()), SIGNER, public_key=RSA_KEY))),
        "bears a signature of another kind",
    ),
    "something added after signing": (
        _says(manifest(artefact(), signature=_signature(manifest(artefact()), SIGNER), note="whole")),
        "says something else than was signed",
    ),
    "a second manifest with another key": (
        lambda folder: write(folder, signed(manifest(artefact(), case="C-2"), OTHER).decode(), "C-2.json"),
        "C-2.json: is signed with another key than call-1/manifests/C-1.json",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_that_only_looks_whole_is_refused_with_the_file_named(
    hold: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, said = HOSTILE[name]
    make(hold)

    assert run(["verify-evidence", str(hold)]) == 1
    told = capsys.readouterr().out
    assert said in told
    said_of_keys = [line for line in told.split("\n") if line.startswith("Signed with the key ")]
    *lines, summary = told.split("\n")[: -1 - len(said_of_keys)]
    assert all(line.startswith("! ") for line in lines), "each difference is one line"
    assert summary.endswith(f" artefacts named, {len(lines)} differences.")
    assert len(lines) == len(told.splitlines()) - 1 - len(said_of_keys), "no name makes a line of its own"


UNREADABLE: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "is no manifest"),
    "not an object": ([], "is no manifest"),
    "a member twice": ('{"format": "x", "format": "steward-hold-manifest/1"}', "has a member twice"),
    "deep": ("[" * 200_000, "is no manifest"),
    "long number": ('{"bytes": ' + "9" * 100_000 + "}", "is no manifest"),
    "another format": ({**manifest(artefact()), "format": "x/2"}, "which this version cannot check"),
    "no digest": (manifest(artefact(sha256="")), "is no manifest"),
    "a digest with a line break": (manifest(artefact(sha256=SHA + "\n")), "is no manifest"),
    "negative length": (manifest(artefact(bytes=-1)), "is no manifest"),
    "no artefacts": ({"format": "steward-hold-manifest/1", "case": "C-1", "contact_id": "call-1"}, "is no manifest"),
    "too large": (" " * (MANIFEST.bytes + 1), f"is larger than {MANIFEST.bytes} bytes"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_manifest_that_cant_be_read_is_one_line_and_the_others_are_checked_all_the_same(
    hold: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document, said = UNREADABLE[name]
    write(hold, document, "A.json")
    (hold / KEY).write_bytes(b"voicf")

    assert run(["verify-evidence", str(hold)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith("steward: call-1/manifests/A.json: ")
    assert told.err.count("\n") == 1
    assert f"{KEY}: has another SHA-256 digest" in told.out


def test_nothing_outside_the_folder_is_opened(hold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = Path.open

    def watched(self: Path, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - what Path.open takes and gives
        opened.append(os.path.realpath(self))
        return real(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", watched)
    for name in ("absolute key", "parent", "parent of the folder", "link to outside", "absolute link"):
        HOSTILE[name][0](hold)
        run(["verify-evidence", str(hold)])

    assert opened
    assert [path for path in opened if not path.startswith(f"{os.path.realpath(hold)}/")] == []


def test_a_folder_nested_as_deep_as_a_disk_takes_is_no_traceback(
    hold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [f"{hold}/call-1{'/d' * depth}" for depth in range(1, 1200)]
    for place in places:
        os.mkdir(place)  # noqa: PTH102 - pathlib makes and compares such paths by recursion itself
    Path(f"{places[-1]}/x").write_bytes(b"")
    try:
        assert run(["verify-evidence", str(hold)]) == 1
    finally:
        # What clears up after tests recurses too.
        Path(f"{places[-1]}/x").unlink()
        for place in reversed(places):
            os.rmdir(place)  # noqa: PTH106
    assert "is in no manifest" in capsys.readouterr().out


def test_the_answer_comes_as_json_too(hold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hold / "call-1/b\n.wav").write_bytes(b"")

    assert run(["verify-evidence", "--format", "json", str(hold)]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "named": 1,
        "differences": [{"file": r"call-1/b\n.wav", "problem": "is in no manifest"}],
        "keys": [fingerprint(SIGNER.public(serialization.Encoding.DER))],
        "compared": False,
    }


def test_what_is_shown_is_one_line_and_can_be_told_from_what_was_escaped() -> None:
    assert shown("a b+ü.wav") == "a b+ü.wav"
    assert shown("a\nb") == r"a\nb"
    assert shown(r"a\nb") == r"a\\nb"
