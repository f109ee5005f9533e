//! What must hold across the messages of one submission: RFC 6109 2, 3, as a whole; and the channel they travel on.

crate::clauses! {
    RFC6109_2_1_CERTIFIED_PATHS = "RFC6109-2.1-certified-paths", "RFC 6109 2.1", Must, Provider,
        "Sender and recipients are those of the SMTP reverse and forward paths, in every message about a submission.";
    RFC6109_2_1_TO_REVERSE_PATH = "RFC6109-2.1-to-reverse-path", "RFC 6109 2.1", Must, Provider,
        "Notifications reach the sender's mailbox, whatever Reply-To says.";
    RFC6109_2_1_1_1_1_NOT_TO_USERS = "RFC6109-2.1.1.1.1-not-to-users", "RFC 6109 2.1.1.1.1", Must, Provider,
        "A server-server acceptance passes between providers and is never sent to a user.";
    RFC6109_2_2_1_ANSWER = "RFC6109-2.2.1-answer", "RFC 6109 2.2.1", Must, AccessPoint,
        "What a user submits is either accepted, with an acceptance and an envelope, or refused, with a non-acceptance.",
        reading: "A refusal by SMTP 5xx before the message is taken over is an answer too.";
    RFC6109_2_2_1_TYPED = "RFC6109-2.2.1-recipients-typed", "RFC 6109 2.2.1", Must, AccessPoint,
        "Each recipient is certified if the directory holds its domain, letter case ignored, and ordinary otherwise.";
    RFC6109_2_2_1_UNAMBIGUOUS = "RFC6109-2.2.1-unambiguous", "RFC 6109 2.2.1", Must, Provider,
        "Identifiers tell messages apart: a notification has a Message-ID of its own.",
        reading: "Said of the PEC msgid; a notification that reuses it, the client's or another's cannot be tracked either. That there is a Message-ID at all is a SHOULD (RFC 5322 3.6.4), that it is the message's own is not.";
    RFC6109_2_2_1_MSGID_KEPT = "RFC6109-2.2.1-msgid-kept", "RFC 6109 2.2.1", Must, AccessPoint,
        "The client's msgid gives way to the PEC msgid and is kept in X-Riferimento-Message-ID and the certification data.";
    RFC6109_2_2_1_TRACKED = "RFC6109-2.2.1-tracked", "RFC 6109 2.2.1", Must, Provider,
        "The PEC msgid of the envelope tracks the message: every notification about it names that one.";
    RFC6109_2_2_2_SOUND = "RFC6109-2.2.2-sound", "RFC 6109 2.2.2", Must, IncomingPoint,
        "A correct and undamaged envelope or notification of a provider goes on to the delivery point as it is.";
    RFC6109_2_2_2_UNSOUND = "RFC6109-2.2.2-unsound", "RFC 6109 2.2.2", Must, IncomingPoint,
        "An envelope whose signature does not exist, does not hold or is no listed provider's is treated as ordinary mail.";
    RFC6109_2_2_3_UNMODIFIED = "RFC6109-2.2.3-unmodified", "RFC 6109 2.2.3", Must, DeliveryPoint,
        "What arrives at the delivery point reaches the mailbox unmodified.",
        reading: "Return-Path, Received and Delivered-To on top are SMTP's own (RFC 5321 4.4). A line end more or less behind it all is the mailbox's.";
    RFC6109_2_2_3_REGARDLESS = "RFC6109-2.2.3-regardless", "RFC 6109 2.2.3", May, DeliveryPoint,
        "A notification that reached its user's provider lies in that user's mailbox.",
        reading: "Delivery is a MUST, and nothing is said of a mailbox that is full or disabled. Either it is kept all the same, beyond the quota, or refused by SMTP, so that the provider that sent it knows; taken and thrown away it is lost for both, and nobody is told: a note.";
    RFC6109_2_2_5 = "RFC6109-2.2.5", "RFC 6109 2.2.5", Must, Provider,
        "Server-server acceptances and virus detections go to the service mailbox of the sending provider.";
    RFC6109_2_3 = "RFC6109-2.3", "RFC 6109 2.3", Must, Provider,
        "The log records every operation with its eight facts.";
    RFC6109_2_3_PRESERVED = "RFC6109-2.3-preserved", "RFC 6109 2.3", Must, Provider,
        "The log is kept unmodified: records are only added.";
    RFC6109_3_1_1_NOT_ACCEPTED = "RFC6109-3.1.1-not-accepted", "RFC 6109 3.1.1", Must, AccessPoint,
        "What fails the formal checks does not enter the network.";
    RFC6109_3_1_4_ONE_ACCEPTANCE = "RFC6109-3.1.4-one-acceptance", "RFC 6109 3.1.4", Must, AccessPoint,
        "The sender gets one acceptance from their own provider for a message that was accepted.";
    RFC6109_3_1_5_DATE = "RFC6109-3.1.5-instant", "RFC 6109 3.1.5", Must, AccessPoint,
        "The envelope bears the instant of the acceptance.";
    RFC6109_3_1_5_ORIGINAL = "RFC6109-3.1.5-original", "RFC 6109 3.1.5", Must, AccessPoint,
        "The envelope holds the submitted message, unmodified but for its identifiers.",
        reading: "Received and Return-Path added on the way are SMTP's own.";
    RFC6109_3_1_5_PATHS = "RFC6109-3.1.5-paths", "RFC 6109 3.1.5", Must, AccessPoint,
        "Forward and reverse paths of the envelope are those of the submission.";
    RFC6109_3_1_6_OWN_PROVIDER = "RFC6109-3.1.6-own-provider", "RFC 6109 3.1.6", Must, Provider,
        "The sending provider itself tells its user of a refusal, of a delay and of a virus found elsewhere (3.1.2, 3.1.6, 3.2.4).";
    RFC6109_3_1_6_TWELVE = "RFC6109-3.1.6-twelve", "RFC 6109 3.1.6", Must, AccessPoint,
        "After 12 hours without server-server acceptance or delivery the sender gets one notice.",
        reading: "What counts is what the sender's provider received. Files do not show when: there a notice is undue by what the other provider certified two hours before it or earlier.";
    RFC6109_3_1_6_TWENTY_FOUR = "RFC6109-3.1.6-twenty-four", "RFC 6109 3.1.6", Must, AccessPoint,
        "Without a delivery the sender gets a notice by hour 24 and not before hour 22.",
        reading: "2.1.1.1.2 wants none once the server-server acceptance came: 3.1.6 and DM art. 13 win. A non-delivery also ends the wait; both may come where SMTP failed.";
    RFC6109_3_2_1_COVER = "RFC6109-3.2.1-cover", "RFC 6109 3.2.1", Must, IncomingPoint,
        "Server-server acceptances cover all recipients of a correct envelope in the provider's jurisdiction, each once.",
        reading: "One or more, in 3.2.1's own words: where hosts on the way hand an envelope over in several SMTP transactions, as RFC 5321 4.5.4.1 lets them, each is answered for the recipients in its routing data. Not demanded within one provider nor of an infected envelope.";
    RFC6109_3_2_1_ADDRESSED = "RFC6109-3.2.1-addressed", "RFC 6109 3.2.1", Must, IncomingPoint,
        "A server-server acceptance is for recipients to whom the envelope was addressed by its forward paths.";
    RFC6109_3_2_3_NOT_FORWARDED = "RFC6109-3.2.3-not-forwarded", "RFC 6109 3.2.3", Must, IncomingPoint,
        "An infected message does not reach the recipient.";
    RFC6109_3_2_4_ANSWERED = "RFC6109-3.2.4-answered", "RFC 6109 3.2.4", Must, Provider,
        "Each virus detection leads to one virus-induced non-delivery to the sender, for the same recipient.";
    RFC6109_3_3_2_AFTER_DELIVERY = "RFC6109-3.3.2-after-delivery", "RFC 6109 3.3.2", Must, DeliveryPoint,
        "A delivery receipt is issued only after a correct envelope was put in the recipient's mailbox.";
    RFC6109_3_3_2_1_EVERY = "RFC6109-3.3.2.1-every-recipient", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "A delivery receipt is issued for every recipient.",
        reading: "One that comes again, as where the answer to it was lost, is the same receipt: the sender holds it once.";
    RFC6109_3_3_2_1_FORM = "RFC6109-3.3.2.1-form", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "A primary recipient's receipt has the form asked for, a copy recipient's is concise, an ambiguous one counts as primary.";
    RFC6109_3_3_2_1_COPY = "RFC6109-3.3.2.1-copy", "RFC 6109 3.3.2.1", Must, DeliveryPoint,
        "A complete receipt holds a complete copy of the original message.";
    RFC6109_3_3_2_2_STRUCTURE = "RFC6109-3.3.2.2-structure", "RFC 6109 3.3.2.2", Must, DeliveryPoint,
        "A brief receipt keeps the original's MIME structure and replaces only its named parts and attached messages.",
        reading: "Only a top-level application/pkcs7-mime stays whole; a top-level multipart/signed keeps its signature part.";
    RFC6109_3_3_2_2_HASH_FILE = "RFC6109-3.3.2.2-hash-file", "RFC 6109 3.3.2.2", Must, DeliveryPoint,
        "Each replaced part is a text/plain file named after it with .hash added, holding 40 hexadecimal digits.";
    RFC6109_3_3_2_2_HASH = "RFC6109-3.3.2.2-hash", "RFC 6109 3.3.2.2", Must, DeliveryPoint,
        "The digits are the SHA-1 of the entire content of the part.",
        reading: "Of the encoded or the decoded content, with or without the last line end.";
    RFC6109_3_3_2_2_HASH_ENCODED = "RFC6109-3.3.2.2-hash-encoded", "RFC 6109 3.3.2.2", Should, DeliveryPoint,
        "The hash is calculated on the part as encoded.";
    RFC6109_3_3_3 = "RFC6109-3.3.3", "RFC 6109 3.3.3", Must, DeliveryPoint,
        "A correct envelope that cannot be delivered leads to a non-delivery notice to the sender.";
    RFC6109_4_1_SOLE_INSTANT = "RFC6109-4.1-sole-instant", "RFC 6109 4.1", Must, Provider,
        "One event has one instant, the same in messages, certification data and log.";
    RFC6109_4_4_RECIPIENTS = "RFC6109-4.4-recipients", "RFC 6109 4.4", Must, Provider,
        "The recipients in ricezione and consegna are certified recipients of the message.";
    RFC6109_4_4_REQUESTED = "RFC6109-4.4-requested", "RFC 6109 4.4", Must, DeliveryPoint,
        "A delivery receipt's ricevuta names the form that the sender asked for.";
    RFC6109_5_2 = "RFC6109-5.2", "RFC 6109 5.2", Must, AccessPoint,
        "Nothing is taken from a user who is not authenticated.";
    RFC6109_5_2_OWN_NAME = "RFC6109-5.2-own-name", "RFC 6109 5.2", Must, AccessPoint,
        "What a user submits has that user as its sender.",
        reading: "Refused by SMTP 5xx, since a notice would go to the one impersonated.";
    RFC6109_5_3_USERS = "RFC6109-5.3-users", "RFC 6109 5.3", Must, AccessPoint,
        "Users reach the access point over a secure channel only.";
    RFC6109_5_3_STARTTLS = "RFC6109-5.3-starttls", "RFC 6109 5.3", Must, IncomingPoint,
        "The incoming point announces STARTTLS.";
    RFC6109_5_3_PROVIDERS = "RFC6109-5.3-providers", "RFC 6109 5.3", Must, Provider,
        "Providers exchange messages over SMTP on TLS.";
}
