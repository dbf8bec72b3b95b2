"""Alarms are judged as the CloudWatch user guide says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulator.aws.cloudwatch.alarms import Alarm, State, UnknownAlarm
from simulator.aws.cloudwatch.metrics import BrokenMetrics, MetricId, Metrics, Sample, embedded_metrics

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
METRIC = MetricId.of("steward", "Heartbeat", {"service": "maintain_holds"})


def alarm(**changes: object) -> Alarm:
    properties = {
        "Namespace": "steward",
        "MetricName": "Heartbeat",
        "Dimensions": [{"Name": "service", "Value": "maintain_holds"}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 3,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        **changes,
    }
    return Alarm.read("Example", "example", properties)


# The table of the page "Configuring how CloudWatch alarms treat missing data": three periods of which five are
# retrieved, the oldest first; 0 is within the threshold, X breaches, - is missing.
@pytest.mark.parametrize(
    ("to_alarm", "oldest_first", "breaching", "not_breaching"),
    [
        (3, "0-X-X", "OK", "OK"),
        (3, "0----", "OK", "OK"),
        (3, "-----", "ALARM", "OK"),
        (3, "0XX-X", "ALARM", "ALARM"),
        (3, "--X--", "ALARM", "OK"),
        (2, "0-X-X", "ALARM", "ALARM"),
        (2, "00X0X", "ALARM", "ALARM"),
        (2, "0-X--", "ALARM", "OK"),
        (2, "----0", "ALARM", "OK"),
        (2, "---X-", "ALARM", "OK"),
    ],
)
def test_missing_data_is_treated_as_the_guides_table_says(
    to_alarm: int, oldest_first: str, breaching: str, not_breaching: str
) -> None:
    values = [{"0": 0.0, "X": 1.0, "-": None}[mark] for mark in reversed(oldest_first)]
    for treatment, expected in (("breaching", breaching), ("notBreaching", not_breaching)):
        judged = alarm(DatapointsToAlarm=to_alarm, TreatMissingData=treatment).judge(values)
        assert judged == State(expected), treatment


@pytest.mark.parametrize(
    ("oldest_first", "state"),
    [
        ("0-X-X", "OK"),
        ("0----", "OK"),
        ("-----", "INSUFFICIENT_DATA"),
        ("0XX-X", "ALARM"),
        ("--X--", "ALARM"),
    ],
)
def test_an_alarm_that_leaves_gaps_out_has_too_little_data_without_any(oldest_first: str, state: str) -> None:
    """The same table, its column MISSING."""
    values = [{"0": 0.0, "X": 1.0, "-": None}[mark] for mark in reversed(oldest_first)]
    assert alarm(TreatMissingData="missing").judge(values) == State(state)


@pytest.mark.parametrize(
    ("statistic", "expected"), [("Sum", 9), ("Maximum", 5), ("Minimum", 1), ("Average", 3), ("SampleCount", 3)]
)
def test_the_values_of_a_period_become_one_by_the_statistic(statistic: str, expected: float) -> None:
    metrics = Metrics()
    for minute, value in ((1, 5), (2, 3), (4, 1), (9, 100)):
        metrics.put(Sample(METRIC, NOON - timedelta(minutes=minute), value))

    newest, *_ = alarm(Statistic=statistic).datapoints(metrics, NOON)

    assert newest == expected


def test_the_window_slides_with_each_evaluation() -> None:
    metrics = Metrics()
    metrics.put(Sample(METRIC, NOON, 1))
    counts = alarm(EvaluationPeriods=1)

    assert counts.state_at(metrics, NOON) is State.OK, "the minute that has just begun is not over"
    assert counts.state_at(metrics, NOON + timedelta(minutes=1)) is State.ALARM
    assert counts.state_at(metrics, NOON + timedelta(hours=1)) is State.OK


@pytest.mark.parametrize(
    ("operator", "breaches_at"),
    [
        ("GreaterThanOrEqualToThreshold", {1, 2}),
        ("GreaterThanThreshold", {2}),
        ("LessThanThreshold", {0}),
        ("LessThanOrEqualToThreshold", {0, 1}),
    ],
)
def test_a_value_is_compared_as_the_operator_says(operator: str, breaches_at: set[int]) -> None:
    compared = alarm(ComparisonOperator=operator, EvaluationPeriods=1)

    assert {value for value in (0, 1, 2) if compared.judge([value]) is State.ALARM} == breaches_at


def test_an_alarm_over_more_than_a_day_is_evaluated_on_the_hour() -> None:
    heartbeat = alarm(Period=3600, EvaluationPeriods=26)

    assert [minute for minute in range(60) if heartbeat.is_evaluated_at(NOON + timedelta(minutes=minute))] == [0]
    assert alarm().is_evaluated_at(NOON + timedelta(minutes=7))


@pytest.mark.parametrize(
    "changes",
    [
        {"Period": 300, "EvaluationPeriods": 289},
        {"Period": 3600, "EvaluationPeriods": 169},
        {"Period": 90},
        {"Statistic": "p99"},
        {"TreatMissingData": "ignore"},
        {"TreatMissingData": "missing", "DatapointsToAlarm": 2},
    ],
)
def test_an_alarm_that_cannot_be_deployed_or_judged_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UnknownAlarm, match="Example"):
        alarm(**changes)


def test_a_log_line_in_the_embedded_format_is_a_value_of_each_metric_by_its_dimensions() -> None:
    line = (
        '{"_aws": {"Timestamp": 1803902400000, "CloudWatchMetrics": [{"Namespace": "steward", "Dimensions":'
        ' [["service"], []], "Metrics": [{"Name": "HoldFailed", "Unit": "Count"}]}]}, "service": "place_hold",'
        ' "HoldFailed": [2.0]}'
    )

    by_function, overall = embedded_metrics(line)

    assert by_function.metric == MetricId.of("steward", "HoldFailed", {"service": "place_hold"})
    assert overall.metric == MetricId("steward", "HoldFailed")
    assert by_function.value == 2
    assert by_function.at == datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_a_line_that_cloudwatch_could_not_read_is_an_error_and_an_ordinary_one_is_not() -> None:
    assert list(embedded_metrics('{"message": "holds maintained"}')) == []
    with pytest.raises(BrokenMetrics, match="service"):
        embedded_metrics(
            '{"_aws": {"Timestamp": 1803902400000, "CloudWatchMetrics": [{"Namespace": "steward",'
            ' "Dimensions": [["service"]], "Metrics": []}]}}'
        )
