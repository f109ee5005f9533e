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
        "Notifications go to the original sender of the reverse path, whatever Reply-To says.";
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
        reading: "Fields are compared unfolded; Return-Path is rewritten at delivery and cannot be compared.";
    RFC6109_2_2_1_TYPOLOGY = "RFC6109-2.2.1-typology", "RFC 6109 2.2.1", Must, AccessPoint,
        "Each recipient is told PEC or not by a case-insensitive search of its domain in the directory.";
    RFC6109_2_2_1_MSGID = "RFC6109-2.2.1-msgid", "RFC 6109 2.2.1", Must, AccessPoint,
        "The PEC msgid is an alphanumeric string, an at sign, and the provider's domain or server name.",
        reading: "Real identifiers separate their alphanumeric runs by dots, hyphens and underscores.";
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
    RFC6109_2_2_6_ADDRESS = "RFC6109-2.2.6-address", "RFC 6109 2.2.6", Must, Provider,
        "Every provider sends its envelopes and notifications from one registered address of its own.";
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
