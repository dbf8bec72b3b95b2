"""What ships is what the lock pins, in CycloneDX."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.error import URLError

import pytest

from deployment.shipped.bill import LOCK, UNKNOWN, main, packages

LOCKED = f"""alpha==1.0 \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
    # via steward
Beta_Two==2.1.post1 ; python_version >= "3.11" \\
    --hash=sha256:{"c" * 64}
"""


def _silent(_: bytes) -> bytes:
    raise URLError("no network")


def test_what_the_index_knows_is_printed_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCKED)
    answer = json.dumps({"results": [{"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}, {}]}).encode()

    assert main(lock, tmp_path / "sbom.json", lambda _: answer) == 1
    assert "alpha 1.0: GHSA-1, PYSEC-2" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"results": []}', b'{"results": [3, 4]}', b"<html>"])
def test_an_answer_that_cannot_be_read_is_no_good_news(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: bytes
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCKED)

    assert main(lock, tmp_path / "sbom.json", lambda _: answer) == 0
    assert "not known, because" in capsys.readouterr().out


def test_a_lock_is_read_with_its_versions_and_hashes() -> None:
    alpha, beta = packages(LOCKED)

    assert (alpha.name, alpha.version, alpha.hashes) == ("alpha", "1.0", ("a" * 64, "b" * 64))
    assert (beta.version, beta.hashes, beta.licence) == ("2.1.post1", ("c" * 64,), UNKNOWN)


def test_every_package_that_ships_is_in_the_bill_and_states_its_licence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(target=tmp_path / "sbom.json", ask=_silent) == 0
    said, document = capsys.readouterr().out, json.loads((tmp_path / "sbom.json").read_text())
    pinned = [line for line in LOCK.read_text().splitlines() if "==" in line and not line.startswith((" ", "#"))]

    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert len(document["components"]) == len(pinned) > 5
    assert all(one["purl"].startswith("pkg:pypi/") and one["licenses"] for one in document["components"])
    assert "did not answer (URLError)" in said


def test_the_same_lock_gives_the_same_bill(tmp_path: Path) -> None:
    main(target=tmp_path / "one", ask=_silent)
    main(target=tmp_path / "two", ask=_silent)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
