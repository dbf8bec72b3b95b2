"""A cloud assembly (``cdk.out``): its stacks in the order of deployment, and the assets they ship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec


class BrokenAssembly(Exception):
    """The folder is not a cloud assembly that can be deployed."""


@dataclass(frozen=True)
class Stack:
    """One stack: its name, its template, and where its assets lie by file hash."""

    name: str
    template: Mapping[str, Any]
    assets: Mapping[str, Path] = field(default_factory=dict)
    account: str | None = None
    region: str | None = None
    protected: bool = False
    """Whether the stack is protected against deletion."""


def read_assembly(folder: Path) -> list[Stack]:
    """Return the stacks of a cloud assembly, each after the stacks it depends on.

    Raises ``BrokenAssembly`` when the folder has no manifest or no stack, or when a template is missing.
    """
    manifest = _load(folder / "manifest.json")
    artifacts: Mapping[str, Any] = manifest.get("artifacts", {})
    stacks: dict[str, Stack] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in stacks or name not in artifacts:
            return
        if name in path:
            raise BrokenAssembly(f"the stacks depend on each other in a circle: {' -> '.join((*path, name))}")
        artifact = artifacts[name]
        for dependency in artifact.get("dependencies", []):
            visit(dependency, (*path, name))
        if artifact.get("type") == "aws:cloudformation:stack":
            stacks[name] = _stack(folder, name, artifact)

    for name in artifacts:
        visit(name, ())
    if not stacks:
        raise BrokenAssembly(f"{folder} holds no stack")
    return list(stacks.values())


def _stack(folder: Path, name: str, artifact: Mapping[str, Any]) -> Stack:
    properties = artifact["properties"]
    account, region = _environment(artifact.get("environment", ""))
    assets: dict[str, Path] = {}
    assets_file = folder / f"{name}.assets.json"
    if assets_file.exists():
        for key, entry in _load(assets_file).get("files", {}).items():
            path = entry.get("source", {}).get("path")
            if path:
                assets[key] = folder / path
    return Stack(
        name=properties.get("stackName", name),
        template=_load(folder / properties["templateFile"]),
        assets=assets,
        account=account,
        region=region,
        protected=bool(properties.get("terminationProtection", False)),
    )


def _environment(text: str) -> tuple[str | None, str | None]:
    account, _, region = text.removeprefix("aws://").partition("/")
    return (account if account.isdigit() else None, region if region and "unknown" not in region else None)


def _load(path: Path) -> Mapping[str, Any]:
    try:
        loaded = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        raise BrokenAssembly(f"{path} is missing: synthesize the templates first") from None
    if not isinstance(loaded, Mapping):
        raise BrokenAssembly(f"{path} is not a JSON object")
    return loaded
