"""Function URLs with ``AuthType`` AWS_IAM: who may call, and the request as the function sees it.

Sources: Lambda developer guide, "Invoking Lambda function URLs" (request payload format 2.0, with the caller in
``requestContext.authorizer.iam``) and "Control access to Lambda function URLs" (since October 2025 both
``lambda:InvokeFunctionUrl`` and ``lambda:InvokeFunction``, the latter with ``lambda:InvokedViaFunctionUrl``); Service
Authorization Reference, "Condition keys for AWS Lambda".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.permissions import entering
from simulator.aws.iam.policies.statements import Need

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.lambda_.invocation import FunctionUrl

FORBIDDEN: Final = "Forbidden. For troubleshooting Function URL authorization issues, see: "
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class HttpAnswer:
    """What the caller gets."""

    status: int
    body: str

    def decoded(self) -> Any:  # noqa: ANN401 - a function answers any JSON
        """Return the body's JSON."""
        return json.loads(self.body)


def needs(role_arn: str, function_arn: str, auth_type: str, user_arn: str) -> Iterator[Need]:
    """Return what a signed call of an address needs: to enter the role, with a second factor, and its two rights."""
    yield Need(user_arn, "sts:AssumeRole", role_arn, entering(user_arn))
    kind = ("lambda:functionurlauthtype", auth_type)
    yield Need(role_arn, "lambda:InvokeFunctionUrl", function_arn, (kind,))
    yield Need(role_arn, "lambda:InvokeFunction", function_arn, (("lambda:invokedviafunctionurl", "true"),))


def post(world: EmbeddedAws, function: str, *, role: str, session: str, body: str) -> HttpAnswer:
    """Post a body to a function's address, signed as a session of the role of that name in this account.

    A role that the policies do not admit gets Lambda's own 403, and a function that fails its 502.
    """
    spec = world.functions.find(function)
    url = world.functions.urls[spec.name]
    role_arn = f"arn:aws:iam::{world.account}:role/{role}"
    user_arn = f"arn:aws:iam::{world.account}:user/{session}"
    for need in needs(role_arn, spec.arn, url.auth_type, user_arn):
        if not world.permissions.allows(role, need):
            return HttpAnswer(403, json.dumps({"Message": FORBIDDEN + "https://docs.aws.amazon.com/lambda/latest/dg/"}))
    outcome = world.run(function, request(world, url, role=role, session=session, body=body))
    if outcome.error is not None:
        return HttpAnswer(502, "Internal Server Error")
    response: Any = outcome.response
    if isinstance(response, dict) and "statusCode" in response:
        return HttpAnswer(int(response["statusCode"]), str(response.get("body", "")))
    return HttpAnswer(200, json.dumps(response))


def request(world: EmbeddedAws, url: FunctionUrl, *, role: str, session: str, body: str) -> dict[str, Any]:
    """Return a signed POST as Lambda hands it to the function."""
    host = url.address.removeprefix("https://").rstrip("/")
    now = world.clock.now()
    identifier = f"AROA{uuid.uuid5(uuid.NAMESPACE_OID, role).hex[:16].upper()}:{session}"
    http = {
        "method": "POST",
        "path": "/",
        "protocol": "HTTP/1.1",
        "sourceIp": "203.0.113.10",
        "userAgent": "steward",
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": host, "content-length": str(len(body.encode()))},
        "requestContext": {
            "accountId": world.account,
            "apiId": host.partition(".")[0],
            "authentication": None,
            "authorizer": {
                "iam": {
                    "accessKey": "ASIAINVENTEDACCESSKEY",
                    "accountId": world.account,
                    "callerId": identifier,
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": f"arn:aws:sts::{world.account}:assumed-role/{role}/{session}",
                    "userId": identifier,
                }
            },
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": http,
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": f"{now:%d}/{_MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "body": body,
        "isBase64Encoded": False,
    }


def staff_prefix(world: EmbeddedAws) -> str:
    """Return how the names of this environment's roles for people start, as the deployed function knows it."""
    return world.functions.find("decide").environment["STAFF_PREFIX"]


def decide_as(world: EmbeddedAws, role: str, person: str, **fields: object) -> HttpAnswer:
    """Call the decision endpoint as a person in a role of this environment; ``fields`` are the body's."""
    return post(world, "decide", role=f"{staff_prefix(world)}{role}", session=person, body=json.dumps(fields))
