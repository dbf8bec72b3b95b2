"""Examples of the rules about transfers, notices, logging, voices and suppressions."""

from __future__ import annotations

from flowlint.rules.examples.builders import (
    NUMBER,
    Example,
    act,
    attributes,
    bye,
    compare,
    flow,
    log,
    out,
    record,
    say,
    voice,
)

OFF = record("record-nothing", "transfer")
NOTICE, CYMRAEG = "This call is recorded.", "Mae'r alwad hon yn cael ei recordio."
HELLO = flow(say("hello", "bye", "Hello."), bye())


def _language(identifier: str, to: str, code: str) -> dict[str, object]:
    return act(identifier, "UpdateContactData", to, {"NoMatchingError": to}, LanguageCode=code)


EXAMPLES = {
    "T401": Example(
        bad=flow(
            say("notice", "record", NOTICE),
            record("record", "transfer", "Agent", "Customer"),
            out("transfer", "bye"),
            bye(),
        ),
        good=flow(OFF, out("transfer", "bye"), bye()),
    ),
    "T402": Example(bad=flow(out("transfer", "bye"), bye()), good=flow(OFF, out("transfer", "bye"), bye())),
    "T403": Example(
        bad=flow(OFF, out("transfer", "bye", caller=False), bye()), good=flow(OFF, out("transfer", "bye"), bye())
    ),
    "T404": Example(
        bad=flow(
            attributes("where", "record-nothing", transfer_to=NUMBER),
            OFF,
            out("transfer", "bye", "$.External.number"),
            bye(),
        ),
        good=flow(
            compare("is-listed", "bye", "$.External.number", **{NUMBER: "record-nothing"}),
            OFF,
            out("transfer", "bye", "$.External.number"),
            bye(),
        ),
    ),
    "N501": Example(
        bad=flow(record("record", "notice", "Agent", "Customer"), say("notice", "bye", NOTICE), bye()),
        good=flow(say("notice", "record", NOTICE), record("record", "bye", "Agent", "Customer"), bye()),
    ),
    "N502": Example(
        bad=flow(
            voice("english", "notice", "Amy"),
            say("notice", "record", NOTICE),
            record("record", "welsh", "Agent", "Customer"),
            voice("welsh", "croeso", "Gwyneth"),
            say("croeso", "bye", "Croeso."),
            bye(),
        ),
        good=flow(
            voice("english", "notice", "Amy"),
            say("notice", "cymraeg", NOTICE),
            voice("cymraeg", "hysbysiad", "Gwyneth"),
            say("hysbysiad", "record", CYMRAEG),
            record("record", "welsh", "Agent", "Customer"),
            voice("welsh", "croeso", "Gwyneth"),
            say("croeso", "bye", "Croeso."),
            bye(),
        ),
    ),
    "L601": Example(
        bad=flow(log("log-off", "hello", "Disabled"), say("hello", "bye", "Hello."), bye()),
        good=flow(
            log("log-off", "hello", "Disabled"),
            say("hello", "log-on", "Hello."),
            log("log-on", "bye", "Enabled"),
            bye(),
        ),
    ),
    "V701": Example(
        bad=flow(voice("welsh", "code", "Gwyneth"), _language("code", "bye", "en-GB"), bye()),
        good=flow(voice("welsh", "code", "Gwyneth"), _language("code", "bye", "cy-GB"), bye()),
    ),
    "V702": Example(bad=flow(voice("new", "bye", "Zebedee"), bye()), good=flow(voice("known", "bye", "Amy"), bye())),
    "V703": Example(
        bad=flow(voice("welsh", "bye", "Gwyneth", TextToSpeechEngine="Neural"), bye()),
        good=flow(voice("welsh", "bye", "Gwyneth", TextToSpeechEngine="Standard"), bye()),
    ),
    "U901": Example(
        bad=HELLO,
        good=flow(log("log-off", "hello", "Disabled"), say("hello", "bye", "Hello."), bye()),
        settings='[[suppress]]\nrule = "L601"\nreason = "the flow that follows switches it on"\n',
    ),
}
