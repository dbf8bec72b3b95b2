"""The code of functions: what is read first after a deployment counts as what was deployed. Pure, but for the port.

A template names its file by a digest of the folder it was made from, and Lambda answers that of the archive
(``CodeSha256``; API reference, FunctionConfiguration): which one an archive has depends on who packs it, and is not
known at synthesis. So the archive is remembered for as long as the template names the same file; another one under the
same name was put there by somebody else than CloudFormation, which changes no code whose name is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from steward.failures import AwsError

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Resource

_FUNCTION: Final = "AWS::Lambda::Function"


@dataclass(frozen=True, kw_only=True)
class Code:
    """What a function was made of when it was first read."""

    asset: str
    """The file that the template named."""
    sha256: str
    """Lambda's ``CodeSha256`` of it."""


def with_code(written: Iterable[Resource], known: Mapping[str, Code]) -> list[Resource]:
    """Return the resources, each function with the digest that is known of the file that its template names."""
    return [
        replace(one, code=there.sha256) if (there := known.get(_subject(one))) and there.asset == _asset(one) else one
        for one in written
    ]


def seen(written: Iterable[Resource], known: Mapping[str, Code], live: Live) -> dict[str, Code]:
    """Return what is known from now on: of a function whose file is new, what it is made of now.

    One that cannot be read is left as it is: the next run sees it first.
    """
    found = dict(known)
    for one in written:
        if one.type == _FUNCTION and one.name and not one.code:
            try:
                digest = live.read("lambda", "GetFunctionConfiguration", FunctionName=one.name)["CodeSha256"]
            except AwsError:
                continue
            found[_subject(one)] = Code(asset=_asset(one), sha256=str(digest))
    return found


def _subject(resource: Resource) -> str:
    return f"{resource.stack}/{resource.logical_id}"


def _asset(resource: Resource) -> str:
    code = resource.properties.get("Code", {})
    return f"{code.get('S3Bucket')}/{code.get('S3Key')}"
