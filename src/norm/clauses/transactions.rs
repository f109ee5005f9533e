//! Whole transactions, as scenarios play them: who holds what in the end (RFC 6109 2.2, 3).

crate::clauses! {
    RFC6109_2_2_1_EXTERNAL = "RFC6109-2.2.1-external", "RFC 6109 2.2.1", Must, AccessPoint,
        "A recipient whose domain is in no directory is an ordinary one: certified as such, sent the envelope, owed no receipt.";
    RFC6109_2_2_2_CORRECT = "RFC6109-2.2.2-correct", "RFC 6109 2.2.2", Must, IncomingPoint,
        "A correct envelope is answered with a server-server acceptance and forwarded to the delivery point.";
    RFC6109_2_2_2_PROPAGATED = "RFC6109-2.2.2-propagated", "RFC 6109 2.2.2", Must, IncomingPoint,
        "What a provider signed well and composed badly is propagated to its recipient, in an anomaly envelope.",
        reading: "Also to a mailbox that refuses ordinary mail.";
    RFC6109_2_2_2_ORDINARY = "RFC6109-2.2.2-ordinary", "RFC 6109 2.2.2", Must, IncomingPoint,
        "What fails the tests of the signature's existence, origin or validity is ordinary mail, and if propagated travels in an anomaly envelope.",
        reading: "The mailbox's owner decides whether ordinary mail is wrapped or refused in the SMTP session.";
    RFC6109_2_2_2_INFECTED = "RFC6109-2.2.2-infected", "RFC 6109 2.2.2", Must, IncomingPoint,
        "An infected envelope is not delivered: it is stored, and the sending provider is told.",
        reading: "Whether a server-server acceptance precedes is left open: the envelope is correct and undamaged, but goes nowhere.";
    RFC6109_2_2_4_KEPT = "RFC6109-2.2.4-kept", "RFC 6109 2.2.4", Must, Provider,
        "The provider that detects a virus keeps the message in its own store.";
    RFC6109_2_2_4_THIRTY_MONTHS = "RFC6109-2.2.4-thirty-months", "RFC 6109 2.2.4", Must, Provider,
        "An infected message is kept for thirty months.";
    RFC6109_3_1_1_CHECKED = "RFC6109-3.1.1-checked", "RFC 6109 3.1.1", Must, AccessPoint,
        "A message that fails the formal checks does not enter the PEC system, and its sender learns why.",
        reading: "By a non-acceptance, or by a refusal in the SMTP session that tells the same.";
    RFC6109_3_1_3_STOPPED = "RFC6109-3.1.3-stopped", "RFC 6109 3.1.3", Must, AccessPoint,
        "A message in which the access point detects a virus is not accepted, and its sender learns it.";
    RFC6109_3_1_6_NOTICES = "RFC6109-3.1.6-notices", "RFC 6109 3.1.6", Must, AccessPoint,
        "Without an answer from the recipient's provider the sender is told after 12 hours, and again before 24 hours, not before 22.";
    RFC6109_3_2_4_TOLD = "RFC6109-3.2.4-told", "RFC 6109 3.2.4", Must, Provider,
        "Each virus detection that reaches the sending provider makes it tell the sender that the message was not delivered.";
    RFC6109_3_3_2_1_DEFAULT = "RFC6109-3.3.2.1-default", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "Without another wish the delivery receipt of a primary recipient is the complete one.";
    RFC6109_3_3_2_1_CARBON_COPY = "RFC6109-3.3.2.1-carbon-copy", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "The delivery receipt of a recipient in copy is the concise one, whatever was asked for.";
    RFC6109_3_3_2_2_BRIEF = "RFC6109-3.3.2.2-brief", "RFC 6109 3.3.2.2", Must, DeliveryPoint,
        "Where the sender asked for it, the receipt holds the original with hashes in place of its attachments.";
    RFC6109_3_3_2_2_SMIME = "RFC6109-3.3.2.2-smime", "RFC 6109 3.3.2.2", May, Client,
        "An original may be signed by its author, as multipart/signed or as one CMS object.";
    RFC6109_3_3_2_3_CONCISE = "RFC6109-3.3.2.3-concise", "RFC 6109 3.3.2.3", Must, DeliveryPoint,
        "Where the sender asked for it, the receipt of every recipient comes without the original.";
    RFC6109_3_3_3_NOT_DELIVERED = "RFC6109-3.3.3-not-delivered", "RFC 6109 3.3.3", Must, DeliveryPoint,
        "When a correct envelope cannot be delivered, its sender is told that and why.",
        reading: "By the receiver's provider, or by the sender's where the receiver's refuses the recipient in the SMTP session.";
    RFC6109_3_4_SAME_PROVIDER = "RFC6109-3.4-same-provider", "RFC 6109 3.4", Must, Provider,
        "A message is processed alike when sender and recipients have the same provider.",
        reading: "The server-server acceptance, which providers exchange, may be left out within one.";
    RFC6109_3_5_TRANSACTION = "RFC6109-3.5-transaction", "RFC 6109 3.5", Must, Provider,
        "A correct transaction leaves the sender with acceptance and delivery receipts, the sender's provider with the server-server acceptance, and the recipient with the envelope.";
}
