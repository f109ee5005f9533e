//! Security-related aspects: RFC 6109 chapter 5.

crate::clauses! {
    RFC6109_5_5_VERSION = "RFC6109-5.5-version", "RFC 6109 5.5", Must, Certificate,
        "The signing certificate is an X.509 version 3 certificate.";
    RFC6109_5_5_1_NAME = "RFC6109-5.5.1-name", "RFC 6109 5.5.1", Must, Certificate,
        "The subject's O or CN holds the provider's name as in the directory.",
        reading: "Letter case and punctuation may differ, as they do in real certificates.";
    RFC6109_5_5_1_ADDRESS = "RFC6109-5.5.1-address", "RFC 6109 5.5.1", Must, Certificate,
        "The subjectAltName extension holds an Internet mail address.";
    RFC6109_5_5_1_NO_ADDRESS_IN_DN = "RFC6109-5.5.1-no-address-in-dn", "RFC 6109 5.5.1", Should, Certificate,
        "The subject's distinguished name holds no mail address.";
    RFC6109_5_5_2_BASIC_CONSTRAINTS = "RFC6109-5.5.2-basic-constraints", "RFC 6109 5.5.2", Must, Certificate,
        "Basic Constraints is not present.";
    RFC6109_5_5_2_KEY_USAGE = "RFC6109-5.5.2-key-usage", "RFC 6109 5.5.2", Must, Certificate,
        "Key Usage is present, has digitalSignature and is critical.";
    RFC6109_5_5_2_AUTHORITY_KEY = "RFC6109-5.5.2-authority-key", "RFC 6109 5.5.2", Must, Certificate,
        "Authority Key Identifier is present with its keyIdentifier and is not critical.";
    RFC6109_5_5_2_SUBJECT_KEY = "RFC6109-5.5.2-subject-key", "RFC 6109 5.5.2", Must, Certificate,
        "Subject Key Identifier is present with its keyIdentifier and is not critical.";
    RFC6109_5_5_2_ALTERNATIVE_NAME = "RFC6109-5.5.2-alternative-name", "RFC 6109 5.5.2", Must, Certificate,
        "Subject Alternative Name is present with an rfc822Name and is not critical.";
    RFC6109_5_5_2_OTHERS = "RFC6109-5.5.2-others", "RFC 6109 5.5.2", Must, Certificate,
        "Extensions beyond the profile are not critical.";
}
