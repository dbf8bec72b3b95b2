"""Examples of the rules about pauses and card data."""

from __future__ import annotations

from flowlint.rules.examples.builders import Example, act, ask, attributes, bye, card, compare, flow, log, record, say

REFUSE = say("refuse", "bye", "We cannot take a payment now.")
CARD = card("card", "log-on")
LOG_OFF, LOG_ON = log("log-off", "card", "Disabled"), log("log-on", "bye", "Enabled")
PAUSE, CHECK = ask("pause", "check", "refuse"), compare("check", "refuse", paused="log-off")
RIGHT = flow(PAUSE, CHECK, LOG_OFF, CARD, LOG_ON, REFUSE, bye())
OFF = record("record-nothing", "log-off")
LISTENING = {
    "RecordedParticipants": ["Agent", "Customer"],
}


def _analytics(identifier: str, to: str, *modes: str) -> dict[str, object]:
    return act(
        identifier,
        "UpdateContactRecordingBehavior",
        to,
        RecordingBehavior=LISTENING,
        AnalyticsBehavior={
            "Enabled": "True",
            "AnalyticsLanguage": "en-GB",
            "ChannelConfiguration": {"Voice": {"AnalyticsModes": list(modes)}},
        },
    )


def _stream(identifier: str, to: str, state: str) -> dict[str, object]:
    return act(
        identifier,
        "UpdateContactMediaStreamingBehavior",
        to,
        {"NoMatchingError": to},
        MediaStreamingState=state,
        Participants=[{"ParticipantType": "Customer", "MediaDirections": ["To", "From"]}],
        MediaStreamType="Audio",
    )


TOLD = say("told", "listen", "This call is recorded.")

EXAMPLES = {
    "C301": Example(
        bad=flow(ask("pause", "shown", "shown"), say("shown", "bye", "The recording is paused."), bye()),
        good=flow(
            ask("pause", "check", "refuse"),
            compare("check", "refuse", paused="shown"),
            REFUSE,
            say("shown", "bye", "The recording is paused."),
            bye(),
        ),
    ),
    "C302": Example(
        bad=flow(PAUSE, compare("check", "refuse", Paused="log-off"), LOG_OFF, CARD, LOG_ON, REFUSE, bye()),
        good=RIGHT,
    ),
    "C303": Example(
        bad=flow(ask("pause", "log-off", "refuse"), LOG_OFF, CARD, LOG_ON, REFUSE, bye()),
        good=RIGHT,
    ),
    "C304": Example(
        bad=flow(OFF, LOG_OFF, card("card", "log-on", encrypted=False), LOG_ON, bye()),
        good=flow(OFF, LOG_OFF, CARD, LOG_ON, bye()),
    ),
    "C305": Example(
        bad=flow(record("record-nothing", "log-on"), log("log-on", "card", "Enabled"), card("card", "bye"), bye()),
        good=flow(OFF, LOG_OFF, CARD, LOG_ON, bye()),
    ),
    "C306": Example(
        bad=flow(record("record-nothing", "card"), card("card", "bye"), bye()),
        good=flow(OFF, LOG_OFF, CARD, LOG_ON, bye()),
    ),
    "C307": Example(
        bad=flow(
            OFF,
            LOG_OFF,
            card("card", "keep", encrypted=False),
            attributes("keep", "log-on", card="$.StoredCustomerInput"),
            LOG_ON,
            bye(),
        ),
        good=flow(OFF, LOG_OFF, card("card", "keep"), attributes("keep", "log-on", payment="taken"), LOG_ON, bye()),
    ),
    "C308": Example(
        bad=flow(
            OFF,
            LOG_OFF,
            card("card", "repeat", encrypted=False),
            say("repeat", "log-on", "You keyed in $.StoredCustomerInput."),
            LOG_ON,
            bye(),
        ),
        good=flow(
            OFF,
            LOG_OFF,
            card("card", "repeat"),
            say("repeat", "log-on", "The card ends in $.External.last_four."),
            LOG_ON,
            bye(),
        ),
    ),
    "C309": Example(
        bad=flow(_stream("stream", "record-nothing", "Enabled"), OFF, LOG_OFF, CARD, LOG_ON, bye()),
        good=flow(_stream("stop-stream", "record-nothing", "Disabled"), OFF, LOG_OFF, CARD, LOG_ON, bye()),
    ),
    "C310": Example(
        bad=flow(TOLD, _analytics("listen", "pause", "RealTime"), PAUSE, CHECK, LOG_OFF, CARD, LOG_ON, REFUSE, bye()),
        good=flow(
            TOLD, _analytics("listen", "pause", "PostContact"), PAUSE, CHECK, LOG_OFF, CARD, LOG_ON, REFUSE, bye()
        ),
    ),
    "C311": Example(
        bad=flow(
            PAUSE,
            CHECK,
            LOG_OFF,
            CARD,
            log("log-on", "queue", "Enabled"),
            REFUSE,
            act("queue", "TransferContactToQueue", "bye", {"QueueAtCapacity": "bye", "NoMatchingError": "bye"}),
            bye(),
        ),
        good=flow(
            PAUSE,
            CHECK,
            LOG_OFF,
            CARD,
            log("log-on", "resume", "Enabled"),
            ask("resume", "queue", "queue", "resume"),
            REFUSE,
            act("queue", "TransferContactToQueue", "bye", {"QueueAtCapacity": "bye", "NoMatchingError": "bye"}),
            bye(),
        ),
    ),
}
