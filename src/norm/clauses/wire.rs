//! What the mail standards ask of lines and of header fields: RFC 5321, RFC 5322, RFC 2045.

crate::clauses! {
    RFC5321_2_3_8_LINES = "RFC5321-2.3.8-lines", "RFC 5321 2.3.8", Must, Provider,
        "Lines end with CR and LF together; neither goes alone, nor does NUL (RFC 5322 2.3).",
        reading: "A file in which no line ends with both is a copy that somebody stored with line feeds alone: what was sent cannot be told from it.";
    RFC5321_4_5_1_POSTMASTER = "RFC5321-4.5.1-postmaster", "RFC 5321 4.5.1", Must, IncomingPoint,
        "A host that takes mail has a mailbox postmaster, in any letter case, in each of its domains and without one.";
    RFC5321_6_3_LOOPS = "RFC5321-6.3-loops", "RFC 5321 6.3", Must, Provider,
        "A host stops mail that goes round in a loop, and holds nothing for one that passed fewer than a hundred hosts.",
        reading: "How a loop is known is not said. What comes back to a mailbox that forwarded it may be delivered there once more, or refused.";
    RFC5322_2_1_1_LENGTH = "RFC5322-2.1.1-length", "RFC 5322 2.1.1", Must, Provider,
        "No line has more than 998 octets, its end left aside.",
        reading: "A longer one in an original message is its author's: the envelope carries it unmodified.";
    RFC5322_3_6_ONCE = "RFC5322-3.6-once", "RFC 5322 3.6", Must, Provider,
        "Date, From, Sender, Reply-To, To, Cc, Message-ID and Subject occur at most once each, and so do the fields of MIME (RFC 2045 3).",
        reading: "Of PEC's own fields the tables of RFC 6109 list each once. Which of two counts is undefined, whatever they say. What an envelope inherits it may repeat as often as the message inside.";
    MAILING_LIST = "practice-mailing-list", "practice, RFC 2919", May, Provider,
        "The header of a message is the one that its provider gave it.",
        reading: "A mailing list that passes a message on adds Sender, Reply-To and a tag before the Subject outside the signature: nobody breaks the norm by that, and who did what cannot be told.";
}
