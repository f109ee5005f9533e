//! The access point: RFC 6109 3.1.

crate::clauses! {
    RFC6109_3_1_1_FROM = "RFC6109-3.1.1-from", "RFC 6109 3.1.1", Must, AccessPoint,
        "What is accepted has a From with a compliant address, and it is the reverse path's.",
        reading: "Another From is answered by a non-acceptance or by SMTP 5xx.";
    RFC6109_3_1_1_TO = "RFC6109-3.1.1-to", "RFC 6109 3.1.1", Must, AccessPoint,
        "What is accepted has a To with one or more compliant addresses.";
    RFC6109_3_1_1_RECIPIENTS = "RFC6109-3.1.1-recipients", "RFC 6109 3.1.1", Must, AccessPoint,
        "Every forward path of what is accepted stands in its To or Cc.",
        reading: "An address of To or Cc without a forward path is tolerated and gets nothing.";
    RFC6109_3_1_1_BCC = "RFC6109-3.1.1-bcc", "RFC 6109 3.1.1", Must, AccessPoint,
        "What is accepted has no value in Bcc.",
        reading: "Addresses in Bcc are 'invalid' (2.1), so a message that has any is not accepted rather than stripped of them.";
    RFC6109_3_1_1_CONFORMING = "RFC6109-3.1.1-conforming", "RFC 6109 3.1.1", Must, AccessPoint,
        "What is accepted is a well-formed message of RFC 5322.",
        reading: "Real access points let in address lists with a trailing comma, a blank after the at sign or a bad address beside good ones; what can be understood is noted and no more.";
    RFC6109_3_1_1_SIZE = "RFC6109-3.1.1-size", "RFC 6109 3.1.1", Must, AccessPoint,
        "Size times recipients of what is accepted is within the provider's limit.",
        reading: "30 MB is the least that must be taken (DM art. 12), not a cap: a provider's limit may be higher.";
    RFC6109_3_1_2_SIZE = "RFC6109-3.1.2-size", "RFC 6109 3.1.2", Must, AccessPoint,
        "What is too large is refused by a non-acceptance, and by SMTP alone where it is much too large.",
        reading: "From which size on SMTP alone answers is the provider's choice, so either is taken.";
    RFC6109_3_1_2_XML_ONLY = "RFC6109-3.1.2-xml-only", "RFC 6109 3.1.2", Must, Provider,
        "A program takes its facts from the certification data and never from the readable text.",
        reading: "Said of each kind; what a gateway reads shows in what it does where text and data disagree.";
    RFC6109_3_1_2_HEADERS = "RFC6109-3.1.2-headers", "RFC 6109 3.1.2", Must, AccessPoint,
        "A non-acceptance carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_1_2_TEXT = "RFC6109-3.1.2-text", "RFC 6109 3.1.2", Must, AccessPoint,
        "A non-acceptance tells date, time, zone, subject, sender, recipients, error and identifier, and repeats them in XML.",
        reading: "Providers word the text freely; what counts is that the facts are there.";
    RFC6109_3_1_2_NO_ORIGINAL = "RFC6109-3.1.2-no-original", "RFC 6109 3.1.2", Must, AccessPoint,
        "A non-acceptance does not include the original message.";
    RFC6109_3_1_3_HEADERS = "RFC6109-3.1.3-headers", "RFC 6109 3.1.3", Must, AccessPoint,
        "A non-acceptance for a virus carries the listed header fields and X-VerificaSicurezza: errore.";
    RFC6109_3_1_3_TEXT = "RFC6109-3.1.3-text", "RFC 6109 3.1.3", Must, AccessPoint,
        "A non-acceptance for a virus tells date, time, zone, subject, sender, recipients, what was detected and identifier.";
    RFC6109_3_1_3_NO_ORIGINAL = "RFC6109-3.1.3-no-original", "RFC 6109 3.1.3", Must, AccessPoint,
        "A non-acceptance for a virus does not include the original message.";
    RFC6109_3_1_4_HEADERS = "RFC6109-3.1.4-headers", "RFC 6109 3.1.4", Must, AccessPoint,
        "An acceptance carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_1_4_TEXT = "RFC6109-3.1.4-text", "RFC 6109 3.1.4", Must, AccessPoint,
        "An acceptance tells date, time, zone, subject, sender, every recipient with its typology, and identifier.";
    RFC6109_3_1_5_INHERITED = "RFC6109-3.1.5-inherited", "RFC 6109 3.1.5", Must, AccessPoint,
        "A transport envelope inherits Received, To, Cc, Return-Path and, if present, Reply-To, unmodified.";
    RFC6109_3_1_5_HEADERS = "RFC6109-3.1.5-headers", "RFC 6109 3.1.5", Must, AccessPoint,
        "A transport envelope sets X-Trasporto, Date, Subject, From, Reply-To, Message-ID, X-Riferimento-Message-ID and X-TipoRicevuta as listed.",
        reading: "Half of the real envelopes leave X-TipoRicevuta out where completa is meant; an unknown value means completa.";
    RFC6109_3_1_5_TEXT = "RFC6109-3.1.5-text", "RFC 6109 3.1.5", Must, AccessPoint,
        "A transport envelope tells date, time, zone, subject, sender, recipients and identifier.";
    RFC6109_3_1_5_CONTENTS = "RFC6109-3.1.5-contents", "RFC 6109 3.1.5", Must, AccessPoint,
        "A transport envelope contains the entire original message, changed only in its identifiers, and the certification data.",
        reading: "Bytes beyond ASCII in an original stay as they are, although 4.3 wants parts fit for seven bits.";
    RFC6109_3_1_5_ROUTING = "RFC6109-3.1.5-routing", "RFC 6109 3.1.5", Must, AccessPoint,
        "A transport envelope travels with the original's forward and reverse paths.";
    RFC6109_3_1_6_HEADERS = "RFC6109-3.1.6-headers", "RFC 6109 3.1.6", Must, AccessPoint,
        "A timeout notice carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.",
        reading: "It goes to the original sender (2.1), not to the recipient as 3.1.6 prints.";
    RFC6109_3_1_6_TEXT = "RFC6109-3.1.6-text", "RFC 6109 3.1.6", Must, AccessPoint,
        "A timeout notice tells date, time, zone, subject, sender, recipient and identifier.";
    RFC6109_3_1_6_NO_ORIGINAL = "RFC6109-3.1.6-no-original", "RFC 6109 3.1.6", Must, AccessPoint,
        "A timeout notice does not include the original message.";
}
