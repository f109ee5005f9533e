//! The providers' directory: RFC 6109 4.5.

crate::clauses! {
    RFC6109_4_5_LDIF = "RFC6109-4.5-ldif", "RFC 6109 4.5", Must, Directory,
        "The directory is an LDIF file.";
    RFC6109_4_5_1 = "RFC6109-4.5.1", "RFC 6109 4.5.1", Must, Directory,
        "providerCertificateHash is the SHA-1 of the provider's certificate in hexadecimal.";
    RFC6109_4_5_4 = "RFC6109-4.5.4", "RFC 6109 4.5.4", Must, Directory,
        "mailReceipt is one bare address whose two sides are dot-atoms.";
    RFC6109_4_5_5 = "RFC6109-4.5.5", "RFC 6109 4.5.5", Must, Directory,
        "managedDomains are domain names in dot-atom form.";
    RFC6109_4_5_6_HTTPS = "RFC6109-4.5.6-https", "RFC 6109 4.5.6", Must, Directory,
        "LDIFLocationURL is an HTTPS address.",
        reading: "The second sample of 4.5.10 shows http; the text says HTTPS (practice 2, 10).";
    RFC6109_4_5_6_SECONDARY = "RFC6109-4.5.6-secondary", "RFC 6109 4.5.6", Must, Directory,
        "A secondary environment's record has no LDIFLocationURL.";
    RFC6109_4_5_7 = "RFC6109-4.5.7", "RFC 6109 4.5.7", Must, Directory,
        "Every provider has a record for its main environment, which has no providerUnit.";
    RFC6109_4_5_9 = "RFC6109-4.5.9", "RFC 6109 4.5.9", Must, Directory,
        "A provider's record has name, certificate and hash, service mailbox and managed domains.";
    RFC6109_4_5_ENVIRONMENTS = "RFC6109-4.5-environments", "RFC 6109 4.5", Must, Directory,
        "A provider with several operating environments has a record for each, and the domains of each are the provider's.";
    RFC6109_4_5_RENEWAL = "RFC6109-4.5-renewal", "RFC 6109 4.5", Must, Directory,
        "A provider has several certificates listed while one is being renewed, and what any of them signs is genuine.";
}
