"""What ships is what the lock pins, in CycloneDX."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.bill import LOCK, UNKNOWN, main, packages

LOCKED = f"""alpha==1.0 \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
    # via steward
Beta_Two==2.1.post1 ; python_version >= "3.11" \\
    --hash=sha256:{"c" * 64}
"""


def test_a_lock_is_read_with_its_versions_and_hashes() -> None:
    alpha, beta = packages(LOCKED)

    assert (alpha.name, alpha.version, alpha.hashes) == ("alpha", "1.0", ("a" * 64, "b" * 64))
    assert (beta.version, beta.hashes, beta.licence) == ("2.1.post1", ("c" * 64,), UNKNOWN)


def test_every_package_that_ships_is_in_the_bill_and_states_its_licence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(target=tmp_path / "sbom.json")
    said, document = capsys.readouterr().out, json.loads((tmp_path / "sbom.json").read_text())
    pinned = [line for line in LOCK.read_text().splitlines() if "==" in line and not line.startswith((" ", "#"))]

    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert len(document["components"]) == len(pinned) > 5
    assert all(one["purl"].startswith("pkg:pypi/") and one["licenses"] for one in document["components"])
    assert "Known vulnerabilities were not looked up" in said


def test_the_same_lock_gives_the_same_bill(tmp_path: Path) -> None:
    main(target=tmp_path / "one")
    main(target=tmp_path / "two")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
