"""Take any one thing out of the templates: something fails.

Each removal is judged as the test suite would judge it: by IAM, for what the functions, services and people of a whole
tour need and for what then is granted in vain; and, if IAM has no objection, by another tour.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from infra.synthesis import cached_synthesis
from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.iam.coverage import idle, reasons, unused
from simulator.aws.iam.permissions import REFUSED
from simulator.aws.iam.policies.evaluator import decide
from simulator.scenarios.determinism import seeded
from tests.end_to_end.mutations.removals import WHOLE, Removal, removals, without
from tests.end_to_end.permissions.forbidden import attempts, with_right_to_everything
from tests.end_to_end.permissions.test_permissions import OFFICERS
from tests.end_to_end.permissions.tour import Stumbled, Toured, tour
from tests.infra.test_environments import OF_EVERY_FUNCTION, models

BARNET = Path("policies/barnet.toml")
SEED = 20261121
SAMPLE = {
    "AWS::Lambda::EventSourceMapping": 6,
    "AWS::Lambda::Permission": 3,
    "AWS::S3::BucketPolicy": 2,
    "AWS::SNS::TopicPolicy": 2,
    "AWS::SQS::QueuePolicy": 6,
    "AWS::Scheduler::Schedule": 3,
    "AWS::IAM::ManagedPolicy": 4,
    "dead letters": 8,
    "permission": 24,
    "target": 8,
    "variable": 24,
}
"""How many of each kind; all of a kind if there are no more."""

FUNCTIONS = (
    "AssemblePackage",
    "Decide",
    "ErasePerson",
    "FindPerson",
    "HandOver",
    "RecordDisclosure",
    "RecordRequest",
    "ReplayErasures",
    "WatchDisclosures",
    "WatchRequests",
)
QUEUES = ("DisclosureEvents", "ErasureOrders", "PackageOrders", "PersonSearches", "RequestEvents")
STORES = ("RightsBucket", "ErasuresBucket")
"""Of people's rights every one is taken out: a function by what runs it (its queue's feed, its schedule) and by what it
may do, a queue by who may write into it."""


@pytest.fixture(scope="module")
def toured(assembly: Path) -> Toured:
    """Toured as the mutants are: a function that stumbles over the whole templates is an error."""
    return tour(assembly, to_the_end=False)


@pytest.fixture(autouse=True)
def _mutants_are_refused() -> Iterator[None]:
    yield
    REFUSED.clear()


def _has_a_reason(removal: Removal) -> bool:
    """Tell whether nothing exercises it, for a reason that is on the list."""
    return any(fnmatchcase(f"{removal.resource}.{removal.what}", pattern) for pattern in reasons())


def _sampled() -> list[Removal]:
    """Choose by each removal's own name: a template that gains something leaves most of the sample as it is."""
    found = [removal for removal in removals(cached_synthesis(BARNET)) if not _has_a_reason(removal)]
    return [
        removal
        for kind, wanted in SAMPLE.items()
        for removal in sorted((one for one in found if one.kind == kind), key=_drawn)[:wanted]
    ]


def _drawn(removal: Removal) -> bytes:
    return hashlib.sha256(f"{SEED} {removal}".encode()).digest()


def _objection(assembly: Path, toured: Toured) -> str:
    """Return the first thing that the suite would find wrong, or nothing."""
    return _by_the_templates(assembly) or _by_iam(assembly, toured) or _by_a_tour(assembly)


def _by_the_templates(assembly: Path) -> str:
    for path in assembly.glob("*controls.template.json"):
        for name, resource in json.loads(path.read_text())["Resources"].items():
            if resource["Type"] == "AWS::Lambda::Function":
                told = resource["Properties"]["Environment"]["Variables"]
                function = "".join(part.capitalize() for part in told.get("POWERTOOLS_SERVICE_NAME", "").split("_"))
                missing = (OF_EVERY_FUNCTION | models().get(function, set())) - told.keys()
                if missing:
                    return f"{name} does not say {', '.join(sorted(missing))}"
    return ""


def _by_iam(assembly: Path, toured: Toured) -> str:
    try:
        with seeded(), embedded_aws(assembly, datetime(2027, 1, 4, tzinfo=UTC)) as world:
            policies, services = world.permissions.policies, tuple(world.permissions.needs)
            refused = [str(refusal) for refusal in world.permissions.refused]
    except TemplateError as error:
        return f"it cannot be deployed: {error}"
    needs = (*services, *(need for need in toured.needs if need not in toured.of_services))
    refused += [f"{need.principal} may not {need.action}" for need in needs if not decide(need, policies).allowed]
    if refused:
        return refused[0]
    known = reasons()
    vain = [part for part in map(str, unused(policies, needs)) if not any(fnmatchcase(part, one) for one in known)]
    if vain:
        return f"{vain[0]} is granted in vain"
    admin = with_right_to_everything(policies, "administrator", *OFFICERS)
    tried = list(attempts(admin))
    if any(decide(attempt, admin).allowed for attempt in tried):
        return "an administrator may do what nobody may"
    return next((f"{part} denies nothing" for part in idle(admin, tried)), "")


def _by_a_tour(assembly: Path) -> str:
    try:
        return _claim_that_fell(tour(assembly, to_the_end=False))
    except Stumbled as error:
        return str(error)
    except (LookupError, ValueError) as error:
        return f"what the tour goes on with is not there: {error!r}"


def _claim_that_fell(toured: Toured) -> str:
    return next((f"{claim}: {found}" for claim, found in toured.broken().items()), "")


@pytest.mark.prove
def test_the_whole_templates_meet_no_objection(assembly: Path, toured: Toured) -> None:
    assert (_by_the_templates(assembly) or _by_iam(assembly, toured) or _claim_that_fell(toured)) == ""


@pytest.mark.prove
@pytest.mark.parametrize("removal", [pytest.param(one, id=str(one)) for one in _sampled()])
def test_nothing_can_be_taken_out_unnoticed(removal: Removal, assembly: Path, toured: Toured, tmp_path: Path) -> None:
    assert _objection(without(assembly, removal, tmp_path / "mutant"), toured)


def test_the_sample_is_large_and_of_every_kind() -> None:
    sampled = _sampled()
    assert len(sampled) >= 60
    assert {removal.kind for removal in sampled} == {removal.kind for removal in removals(cached_synthesis(BARNET))}


def _of_rights(assembly: Path) -> list[Removal]:
    return [
        one
        for one in removals(assembly)
        if one.kind in WHOLE and one.resource.startswith((*FUNCTIONS, *QUEUES, *STORES)) and not _has_a_reason(one)
    ]


def test_each_part_of_peoples_rights_can_be_taken_out_in_some_way(assembly: Path) -> None:
    names = [one.resource for one in _of_rights(assembly)]
    for each in (*FUNCTIONS, *QUEUES, *STORES):
        assert [one for one in names if one.startswith(each)], each
    run_by = ("AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule")
    run = {one.resource for one in _of_rights(assembly) if one.kind in run_by}
    # A person calls this one, by its address.
    assert {each for each in FUNCTIONS if not [one for one in run if one.startswith(each)]} == {"HandOver"}


@pytest.mark.prove
def test_nothing_of_peoples_rights_can_be_taken_out_unnoticed(assembly: Path, toured: Toured, tmp_path: Path) -> None:
    unnoticed = [
        str(one)
        for number, one in enumerate(_of_rights(assembly))
        if not _objection(without(assembly, one, tmp_path / str(number)), toured)
    ]
    assert unnoticed == []
