//! What Italian law adds to the RFC: DPR 68/2005 and DM 2 November 2005.

crate::clauses! {
    DM_ART_9 = "DM-art-9", "DM 2/11/2005 art. 9", Must, Provider,
        "One time reference is given to each transmission, and it is within one second of UTC.";
    DM_ART_13_TWELVE = "DM-art-13-twelve", "DM 2/11/2005 art. 13", Must, AccessPoint,
        "Twelve hours without server-server acceptance or delivery are notified to the sender.";
    DM_ART_13_TWENTY_FOUR = "DM-art-13-twenty-four", "DM 2/11/2005 art. 13", Must, AccessPoint,
        "Without a delivery a further notice follows between hours 22 and 24.";
    DPR_ART_6 = "DPR-art-6", "DPR 68/2005 art. 6", Must, DeliveryPoint,
        "A delivery receipt proves that the message is available in the recipient's mailbox.";
    DPR_ART_3_READ_OR_NOT = "DPR-art-3-read-or-not", "DPR 68/2005 art. 3", Must, DeliveryPoint,
        "A message is delivered when it is available in the recipient's mailbox, whether or not it is read.";
    DM_ART_12_GUARANTEED = "DM-art-12-guaranteed", "DM 2/11/2005 art. 12", Must, AccessPoint,
        "At least fifty recipients, and recipients times size of up to 30 MB, are accepted.",
        reading: "What must be accepted is 30 x 10^6 bytes; what may be refused is more than 30 x 2^20.";
    DM_ART_10_SAVED = "DM-art-10-saved", "DM 2/11/2005 art. 10", Should, Operator,
        "The log is saved at least once a day, with a time stamp on each saving.",
        reading: "The article is known at second hand only, so it is given no more weight than this.",
        untested: NotObservable, "What is saved stays with the provider: a test sees the log as it grows.";
    DM_ART_12_AVAILABILITY = "DM-art-12-availability", "DM 2/11/2005 art. 12", Must, Operator,
        "The service is available for 99.8 % of every four months, and no single outage takes more than half of the rest.",
        untested: NotObservable, "It shows in months of service.";
    DM_ART_12_TERM = "DM-art-12-term", "DM 2/11/2005 art. 12", Must, Operator,
        "The acceptance comes within the time agreed with the user.",
        untested: Contractual, "The time stands in the user's contract.";
    DPR_ART_11_LOG_KEPT = "DPR-art-11-log-kept", "DPR 68/2005 art. 11", Must, Provider,
        "The log is kept for thirty months.";
    DPR_ART_12_VIRUS_KEPT = "DPR-art-12-virus-kept", "DPR 68/2005 art. 12", Must, Provider,
        "Messages with viruses are kept for thirty months.";
}
