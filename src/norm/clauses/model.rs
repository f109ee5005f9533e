//! The model: RFC 6109 chapter 2.

crate::clauses! {
    RFC6109_2_1_SIGNED = "RFC6109-2.1-signed", "RFC 6109 2.1", Must, Provider,
        "Every generated message is an S/MIME multipart/signed, signed with the provider's key.";
    RFC6109_2_1_CERTIFICATE_INSIDE = "RFC6109-2.1-certificate-inside", "RFC 6109 2.1", Must, Provider,
        "The certificate of the signing key travels inside the signature.";
    RFC6109_2_1_FROM_IS_SIGNER = "RFC6109-2.1-from-is-signer", "RFC 6109 2.1", Must, Provider,
        "The sender address is the one in the signer's certificate.";
    RFC6109_2_1_ENVELOPE_FROM = "RFC6109-2.1-envelope-from", "RFC 6109 2.1", Must, Provider,
        "An envelope's From has a single address, the provider's, and the original author's address as display name.",
        reading: "The display name is `Per conto di: <address>` on the wire; the RFC translates it.";
    RFC6109_2_1_SENDER = "RFC6109-2.1-sender", "RFC 6109 2.1", Must, Provider,
        "From and Sender contain the same value.",
        reading: "No real message carries Sender: absent is tolerated, different is a violation.";
    RFC6109_2_1_REPLY_TO = "RFC6109-2.1-reply-to", "RFC 6109 2.1", Must, Provider,
        "An envelope's Reply-To is the original's, unaltered, or made from the original's From where it has none.";
    RFC6109_2_1_TO_SENDER = "RFC6109-2.1-to-sender", "RFC 6109 2.1", Must, Provider,
        "A notification to the user is addressed to the original sender, as the reverse path names it.";
    RFC6109_2_1_TYPE_HEADER = "RFC6109-2.1-type-header", "RFC 6109 2.1", Must, Provider,
        "Every generated message carries the header field that tells its type.";
    RFC6109_2_1_PATHS = "RFC6109-2.1-paths", "RFC 6109 2.1", Must, Provider,
        "Certification data name the sender of the reverse path and the recipients of the forward paths.",
        reading: "To and Cc only tell primary recipients from copies, despite the comment in the DTD.";
    RFC6109_2_1_1_1_1_REFERENCE = "RFC6109-2.1.1.1.1-reference", "RFC 6109 2.1.1.1.1", Must, Provider,
        "A notification's X-Riferimento-Message-ID holds the client's msgid.";
    RFC6109_2_1_1_1_3_SECURITY = "RFC6109-2.1.1.1.3-security", "RFC 6109 2.1.1.1.3", Must, Provider,
        "X-VerificaSicurezza marks virus-related failure notifications.";
    RFC6109_2_1_1_2_INHERITED = "RFC6109-2.1.1.2-inherited", "RFC 6109 2.1.1.2", Must, Provider,
        "Envelopes inherit Received, To, Cc, Return-Path and, if present, Reply-To from the message inside, unmodified.",
        reading: "Compared unfolded, and To, Cc and Reply-To by the mailboxes they name. Two registered providers inherit only the topmost Received or the first few: what is there must be in order and unaltered, what is missing is no more than a warning. Return-Path is rewritten at delivery and cannot be compared. That every message inherits every field (2.1.1) is read as leave.";
    RFC6109_2_2_1_TYPOLOGY = "RFC6109-2.2.1-typology", "RFC 6109 2.2.1", Must, AccessPoint,
        "Each recipient is told PEC or not by a case-insensitive search of its domain in the directory.",
        reading: "4.5 calls the search case-sensitive; 2.2.1 and the attribute's syntax win.";
    RFC6109_2_2_1_PARTS = "RFC6109-2.2.1-parts", "RFC 6109 2.2.1", Must, AccessPoint,
        "An acceptance has a readable text and the certification data in XML.";
    RFC6109_2_2_1_FURTHER_PARTS = "RFC6109-2.2.1-further-parts", "RFC 6109 2.2.1", May, Provider,
        "Notifications and transport envelopes may have further parts for services of the provider's own.",
        reading: "Said again kind by kind; only an anomaly envelope may not (3.2.2).";
    RFC6109_2_2_1_MSGID = "RFC6109-2.2.1-msgid", "RFC 6109 2.2.1", Must, AccessPoint,
        "The PEC msgid is an alphanumeric string, an at sign, and the provider's domain or server name.",
        reading: "Real identifiers have whatever RFC 5322 lets stand in a Message-ID before the at sign, and behind it a name with a dot or an address literal.";
    RFC6109_2_2_1_MSGID_HEADERS = "RFC6109-2.2.1-msgid-headers", "RFC 6109 2.2.1", Must, AccessPoint,
        "The PEC msgid is the Message-ID of both the original message and its transport envelope.";
    RFC6109_2_2_1_REFERENCE = "RFC6109-2.2.1-reference", "RFC 6109 2.2.1", Must, AccessPoint,
        "The client's msgid stands in X-Riferimento-Message-ID of original and generated messages, and in the certification data.";
    RFC6109_2_2_2_EXISTENCE = "RFC6109-2.2.2-existence", "RFC 6109 2.2.2", Must, Provider,
        "A message from a provider has an S/MIME signature structure.";
    RFC6109_2_2_2_ORIGIN = "RFC6109-2.2.2-origin", "RFC 6109 2.2.2", Must, Provider,
        "The signer's certificate is one that the providers' directory lists.";
    RFC6109_2_2_2_VALIDITY = "RFC6109-2.2.2-validity", "RFC 6109 2.2.2", Must, Provider,
        "The signature value is right, and the signer's certificate has a path to trust, is in its validity and not revoked.",
        reading: "Validity of the certificate is judged at arrival, never at the time the message claims.";
    RFC6109_2_2_2_CRL_INTERVAL = "RFC6109-2.2.2-crl-interval", "RFC 6109 2.2.2", Must, IncomingPoint,
        "Revocation lists kept in a cache are fetched again often enough to be up to date.",
        untested: NotObservable, "The norm names no interval, so there is no instant at which a list kept any longer is wrong.";
    RFC6109_2_2_2_ORDINARY_CHECKED = "RFC6109-2.2.2-ordinary-checked", "RFC 6109 2.2.2", Must, IncomingPoint,
        "Ordinary mail is checked for viruses, so that none of them enters.",
        reading: "What becomes of an infected one is left to what is usual on the Internet.";
    RFC6109_2_2_2_SMTP_ERRORS = "RFC6109-2.2.2-smtp-errors", "RFC 6109 2.2.2", May, Provider,
        "Errors of SMTP between providers may be handled by the means of SMTP itself.",
        reading: "The sender is then told by the sending provider, by non-delivery or timeout notice.";
    RFC6109_2_2_2_IDLE = "RFC6109-2.2.2-idle", "RFC 6109 2.2.2", Must, Provider,
        "A message that could not be passed on for 24 hours is given up, and its sender told of it.",
        reading: "By a non-delivery, by the 24-hour notice, or by both.";
    RFC6109_2_2_2_ANTIVIRUS_REVIEWED = "RFC6109-2.2.2-antivirus-reviewed", "RFC 6109 2.2.2", Must, Operator,
        "A provider told of a virus that it let pass looks into which kinds its antivirus misses.",
        untested: AboutHumans, "It is what the provider's staff does afterwards.";
    RFC6109_2_2_3_RECEIPT_DUE = "RFC6109-2.2.3-receipt-due", "RFC 6109 2.2.3", Must, DeliveryPoint,
        "The delivery point tells a correct envelope, which gets a receipt, from all other messages, which get none.";
    RFC6109_2_2_3_ORDINARY = "RFC6109-2.2.3-ordinary", "RFC 6109 2.2.3", Must, DeliveryPoint,
        "A message from outside PEC that cannot be delivered leads to no non-delivery notice.";
    RFC6109_2_2_6_ADDRESS = "RFC6109-2.2.6-address", "RFC 6109 2.2.6", Must, Provider,
        "Every provider sends its envelopes and notifications from one registered address of its own.";
    RFC6109_2_2_6_COINCIDES = "RFC6109-2.2.6-coincides", "RFC 6109 2.2.6", May, Provider,
        "The address that messages are sent from may be that of the service mailbox.";
    RFC5322_3_6_4_MESSAGE_ID = "RFC5322-3.6.4-message-id", "RFC 5322 3.6.4", Should, Provider,
        "Every message has a unique Message-ID of its own.",
        reading: "RFC 6109 names the Message-ID of envelopes only; for notifications the mail standard holds.";
    RFC1847_2_1_MICALG = "RFC1847-2.1-micalg", "RFC 1847 2.1", May, Provider,
        "The parameter micalg names the digest algorithm of the signature.",
        reading: "The digest in the CMS structure decides; spellings such as sha1, sha-1 and SHA1 are one.";
    SHA1_IN_PRODUCTION = "practice-sha1", "practice, December 2024", May, Provider,
        "Digests are stronger than SHA-1.",
        reading: "SHA-1 was what the norm knew and was still in production: it is accepted and reported.";
}
