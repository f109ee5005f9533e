//! The access point: RFC 6109 2.2.1 and 3.1.

crate::clauses! {
    RFC6109_3_1_4_HEADERS = "RFC6109-3.1.4-headers", "RFC 6109 3.1.4", Must, AccessPoint,
        "An acceptance carries X-Ricevuta, Date, Subject, From, To and X-Riferimento-Message-ID with the values listed.";
}
