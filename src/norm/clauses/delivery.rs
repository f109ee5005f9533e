//! The delivery point: RFC 6109 3.3, and the note that gives non-delivery its codes.

crate::clauses! {
    RFC6109_3_3_2_HEADERS = "RFC6109-3.3.2-headers", "RFC 6109 3.3.2", Must, DeliveryPoint,
        "A delivery carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_3_2_RECEIPT_TYPE = "RFC6109-3.3.2-receipt-type", "RFC 6109 3.3.2", Must, DeliveryPoint,
        "The form of delivery receipt asked for is the one in the original message's X-TipoRicevuta.";
    RFC6109_3_3_2_1_TEXT = "RFC6109-3.3.2.1-text", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "A delivery tells date, time, zone, subject, sender, recipient and identifier.";
    RFC6109_3_3_2_3_NO_ORIGINAL = "RFC6109-3.3.2.3-no-original", "RFC 6109 3.3.2.3", Must, DeliveryPoint,
        "A concise delivery does not contain the original message.";
    RFC6109_3_3_3_HEADERS = "RFC6109-3.3.3-headers", "RFC 6109 3.3.3", Must, DeliveryPoint,
        "A non-delivery carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
    RFC6109_3_3_3_TEXT = "RFC6109-3.3.3-text", "RFC 6109 3.3.3", Must, DeliveryPoint,
        "A non-delivery tells date, time, zone, subject, sender, recipient, a brief description of the error and identifier.";
    NOTA12_CODE = "Nota12-code", "Nota 12", Must, Provider,
        "A non-delivery's errore-esteso is an RFC 3463 class 5 code, the provider and a description, the code first.",
        reading: "`<code> - <provider> - <description>`; real providers write a comma, a colon, an en dash or nothing instead of the hyphens: the code first is what counts.",
        from: "2016-04-01";
    NOTA12_CODE_IN_TEXT = "Nota12-code-in-text", "Nota 12", Must, Provider,
        "A non-delivery's readable text carries the code of errore-esteso.",
        from: "2016-04-01";
    NOTA12_TIMEOUT_CODE = "Nota12-timeout-code", "Nota 12", Must, Provider,
        "The 24-hour timeout notice carries the code 5.4.1.",
        reading: "Seen in real mail, not read in the note: it is what tells it from the 12-hour notice, so a timeout notice carries this code or none. A MUST where an earlier notice for the recipient shows that one is the second; of a lone one the time alone tells, so a warning.",
        from: "2016-04-01";
}
