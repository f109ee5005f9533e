//! The incoming point: RFC 6109 3.2.

crate::clauses! {
    RFC6109_3_2_1_HEADERS = "RFC6109-3.2.1-headers", "RFC 6109 3.2.1", Must, IncomingPoint,
        "A server-server acceptance carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_2_1_SERVICE_MAILBOX = "RFC6109-3.2.1-service-mailbox", "RFC 6109 3.2.1", Must, IncomingPoint,
        "A server-server acceptance goes to the sending provider's service mailbox, found in the directory.";
    RFC6109_3_2_1_RECIPIENTS = "RFC6109-3.2.1-recipients", "RFC 6109 3.2.1", Must, IncomingPoint,
        "The certification data of a server-server acceptance list the recipients it covers.";
    RFC6109_3_2_1_TEXT = "RFC6109-3.2.1-text", "RFC 6109 3.2.1", Must, IncomingPoint,
        "A server-server acceptance tells date, time, zone, subject, sender, the recipients taken over and identifier.";
    RFC6109_3_2_2_INHERITED = "RFC6109-3.2.2-inherited", "RFC 6109 3.2.2", Must, IncomingPoint,
        "An anomaly envelope inherits Received, To, Cc, Return-Path and Message-ID from what arrived, unmodified.";
    RFC6109_3_2_2_HEADERS = "RFC6109-3.2.2-headers", "RFC 6109 3.2.2", Must, IncomingPoint,
        "An anomaly envelope sets X-Trasporto: errore, Date, Subject, From and Reply-To as listed.",
        reading: "`X-Trasplorto` is a misprint (erratum 4131); there is no X-Riferimento-Message-ID.";
    RFC6109_3_2_2_TEXT = "RFC6109-3.2.2-text", "RFC 6109 3.2.2", Must, IncomingPoint,
        "An anomaly envelope tells date, time, zone, subject, sender and recipients, and why nothing was certified.";
    RFC6109_3_2_2_ENTIRE = "RFC6109-3.2.2-entire", "RFC 6109 3.2.2", Must, IncomingPoint,
        "An anomaly envelope contains the entire message that arrived.";
    RFC6109_3_2_2_NOTHING_ELSE = "RFC6109-3.2.2-nothing-else", "RFC 6109 3.2.2", Must, IncomingPoint,
        "Beside its text an anomaly envelope has no part other than the message that arrived.",
        reading: "So it has no daticert.xml, although 4.3 gives every message one.";
    RFC6109_3_2_2_PATHS = "RFC6109-3.2.2-paths", "RFC 6109 3.2.2", Must, IncomingPoint,
        "An anomaly envelope travels with the forward and reverse paths of what arrived.";
    RFC6109_3_2_3_HEADERS = "RFC6109-3.2.3-headers", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection carries X-Ricevuta, X-Mittente, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_2_3_EACH = "RFC6109-3.2.3-each", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection is sent for each recipient of the provider, one for each.";
    RFC6109_3_2_3_SERVICE_MAILBOX = "RFC6109-3.2.3-service-mailbox", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection goes to the sending provider's service mailbox.",
        reading: "That is mailReceipt of its record, whatever `sender provider notifications` means.";
    RFC6109_3_2_3_TEXT = "RFC6109-3.2.3-text", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection tells date, time, zone, subject, sender, recipient, what was detected and identifier.";
    RFC6109_3_2_3_NO_ORIGINAL = "RFC6109-3.2.3-no-original", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection does not include the original message.";
    RFC6109_3_2_3_REASON = "RFC6109-3.2.3-reason", "RFC 6109 3.2.3", Must, IncomingPoint,
        "A virus detection contains the reason why the transmission could not be completed.";
    RFC6109_3_2_4_HEADERS = "RFC6109-3.2.4-headers", "RFC 6109 3.2.4", Must, IncomingPoint,
        "A non-delivery for a virus carries the listed header fields and X-VerificaSicurezza: errore.";
    RFC6109_3_2_4_TEXT = "RFC6109-3.2.4-text", "RFC 6109 3.2.4", Must, IncomingPoint,
        "A non-delivery for a virus tells date, time, zone, subject, recipient, what was detected and identifier.";
    RFC6109_3_2_4_REASON = "RFC6109-3.2.4-reason", "RFC 6109 3.2.4", Must, IncomingPoint,
        "A non-delivery for a virus contains the reason why the transaction was not completed.";
}
