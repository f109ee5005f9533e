//! Security-related aspects: RFC 6109 chapter 5.

crate::clauses! {
    RFC6109_5_1_HARDWARE = "RFC6109-5.1-hardware", "RFC 6109 5.1", Should, Operator,
        "Private keys and signatures are handled by a hardware module of their own.",
        reading: "`Recommended`, in small letters, is taken for the key word.",
        untested: AboutHardware, "A signature does not tell what made it.";
    RFC6109_5_3_PLAIN = "RFC6109-5.3-plain", "RFC 6109 5.3", Must, IncomingPoint,
        "The incoming point takes connections without TLS as well, for ordinary mail.";
    RFC6109_5_3_OWN_MACHINES = "RFC6109-5.3-own-machines", "RFC 6109 5.3", Must, Operator,
        "Messages pass only through machines of the PEC network, secondary mail exchangers included.",
        untested: NotObservable, "Whose machine stands behind an address cannot be seen on the wire.";
    RFC6109_5_3_MX = "RFC6109-5.3-mx", "RFC 6109 5.3", May, Operator,
        "A PEC domain may have an MX record.",
        untested: NotObservable, "Test hosts are reached at addresses of their own and not by name, so no record is looked up.";
    RFC6109_5_4_ANTIVIRUS = "RFC6109-5.4-antivirus", "RFC 6109 5.4", Must, Operator,
        "Antivirus programs are updated all the time.",
        untested: NotObservable, "What is refused (2.2.2, 3.1.3) shows that there is one, and not how new its signatures are.";
    RFC6109_5_5_VERSION = "RFC6109-5.5-version", "RFC 6109 5.5", Must, Certificate,
        "The signing certificate is an X.509 version 3 certificate.",
        reading: "2.1 calls for the profile of `section 6.5`, which is 5.5 (erratum 3661).";
    RFC6109_5_5_1_NAME = "RFC6109-5.5.1-name", "RFC 6109 5.5.1", Must, Certificate,
        "The subject's O or CN holds the provider's name as in the directory.",
        reading: "Letter case and punctuation may differ, as they do in real certificates.";
    RFC6109_5_5_1_ADDRESS = "RFC6109-5.5.1-address", "RFC 6109 5.5.1", Must, Certificate,
        "The subjectAltName extension holds an Internet mail address.";
    RFC6109_5_5_1_NO_ADDRESS_IN_DN = "RFC6109-5.5.1-no-address-in-dn", "RFC 6109 5.5.1", Should, Certificate,
        "The subject's distinguished name holds no mail address.";
    RFC6109_5_5_1_OTHER_ATTRIBUTES = "RFC6109-5.5.1-other-attributes", "RFC 6109 5.5.1", Must, Certificate,
        "The subject's other attributes are written as RFC 5280 wants them.";
    RFC6109_5_5_2_BASIC_CONSTRAINTS = "RFC6109-5.5.2-basic-constraints", "RFC 6109 5.5.2", Must, Certificate,
        "Basic Constraints is not present.";
    RFC6109_5_5_2_KEY_USAGE = "RFC6109-5.5.2-key-usage", "RFC 6109 5.5.2", Must, Certificate,
        "Key Usage is present, has digitalSignature and is critical.";
    RFC6109_5_5_2_OTHER_USAGES = "RFC6109-5.5.2-other-usages", "RFC 6109 5.5.2", May, Certificate,
        "Key Usage may have further bits.";
    RFC6109_5_5_2_AUTHORITY_KEY = "RFC6109-5.5.2-authority-key", "RFC 6109 5.5.2", Must, Certificate,
        "Authority Key Identifier is present with its keyIdentifier and is not critical.";
    RFC6109_5_5_2_SUBJECT_KEY = "RFC6109-5.5.2-subject-key", "RFC 6109 5.5.2", Must, Certificate,
        "Subject Key Identifier is present with its keyIdentifier and is not critical.";
    RFC6109_5_5_2_ALTERNATIVE_NAME = "RFC6109-5.5.2-alternative-name", "RFC 6109 5.5.2", Must, Certificate,
        "Subject Alternative Name is present with an rfc822Name and is not critical.";
    RFC6109_5_5_2_OTHERS = "RFC6109-5.5.2-others", "RFC 6109 5.5.2", Must, Certificate,
        "Extensions beyond the profile are not critical.";
    RFC6109_5_5_2_OTHERS_ALLOWED = "RFC6109-5.5.2-others-allowed", "RFC 6109 5.5.2", May, Certificate,
        "Extensions beyond the profile may be there.";
    RFC6109_5_6_LICENSED = "RFC6109-5.6-licensed", "RFC 6109 5.6", Must, Operator,
        "The directory is queried over HTTPS, only by licensed providers with certificates of their own.",
        untested: NeedsOfficialDirectory, "It is a matter between the directory's publisher and each provider.";
    RFC6109_7_PROTECTED = "RFC6109-7-protected", "RFC 6109 7", Should, Operator,
        "The downloaded directory is protected from attacks on the spot.",
        untested: NotObservable, "How a provider guards its files leaves no trace in messages.";
    RFC6109_7_FROM_LISTED = "RFC6109-7-from-listed", "RFC 6109 7", Should, IncomingPoint,
        "The receiving system verifies that the domain of From is one that the directory gives to the signer.";
    RFC6109_A_NAMES = "RFC6109-A-names", "RFC 6109 A", Must, Provider,
        "Header fields and their values are the Italian ones.",
        reading: "`On behalf of:`, certified-mail@ and certdata.xml, which the RFC translates, are Italian on the wire too.";
}
