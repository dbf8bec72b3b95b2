"""Names that the templates and the functions must agree upon: of keys, indexes, attributes and tags.

Nothing is imported here, so that both sides can read it at no cost.
"""

from __future__ import annotations

from typing import Final

# Every table -------------------------------------------------------------------------------------------------------
PARTITION_KEY: Final = "pk"
SORT_KEY: Final = "sk"
EXPIRES_AT: Final = "expires_at"
"""DynamoDB's time to live: the epoch second after which a row may be removed."""

# The register ------------------------------------------------------------------------------------------------------
AGENDA_INDEX: Final = "agenda"
"""The contacts for which something is to be done, by when: the nightly run queries it and never scans."""
AGENDA: Final = "agenda"
"""Its partition key; a contact has it while something is to be done for it."""
NEXT_ACTION_AT: Final = "next_action_at"
"""Its sort key."""

CONFIGURATION: Final = "CONFIGURATION"
"""The partition of findings of the comparison that are open, or closed and not told."""
CONFIGURATION_HISTORY: Final = "CONFIGURATION-HISTORY"
"""The partition of those that were."""

# The book of decisions ---------------------------------------------------------------------------------------------
APPROVALS_INDEX: Final = "approvals"
"""What was approved, by when: the nightly look for lost orders queries it and never scans."""
APPROVED: Final = "approved"
"""Its partition key, the subject; a row has it if it approves."""
DECIDED_AT: Final = "at"
"""Its sort key."""

PAUSED_TAG = "steward_payment"
"""The contact tag that stands while the recording of a call is paused; it says nothing of anybody."""

# The payment register ----------------------------------------------------------------------------------------------
OPEN_INDEX: Final = "open"
"""The contacts with an open pause, and no others: the daily look queries it and never scans."""
OPEN_STATE: Final = "open_state"
"""Its partition key; a contact has it while its pause is open."""
ASKED_AT: Final = "asked_at"
"""Its sort key, in milliseconds since 1970."""

# The message log ---------------------------------------------------------------------------------------------------
MESSAGE_INDEX: Final = "by_message_id"
"""Finds the reservation of a message whose delivery event does not name it."""
MESSAGE_ID: Final = "message_id"
"""Its partition key."""
NUMBER_INDEX: Final = "by_number_hash"
"""Finds the texts to a number for somebody who asks what is kept of them."""
RESTRICTED_NUMBERS: Final = "restricted#"
"""How keys of the consents table begin whose rows say that a person's request stops texts; a number's hash follows."""
NUMBER_HASH: Final = "number_hash"
"""Its partition key; a reservation has it."""

# What flags a contact: as a contact's attribute or tag, or an object's tag ------------------------------------------
COMPLAINT_REFERENCE: Final = "complaint_reference"
COMPLAINT_REFERENCE_SPELLINGS: Final = (
    COMPLAINT_REFERENCE,
    "Complaint_Reference",
    "Complaint_reference",
    "COMPLAINT_REFERENCE",
)
"""The casings in which people type it: the patterns of EventBridge and Lambda match keys by their exact letters."""
COMPLAINT_RECEIVED: Final = "complaint_received"
COMPLAINT_STAGE: Final = "complaint_stage"
COMPLAINT_SIGNATURE: Final = "complaint_signature"

# The own bus -------------------------------------------------------------------------------------------------------
UNMATCHED: Final = "unmatched"
"""Part of the name of each rule that takes what no other rule takes; what the log says of such an event."""
OUTGOING_EVENTS: Final = {
    "steward.rights": (
        "Access Unexplained",
        "Deadline Missed",
        "Deadline Near",
        "Erased Data Reappeared",
        "Erasure Completed",
        "Erasure Deferred",
        "Package Ready",
        "Recipients To Tell",
        "Search Complete",
        "Search Incomplete",
    )
}
"""What steward itself says to the council's own systems, by source: that no rule here takes it is as it should be."""

# Rights ------------------------------------------------------------------------------------------------------------
RIGHTS_SOURCE: Final = "steward.rights"
"""The source of events about requests of people, on the own bus."""
RIGHTS_STORE: Final = "rights"
"""What scenarios, tags and access logs call the bucket of requests."""
EVIDENCE_STORE: Final = "evidence"
"""What scenarios, tags and access logs call the bucket of statements."""
REGISTER_PAGE: Final = "register/requests.html"
"""Where the register of requests lies as a page, in the store of rights: references, dates and fixed words."""
DISCLOSURE_DECIDED: Final = "Disclosure Decided"
"""Put by ``decide`` alone."""
READS: Final = "reads/"
"""Where reports of who read what lie in the store of rights: by day, and a page by month."""
INTAKE: Final = "intake/"
"""Where identifiers of people lie in the store of rights, each as ``intake/REQUEST.json``."""
CORRECTIONS: Final = "corrections/"
"""Where statements of people about their contacts lie in the store of rights, each as ``CONTACT_ID/REQUEST.json``."""
FORMS: Final = "forms/"
"""Where disclosure officers put forms and orders, and the only place where they may put anything."""
RIGHTS_JUDGEMENTS: Final = (
    "Match Decided",
    "Item Reviewed",
    "Package Approved",
    DISCLOSURE_DECIDED,
    "Erasure Decided",
)
"""Put by ``decide`` alone; all but a disclosure's also by the principal that the environment names as case system."""
RIGHTS_REPORTS: Final = (
    "Subject Request Received",
    "Identity Asked",
    "Identity Confirmed",
    "Authority Confirmed",
    "Clarification Asked",
    "Clarification Answered",
    "Request Extended",
    "Package Handed Over",
    "Request Closed",
    "Restriction Lifted",
    "Contact Corrected",
    "Disclosure Requested",
    "Disclosure Handed Over",
    "Application Recorded",
)
"""What the information team and the case system report."""
APPLICATION_RECORDED: Final = "Application Recorded"
"""Goes to the queue of ``record_application`` where applications are kept, and is refused where they are not."""
DISCLOSURE_REPORTS: Final = ("Disclosure Requested", "Disclosure Handed Over")
"""What disclosure officers report, and the case system."""
DISCLOSURE_EVENTS: Final = (*DISCLOSURE_REPORTS, DISCLOSURE_DECIDED)
"""What goes to the queue of ``record_disclosure``."""
RIGHTS_EVENTS: Final = tuple(one for one in (*RIGHTS_REPORTS, *RIGHTS_JUDGEMENTS) if one not in DISCLOSURE_EVENTS)
"""Everything else that comes in; all of it goes to the queue of ``record_request``."""

# Buckets -----------------------------------------------------------------------------------------------------------
RECORD_CLASS_TAG: Final = "steward:record-class"
"""The tag by which a bucket says which records it keeps."""
CONTACT_RECORDS: Final = "contact-records/"
"""Where the delivery stream puts contact records, by month."""
CONTACT_RECORD_ERRORS: Final = "contact-record-errors/"
"""Where the delivery stream puts what it could not place."""

# Metrics -----------------------------------------------------------------------------------------------------------
METRICS: Final = "steward"
"""The namespace of what the functions count."""
REFUSED_FOR: Final = "RefusedFor."
"""Begins the names of counts of texts not sent and pauses not confirmed; the reason that the flow was told follows."""

ATTEMPTS: Final = 5
"""How often a queue hands out a message before it is set aside."""
