"""What the trail says becomes a report: every read with its reason, and no gap taken for calm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from steward.access.reading.days import Day
from steward.access.reading.reasons import OnRecord, Span, Stores
from steward.access.reading.reporting import Night as Reported
from steward.access.reading.reporting import Reporting
from steward.access.reading.trail import UnreadableTrail, unpacked
from steward.failures import AccessDenied, NotFound, Unavailable
from steward.holds.references import folded
from steward.ids import CaseRef
from tests.support.trail import ACCOUNT, REGION, delivered, read, session, user

ON = date(2027, 1, 4)
RIGHTS, HELD = "rights-bucket", "held-bucket"
P = "live-steward-"
DPO = session(f"{P}data-protection-officer", "zoe")
MARY = session(f"{P}information-officer", "mary")
RECORDING = "c-1/call_recording/x.wav"
KNOWN = OnRecord(
    requests={"SAR-1": Span(reference="request SAR-1", since=ON)},
    disclosures={"D-1": Span(reference="disclosure D-1", since=date(2026, 12, 1), until=date(2027, 1, 2))},
    contacts={"c-1": (Span(reference="request SAR-1", since=ON),)},
)


@dataclass
class Night:
    """The trail's bucket, the reports and whoever is told."""

    files: dict[str, bytes] = field(default_factory=dict)
    kept: dict[date, Day] = field(default_factory=dict)
    pages: dict[tuple[int, int], str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    to_tell: Sequence[date] = ()

    at: datetime = datetime(2027, 1, 5, 5, 15, tzinfo=UTC)
    fails_on: set[date] = field(default_factory=set)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        del seconds

    def digests(self, begin: datetime, end: datetime) -> Iterator[bytes]:
        if begin.date() in self.fails_on:
            raise AccessDenied("s3.ListObjectsV2", "AccessDenied")
        for key, body in self.files.items():
            stamped = key.rpartition("_")[2]
            if "Digest" in key and f"{begin:%Y%m%dT%H%M%S}" <= stamped < f"{end:%Y%m%dT%H%M%S}":
                yield body

    def file(self, key: str) -> bytes:
        if key not in self.files:
            raise NotFound("s3.GetObject", "NoSuchKey")
        return self.files[key]

    def keep_day(self, day: Day) -> None:
        self.kept[day.on] = day

    def reported(self) -> Sequence[date]:
        return sorted(self.kept)

    def days(self, year: int, month: int) -> Sequence[Day]:
        return [day for on, day in sorted(self.kept.items()) if (on.year, on.month) == (year, month)]

    def untold(self) -> Sequence[date]:
        return self.to_tell

    def keep_untold(self, days: Sequence[date]) -> None:
        self.to_tell = list(days)

    def keep_month(self, year: int, month: int, page: bytes) -> None:
        self.pages[year, month] = page.decode()

    def unexplained(self, on: date, number: int) -> None:
        self.said.append(f"{on} {number} unexplained")

    def missing(self, on: date, what: Sequence[str]) -> None:
        self.said.append(f"{on} missing {'; '.join(what)}")

    def late(self, made_up: Sequence[date], not_shown: Sequence[date], left: int) -> None:
        self.said.append(f"late {[f'{on:%d}' for on in made_up]} not shown {[f'{on:%d}' for on in not_shown]} {left}")

    def run(self) -> Day:
        return self.whole_run().days[0]

    def whole_run(self) -> Reported:
        stores = Stores(rights=RIGHTS, holds=HELD, account=ACCOUNT, prefix=P, fold=lambda one: folded(CaseRef(one)))
        return Reporting(
            clock=self,
            council="Ash",
            stores=stores,
            trail=self,
            known=lambda: KNOWN,
            reports=self,
            told=self,
        ).run()


def night(*records: dict[str, Any], hours: Sequence[int] = range(24)) -> Night:
    return Night(files=delivered(ON, records, hours=hours))


def one(who: dict[str, Any], bucket: str, key: str, **more: Any) -> Day:  # noqa: ANN401 - fields of a record
    return night(read(who, "2027-01-04T11:00:00Z", bucket, key, **more)).run()


@pytest.mark.parametrize(
    ("who", "bucket", "key", "reason"),
    [
        (DPO, HELD, RECORDING, "request SAR-1"),
        (MARY, RIGHTS, "requests/SAR-1/records/c-1.json", "request SAR-1"),
        (MARY, RIGHTS, "intake/sar-1.json", "request SAR-1"),
        (MARY, RIGHTS, "register/requests.html", "the register"),
        (session(f"{P}rights-approver", "rob"), RIGHTS, "packages/SAR-1/x.zip", "request SAR-1"),
        (session(f"{P}access-auditor", "ann"), RIGHTS, "reads/2027-01.html", "the reads"),
        # A disclosure that ended the day before yesterday explains a read until the day after its end.
        (session(f"{P}disclosure-officer", "dan"), RIGHTS, "disclosures/D-1/x.zip", ""),
        (session(f"{P}disclosure-officer", "dan"), RIGHTS, "forms/D-1.pdf", ""),
        (DPO, HELD, "c-2/call_recording/x.wav", ""),
        (MARY, RIGHTS, "requests/SAR-2/records/c-1.json", ""),
        (MARY, RIGHTS, "elsewhere/SAR-1", ""),
        # Whoever is in no role of steward's has no part in a request, whatever is open.
        (session("administrator", "ada"), HELD, RECORDING, ""),
        (user("root-like"), HELD, RECORDING, ""),
        # What a person called a session or a user makes no service of it.
        (session("administrator", "x.amazonaws.com"), HELD, RECORDING, ""),
        (user("x.amazonaws.com"), HELD, RECORDING, ""),
        ({**session("administrator", "ada"), "invokedBy": "athena.amazonaws.com"}, HELD, RECORDING, ""),
        (session(f"{P}platform-engineer", "pat"), RIGHTS, "requests/SAR-1/records/c-1.json", ""),
        (session("live-steward-look-alike", "eve"), HELD, RECORDING, ""),
    ],
)
def test_a_read_by_a_person_has_the_request_that_was_open_or_is_named(
    who: dict[str, Any], bucket: str, key: str, reason: str
) -> None:
    [entry] = one(who, bucket, key).entries
    assert (entry.reason, entry.unexplained) == (reason, not reason)
    assert entry.person == who["arn"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (session(f"{P}place-hold", f"{P}place-hold"), f"{P}place-hold"),
        (
            session("aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x", "c"),
            "AWSServiceRoleForAmazonConnect_x",
        ),
        ({"type": "AWSService", "invokedBy": "firehose.amazonaws.com"}, "firehose.amazonaws.com"),
        ({"invokedBy": "s3.amazonaws.com"}, "s3.amazonaws.com"),
    ],
)
def test_functions_connect_and_services_are_counted_and_never_dropped(who: dict[str, Any], role: str) -> None:
    day = one(who, HELD, RECORDING)
    assert (day.entries, day.functions) == ((), {role: 1})


def test_a_link_counts_as_a_read_for_its_request_and_as_unexplained_once_that_is_over() -> None:
    signer, by_link = session(f"{P}hand-over", f"{P}hand-over"), {"AuthenticationMethod": "QueryString"}
    for key, reason in (("packages/SAR-1/x.zip", "request SAR-1"), ("disclosures/D-1/x.zip", "")):
        [entry] = one(signer, RIGHTS, key, additionalEventData=by_link).entries
        assert (entry.reader, entry.reason, entry.unexplained) == ("link", reason, not reason)


def test_what_aws_refused_is_listed_and_nobody_has_to_explain_it() -> None:
    [entry] = one(session("administrator", "ada"), HELD, RECORDING, errorCode="AccessDenied").entries
    assert (entry.refused, entry.unexplained) == ("AccessDenied", False)


def test_a_copy_is_a_read_of_what_it_copies() -> None:
    copied = {"bucketName": "elsewhere", "key": "mine", "x-amz-copy-source": f"{HELD}/{RECORDING}?versionId=1"}
    [entry] = one(session("administrator", "ada"), "", "", eventName="CopyObject", requestParameters=copied).entries
    assert (entry.store, entry.key, entry.unexplained) == ("legal_hold", RECORDING, True)


def test_a_whole_day_is_said_to_be_whole_and_what_has_no_reason_is_told_and_named_on_the_page() -> None:
    quiet = night()
    assert quiet.run().missing == ()
    assert quiet.said == []
    assert "Nothing: the trail of every day is whole" not in quiet.pages[2027, 1]
    assert "no report" in quiet.pages[2027, 1]

    loud = night(
        read(session("administrator", "ada"), "2027-01-04T02:13:00Z", HELD, RECORDING),
        read(DPO, "2027-01-04T11:00:00Z", HELD, RECORDING),
    )
    loud.run()
    assert loud.said == ["2027-01-04 1 unexplained"]
    page = loud.pages[2027, 1]
    assert page.index("ada") < page.index("Not known")
    assert "request SAR-1" in page
    assert "neither S3 nor CloudTrail names the person who listened" in page


@pytest.mark.parametrize(
    ("hours", "gap"),
    [
        ([], "00:00 to 00:00 UTC"),
        ([hour for hour in range(24) if hour not in (9, 10)], "08:01 to 10:01 UTC"),
        (range(20), "19:01 to 00:00 UTC"),
        (range(3, 24), "00:00 to 02:01 UTC"),
    ],
)
def test_hours_without_a_digest_are_not_known(hours: Sequence[int], gap: str) -> None:
    found = night(hours=hours)
    assert found.run().missing == (gap,)
    assert found.said == [f"2027-01-04 missing {gap}"]
    assert gap in found.pages[2027, 1]


@pytest.mark.parametrize("change", ["gone", "changed", "cut", "no digest", "a record"])
def test_a_file_that_is_not_what_was_delivered_makes_the_day_not_known_and_the_others_count(change: str) -> None:
    record = read(DPO, "2027-01-04T11:00:00Z", HELD, RECORDING)
    found = night({**record, "eventTime": "soon"} if change == "a record" else record)
    [name] = [key for key in found.files if "Digest" not in key]
    other = delivered(ON, [record])[name]
    match change:
        case "gone":
            del found.files[name]
        case "changed":
            found.files[name] = delivered(ON, [])[name]
        case "cut":
            found.files[name] = other[:-20]
        case "no digest":
            found.files[next(key for key in found.files if "T050130Z" in key)] = b"{}"
        case _:
            pass
    day = found.run()
    assert len(day.missing) == (2 if change == "no digest" else 1)
    assert len(day.entries) == (1 if change == "no digest" else 0)
    assert found.said == [f"2027-01-04 missing {'; '.join(day.missing)}"]


def test_a_bomb_in_the_trail_is_no_file_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.access.reading.trail.LARGEST", 1000)
    [name] = [key for key in delivered(ON, []) if "Digest" not in key]
    with pytest.raises(UnreadableTrail, match="larger"):
        unpacked(delivered(ON, [read(DPO, "2027-01-04T11:00:00Z", HELD, "x" * 2000)])[name])


def test_the_places_of_the_samples_are_those_of_the_layout() -> None:
    assert all(f"/{REGION}/2027/01/04/{ACCOUNT}_" in key for key in delivered(ON, []))


def quiet_days(*days: int, kept: Sequence[int] = (), at: int) -> Night:
    """Return the night before that day of January: the trail delivered on ``days``, and ``kept`` were reported."""
    files = {key: body for day in days for key, body in delivered(date(2027, 1, day), []).items()}
    reports = {(on := date(2027, 1, day)): Day(on=on, missing=(), entries=(), functions={}) for day in kept}
    return Night(files=files, kept=reports, at=datetime(2027, 1, at, 5, 15, tzinfo=UTC))


def test_the_first_night_of_all_misses_no_day_before_it() -> None:
    found = quiet_days(3, 4, at=5)
    assert [day.on.day for day in found.whole_run().days] == [4]
    assert found.said == []


def test_a_missed_day_is_made_up_by_the_next_night_which_says_that_it_is_late() -> None:
    found = quiet_days(1, 2, 3, 4, kept=[1], at=5)
    assert [(day.on.day, day.made_up_on) for day in found.whole_run().days] == [
        (4, None),
        (2, date(2027, 1, 5)),
        (3, date(2027, 1, 5)),
    ]
    assert found.said == ["late ['02', '03'] not shown [] 0"]
    page = found.pages[2027, 1]
    assert "Reported late" in page
    assert "05 January 2027" in page
    assert "not shown" not in page
    assert [day.on.day for day in found.whole_run().days] == [4]


def test_a_read_without_a_reason_on_a_missed_day_is_told_when_it_is_made_up() -> None:
    found = quiet_days(3, 4, kept=[2], at=5)
    who = session("administrator", "ada")
    found.files |= delivered(date(2027, 1, 3), [read(who, "2027-01-03T02:13:00Z", HELD, RECORDING)])
    found.run()
    assert found.said == ["2027-01-03 1 unexplained", "late ['03'] not shown [] 0"]
    assert "ada" in found.pages[2027, 1]


def test_so_many_missed_days_are_made_up_in_a_night_oldest_first_and_the_others_wait() -> None:
    found = quiet_days(*range(1, 13), kept=[1], at=13)
    assert [day.on.day for day in found.whole_run().days] == [12, 2, 3, 4, 5, 6, 7, 8]
    assert found.said[-1].endswith(" 3")
    assert "not shown: no report" in found.pages[2027, 1]
    assert [day.on.day for day in found.whole_run().days] == [12, 9, 10, 11]
    assert "not shown" not in found.pages[2027, 1]


def test_a_run_that_is_tried_again_tells_nothing_twice_and_counts_what_the_first_could_not() -> None:
    found = night(read(session("administrator", "ada"), "2027-01-04T02:13:00Z", HELD, RECORDING), hours=range(23))
    first, keeps = found.said, found.keep_month

    def dies(year: int, month: int, page: bytes) -> None:
        del year, month, page
        raise AccessDenied("s3.PutObject", "AccessDenied")

    found.keep_month = dies  # type: ignore[method-assign]
    with pytest.raises(AccessDenied):
        found.run()
    assert first == ["2027-01-04 missing 22:01 to 00:00 UTC", "2027-01-04 1 unexplained"]
    found.keep_month = keeps  # type: ignore[method-assign]
    [again] = found.whole_run().days
    assert (len(again.unexplained), len(again.missing)) == (1, 1)
    assert len(found.said) == 2
    assert "ada" in found.pages[2027, 1]


def test_late_days_of_a_run_that_died_before_anybody_was_told_are_told_by_the_next() -> None:
    found = quiet_days(1, 2, 3, 4, kept=[1], at=5)
    tells = found.late

    def dies(made_up: Sequence[date], not_shown: Sequence[date], left: int) -> None:
        del made_up, not_shown, left
        raise Unavailable("sns.Publish", "InternalError")

    found.late = dies  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        found.run()
    assert sorted(on.day for on in found.kept) == [1, 2, 3, 4]
    found.late = tells  # type: ignore[method-assign]
    for _ in range(2):
        found.run()
    assert found.said == ["late ['02', '03'] not shown [] 0"]


def test_a_day_written_down_as_not_shown_by_a_run_that_died_is_told_as_that() -> None:
    found = quiet_days(*range(1, 20), kept=range(1, 19), at=20)
    del found.kept[date(2027, 1, 5)]
    found.fails_on = {date(2027, 1, 5)}
    found.whole_run()
    found.said.clear()
    found.to_tell = [date(2027, 1, 5)]
    found.whole_run()
    assert found.said == ["late [] not shown ['05'] 0"]


def test_a_missed_day_that_cannot_be_read_is_not_shown_and_stops_no_other() -> None:
    found = quiet_days(1, 2, 3, 4, kept=[1], at=5)
    found.fails_on = {date(2027, 1, 2)}
    night = found.whole_run()
    assert [day.on.day for day in night.days] == [4, 3]
    assert night.not_shown == (date(2027, 1, 2),)
    assert found.said == ["late ['03'] not shown ['02'] 0"]
    assert "not shown: no report" in found.pages[2027, 1]


def test_a_day_that_can_never_be_read_is_written_down_as_not_shown_after_two_weeks() -> None:
    found = quiet_days(*range(1, 20), kept=range(1, 19), at=20)
    del found.kept[date(2027, 1, 5)]
    found.fails_on = {date(2027, 1, 5)}
    assert found.whole_run().not_shown == (date(2027, 1, 5),)
    found.said.clear()
    assert found.whole_run().not_shown == ()
    assert found.said == []
    assert "not shown: the trail could not be read" in found.pages[2027, 1]


def test_a_missed_day_of_the_month_before_makes_that_months_page_anew_to_its_end() -> None:
    found = quiet_days(4, kept=[1, 2, 3], at=5)
    last = date(2026, 12, 30)
    found.kept[last] = Day(on=last, missing=(), entries=(), functions={})
    found.files |= delivered(date(2026, 12, 31), [])
    found.run()
    assert "as far as 31 December" in found.pages[2026, 12]
    assert "as far as 04 January" in found.pages[2027, 1]


def test_a_yesterday_that_cannot_be_read_fails_the_run_after_the_missed_days() -> None:
    found = quiet_days(3, kept=[2], at=5)
    found.fails_on = {ON}
    with pytest.raises(AccessDenied):
        found.run()
    assert found.said == ["late ['03'] not shown [] 0"]
    found.fails_on, found.at = set(), found.at + timedelta(days=1)
    found.files |= delivered(ON, [])
    found.whole_run()
    assert found.said[-1] == "late ['04'] not shown [] 0"
