"""Findings for other tools: JSON, SARIF, JUnit, GitHub's annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec

from flowlint.findings import Finding, Severity
from flowlint.output.text import line
from flowlint.rules.register import RULES

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
"""SARIF's levels."""

GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
"""https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(findings: Sequence[Finding]) -> str:
    """Return one list of objects."""
    return json.dumps(msgspec.to_builtins(list(findings)), indent=2, ensure_ascii=False)


def as_sarif(findings: Sequence[Finding], refused: Sequence[str], version: str) -> str:
    """Return a SARIF 2.1.0 log: what code-scanning services take."""
    used = sorted({finding.code for finding in findings})
    rules = [
        {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.fix},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
        }
        for rule in RULES
        if rule.code in used
    ]
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "flowlint", "version": version, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not refused,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": each}} for each in refused
                        ],
                    }
                ],
                "results": [_result(finding, used) for finding in findings],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False)


def _result(finding: Finding, used: Sequence[str]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": used.index(finding.code),
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.action}: {finding.reason}" if finding.action else finding.reason},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.file)},
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{finding.flow or finding.file}/{finding.action}"}],
            }
        ],
        "partialFingerprints": {"flowAndAction/v1": f"{finding.code}/{finding.flow}/{finding.action}"},
    }
    if finding.path:
        steps = [{"location": {"message": {"text": f"{step.flow}: {step.action}"}}} for step in finding.path]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _uri(file: str) -> str:
    return quote(PurePath(file).as_posix())


def as_junit(findings: Sequence[Finding], files: Sequence[str], refused: Sequence[str]) -> str:
    """Return a JUnit report: a test case for each file, a failure for each error in it."""
    named = list(dict.fromkeys([*files, *(finding.file for finding in findings)]))
    failed = [finding for finding in findings if finding.severity is Severity.ERROR]
    suite = ET.Element(
        "testsuite",
        name="flowlint",
        tests=str(len(named) + len(refused)),
        failures=str(len(failed)),
        errors=str(len(refused)),
    )
    for file in named:
        case = ET.SubElement(suite, "testcase", classname="flowlint", name=_xml(file))
        for finding in findings:
            if finding.file != file:
                continue
            if finding.severity is Severity.ERROR:
                told = ET.SubElement(case, "failure", type=finding.code, message=_xml(finding.reason))
            else:
                told = ET.SubElement(case, "system-out")
            told.text = _xml(line(finding))
    for each in refused:
        case = ET.SubElement(suite, "testcase", classname="flowlint", name=_xml(each.split(": ")[0]))
        ET.SubElement(case, "error", type="unreadable", message=_xml(each))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def as_github(finding: Finding) -> str:
    """Return a finding as a workflow command, which GitHub shows at its line."""
    title = f"{finding.code} {finding.rule}"
    parts = {"file": finding.file, "line": str(finding.line), "col": str(finding.column), "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in parts.items())
    message = f"{finding.action}: {finding.reason}" if finding.action else finding.reason
    return f"::{GITHUB[finding.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _xml(text: str) -> str:
    return _NOT_XML.sub("?", text)
