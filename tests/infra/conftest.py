from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.config import ROOT
from infra.synthesis import cached_synthesis

Resources = dict[str, dict[str, Any]]


def read_resources(assembly: Path) -> Resources:
    resources: Resources = {}
    for template in sorted(assembly.glob("*.template.json")):
        resources.update(json.loads(template.read_text(encoding="utf-8"))["Resources"])
    return resources


@pytest.fixture(scope="session")
def assembly() -> Path:
    return cached_synthesis(ROOT / "policies" / "barnet.toml")


@pytest.fixture(scope="session")
def stores(assembly: Path) -> Resources:
    return json.loads((assembly / "local-steward-stores.template.json").read_text(encoding="utf-8"))["Resources"]


@pytest.fixture(scope="session")
def controls(assembly: Path) -> Resources:
    return json.loads((assembly / "local-steward-controls.template.json").read_text(encoding="utf-8"))["Resources"]


@pytest.fixture(scope="session")
def everything(stores: Resources, controls: Resources) -> Resources:
    return {**stores, **controls}
