"""Examples of the rules about the graph."""

from __future__ import annotations

from flowlint.rules.examples.builders import Example, act, bye, compare, flow, say

WELCOME = flow(say("welcome", "bye", "Welcome to the council."), bye())

EXAMPLES = {
    "S101": Example(bad=flow(say("welcome", "bye", "Welcome to the council."), bye(), start="hello"), good=WELCOME),
    "S102": Example(bad=flow(say("welcome", "menu", "Welcome to the council."), bye()), good=WELCOME),
    "S103": Example(
        bad=flow(say("welcome", "bye", "Welcome to the council."), say("notice", "bye", "Calls are recorded."), bye()),
        good=flow(
            say("welcome", "notice", "Welcome to the council."), say("notice", "bye", "Calls are recorded."), bye()
        ),
    ),
    "S104": Example(
        bad=flow(say("welcome", "bye", "Welcome."), say("welcome", "bye", "Croeso."), bye()),
        good=flow(say("welcome", "croeso", "Welcome."), say("croeso", "bye", "Croeso."), bye()),
    ),
    "S105": Example(bad=flow(act("welcome", "MessageParticipant", Text="Welcome.")), good=WELCOME),
    "S106": Example(
        bad=flow(act("end", "EndFlowExecution", "after"), say("after", "bye", "Goodbye."), bye(), start="end"),
        good=flow(say("after", "end", "Goodbye."), act("end", "EndFlowExecution")),
    ),
    "S107": Example(
        bad=flow(say("wait", "again", "Please hold."), say("again", "wait", "Please go on holding.")),
        good=flow(
            say("wait", "again", "Please hold."), compare("again", "wait", "$.Attributes.done", yes="bye"), bye()
        ),
    ),
}
