"""cfn-guard with AWS Control Tower's public rules, on the templates as they were synthesized."""

from __future__ import annotations

import json
import platform
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from deployment.npm import PackageError, fetched
from second_opinion.own_python import HOME, NotHereError

NAME: Final = "@cdklabs/cdk-validator-cfnguard"
VERSION: Final = "0.0.62"
INTEGRITY: Final = "sha512-Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ=="
ACCEPTED: Final = Path(__file__).with_name("accepted.toml")

_FINDINGS: Final = 19
"""cfn-guard's status where a rule failed."""


@dataclass(frozen=True, order=True)
class Breach:
    """A rule, by the number that Control Tower gives it, and a resource that does not keep it."""

    rule: str
    template: str
    resource: str


@dataclass(frozen=True)
class Acceptance:
    """Resources of one template, as a pattern, that need not keep a rule, and why."""

    rule: str
    template: str
    resources: str
    because: str

    def covers(self, breach: Breach) -> bool:
        """Return whether this is one of them."""
        same = (self.rule, self.template) == (breach.rule, breach.template)
        return same and fnmatchcase(breach.resource, self.resources)


@dataclass(frozen=True)
class Verdict:
    """What was found, and how many rules every template keeps as far as they concern it."""

    breaches: frozenset[Breach]
    kept: int


def judge(templates: Sequence[Path]) -> Verdict:
    """Apply every rule that concerns a type of resource in these templates.

    Raises NotHereError if there is no cfn-guard for this machine.
    """
    guard, rules = _installed()
    chosen = [argument for rule in _concerning(rules, templates) for argument in ("-r", str(rule))]
    data = [argument for template in templates for argument in ("-d", str(template))]
    said = subprocess.run(  # noqa: S603 - pinned
        [str(guard), "validate", *chosen, *data, "--structured", "-o", "json", "--show-summary", "none"],
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode not in (0, _FINDINGS):
        raise NotHereError(f"cfn-guard ended with status {said.returncode}: {said.stderr.strip()[-300:]}")
    reports: list[dict[str, Any]] = json.loads(said.stdout)
    breaches = frozenset(
        Breach(_number(one), Path(report["name"]).name.removesuffix(".template.json"), resource)
        for report in reports
        for one in report["not_compliant"]
        for resource in _resources(one)
    )
    return Verdict(breaches, sum(len(report["compliant"]) for report in reports))


def accepted() -> list[Acceptance]:
    """Return what is not kept on purpose."""
    entries: list[dict[str, Any]] = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    return [
        Acceptance(entry["rule"], template, resources, entry["because"])
        for entry in entries
        for template, patterns in entry["resources"].items()
        for resources in patterns
    ]


def _installed() -> tuple[Path, Path]:
    system = {"Linux": "ubuntu", "Darwin": "macos"}.get(platform.system(), "")
    machine = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    try:
        package = fetched(NAME, VERSION, INTEGRITY, HOME / "cfn-guard")
    except PackageError as error:
        raise NotHereError(str(error)) from error
    guard = package / "bin" / system / machine / "cfn-guard"
    if not guard.is_file():
        raise NotHereError(f"{NAME} has no cfn-guard for {platform.system()} on {machine}, so its rules are left out")
    guard.chmod(0o755)
    return guard, package / "rules" / "control-tower" / "cfn-guard"


def _concerning(rules: Path, templates: Iterable[Path]) -> Iterator[Path]:
    types = {
        f"'{resource['Type']}'"
        for template in templates
        for resource in json.loads(template.read_text(encoding="utf-8"))["Resources"].values()
    }
    for rule in sorted(rules.rglob("*.guard")):
        text = rule.read_text(encoding="utf-8").replace('"', "'")
        if any(one in text for one in types):
            yield rule


def _number(finding: dict[str, Any]) -> str:
    """Return the rule's number, such as ``CT.S3.PR.9``, which stands at the start of its message."""
    text = json.dumps(finding)
    return text.partition("[CT.")[2].partition("]")[0]


def _resources(finding: object) -> Iterator[str]:
    """Return the logical ids of the resources that a finding names by their paths."""
    match finding:
        case {"path": str(path)} if path.startswith("/Resources/"):
            yield path.split("/")[2]
        case dict():
            for each in finding.values():
                yield from _resources(each)
        case list():
            for each in finding:
                yield from _resources(each)
