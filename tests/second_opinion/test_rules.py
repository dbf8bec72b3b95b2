"""cfn-guard with AWS Control Tower's rules: every rule is kept, or is not kept for a reason that is written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.checks.synthesized import templates
from second_opinion.own_python import NotHereError
from second_opinion.rules import Acceptance, Breach, Verdict, accepted, judge

pytestmark = pytest.mark.second_opinion


@pytest.fixture(scope="module")
def verdict(assembly: Path) -> Verdict:
    try:
        return judge(templates(assembly))
    except NotHereError as reason:
        pytest.skip(f"{reason}: cfn-guard's rules were not applied")


def test_every_rule_that_is_not_kept_has_a_reason(verdict: Verdict) -> None:
    reasons = accepted()
    assert [one for one in sorted(verdict.breaches) if not any(reason.covers(one) for reason in reasons)] == []


def test_every_reason_is_needed(verdict: Verdict) -> None:
    assert [one for one in accepted() if not any(one.covers(breach) for breach in verdict.breaches)] == []


def test_more_rules_are_kept_than_not(verdict: Verdict) -> None:
    assert verdict.kept > len({(one.rule, one.template) for one in verdict.breaches})


def test_a_template_that_breaks_a_rule_is_found(tmp_path: Path, verdict: Verdict) -> None:
    """The judge is asked about something wrong as well: an answer that is always yes says nothing."""
    assert verdict
    broken = tmp_path / "wrong.template.json"
    broken.write_text('{"Resources": {"Open": {"Type": "AWS::S3::Bucket", "Properties": {}}}}', encoding="utf-8")
    assert Breach("S3.PR.1", "wrong", "Open") in judge([broken]).breaches


def test_a_reason_covers_its_own_rule_template_and_resources_alone() -> None:
    reason = Acceptance("S3.PR.9", "stores", "*Logs", "no need")
    assert reason.covers(Breach("S3.PR.9", "stores", "AccessLogs"))
    assert not reason.covers(Breach("S3.PR.9", "stores", "HoldBucket"))
    assert not reason.covers(Breach("S3.PR.8", "stores", "AccessLogs"))
    assert not reason.covers(Breach("S3.PR.9", "controls", "AccessLogs"))
