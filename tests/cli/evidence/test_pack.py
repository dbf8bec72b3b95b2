"""``steward verify-pack``: one byte, one file, one name or one envelope that is another is found, and is named."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cli.evidence.pack import check
from cli.main import run
from steward import limits
from steward.archive import Entry, manifest
from steward.evidence.signatures import signed
from tests.support.signing import DeskSigner

SIGNER = DeskSigner()
PAGE, TABLE = Entry(name="index.html", content=b"<p>" * 500), Entry(name="a/records.csv", content=b"a,b\n")
ABOUT = {
    "format": "steward-pack/1",
    "council": "Cyngor Powys",
    "environment": "live",
    "policy_version": "2.0",
    "steward": "0.1",
}
LISTING = manifest(ABOUT, (PAGE, TABLE))


def envelope(listing: Entry = LISTING, signer: DeskSigner = SIGNER, **changes: Any) -> Entry:  # noqa: ANN401 - by name
    said = {
        "format": "steward-pack-envelope/1",
        "council": "Cyngor Powys",
        "environment": "live",
        "made_at": "2027-03-02T09:00:00+00:00",
        "policy_version": "2.0",
        "manifest": {"name": "manifest.json", "sha256": listing.sha256},
    }
    return Entry(name="envelope.json", content=signed({**said, **changes}, signer))


def archive(entries: Sequence[Entry], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    body = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(body, "w", packing) as packed:
        # The standard library warns of a name that is there already, and writes it.
        warnings.simplefilter("ignore")
        for one in entries:
            packed.writestr(one.name, one.content)
    return body.getvalue()


GOOD = (PAGE, TABLE, LISTING, envelope())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "council.pem").write_bytes(SIGNER.public(Encoding.PEM))
    return tmp_path


def verified(folder: Path, entries: Sequence[Entry], *also: str) -> int:
    (folder / "pack.zip").write_bytes(archive(entries))
    return run(["verify-pack", str(folder / "pack.zip"), *also])


def test_a_pack_that_is_as_it_was_signed_says_whose_it_is_and_when(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(folder, GOOD, "--key", str(folder / "council.pem")) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "Cyngor Powys, live: pack of version 2.0 of the policy, signed 2027-03-02T09:00:00+00:00. "
        "2 files as signed, and no other.\nSigned with the key "
    )
    assert told.endswith(", which was given.\n")


CHANGED = Entry(name="index.html", content=PAGE.content[:-1] + b"!")
SHORTER = Entry(name="index.html", content=PAGE.content[:-1])
OTHER_LISTING = manifest(ABOUT, (CHANGED, TABLE))


@pytest.mark.parametrize(
    ("entries", "problems"),
    [
        ((CHANGED, *GOOD[1:]), ["index.html: is not the file that manifest.json lists"]),
        ((SHORTER, *GOOD[1:]), ["index.html: is not the file that manifest.json lists"]),
        ((*GOOD, Entry(name="note.txt", content=b"x")), ["note.txt: is not in manifest.json"]),
        ((*GOOD, Entry(name="a/", content=b"")), ["a/: is not in manifest.json"]),
        (GOOD[1:], ["index.html: is missing"]),
        ((*GOOD, CHANGED), ["index.html: is in the archive more than once"]),
        ((CHANGED, *GOOD), ["index.html: is in the archive more than once"]),
        ((*GOOD, envelope()), ["envelope.json: is in the archive more than once"]),
        (GOOD[:-1], ["there is no envelope.json: the pack is not signed"]),
        (
            (CHANGED, TABLE, OTHER_LISTING, envelope()),
            ["envelope.json: is the envelope of another pack: manifest.json is not the one that was signed for"],
        ),
        (
            (*GOOD[:-1], envelope(environment="test")),
            ["envelope.json: was signed for the environment test, the pack is of live"],
        ),
        (
            (*GOOD[:-1], envelope(council="Barnet", policy_version="1.0")),
            [
                "envelope.json: was signed for the council Barnet, the pack is of Cyngor Powys",
                "envelope.json: was signed for the policy version 1.0, the pack is of 2.0",
            ],
        ),
        (
            (*GOOD[:-1], envelope(format="steward-statement-envelope/1", period="2027-02")),
            [
                (
                    "envelope.json: is no envelope of the format steward-pack-envelope/1: "
                    "Invalid enum value 'steward-statement-envelope/1' - at `$.format`"
                )
            ],
        ),
        (
            (*GOOD[:-1], envelope(signer=DeskSigner())),
            ["envelope.json: is signed with another key than the one that was given"],
        ),
    ],
    ids=[
        "a changed byte",
        "a byte less",
        "a file more",
        "a folder more",
        "a file less",
        "a name twice, the false one last",
        "a name twice, the false one first",
        "two envelopes",
        "no envelope",
        "another pack's envelope",
        "another environment's",
        "another council's and policy's",
        "a statement's envelope",
        "another key",
    ],
)
def test_whatever_is_not_as_it_was_signed_is_named(
    folder: Path, entries: Sequence[Entry], problems: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(folder, entries, "--key", str(folder / "council.pem")) == 1
    assert capsys.readouterr().out.splitlines() == [f"! {one}" for one in problems]


def test_an_envelope_that_was_changed_after_it_was_signed_is_not_what_was_signed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = json.loads(envelope().content)
    later = Entry(name="envelope.json", content=json.dumps({**plain, "made_at": "2028-01-01"}).encode())
    assert verified(folder, (*GOOD[:-1], later)) == 1
    assert "! envelope.json: says something else than was signed" in capsys.readouterr().out
    del plain["signature"]
    bare = Entry(name="envelope.json", content=json.dumps(plain).encode())
    assert verified(folder, (*GOOD[:-1], bare)) == 1
    assert capsys.readouterr().out == "! envelope.json: bears no signature\n"


def test_every_byte_of_the_archives_files_counts(folder: Path) -> None:
    """Whatever a byte inside a file's place is changed to, the pack is not taken for what was signed."""
    body = archive(GOOD)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        ends = packed.start_dir
    for place in range(40, ends, 7):
        spoiled = body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]
        (folder / "pack.zip").write_bytes(spoiled)
        status = run(["verify-pack", str(folder / "pack.zip")])
        assert status in {1, 2} or _files(spoiled) == _files(body), place


def _files(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_statements_command_takes_no_envelope_of_a_pack(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "envelope.json").write_bytes(envelope().content)
    assert run(["verify-statement", str(folder / "envelope.json")]) == 2
    assert "is no envelope of the format steward-statement-envelope/1" in capsys.readouterr().err


def _bomb() -> bytes:
    """A listing that is whole, of a file that is much larger than it says."""
    return archive((Entry(name="index.html", content=b"\0" * 10_000_000), TABLE, LISTING, envelope()))


def _with(listing: bytes) -> bytes:
    return archive((PAGE, TABLE, Entry(name="manifest.json", content=listing), envelope()))


HUGE = json.dumps({**ABOUT, "files": [{"name": "index.html", "sha256": "0" * 64, "bytes": limits.UNPACKED.bytes + 1}]})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is no archive that can be read: File is not a zip file"),
        (b"PK\3\4 and so on", "is no archive that can be read"),
        (archive(GOOD)[:-30], "is no archive that can be read"),
        (archive(GOOD[:2]), "has no manifest.json: it is no pack of steward's"),
        (_with(b"[" * 10_000), "its manifest.json is none of the format steward-pack/1"),
        (_with(b"{}"), "its manifest.json is none of the format steward-pack/1"),
        (_with(b" " * (limits.MANIFEST.bytes + 1)), f"its manifest.json is larger than {limits.MANIFEST.bytes} bytes"),
        (b"\0" * (limits.PACK.bytes + 1), f"is larger than {limits.PACK.bytes} bytes"),
        (archive(GOOD, zipfile.ZIP_BZIP2), "index.html: is packed in another way than steward packs"),
        (archive(GOOD, zipfile.ZIP_LZMA), "index.html: is packed in another way than steward packs"),
        (_with(HUGE.encode()), f"its manifest.json lists more than {limits.UNPACKED.bytes} bytes"),
    ],
    ids=[
        "empty",
        "a beginning",
        "cut off",
        "another archive",
        "nested",
        "no manifest",
        "long manifest",
        "large",
        "bzip2",
        "lzma",
        "huge",
    ],
)
def test_what_is_no_pack_is_one_line(folder: Path, body: bytes, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pack.zip").write_bytes(body)
    assert run(["verify-pack", str(folder / "pack.zip")]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"steward: {folder}/pack.zip: {said}")
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_a_file_that_unpacks_to_more_than_is_listed_is_read_no_further() -> None:
    assert check(_bomb(), frozenset()).problems == ["index.html: is not the file that manifest.json lists"]


@pytest.mark.parametrize("name", ["../up.html", "/etc/passwd", "a/../../up", "a\\up", "C:up", "a//b", "."])
def test_a_name_that_leads_out_of_the_folder_is_wrong_though_it_was_signed(name: str) -> None:
    listing = manifest(ABOUT, (strange := Entry(name=name, content=b"x"),))
    problems = check(archive((strange, listing, envelope(listing))), frozenset()).problems
    assert [one.rpartition(": ")[2] for one in problems] == ["is no name of a file in a pack"]


def test_two_names_that_are_one_on_some_systems_are_wrong() -> None:
    both = (PAGE, Entry(name="INDEX.html", content=b"x"))
    listing = manifest(ABOUT, both)
    problems = check(archive((*both, listing, envelope(listing))), frozenset()).problems
    assert {one.partition(": ")[0] for one in problems} == {"index.html", "INDEX.html"}


def test_what_lies_before_the_first_file_is_wrong() -> None:
    assert check(archive(GOOD[:1]) + archive(GOOD), frozenset()).problems == ["something lies before its first file"]


def test_names_of_others_cannot_pass_for_lines_of_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = [Entry(name=f"{number}\nSigned with the key", content=b"") for number in range(30)]
    assert verified(folder, (*GOOD, *many)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == r"! 0\nSigned with the key: is not in manifest.json"
    assert lines[-1] == "! and 10 more: is not in manifest.json"
    assert len(lines) == 21


def test_a_program_reads_the_same_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(folder, GOOD[:-1], "--format", "json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["problems"] == ["there is no envelope.json: the pack is not signed"]
    assert (said["environment"], said["files"], said["key"]) == ("live", 2, "")


@pytest.mark.skipif(not all(map(shutil.which, ("jq", "openssl", "base64"))), reason="jq or openssl is not here")
@pytest.mark.parametrize("changed", [False, True])
def test_openssl_jq_and_sha256sum_agree_as_the_page_says(folder: Path, changed: bool) -> None:  # noqa: FBT001
    """The lines of ``docs/accountability-pack.md``, run by a shell on the unpacked archive."""
    page = Path("docs/accountability-pack.md").read_text(encoding="utf-8")
    [block] = [one for one in page.split("```") if "openssl dgst" in one]
    entries = (CHANGED, *GOOD[1:]) if changed else GOOD
    with zipfile.ZipFile(io.BytesIO(archive(entries))) as packed:
        packed.extractall(folder)
    script = block.removeprefix("text\n").replace("unzip pack.zip\n", "")

    done = _shell(script, folder)

    assert "Verified OK" in done.stdout
    assert "manifest.json: OK" in done.stdout
    assert ("index.html: FAILED" in done.stdout) is changed
    assert (done.returncode == 0) is not changed


def _shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the page's own lines
        ["/bin/sh", "-euc", script], cwd=folder, capture_output=True, text=True, check=False
    )
