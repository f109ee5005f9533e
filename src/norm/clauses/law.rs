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
        reading: "What must be accepted is 30 x 10^6 bytes; what may be refused is more than 30 x 2^20 (practice 2.11).";
}
