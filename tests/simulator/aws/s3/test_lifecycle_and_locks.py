"""One property over the whole store: lifecycle takes every version in time, and none that is locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.core.base_backend import BackendDict

from simulator.aws.s3 import S3Store
from simulator.aws.s3.rules import midnight_after, midnight_from
from tests.simulator.aws.s3.support import START, Agenda, Published

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAY = timedelta(days=1)
BUCKET = "recordings"


@dataclass(frozen=True)
class Story:
    """A recording: created some hours after the start; held and retained for some days, or not."""

    born: int
    held_from: int | None
    held_days: int
    retained_days: int | None


STORIES = st.lists(
    st.builds(
        Story,
        born=st.integers(0, 200),
        held_from=st.one_of(st.none(), st.integers(1, 300)),
        held_days=st.integers(1, 40),
        retained_days=st.one_of(st.none(), st.integers(1, 60)),
    ),
    min_size=1,
    max_size=6,
)


def set_up(client: S3Client, expire: int, noncurrent: int) -> None:
    client.create_bucket(
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
        ObjectLockEnabledForBucket=True,
    )
    client.put_bucket_lifecycle_configuration(
        Bucket=BUCKET,
        LifecycleConfiguration={
            "Rules": [
                {
                    "Status": "Enabled",
                    "Filter": {},
                    "Expiration": {"Days": expire},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent},
                }
            ]
        },
    )


def play(agenda: Agenda, world: S3Store, client: S3Client, number: int, story: Story) -> None:
    """Put the story's events on the agenda."""
    key, born = f"{number}.wav", START + timedelta(hours=story.born)

    def hold(status: str) -> None:
        if any(version.key == key for version in world.stores_state(BUCKET)):
            version = client.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"][0]["VersionId"]
            client.put_object_legal_hold(Bucket=BUCKET, Key=key, VersionId=version, LegalHold={"Status": status})  # type: ignore[typeddict-item]

    def create() -> None:
        world.put_object(BUCKET, key, 100)
        if story.retained_days is not None:
            client.put_object_retention(
                Bucket=BUCKET,
                Key=key,
                Retention={"Mode": "GOVERNANCE", "RetainUntilDate": born + story.retained_days * DAY},
            )

    agenda.at(born, create)
    if story.held_from is not None:
        agenda.at(born + timedelta(hours=story.held_from), lambda: hold("ON"))
        agenda.at(born + timedelta(hours=story.held_from) + story.held_days * DAY, lambda: hold("OFF"))


def gone_at(story: Story, expire: int, noncurrent: int) -> datetime:
    """Return when the version must go, from the documented rules alone."""
    born = START + timedelta(hours=story.born)
    hidden = midnight_after(born + expire * DAY)
    gone = midnight_after(hidden + noncurrent * DAY)
    if story.retained_days is not None:
        gone = max(gone, midnight_from(born + story.retained_days * DAY))
    if story.held_from is not None:
        start = born + timedelta(hours=story.held_from)
        if start < gone:
            gone = max(gone, midnight_after(start + story.held_days * DAY))
    return gone


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=STORIES, expire=st.integers(1, 8), noncurrent=st.integers(1, 3))
def test_each_version_goes_at_the_first_midnight_at_which_it_may(
    client: S3Client, stories: list[Story], expire: int, noncurrent: int
) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        agenda = Agenda(traveller)
        world = S3Store(agenda, Published(), actor=lambda: "")
        try:
            set_up(client, expire, noncurrent)
            for number, story in enumerate(stories):
                play(agenda, world, client, number, story)
            agenda.until(START + 200 * DAY)
            actual = {deletion.key: deletion.at for deletion in world.deletions}
        finally:
            world.close()
            BackendDict.reset()
    assert actual == {f"{number}.wav": gone_at(story, expire, noncurrent) for number, story in enumerate(stories)}
