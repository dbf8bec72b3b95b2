"""Assemblies of deployments that no file describes, each synthesised once for all processes and runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from infra.accepting import LONGEST, MOST, AcceptedDifference
from infra.config import ROOT, Deployment, cdk_context, choose
from infra.synthesis import fingerprint, made_once, synthesize

BARNET = ROOT / "policies" / "barnet.toml"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/council"
ACCEPTED = {
    f"local-steward-stores/{f'Bucket{number}':x<{LONGEST - 37}}/lifecycle rules": AcceptedDifference(
        until=date(2027, 3, 31), why="\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}" * (LONGEST // 2)
    )
    for number in range(MOST)
}
"""As many as there can be, each as long as it can be."""


def validated(deployment: Deployment) -> Path:
    """Return the assembly of that deployment for Barnet, which the compliance packs have judged.

    Nobody may write into it. Raises ``RefusalError`` with what the packs object to.
    """
    mark = fingerprint(BARNET, f"validated {deployment}")
    return made_once(mark, lambda folder: synthesize(deployment, BARNET, folder, validate=True))


def with_every_option() -> Path:
    """Return the assembly with functions that are kept warm, people who sign on once and differences that are accepted.

    None touches another.
    """
    local = choose(cdk_context())
    environment = msgspec.structs.replace(
        local.environment,
        kept_warm=2,
        identity_center=True,
        saml_provider_arn=PROVIDER,
        accepted_differences=ACCEPTED,
    )
    return validated(Deployment(name=local.name, environment=environment))
