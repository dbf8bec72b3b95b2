"""Examples of the rules about what Connect refuses."""

from __future__ import annotations

from flowlint.rules.examples.builders import FUNCTION, Example, Json, act, attributes, bye, flow, record, say

MODULE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4/flow-module/pay"
ALIAS = "0f7d1b46-6f4a-4e0f-9d55-0a6b1c2d3e4f"


def _menu(**conditions: str) -> Json:
    errors = {"InputTimeLimitExceeded": "bye", "NoMatchingCondition": "bye", "NoMatchingError": "bye"}
    return act(
        "menu",
        "GetParticipantInput",
        "bye",
        errors,
        conditions,
        Text="For housing, press 1.",
        StoreInput="False",
        InputTimeLimitSeconds="8",
    )


def _module(qualifier: str) -> Json:
    return act("pay", "InvokeFlowModule", "bye", {"NoMatchingError": "bye"}, FlowModuleId=f"{MODULE}:{qualifier}")


def _function(seconds: str) -> Json:
    return act(
        "look-up",
        "InvokeLambdaFunction",
        "bye",
        {"NoMatchingError": "bye"},
        LambdaFunctionARN=FUNCTION,
        InvocationTimeLimitSeconds=seconds,
    )


GOODBYE = flow(say("goodbye", "bye", "Goodbye."), bye())

EXAMPLES = {
    "R201": Example(
        bad={"modules": [], "version": "1", "type": "contactFlow", "start": "a"},
        good=GOODBYE,
    ),
    "R202": Example(bad=flow(say("say/goodbye", "bye", "Goodbye."), bye()), good=GOODBYE),
    "R203": Example(
        bad=flow(
            *(say(f"m{place}", f"m{place + 1}", "…") for place in range(250)), act("m250", "DisconnectParticipant")
        ),
        good=GOODBYE,
    ),
    "R204": Example(
        bad=flow(act("note", "TagContact", "bye", Tags={"service": "housing"}), bye()),
        good=flow(act("note", "TagContact", "bye", {"NoMatchingError": "bye"}, Tags={"service": "housing"}), bye()),
    ),
    "R205": Example(
        bad=flow(
            record("off", "bye")
            | {"Transitions": {"NextAction": "bye", "Errors": [{"NextAction": "bye", "ErrorType": "NoMatchingError"}]}},
            bye(),
        ),
        good=flow(record("off", "bye"), bye()),
    ),
    "R206": Example(bad=flow(act("goodbye", "PlayPrompt", "bye", Text="Goodbye."), bye()), good=GOODBYE),
    "R207": Example(bad=flow(act("new", "SummariseContact", "bye"), bye()), good=GOODBYE),
    "R208": Example(bad=flow(act("goodbye", "MessageParticipant", "bye"), bye()), good=GOODBYE),
    "R209": Example(
        bad=flow(act("goodbye", "MessageParticipant", "bye", Text="Goodbye.", SSML="<speak>Goodbye.</speak>"), bye()),
        good=GOODBYE,
    ),
    "R210": Example(bad=flow(_menu(**{"12": "bye"}), bye()), good=flow(_menu(**{"1": "bye"}), bye())),
    "R211": Example(
        bad=flow(say("hello", "end", "Hello."), act("end", "EndFlowModuleExecution"), kind="contactFlow"),
        good=flow(say("hello", "end", "Hello."), act("end", "EndFlowModuleExecution"), kind="module"),
    ),
    "R212": Example(
        bad=flow(
            act("again", "InvokeFlowModule", "end", {"NoMatchingError": "end"}, FlowModuleId="flow"),
            act("end", "EndFlowModuleExecution"),
            kind="module",
        ),
        good=flow(
            act("other", "InvokeFlowModule", "end", {"NoMatchingError": "end"}, FlowModuleId="greeting"),
            act("end", "EndFlowModuleExecution"),
            kind="module",
        ),
    ),
    "R213": Example(bad=flow(_module("live"), bye()), good=flow(_module(ALIAS), bye())),
    "R214": Example(
        bad=flow(_function("20"), bye()),
        good=flow(_function("8"), bye()),
    ),
    "D801": Example(
        bad=flow(
            say("ready", "late", "Your reference is $.Attributes.reference."),
            attributes("late", "bye", reference="A1"),
            bye(),
        ),
        good=flow(
            attributes("early", "ready", reference="A1"),
            say("ready", "bye", "Your reference is $.Attributes.reference."),
            bye(),
        ),
    ),
    "D802": Example(
        bad=flow(
            act("read", "MessageParticipant", "bye", SSML="<speak>Your address is $.Attributes.address.</speak>"), bye()
        ),
        good=flow(act("read", "MessageParticipant", "bye", SSML="<speak>We have your address.</speak>"), bye()),
    ),
}
