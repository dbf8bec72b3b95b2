"""Every refusal of a policy file: one sentence, at the place where the mistake is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from steward.policy.load import PolicyError, Severity, check, load_policy

Findings = Callable[..., list[str]]
BARNET = Path("policies/barnet.toml").read_text(encoding="utf-8")


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    """Check Barnet's policy after replacing one piece of text by another."""

    def _findings(*changes: tuple[str, str], more: str = "") -> list[str]:
        text = BARNET
        for old, new in changes:
            assert old in text, f"{old} is not in the policy any more"
            text = text.replace(old, new, 1)
        path = tmp_path / "policy.toml"
        path.write_text(text + more, encoding="utf-8")
        return [str(finding) for finding in check(path)]

    return _findings


def section(name: str) -> str:
    """Return one section of Barnet's policy, its heading included."""
    start = BARNET.index(f"[{name}]")
    return BARNET[start : BARNET.index("\n\n", start)]


RECORDINGS = "[retention.call_recording]\nmonths = 6"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (RECORDINGS, "[retention.call_recording]\nmonths = 0", "retention.call_recording.months: 0 is less than 1"),
        (
            RECORDINGS,
            "[retention.call_recording]\nmonths = 1201",
            "retention.call_recording.months: 1201 is greater than 1200",
        ),
        (
            RECORDINGS,
            '[retention.call_recording]\nmonths = "six"',
            'retention.call_recording.months: "six" is not a whole number',
        ),
        (
            RECORDINGS,
            "[retention.call_recording]\nmonths = 6.0",
            "retention.call_recording.months: 6.0 is not a whole number",
        ),
        (
            RECORDINGS,
            "[retention.call_recording]\nmonths = true",
            "retention.call_recording.months: true is not a whole number",
        ),
        (
            RECORDINGS,
            "[retention.call_recording]",
            "retention.call_recording.months: is missing: say for how many months call_recording is kept",
        ),
        (
            RECORDINGS,
            "[retention.call_recording]\nmonths = 6\nmonth = 7",
            "retention.call_recording.month: unknown key; did you mean months?",
        ),
        ("stop_on_transfer_out = true", "", "recording.stop_on_transfer_out: is missing"),
        ('suspend = ["AGENT"', 'suspend = ["VOICE"', 'payments.suspend[0]: "VOICE" is not one of AGENT, IVR, SCREEN'),
        ('suspend = ["AGENT", "IVR", "SCREEN"]', "suspend = []", "payments.suspend: is empty"),
        ('"BAR-8"', '"bar8"', 'payments.clauses[0]: "bar8" does not have the form ^[A-Z]{3}-[0-9]+$'),
        ("answer_within_days = 30", "", "subject_rights.answer_within_days: is missing: say within how many days"),
        ('slug = "barnet"', f'slug = "{"b" * 31}"', "is longer than 30 characters"),
        ('allowed = ["eu-west-2"]', "allowed = 2026-01-01", "region.allowed: 2026-01-01 is not a list"),
    ],
)
def test_a_malformed_value_is_named_with_its_place(findings: Findings, old: str, new: str, expected: str) -> None:
    assert any(expected in finding for finding in findings((old, new)))


def test_an_unknown_record_class_is_named(findings: Findings) -> None:
    found = findings(more="\n[retention.voicemail]\nmonths = 3\n")
    assert any(line.startswith("retention.voicemail: unknown key;") for line in found)


def test_an_unknown_reason_for_a_hold_is_named(findings: Findings) -> None:
    found = findings(more="\n[holds.reasons.curiosity]\nmonths = 3\n")
    assert any(line.startswith("holds.reasons.curiosity: unknown key;") for line in found)


def test_an_unknown_section_is_named(findings: Findings) -> None:
    assert any(line.startswith("backups: unknown key;") for line in findings(more="\n[backups]\nmonths = 3\n"))


def test_all_mistakes_are_reported_at_once(findings: Findings) -> None:
    found = findings(
        (RECORDINGS, "[retention.call_recording]\nmonths = 0"),
        ('clauses = ["BAR-8"]', ""),
        ("months_after_closure = 12", ""),
        ("limit_minutes = 10", "limit_minutes = 1000"),
    )
    for path in (
        "retention.call_recording.months",
        "not_yet_enforced",
        "holds.reasons.complaint.months_after_closure",
        "payments.limit_minutes",
    ):
        assert any(line.startswith(f"{path}:") for line in found), path


def test_a_class_without_a_figure_is_refused_with_a_sentence_that_says_what_is_missing(findings: Findings) -> None:
    found = findings((section("retention.sms_log"), ""))
    assert found == [
        (
            "retention.sms_log: no figure is given: say for how many months sms_log is kept (months = ...), "
            "or name it in storage.not_kept"
        )
    ]


def test_a_class_cannot_be_kept_and_not_kept(findings: Findings) -> None:
    found = findings(("[channels]", '[storage]\nnot_kept = ["evaluation"]\n\n[channels]'))
    assert found == ["storage.not_kept: evaluation has a period as well: keep one of the two"]


def test_the_councils_own_figure_needs_a_reason(findings: Findings) -> None:
    why = "A quality review is about a recording; without the recording it serves nobody."
    assert findings((f'why = "{why}"', "")) == [
        "retention.evaluation.why: is missing: the figure is the council's own choice, so say why it was chosen"
    ]


def test_a_figure_that_no_clause_publishes_must_be_marked_as_the_councils_own(findings: Findings) -> None:
    assert findings(("[retention.evaluation]\nmonths = 6\nsource", "[retention.evaluation]\nmonths = 6\n#")) == [
        (
            "retention.evaluation.source: names no clause that publishes its figure: name it in clauses, "
            'or set source = "council" and say why'
        )
    ]


def test_a_figure_whose_clause_publishes_none_must_be_marked_as_the_councils_own(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    text = Path("policies/kensington-and-chelsea.toml").read_text(encoding="utf-8")
    marked = '[retention.call_recording]\nmonths = 6\nclauses = ["RBK-3"]\nsource = "council"\n'
    assert marked in text
    path.write_text(text.replace(marked, marked.replace('source = "council"\n', "")), encoding="utf-8")

    [finding] = check(path)
    assert (finding.severity, finding.path) == (Severity.ERROR, "retention.call_recording.source")
    assert finding.message == 'RBK-3 publishes no figure for call_recording: set source = "council" and say why'


def test_a_figure_that_differs_from_the_published_one_is_remarked_but_may_be_deployed(findings: Findings) -> None:
    assert findings((RECORDINGS, "[retention.call_recording]\nmonths = 7")) == [
        "retention.call_recording.months: remark: 7 differs from the 6 that BAR-4 publishes"
    ]


def test_contact_records_shorter_than_connect_keeps_them_are_remarked(findings: Findings) -> None:
    found = findings(("[retention.contact_record]\nmonths = 24", "[retention.contact_record]\nmonths = 12"))
    assert any("Connect itself keeps contact records for 24 months" in line for line in found)
    assert all(": remark: " in line for line in found)


def test_every_reason_for_a_hold_needs_a_figure(findings: Findings) -> None:
    assert findings((section("holds.reasons.threat_to_staff"), "")) == [
        (
            "holds.reasons.threat_to_staff: no figure is given: say for how many months a contact is held for "
            "threat_to_staff (months = ...)"
        )
    ]


def test_an_open_ended_case_needs_a_period_after_its_closure(findings: Findings) -> None:
    assert findings(("months_after_closure = 6", "")) == [
        (
            "holds.reasons.legal_claim.months_after_closure: is missing: say for how many months after its closure "
            "an open-ended case is held"
        )
    ]


def test_a_period_after_closure_without_an_open_ended_stage_is_refused(findings: Findings) -> None:
    assert findings(('open_ended_stages = ["2", "ombudsman"]', "")) == [
        "holds.reasons.complaint.months_after_closure: has no effect: no stage of this reason is open-ended"
    ]


def test_a_region_abroad_is_refused_where_a_clause_promises_the_united_kingdom(tmp_path: Path) -> None:
    text = Path("policies/somerset.toml").read_text(encoding="utf-8")
    path = tmp_path / "abroad.toml"
    path.write_text(text.replace('allowed = ["eu-west-2"]', 'allowed = ["eu-west-1"]'), encoding="utf-8")
    assert [str(finding) for finding in check(path)] == [
        "region.allowed: eu-west-1 is outside the United Kingdom, which SOM-8 forbids"
    ]


def test_a_region_that_does_not_exist_is_refused(findings: Findings) -> None:
    assert findings(('allowed = ["eu-west-2"]', 'allowed = ["London"]')) == [
        'region.allowed: "London" is no AWS region, such as eu-west-2'
    ]


def test_a_channel_whose_content_is_not_kept_is_refused(findings: Findings) -> None:
    found = findings(
        (section("retention.chat_transcript"), '[storage]\nnot_kept = ["chat_transcript"]'),
        ('"web_chat"', '"web_chat", "social_media"'),
    )
    assert "channels.offered: web_chat is offered, but storage.not_kept says that chat_transcript is not kept" in found


def test_a_pause_that_leaves_a_kept_recording_running_is_refused(findings: Findings) -> None:
    assert findings(('["AGENT", "IVR", "SCREEN"]', '["AGENT", "IVR"]')) == [
        "payments.suspend: SCREEN is missing although screen_recording is kept: a card would be recorded"
    ]


def test_a_line_cannot_be_recorded_and_not_recorded(findings: Findings) -> None:
    found = findings(("lines = []", 'lines = ["Planning"]\nlines_not_recorded = ["Planning"]'))
    assert found == ['recording.lines_not_recorded: "Planning" is among the recorded lines as well']


def test_a_policy_without_figures_is_refused_and_says_which(tmp_path: Path) -> None:
    text = Path("policies/kensington-and-chelsea.toml").read_text(encoding="utf-8")
    start, end = (
        text.index("[retention.call_recording]"),
        text.index("# -----", text.index("[retention.call_recording]")),
    )
    path = tmp_path / "no-figures.toml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        load_policy(path)
    message = str(refusal.value)
    assert "say for how many months call_recording is kept" in message
    assert "no section fulfils RBK-3" in message


def test_errors_come_before_remarks(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    text = (
        BARNET.replace(RECORDINGS, "[retention.call_recording]\nmonths = 7").replace('"London', '"').replace("10", "0")
    )
    path.write_text(text, encoding="utf-8")
    severities = [finding.severity for finding in check(path)]
    assert Severity.REMARK in severities
    assert severities == sorted(severities, key=lambda severity: severity is Severity.REMARK)


def test_a_notice_without_english_is_refused(findings: Findings) -> None:
    assert "recording.notice.en: is missing: say what callers hear before they are recorded" in findings(
        ('[recording.notice]\nen = """', '[recording.notice]\ncy = """')
    )


def test_a_hold_that_no_clause_publishes_needs_a_reason_for_its_figure(findings: Findings) -> None:
    reason = section("holds.reasons.subject_access")
    without = "\n".join(line for line in reason.splitlines() if not line.startswith("why"))
    assert findings((reason, without)) == [
        "holds.reasons.subject_access.why: is missing: no clause publishes the figure, so say why it was chosen"
    ]


@pytest.mark.parametrize("record_class", ["sms_log", "consent_evidence"])
def test_a_policy_that_sends_texts_keeps_their_log_and_the_evidence_of_consent(
    findings: Findings, record_class: str
) -> None:
    found = findings((section(f"retention.{record_class}"), f'[storage]\nnot_kept = ["{record_class}"]'))
    assert f"storage.not_kept: {record_class} must be kept: the policy has a section messaging" in found
