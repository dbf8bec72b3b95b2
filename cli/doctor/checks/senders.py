"""The SMS service: its tier, and the registered sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "sms-voice:DescribeAccountAttributes",
    "sms-voice:DescribePhoneNumbers",
    "sms-voice:DescribePools",
    "sms-voice:DescribeRegistrations",
    "sms-voice:DescribeSenderIds",
    "sms-voice:DescribeSpendLimits",
)

_SERVICE: Final = "pinpoint-sms-voice-v2"


def tier(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the account may text numbers that it has not verified, and how much it may spend."""
    if plan.policy.messaging is None:
        return
    attributes = {
        one["Name"]: one["Value"] for one in account.pages(_SERVICE, "DescribeAccountAttributes", "AccountAttributes")
    }
    if attributes.get("ACCOUNT_TIER") != "PRODUCTION":
        yield stop(
            "texts",
            "the account is in the SMS sandbox, where only verified numbers are texted",
            "https://docs.aws.amazon.com/sms-voice/latest/userguide/sandbox.html",
        )
    for limit in account.pages(_SERVICE, "DescribeSpendLimits", "SpendLimits"):
        if limit["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT":
            yield note("texts", f"the month's spending limit is {limit['EnforcedLimit']} US dollars")


def sender(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the sender that the environment names is active."""
    identity = plan.deployment.environment.origination_identity or ""
    if plan.policy.messaging is None or not identity:
        return
    kind, _, rest = identity.rpartition(":")[2].partition("/") if identity.startswith("arn:") else ("", "", identity)
    try:
        if kind == "sender-id":
            name, _, country = rest.partition("/")
            wanted = [{"SenderId": name, "IsoCountryCode": country}]
            [found] = account.read(_SERVICE, "DescribeSenderIds", SenderIds=wanted)["SenderIds"]
            # A sender id has no state of its own; where a country wants registration, this says whether it is done.
            status = "ACTIVE" if found.get("Registered", True) else "not registered"
        elif kind == "pool" or rest.startswith("pool-"):
            [found] = account.read(_SERVICE, "DescribePools", PoolIds=[rest])["Pools"]
            status = str(found["Status"])
        else:
            [found] = account.read(_SERVICE, "DescribePhoneNumbers", PhoneNumberIds=[rest])["PhoneNumbers"]
            status = str(found["Status"])
    except (AbsentError, ValueError):
        yield stop("texts", "the sender origination_identity names is not in this account and region", "correct it")
        return
    if status == "ACTIVE":
        yield fine("texts", "the sender is active")
    else:
        yield stop("texts", f"the sender is in the state {status}", "AWS End User Messaging console, Configurations")
    yield from _registration(account, str(found.get("RegistrationId", "")))


def _registration(account: Account, registration: str) -> Iterator[Line]:
    """Say how far the sender's registration has come, where it has one: until it is complete, carriers may refuse it.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-status.html
    """
    if not registration:
        return
    try:
        [found] = account.read(_SERVICE, "DescribeRegistrations", RegistrationIds=[registration])["Registrations"]
    except (AbsentError, ValueError):
        yield note("texts", f"the sender's registration {registration} is not in this account and region")
        return
    status = str(found["RegistrationStatus"])
    if status == "COMPLETE":
        yield fine("texts", "the sender's registration is complete")
    else:
        yield note(
            "texts",
            f"the sender's registration is in the state {status}",
            "AWS End User Messaging console, Registrations",
        )
