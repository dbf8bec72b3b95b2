"""The CDK application: the stacks from one policy and one environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from infra import layers
from infra.controls.stack import ControlsStack
from infra.council_folder import ROOT, council_folder
from infra.guides.stack import RequestGuideStack, refuse_without_register
from infra.parts.functions import NOT_CODE
from infra.sms.stack import SmsStack
from infra.stores.stack import StoresStack
from steward.policy.compiled import compile_policy

if TYPE_CHECKING:
    from infra.config import Deployment
    from steward.policy.checking.kept import Kept
    from steward.policy.model import Policy

READY = ".ready"
"""The file with which `make` remembers that the layer is built."""

BUILD_TIME = ["python/steward/policy/load.py", "python/steward/policy/checking", "python/steward/policy/checking/**"]
"""Modules of our package that only synthesis imports; their packages are not in the layer."""


def build(*, deployment: Deployment, policy: Policy, kept: Kept, context: dict[str, Any], out_dir: Path) -> cdk.App:
    """Return the application, ready to synthesize into ``out_dir``."""
    app = cdk.App(
        outdir=str(out_dir),
        context=context,
        analytics_reporting=False,
        # What deploys is the very role that stores and keys except.
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(
            qualifier=deployment.environment.bootstrap_qualifier,
            cloud_formation_execution_role=deployment.environment.deployer,
        ),
        # From Python they hold no line of ours, but the name of a temporary folder.
        stack_traces=False,
        tree_metadata=False,
        # It takes as long as the synthesis itself: infra.checks.validation adds it.
        builtin_cloud_formation_validation=False,
    )
    stores = StoresStack(app, deployment=deployment, policy=policy, kept=kept)
    controls = ControlsStack(app, deployment=deployment, policy=policy, stores=stores, layers=_layers(policy))
    if policy.messaging:
        SmsStack(app, deployment=deployment, messaging=policy.messaging).add_stack_dependency(controls)
    refuse_without_register(deployment.environment, policy)
    if deployment.environment.request_guide and stores.rights:
        RequestGuideStack(
            app,
            deployment=deployment,
            policy=policy,
            stores=stores,
            rights=stores.rights,
            alarms=controls.alarms,
            layers=_layers(policy),
        ).add_stack_dependency(controls)
    cdk.Tags.of(app).add("steward:environment", deployment.name)
    cdk.Tags.of(app).add("steward:policy", f"{policy.council.slug} {policy.council.policy_version}")
    return app


def _layers(policy: Policy) -> dict[str, lambda_.Code]:
    return {
        "steward": lambda_.Code.from_asset(
            str(ROOT / "layers" / "steward"), exclude=[*NOT_CODE, *BUILD_TIME], ignore_mode=cdk.IgnoreMode.GLOB
        ),
        "dependencies": lambda_.Code.from_asset(
            str(layers.require()), exclude=[READY], ignore_mode=cdk.IgnoreMode.GLOB
        ),
        "policy": lambda_.Code.from_asset(str(_policy_layer(policy))),
    }


def _policy_layer(policy: Policy) -> Path:
    """Write the compiled policy where its layer is made from and return that folder."""
    folder = council_folder().built("policy", policy.council.slug)
    target = folder / "policy" / "policy.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    compiled = compile_policy(policy)
    if not target.is_file() or target.read_bytes() != compiled:
        target.write_bytes(compiled)
    return folder
