"""Refused texts and payments on the register of a night: by reason and London's day, and never none when unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from steward.aws.clients import client
from steward.evidence.adapters.counts import CloudWatchCounts
from steward.evidence.register.refusals import REASONS, Kind, Point, RefusalCounts, kinds
from steward.failures import AccessDenied, Unavailable
from steward.policy.load import load_policy
from tests.support.evidence.nights import Desk
from tests.support.reading_html import problems

BOTH = (Kind.PAYMENT, Kind.TEXT)
SINCE, UNTIL = datetime(2027, 7, 1, tzinfo=UTC), datetime(2027, 7, 15, 5, tzinfo=UTC)


@dataclass
class MadeUpCounts:
    """What functions counted."""

    points: list[Point] = field(default_factory=list)
    denied: bool = False
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    def refused(self, kinds: Iterable[Kind], since: datetime, until: datetime) -> list[Point]:
        """Return those of that time."""
        self.asked.append((since, until))
        if self.denied:
            raise AccessDenied("cloudwatch.GetMetricData", "AccessDenied")
        return [one for one in self.points if one.kind in kinds and since <= one.at < until]


def counted(points: list[Point], kinds: tuple[Kind, ...] = BOTH, **changes: Any) -> RefusalCounts:  # noqa: ANN401
    return RefusalCounts(counts=MadeUpCounts(points, **changes), kinds=kinds)


def test_a_refusal_counts_in_londons_day_and_month() -> None:
    # Half past midnight of the first in London is half past eleven of the day before in UTC, in summer.
    points = [
        Point(Kind.TEXT, "no_consent", datetime(2027, 6, 30, 22, tzinfo=UTC), 5),
        Point(Kind.TEXT, "no_consent", datetime(2027, 6, 30, 23, tzinfo=UTC), 2),
        Point(Kind.TEXT, "no_consent", datetime(2027, 7, 14, 22, tzinfo=UTC), 3),
        Point(Kind.TEXT, "no_consent", datetime(2027, 7, 14, 23, tzinfo=UTC), 1),
        Point(Kind.PAYMENT, "throttled", datetime(2027, 7, 2, 9, tzinfo=UTC), 1),
    ]
    found = counted(points).at(UNTIL)

    assert [(one.kind, one.reason, one.this_month, one.day_before) for one in found.lines] == [
        ("payment", "throttled", 1, 0),
        ("text", "no_consent", 6, 3),
    ]


def test_on_the_first_of_a_month_the_day_before_is_another_months() -> None:
    points = [Point(Kind.TEXT, "opted_out", datetime(2027, 6, 30, 9, tzinfo=UTC), 4)]
    [line] = counted(points).at(datetime(2027, 7, 1, 5, tzinfo=UTC)).lines

    assert (line.this_month, line.day_before) == (0, 4)


def test_the_page_has_each_reason_and_says_what_was_not_done() -> None:
    desk = Desk(refusals=counted([Point(Kind.PAYMENT, "throttled", datetime(2027, 2, 28, 9, tzinfo=UTC), 1200)]))
    page, plain = desk.written()

    assert plain["refusals"]["lines"] == [
        {"kind": "payment", "reason": "throttled", "this_month": 0, "day_before": 1200}
    ]
    assert "payment: no confirmed pause" in page
    assert "1,200" in page
    assert problems(page.encode()) == []
    assert desk.officer.mails == []


def test_counts_that_cannot_be_read_are_not_shown_and_the_officer_is_told() -> None:
    desk = Desk(refusals=counted([], denied=True))
    page, plain = desk.written()

    assert plain["refusals"] == {"lines": [], "not_shown": "AccessDenied"}
    assert "? Not shown: they could not be read (AccessDenied)." in page
    assert "✗ Something needs somebody." in page
    [(_, lines)] = desk.officer.mails
    assert "counts of refused texts and payments that are not shown: 1" in lines
    assert not [line for line in lines if line.startswith("requests of people")]


def test_a_policy_without_texts_or_payments_has_no_counts() -> None:
    page, plain = Desk().written()

    assert plain["refusals"] is None
    assert "The policy knows neither texts nor payments." in page


def test_what_is_asked_for_is_what_the_policy_lets_flows_ask_for() -> None:
    assert kinds(load_policy(Path("policies/barnet.toml"))) == BOTH


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with mock_aws():
        client.cache_clear()
        yield client("cloudwatch")
        client.cache_clear()


def put(cloudwatch: Any, at: datetime, **dimensions: str) -> None:  # noqa: ANN401 - a client
    """Put one refusal as CloudWatch takes it from a function's log line."""
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    value = {"MetricName": "RefusedFor.no_consent", "Dimensions": named, "Timestamp": at, "Value": 1}
    cloudwatch.put_metric_data(Namespace="steward", MetricData=[value])


def test_refusals_are_summed_by_the_hour_for_one_function_of_one_environment(cloudwatch: Any) -> None:  # noqa: ANN401
    at = datetime(2027, 7, 14, 8, 20, tzinfo=UTC)
    for _ in range(2):
        put(cloudwatch, at, service="send_sms", environment="live")
    put(cloudwatch, at, service="send_sms", environment="trial")
    put(cloudwatch, at, service="record_consent", environment="live")
    put(cloudwatch, UNTIL, service="send_sms", environment="live")

    assert CloudWatchCounts("live").refused(BOTH, SINCE, UNTIL) == [
        Point(Kind.TEXT, "no_consent", at.replace(minute=0), 2)
    ]


def test_every_reason_is_asked_for_in_points_of_an_hour_which_are_kept_for_more_than_a_month(
    cloudwatch: Any,  # noqa: ANN401
) -> None:
    """API reference, GetMetricData: points of a minute are there for 15 days, those of an hour for 455."""
    seen: list[Any] = []
    cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", lambda params, **_: seen.append(params)
    )
    CloudWatchCounts("live").refused(BOTH, SINCE, UNTIL)

    stats = [one["MetricStat"] for one in seen[0]["MetricDataQueries"]]
    assert {stat["Metric"]["MetricName"] for stat in stats} == {
        f"RefusedFor.{reason}" for kind in BOTH for reason in REASONS[kind]
    }
    assert {(stat["Period"], stat["Stat"]) for stat in stats} == {(3600, "Sum")}
    assert len(stats) <= 500


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_metric_that_cloudwatch_did_not_look_at_is_no_zero(cloudwatch: Any, status: str) -> None:  # noqa: ANN401
    """API reference, MetricDataResult: ``StatusCode``; a request with such a part succeeds all the same."""
    result = {"Id": "m0", "Label": "x", "Timestamps": [], "Values": [], "StatusCode": status}
    with Stubber(cloudwatch) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": [result]})
        with pytest.raises(Unavailable, match=status):
            CloudWatchCounts("live").refused((Kind.TEXT,), SINCE, UNTIL)


def test_nothing_is_asked_where_nothing_can_be_refused(cloudwatch: Any) -> None:  # noqa: ANN401
    with Stubber(cloudwatch):
        assert CloudWatchCounts("live").refused((), SINCE, UNTIL) == []
