"""Assemblies of deployments that no file describes, each synthesised once for all processes and runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import aws_cdk as cdk
import msgspec

from infra.accepting import LONGEST, MOST, AcceptedDifference
from infra.application import build
from infra.checks.guard import refusals
from infra.checks.validation import validate
from infra.config import EMAIL_KEYS, ROOT, Deployment, ExistingBucket, cdk_context, choose
from infra.existing import ExistingAssociation
from infra.synthesis import fingerprint, made_once
from steward.ids import RecordClass
from steward.policy.load import kept_by, load_policy

BARNET, SOMERSET = ROOT / "policies" / "barnet.toml", ROOT / "policies" / "somerset.toml"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/council"
STREAM = "arn:aws:kinesis:eu-west-2:111122223333:stream/old"
ACCEPTED = {
    f"local-steward-stores/{f'Bucket{number}':x<{LONGEST - 37}}/lifecycle rules": AcceptedDifference(
        until=date(2027, 3, 31), why="\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}" * (LONGEST // 2)
    )
    for number in range(MOST)
}
"""As many as there can be, each as long as it can be."""


RECORDINGS = "council-recordings"
FOLDER = "connect/council/CallRecordings"
EMAILS = {who: f"{who}@council.example" for who in (key.removesuffix("_email") for key in EMAIL_KEYS)}


def every_option() -> Deployment:
    """Return the default environment with everything that an entry may ask for, none of which touches another.

    Functions are kept warm, people sign on once, differences are accepted, simulations have their test cases, stacks
    are protected, requests are taken during a call, people are told by e-mail, and the bucket of recordings is being
    adopted.
    """
    local = choose(cdk_context())
    flows = local.environment.contact_flows
    assert flows
    environment = msgspec.structs.replace(
        local.environment,
        kept_warm=2,
        identity_center=True,
        saml_provider_arn=PROVIDER,
        accepted_differences=ACCEPTED,
        contact_flows=msgspec.structs.replace(flows, test_cases=True),
        protected=True,
        request_guide=True,
        existing_buckets={RecordClass.CALL_RECORDING: ExistingBucket(name=RECORDINGS, prefix=FOLDER, stage="prepare")},
        **{f"{who}_email": email for who, email in EMAILS.items()},
    )
    return Deployment(name=local.name, environment=environment)


def with_every_option() -> Path:
    """Return the assembly of that deployment for Barnet. Nobody may write into it."""
    deployment = every_option()
    return made_once(fingerprint(BARNET, f"{deployment}"), lambda folder: templates_of(deployment, BARNET, folder))


def validated(deployment: Deployment, policy: Path = BARNET) -> Path:
    """Return the assembly of that deployment, which the compliance packs have judged.

    Nobody may write into it. Raises ``RefusalError`` with what the packs object to.
    """

    def make(folder: Path) -> None:
        validate(templates_of(deployment, policy, folder), deployment.environment.region)

    return made_once(fingerprint(policy, f"validated {deployment}"), make)


def templates_of(deployment: Deployment, policy_path: Path, folder: Path) -> cdk.App:
    """Write the templates and the names of their assets, and none of the assets' three thousand files."""
    context = {**cdk_context(), "aws:cdk:disable-asset-staging": True}
    policy, kept = load_policy(policy_path), kept_by(policy_path)
    app = build(deployment=deployment, policy=policy, kept=kept, context=context, out_dir=folder)
    app.synth()
    assert refusals(folder, policy, deployment) == []
    return app


def reads_recorded() -> Deployment:
    """Return the default environment with the trail of reads, which is kept where the policy promises one."""
    local = choose(cdk_context())
    return Deployment(name=local.name, environment=msgspec.structs.replace(local.environment, read_trail=True))


def with_a_trail_of_reads() -> Path:
    """Return the assembly for Somerset, whose policy promises one, of an entry that keeps it."""
    deployment = reads_recorded()
    return made_once(fingerprint(SOMERSET, f"{deployment}"), lambda folder: templates_of(deployment, SOMERSET, folder))


def reworded_while_importing() -> Path:
    """Return the assembly of an instance that is being imported, for Barnet with a question in other words.

    Its recordings lie in a bucket and its contact records go to a stream that are not steward's yet; what is asked of a
    caller is in flows, which no import touches.
    """
    local = choose(cdk_context())
    environment = msgspec.structs.replace(
        local.environment,
        existing_buckets={RecordClass.CALL_RECORDING: ExistingBucket(name=RECORDINGS, prefix=FOLDER, stage="import")},
        existing_associations={RecordClass.CONTACT_RECORD: ExistingAssociation(stream_arn=STREAM, stage="import")},
    )
    text = BARNET.read_text(encoding="utf-8")
    wording = "Would you like"
    assert wording in text

    def make(folder: Path) -> None:
        policy = folder.parent / f"{folder.name}.toml"
        policy.write_text(text.replace(wording, "Do you want us"), encoding="utf-8")
        try:
            templates_of(Deployment(name=local.name, environment=environment), policy, folder)
        finally:
            policy.unlink()

    return made_once(fingerprint(BARNET, f"reworded {environment}"), make)
