"""Every type of resource in the templates is compared, or says why it is not."""

from __future__ import annotations

import json
from pathlib import Path

from steward.configuration.checks import CHECKS, UNCHECKED
from tests.support.synthesised import with_every_option


def test_every_type_of_the_templates_has_a_check_or_a_written_reason(assembly: Path) -> None:
    types = {
        resource["Type"]
        for folder in (assembly, with_every_option())
        for template in folder.glob("*.template.json")
        for resource in json.loads(template.read_text())["Resources"].values()
    }
    assert types - CHECKS.keys() - UNCHECKED.keys() == set()
    assert CHECKS.keys() & UNCHECKED.keys() == set()
    assert all(UNCHECKED.values())
