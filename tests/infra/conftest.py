from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.config import ROOT
from infra.synthesis import cached_synthesis

Resources = dict[str, dict[str, Any]]


def read_resource_file(template: Path) -> Resources:
    resources: Resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    return resources


def read_resources(assembly: Path) -> Resources:
    resources: Resources = {}
    for template in sorted(assembly.glob("*.template.json")):
        resources.update(read_resource_file(template))
    return resources


@pytest.fixture(scope="session")
def assembly() -> Path:
    return cached_synthesis(ROOT / "policies" / "barnet.toml")


@pytest.fixture(scope="session")
def stores(assembly: Path) -> Resources:
    return read_resource_file(assembly / "local-steward-stores.template.json")


@pytest.fixture(scope="session")
def controls(assembly: Path) -> Resources:
    return read_resource_file(assembly / "local-steward-controls.template.json")


@pytest.fixture(scope="session")
def sms(assembly: Path) -> Resources:
    return read_resource_file(assembly / "local-steward-sms.template.json")


@pytest.fixture(scope="session")
def everything(stores: Resources, controls: Resources, sms: Resources) -> Resources:
    return {**stores, **controls, **sms}
