"""Functions, what brings them their work, rules and schedules: whether steward still does what it is deployed for.

What each answers: the API reference of AWS Lambda, Amazon EventBridge and EventBridge Scheduler, by the operation's
name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.documents import parsed
from steward.failures import AccessDenied, NotFound

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource


def _function(resource: Resource, live: Live) -> Mapping[str, Any]:
    return live.read("lambda", "GetFunctionConfiguration", FunctionName=resource.name)


_ALIKE: Final = ("Handler", "MemorySize", "Role", "Runtime", "Timeout")


def _settings(resource: Resource, live: Live) -> Pair:
    written, found = resource.properties, _function(resource, live)
    return (
        {
            **{name: written[name] for name in _ALIKE},
            "Layers": list(written.get("Layers", [])),
            "Failed runs": written.get("DeadLetterConfig", {}).get("TargetArn"),
        },
        {
            **{name: found[name] for name in _ALIKE},
            "Layers": [layer["Arn"] for layer in found.get("Layers", [])],
            "Failed runs": found.get("DeadLetterConfig", {}).get("TargetArn"),
        },
    )


def _environment(resource: Resource, live: Live) -> Pair:
    found = _function(resource, live).get("Environment", {})
    if "Error" in found:
        # What cannot be decrypted is not empty (API reference, EnvironmentResponse).
        raise AccessDenied("lambda.GetFunctionConfiguration", found["Error"]["ErrorCode"])
    written = resource.properties.get("Environment", {}).get("Variables", {})
    return _digests(written), _digests(found.get("Variables", {}))


def _digests(variables: Mapping[str, Json]) -> Json:
    """Return each variable's name with a digest: what somebody put into one goes into no mail and no row."""
    return {
        name: f"SHA-256 {hashlib.sha256(str(value).encode()).hexdigest()[:12]}" for name, value in variables.items()
    }


def _code(resource: Resource, live: Live) -> Pair:
    found = str(_function(resource, live)["CodeSha256"])
    return resource.code or found, found


def _concurrency(resource: Resource, live: Live) -> Pair:
    found = live.read("lambda", "GetFunctionConcurrency", FunctionName=resource.name)
    return resource.properties.get("ReservedConcurrentExecutions"), found.get("ReservedConcurrentExecutions")


def _alias(resource: Resource) -> dict[str, str]:
    """Return how the API asks for an alias: CloudFormation names it by its ARN, of which the alias is the end."""
    function, _, name = resource.name.rpartition(":")
    return {"FunctionName": _last(function), "Name": name}


def _what_it_leads_to(resource: Resource, live: Live) -> Pair:
    return _version(resource.properties), _version(live.read("lambda", "GetAlias", **_alias(resource)))


def _version(stated: Mapping[str, Json]) -> Json:
    """Return the version, and which others some of the calls go to (API reference, AliasRoutingConfiguration)."""
    return {
        "Version": str(stated["FunctionVersion"]),
        "Beside it": (stated.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {},
    }


def _asked_to_be_ready(resource: Resource, live: Live) -> Pair:
    written = resource.properties.get("ProvisionedConcurrencyConfig", {}).get("ProvisionedConcurrentExecutions", 0)
    asked = _alias(resource)
    # Lambda may say the same of an alias without any and of one that is gone: whether it is there, GetAlias says.
    live.read("lambda", "GetAlias", **asked)
    try:
        found = live.read(
            "lambda", "GetProvisionedConcurrencyConfig", FunctionName=asked["FunctionName"], Qualifier=asked["Name"]
        )
    except NotFound:
        return int(written), 0
    return int(written), int(found["RequestedProvisionedConcurrentExecutions"])


def _feed(resource: Resource, live: Live) -> Mapping[str, Any]:
    return live.read("lambda", "GetEventSourceMapping", UUID=resource.name)


def _feeding(resource: Resource, live: Live) -> Pair:
    on = _feed(resource, live)["State"] not in {"Disabled", "Disabling", "Deleting"}
    return bool(resource.properties.get("Enabled", True)), on


def _what_it_feeds(resource: Resource, live: Live) -> Pair:
    written, found = resource.properties, _feed(resource, live)
    return (
        {"From": written["EventSourceArn"], "To": _last(written["FunctionName"]), "Only": _filters(written)},
        {"From": found["EventSourceArn"], "To": _last(found["FunctionArn"]), "Only": _filters(found)},
    )


def _failures(resource: Resource, live: Live) -> Pair:
    return _what_becomes_of_failures(resource.properties), _what_becomes_of_failures(_feed(resource, live))


def _what_becomes_of_failures(stated: Mapping[str, Json]) -> Json:
    """Return it with what counts where nothing is said (API reference, EventSourceMappingConfiguration)."""
    return {
        "Answers": sorted(stated.get("FunctionResponseTypes", [])),
        "To": stated.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        "Attempts": int(stated.get("MaximumRetryAttempts", -1)),
        "Seconds": int(stated.get("MaximumRecordAgeInSeconds", -1)),
        "Halved": bool(stated.get("BisectBatchOnFunctionError", False)),
    }


def _at_once(resource: Resource, live: Live) -> Pair:
    written, found = resource.properties, _feed(resource, live)
    usual = 10 if ":sqs:" in written["EventSourceArn"] else 100
    return _pace(written, usual), _pace(found, usual)


def _pace(stated: Mapping[str, Json], usual: int) -> Json:
    return {
        "Batch": int(stated.get("BatchSize", usual)),
        "Seconds": int(stated.get("MaximumBatchingWindowInSeconds", 0)),
        "Runs": stated.get("ScalingConfig", {}).get("MaximumConcurrency"),
    }


def _last(name: str) -> str:
    return name.rpartition(":")[2]


def _filters(stated: Mapping[str, Json]) -> list[Json]:
    return [parsed(one["Pattern"]) for one in stated.get("FilterCriteria", {}).get("Filters", [])]


def _rule_name(resource: Resource) -> dict[str, str]:
    """Return how the API names a rule: CloudFormation names one of another bus as ``bus|rule``."""
    bus, _, name = resource.name.rpartition("|")
    return {"Name": name, "EventBusName": bus} if bus else {"Name": name}


def _rule_state(resource: Resource, live: Live) -> Pair:
    found = live.read("events", "DescribeRule", **_rule_name(resource))
    return resource.properties.get("State", "ENABLED"), found["State"]


def _pattern(resource: Resource, live: Live) -> Pair:
    found = live.read("events", "DescribeRule", **_rule_name(resource))
    written = resource.properties
    return (
        {"Pattern": written.get("EventPattern"), "Schedule": written.get("ScheduleExpression")},
        {"Pattern": parsed(found.get("EventPattern")), "Schedule": found.get("ScheduleExpression")},
    )


def _targets(resource: Resource, live: Live) -> Pair:
    named = _rule_name(resource)
    bus = {"EventBusName": named["EventBusName"]} if "EventBusName" in named else {}
    found = live.pages("events", "ListTargetsByRule", "Targets", Rule=named["Name"], **bus)
    return _by_id(resource.properties.get("Targets", [])), _by_id(found)


def _by_id(targets: list[Mapping[str, Json]]) -> Json:
    return {str(one["Id"]): {name: value for name, value in one.items() if name != "Id"} for one in targets}


def _schedule(resource: Resource, live: Live) -> Mapping[str, Any]:
    group = resource.properties.get("GroupName")
    named = {"GroupName": group} if group else {}
    return live.read("scheduler", "GetSchedule", Name=resource.name, **named)


def _schedule_state(resource: Resource, live: Live) -> Pair:
    return resource.properties.get("State", "ENABLED"), _schedule(resource, live).get("State", "ENABLED")


def _when(resource: Resource, live: Live) -> Pair:
    return _times(resource.properties), _times(_schedule(resource, live))


def _times(stated: Mapping[str, Json]) -> Json:
    return {"When": stated["ScheduleExpression"], "Zone": stated.get("ScheduleExpressionTimezone", "UTC")}


def _what_it_runs(resource: Resource, live: Live) -> Pair:
    return _run(resource.properties["Target"]), _run(_schedule(resource, live)["Target"])


def _run(target: Mapping[str, Json]) -> Json:
    return {
        "What": target["Arn"],
        "As": target["RoleArn"],
        "Says": parsed(target.get("Input") or "{}"),
        "Failed runs": target.get("DeadLetterConfig", {}).get("Arn"),
    }


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "AWS::Lambda::Function": (
        Check(
            setting="settings",
            harm=Harm.HIGH,
            properties=(*_ALIKE, "DeadLetterConfig", "Layers"),
            look=_settings,
        ),
        Check(setting="code", harm=Harm.HIGH, properties=("Code",), look=_code),
        Check(setting="environment", harm=Harm.HIGH, properties=("Environment",), look=_environment),
        Check(
            setting="reserved concurrency",
            harm=Harm.HIGH,
            properties=("ReservedConcurrentExecutions",),
            look=_concurrency,
        ),
    ),
    "AWS::Lambda::Alias": (
        Check(
            setting="version",
            harm=Harm.HIGH,
            properties=("FunctionVersion", "RoutingConfig"),
            look=_what_it_leads_to,
        ),
        Check(
            setting="asked to be ready",
            harm=Harm.MEDIUM,
            properties=("ProvisionedConcurrencyConfig",),
            look=_asked_to_be_ready,
        ),
    ),
    "AWS::Lambda::EventSourceMapping": (
        Check(setting="switched on", harm=Harm.HIGH, properties=("Enabled",), look=_feeding),
        Check(
            setting="what it brings",
            harm=Harm.HIGH,
            properties=("EventSourceArn", "FilterCriteria", "FunctionName"),
            look=_what_it_feeds,
        ),
        # Without its answer about single messages a queue takes failed ones for done, and deletes them.
        Check(
            setting="what becomes of failures",
            harm=Harm.STOP,
            properties=(
                "BisectBatchOnFunctionError",
                "DestinationConfig",
                "FunctionResponseTypes",
                "MaximumRecordAgeInSeconds",
                "MaximumRetryAttempts",
            ),
            look=_failures,
        ),
        Check(
            setting="how much at once",
            harm=Harm.MEDIUM,
            properties=("BatchSize", "EventSourceArn", "MaximumBatchingWindowInSeconds", "ScalingConfig"),
            look=_at_once,
        ),
    ),
    "AWS::Events::Rule": (
        Check(setting="switched on", harm=Harm.HIGH, properties=("State",), look=_rule_state),
        Check(setting="events", harm=Harm.HIGH, properties=("EventPattern", "ScheduleExpression"), look=_pattern),
        Check(setting="targets", harm=Harm.HIGH, properties=("Targets",), look=_targets),
    ),
    "AWS::Scheduler::Schedule": (
        Check(setting="switched on", harm=Harm.HIGH, properties=("GroupName", "State"), look=_schedule_state),
        Check(
            setting="time",
            harm=Harm.HIGH,
            properties=("GroupName", "ScheduleExpression", "ScheduleExpressionTimezone"),
            look=_when,
        ),
        Check(setting="what it runs", harm=Harm.HIGH, properties=("GroupName", "Target"), look=_what_it_runs),
    ),
}
