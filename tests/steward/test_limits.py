"""How much is read of a file whose name somebody else may have chosen."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from steward.limits import Limit, OverLimit, digest, read

SMALL = Limit(bytes=3, levels=0)


def test_a_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = os.urandom(2_500_000)
    path.write_bytes(content)
    assert digest(path, Limit(bytes=len(content), levels=0)) == hashlib.sha256(content).hexdigest()


def test_what_is_larger_than_its_limit_has_neither_content_nor_digest(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"four")
    for reader in (read, digest):
        with pytest.raises(OverLimit, match="is larger than 3 bytes"):
            reader(path, SMALL)
    path.write_bytes(b"abc")
    assert read(path, SMALL) == b"abc"


def test_a_link_a_pipe_and_a_device_have_no_digest_and_nobody_waits_for_them(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "link", tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(OverLimit, match="is no ordinary file"):
            digest(path, SMALL)


def test_what_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        digest(tmp_path / "none", SMALL)
