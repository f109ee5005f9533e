//! The providers' directory: RFC 6109 4.5.

crate::clauses! {
    RFC6109_4_5_LDIF = "RFC6109-4.5-ldif", "RFC 6109 4.5", Must, Directory,
        "The directory is an LDIF file.";
    RFC6109_4_5_ROOT = "RFC6109-4.5-root", "RFC 6109 4.5", Should, Directory,
        "The directory's root is the record o=postacert.",
        reading: "A file that one provider publishes about itself (4.5.6) may leave it out.";
    RFC6109_4_5_NAME = "RFC6109-4.5-name", "RFC 6109 4.5", Must, Directory,
        "A record is named `providerName=<name>,o=postacert`, that of a secondary environment `providerUnit=<environment>`, before it.",
        reading: "4.5.7 once writes providerUnits; the attribute is providerUnit.";
    RFC6109_4_5_RENEWAL = "RFC6109-4.5-renewal", "RFC 6109 4.5", Must, Directory,
        "A new certificate is added well before the last one expires, and their validities overlap.";
    RFC6109_4_5_SIGNED = "RFC6109-4.5-signed", "RFC 6109 4.5", Must, Directory,
        "A published directory file is signed by the provider, in the way of its messages.",
        reading: "Who signs the file of all providers is nowhere said: only a provider's own file must have a listed signer.";
    RFC6109_4_5_P7M = "RFC6109-4.5-p7m", "RFC 6109 4.5", Must, Directory,
        "File, signature and certificate are in one PKCS#7 structure, binary DER, in a file named .p7m.",
        reading: "BER with indefinite lengths, as libraries stream it, is read by everybody: worth a note, text is a violation.";
    RFC6109_4_5_CENTRAL = "RFC6109-4.5-central", "RFC 6109 4.5", Must, Operator,
        "The central server takes each provider's file every day, verifies it and applies it.",
        untested: NeedsOfficialDirectory, "It is what the publisher of the directory does.";
    RFC6109_4_5_LOCAL_COPY = "RFC6109-4.5-local-copy", "RFC 6109 4.5", Must, Operator,
        "Each provider keeps a copy of the directory and renews it every day.",
        untested: NeedsOfficialDirectory, "A copy is renewed from the official server, whose contents no test changes.";
    RFC6109_4_5_OWN_FILE = "RFC6109-4.5-own-file", "RFC 6109 4.5", Must, Operator,
        "The file that a provider publishes holds the records of all its environments.",
        untested: NeedsOfficialDirectory, "Which environments a provider has is known from the official directory alone.";
    RFC6109_4_5_1 = "RFC6109-4.5.1", "RFC 6109 4.5.1", Must, Directory,
        "providerCertificateHash is the SHA-1 of the provider's certificate in hexadecimal.",
        reading: "In either letter case: 2.2.2 and the attribute's syntax ignore it, whatever 4.5 says.";
    RFC6109_4_5_2 = "RFC6109-4.5.2", "RFC 6109 4.5.2", Must, Directory,
        "providerCertificate holds X.509 certificates in DER.";
    RFC6109_4_5_2_BINARY = "RFC6109-4.5.2-binary", "RFC 6109 4.5.2", Should, Directory,
        "Certificates are transferred under the description providerCertificate;binary.",
        reading: "The norm recalls what the syntax requires (RFC 4522); without the option the value is still plain, so it is a warning.";
    RFC6109_4_5_3 = "RFC6109-4.5.3", "RFC 6109 4.5.3", Must, Directory,
        "Every record has its provider's name in providerName, once.";
    RFC6109_4_5_4 = "RFC6109-4.5.4", "RFC 6109 4.5.4", Must, Directory,
        "mailReceipt is one bare address whose two sides are dot-atoms.";
    RFC6109_4_5_4_OWN = "RFC6109-4.5.4-own", "RFC 6109 4.5.4", May, Directory,
        "A provider's service mailbox is its own.",
        reading: "The address is said to be within the provider. Environments of one provider may share it, and companies that merged do: worth a note.";
    RFC6109_4_5_5 = "RFC6109-4.5.5", "RFC 6109 4.5.5", Must, Directory,
        "managedDomains are domain names in dot-atom form.",
        reading: "Domains as of SMTP and RFC 1034: letters, digits and hyphens. A wildcard is none; an underscore is let pass.";
    RFC6109_4_5_5_ONE_PROVIDER = "RFC6109-4.5.5-one-provider", "RFC 6109 4.5.5", Should, Directory,
        "A mail domain is managed by one provider.",
        reading: "Nowhere said in so many words: whoever looks a domain up takes the answer for one (2.2.1, 3.1.2). While a domain changes hands both records may list it, so it is a warning.";
    RFC6109_4_5_5_LABELS = "RFC6109-4.5.5-labels", "RFC 6109 4.5.5", May, Directory,
        "A managed domain has two labels or more.",
        reading: "Neither norm nor practice says so, and SMTP allows a name of one label: worth a note.";
    RFC6109_4_5_6_HTTPS = "RFC6109-4.5.6-https", "RFC 6109 4.5.6", Must, Directory,
        "LDIFLocationURL is an HTTPS address.",
        reading: "The second sample of 4.5.10 shows http; the text says HTTPS.";
    RFC6109_4_5_6_UTF_8 = "RFC6109-4.5.6-utf-8", "RFC 6109 4.5.6", Must, Directory,
        "The LDIF file is UTF-8.";
    RFC6109_4_5_6_MEDIA_TYPE = "RFC6109-4.5.6-media-type", "RFC 6109 4.5.6", Must, Operator,
        "The signed file is served as application/pkcs7-mime with smime-type signed-data.",
        untested: NeedsOfficialDirectory, "It is served where the official directory points, to those whom its publisher lets in.";
    RFC6109_4_5_6_SECONDARY = "RFC6109-4.5.6-secondary", "RFC 6109 4.5.6", Must, Directory,
        "A secondary environment's record has no LDIFLocationURL.";
    RFC6109_4_5_7 = "RFC6109-4.5.7", "RFC 6109 4.5.7", Must, Directory,
        "Every provider has a record for its main environment, which has no providerUnit.",
        reading: "One: a record is told from others by name and environment, and two would be one entry.";
    RFC6109_4_5_9 = "RFC6109-4.5.9", "RFC 6109 4.5.9", Must, Directory,
        "A provider's record has name, certificate and hash, service mailbox and managed domains.";
    RFC6109_4_5_ENVIRONMENTS = "RFC6109-4.5-environments", "RFC 6109 4.5", Must, Directory,
        "A provider with several operating environments has a record for each, and the domains of each are the provider's.";
    RFC6109_4_5_9_CLASS = "RFC6109-4.5.9-class", "RFC 6109 4.5.9", Must, Directory,
        "A provider's record is of class provider.";
    RFC6109_4_5_9_MAY = "RFC6109-4.5.9-may", "RFC 6109 4.5.9", Should, Directory,
        "Beside what it must have, a provider's record may have description, LDIFLocationURL and providerUnit.",
        reading: "What a directory server adds about its own work (entryUUID, createTimestamp and the like) is no fault of anybody's.";
}
