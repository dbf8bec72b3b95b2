"""Where a contact's artefacts are looked for, channel by channel and day by day.

The key layouts are those of the Amazon Connect administrator guide, "Example Contact Lens output files" and
"Set up call recording"; ``steward.holds.discovery`` states them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.holds.contacts import GUIDE, LIVE_STREAM, Contact, Evaluation, Reference
from steward.holds.discovery import (
    Location,
    Search,
    Stores,
    locations,
    searches,
    streams,
)
from steward.ids import RecordClass
from tests.support.discovery_fixture import BARE, BEGAN, DAYS, ENDED, LATER, STORES, contact, recording


def found(
    one: Contact,
    *references: Reference,
    evaluations: tuple[Evaluation, ...] = (),
    stores: Stores = STORES,
    now: datetime = LATER,
) -> tuple[Search, ...]:
    return searches(one, references, evaluations, stores, now)


def evaluation(form: str = "Quality", *, submitted: bool = True) -> Evaluation:
    return Evaluation(
        evaluation_id="e1",
        form=form,
        submitted=submitted,
        modified_at=datetime(2027, 1, 31, 12, 0, tzinfo=UTC),
        evaluator="user-1",
    )


@pytest.mark.parametrize(
    ("channel", "record_class", "kind"),
    [
        ("VOICE", RecordClass.CALL_RECORDING, "Voice"),
        ("", RecordClass.CALL_RECORDING, "Voice"),
        ("CHAT", RecordClass.CHAT_TRANSCRIPT, "Chat"),
    ],
)
def test_analytics_are_looked_for_at_the_root_and_the_aliass_folder_with_their_redacted_twins(
    channel: str, record_class: RecordClass, kind: str
) -> None:
    [search] = found(contact(channel, recording("c1.wav", f"store-{record_class.value}")))

    assert search == Search(
        record_class=record_class,
        bucket=f"store-{record_class.value}",
        prefixes=tuple(
            f"{base}Analysis/{kind}/{twin}{day}/c1"
            for base in ("", "connect/barnet/")
            for twin in ("", "Redacted/")
            for day in DAYS
        ),
        matches=("c1",),
    )


@pytest.mark.parametrize(
    "key", ["connect/other/CallRecordings/2027/01/12/c1.wav", "connect/other/CallRecordings/ivr/2027/01/12/c1.wav"]
)
def test_analytics_are_looked_for_beside_the_folder_of_a_recording_that_connect_names(key: str) -> None:
    [search] = found(contact("VOICE", recording(key)), stores=BARE)

    assert "connect/other/Analysis/Voice/2027/01/12/c1" in search.prefixes
    assert len(search.prefixes) == len(("root", "other")) * len(("plain", "redacted")) * len(DAYS)


@pytest.mark.parametrize("key", ["CallRecordings/2027/01/12/c1.wav", "2027/01/12/c1.wav", "connect/x/c1.wav"])
def test_a_recording_right_below_the_root_or_below_no_day_adds_no_folder(key: str) -> None:
    [search] = found(contact("VOICE", recording(key)), stores=BARE)

    assert {one.partition("Analysis")[0] for one in search.prefixes} == {""}


def test_a_recording_of_another_bucket_says_nothing_of_the_folders_of_this_one() -> None:
    [search] = found(contact("VOICE", recording("connect/x/y/2027/01/12/c1.mp4", "elsewhere")), stores=BARE)

    assert {one.partition("Analysis")[0] for one in search.prefixes} == {""}


@pytest.mark.parametrize("prefix", ["CallRecordings", "/CallRecordings/", "", "/"])
def test_a_prefix_of_one_folder_has_none_above_it(prefix: str) -> None:
    stores = replace(STORES, prefixes={RecordClass.CALL_RECORDING: prefix})
    analysis, _ = found(contact(), stores=stores)

    assert {one.partition("Analysis")[0] for one in analysis.prefixes} == {""}


@pytest.mark.parametrize(
    ("channel", "record_class", "folder"),
    [
        ("VOICE", RecordClass.CALL_RECORDING, "CallRecordings"),
        ("CHAT", RecordClass.CHAT_TRANSCRIPT, "ChatTranscripts"),
    ],
)
def test_what_connect_names_no_recording_for_is_looked_for_by_the_contacts_id(
    channel: str, record_class: RecordClass, folder: str
) -> None:
    _, search = found(contact(channel))

    assert search == Search(
        record_class=record_class,
        bucket=f"store-{record_class.value}",
        prefixes=tuple(f"connect/barnet/{folder}/{twin}{day}/c1" for twin in ("", "ivr/") for day in DAYS),
        matches=("c1",),
        expected="Connect names no recording or transcript for this contact",
        endings=tuple(f"{day}/c1" for day in DAYS),
    )


@pytest.mark.parametrize("prefix", ["", "/", "//"])
def test_without_a_prefix_the_days_lie_at_the_root(prefix: str) -> None:
    _, search = found(contact(), stores=replace(BARE, prefixes={RecordClass.CALL_RECORDING: prefix}))

    assert search.prefixes == tuple(f"{twin}{day}/c1" for twin in ("", "ivr/") for day in DAYS)


def test_a_step_by_step_guide_need_not_have_a_transcript() -> None:
    assert [one.expected for one in found(contact("CHAT", subtype=GUIDE))] == ["", ""]


def test_a_live_stream_is_no_recording_that_lies_in_a_bucket() -> None:
    live = replace(recording("arn:aws:kinesisvideo:stream/1", bucket=""), storage=LIVE_STREAM)

    assert len(found(contact("VOICE", live))) == 2
    assert locations(contact("VOICE", live), STORES, LATER) == ()
    assert streams(contact("VOICE", live, live), STORES) == (
        Location(record_class=RecordClass.CALL_RECORDING, bucket="", key="arn:aws:kinesisvideo:stream/1"),
    )


@pytest.mark.parametrize("channel", ["VOICE", "CHAT", "EMAIL"])
def test_what_has_no_store_is_not_looked_for(channel: str) -> None:
    attachment = Reference(kind="ATTACHMENT", file_ids=("f1",))

    assert (
        found(contact(channel), attachment, evaluations=(evaluation(),), stores=Stores(buckets={}, prefixes={})) == ()
    )


@pytest.mark.parametrize("channel", ["TASK", "EMAIL"])
def test_other_channels_have_no_recordings_to_look_for(channel: str) -> None:
    message = Reference(kind="EMAIL_MESSAGE", file_ids=())

    assert found(contact(channel), message) == ()


def test_an_email_that_connect_names_no_message_for_is_looked_for_by_the_contacts_id() -> None:
    [search] = found(contact("EMAIL"))

    assert search == Search(
        record_class=RecordClass.EMAIL_MESSAGE,
        bucket="store-email_message",
        prefixes=tuple(f"connect/barnet/EmailMessages/{day}/c1" for day in DAYS),
        matches=("c1",),
        expected="Connect names no message for this e-mail contact",
        endings=tuple(f"{day}/c1" for day in DAYS),
    )


def test_an_attachment_alone_does_not_stand_for_the_emails_message() -> None:
    classes = [one.record_class for one in found(contact("EMAIL"), Reference(kind="ATTACHMENT", file_ids=("f1",)))]

    assert classes == [RecordClass.EMAIL_MESSAGE, RecordClass.ATTACHMENT]


def test_an_email_whose_message_is_among_its_recordings_is_not_looked_for() -> None:
    assert found(contact("EMAIL", recording("m.json", "store-email_message"))) == ()


def test_an_email_is_looked_for_at_the_root_where_its_store_has_no_prefix() -> None:
    [search] = found(contact("EMAIL"), stores=BARE)

    assert search.prefixes == tuple(f"{day}/c1" for day in DAYS)


@pytest.mark.parametrize(
    "kind",
    [
        "EMAIL_MESSAGE",
        "EMAIL_MESSAGE_PLAIN_TEXT",
        "EMAIL_MESSAGE_REDACTED",
        "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
    ],
)
def test_every_form_of_an_emails_body_is_looked_for_by_its_file_id(kind: str) -> None:
    [search] = found(contact("EMAIL"), Reference(kind=kind, file_ids=("f1",)))

    assert search == Search(
        record_class=RecordClass.EMAIL_MESSAGE,
        bucket="store-email_message",
        prefixes=tuple(f"connect/barnet/EmailMessages/{folder}{day}/f1" for folder in ("email/", "") for day in DAYS),
        matches=("f1", "/c1"),
        expected="the contact refers to this file and it is not in the store",
        endings=("f1", *(f"{day}/{name}" for day in DAYS for name in ("f1", "c1"))),
        single=True,
    )


def test_an_attachment_is_looked_for_below_its_association_and_every_folder_of_attachments() -> None:
    stores = replace(STORES, prefixes={RecordClass.ATTACHMENT: "connect/barnet/Files"})
    searched = found(
        contact("CHAT", recording("connect/other/Chat/2027/01/12/c1.json", "store-chat_transcript", "CHAT")),
        Reference(kind="ATTACHMENT", file_ids=("f1", "f2")),
        stores=stores,
    )[1:]

    roots = ("connect/barnet/Files/", "Attachments/", "connect/other/Attachments/", "connect/barnet/Attachments/")
    assert [one.prefixes for one in searched] == [
        tuple(f"{root}{folder}{day}/{file}" for root in roots for folder in ("chat/", "") for day in DAYS)
        for file in ("f1", "f2")
    ]
    assert {one.bucket for one in searched} == {"store-attachment"}


def test_attachments_are_looked_for_at_the_root_where_their_store_has_no_prefix() -> None:
    [search] = found(contact("TASK"), Reference(kind="ATTACHMENT", file_ids=("f1",)), stores=BARE)

    assert search.prefixes == tuple(
        f"{root}{folder}{day}/f1" for root in ("", "Attachments/") for folder in ("task/", "") for day in DAYS
    )


def test_a_reference_that_is_no_file_is_not_looked_for() -> None:
    assert found(contact("TASK"), Reference(kind="URL", file_ids=("f1",))) == ()


def test_a_submitted_evaluation_is_looked_for_on_its_day_and_the_next_and_by_the_contact() -> None:
    [search] = found(contact("TASK"), evaluations=(evaluation(),))

    assert search == Search(
        record_class=RecordClass.EVALUATION,
        bucket="store-evaluation",
        prefixes=tuple(
            f"connect/barnet/ContactEvaluations/{folder}{rest}"
            for folder in ("Evaluations/", "")
            for rest in ("2027/01/31/", "contact_c1/", "2027/02/01/")
        ),
        matches=("e1",),
        expected="the evaluation was submitted and its export is not in the store",
        endings=("2027/01/31/", "2027/02/01/", "contact_c1/"),
        single=True,
    )


def test_evaluations_are_looked_for_at_the_root_where_their_store_has_no_prefix() -> None:
    [search] = found(contact("TASK"), evaluations=(evaluation(),), stores=BARE)

    assert search.prefixes[0] == "Evaluations/2027/01/31/"


def test_the_complaint_form_need_not_be_exported_and_a_draft_is_not_looked_for() -> None:
    assert [one.expected for one in found(contact("TASK"), evaluations=(evaluation("Complaint"),))] == [""]
    assert found(contact("TASK"), evaluations=(evaluation(submitted=False),)) == ()


def days_of(one: Contact, now: datetime = LATER, *, thorough: bool = True) -> list[str]:
    _, search = searches(one, (), (), BARE, now, thorough=thorough)
    return [ending.removesuffix("/c1") for ending in search.endings]


def test_a_day_that_has_not_come_yet_is_left_to_a_later_look() -> None:
    assert days_of(contact(), ENDED + timedelta(hours=1)) == list(DAYS[:2])
    assert days_of(contact(), datetime(2027, 1, 14, tzinfo=UTC)) == list(DAYS)


def test_a_contact_that_still_runs_is_looked_for_until_today() -> None:
    running = replace(contact(), ended_at=None)

    assert days_of(running, datetime(2027, 1, 14, 12, tzinfo=UTC)) == list(DAYS)


def test_a_contact_whose_beginning_is_not_known_is_looked_for_on_the_day_of_its_end() -> None:
    assert days_of(replace(contact(), initiated_at=None)) == list(DAYS[1:])


def test_a_contact_that_ended_before_it_began_is_looked_for_from_its_beginning() -> None:
    assert days_of(replace(contact(), ended_at=BEGAN - timedelta(days=3))) == list(DAYS[:2])


def test_a_contact_without_any_moment_that_has_come_is_looked_for_on_no_day() -> None:
    assert days_of(replace(contact(), initiated_at=None, ended_at=None)) == []
    assert days_of(contact(), BEGAN - timedelta(days=1)) == []


def test_of_a_contact_of_sixteen_days_every_day_is_looked_at_and_of_a_longer_one_the_first_and_last_eight() -> None:
    def run_to(day: int) -> list[str]:
        return days_of(replace(contact(), ended_at=datetime(2027, 1, day, 12, tzinfo=UTC)))

    def days(*numbers: int) -> list[str]:
        return [f"2027/01/{number:02}" for number in numbers]

    assert run_to(26) == days(*range(12, 28))
    assert run_to(27) == days(*range(12, 20), *range(21, 29))
    assert run_to(30) == days(*range(12, 20), *range(24, 32))


def test_a_later_look_takes_the_first_and_last_day_and_the_three_days_that_have_hardly_passed() -> None:
    chat = replace(contact(), ended_at=datetime(2027, 1, 19, 12, tzinfo=UTC))

    assert days_of(chat, datetime(2027, 2, 1, 12, tzinfo=UTC), thorough=False) == ["2027/01/12", "2027/01/19"]
    assert days_of(chat, datetime(2027, 1, 21, 12, tzinfo=UTC), thorough=False) == [
        "2027/01/12",
        "2027/01/18",
        "2027/01/19",
        "2027/01/20",
    ]


def test_a_search_fits_whatever_holds_one_of_its_names() -> None:
    search = Search(record_class=RecordClass.ATTACHMENT, bucket="b", prefixes=("",), matches=("f1", "/c1"))

    assert search.fits("2027/f1.pdf")
    assert search.fits("2027/c1_x.pdf")
    assert not search.fits("2027/xc1.pdf")
