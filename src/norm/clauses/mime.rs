//! MIME, which RFC 6109 builds on: RFC 2045.

crate::clauses! {
    RFC2045_4_VERSION = "RFC2045-4-version", "RFC 2045 4", Must, Provider,
        "A message made of MIME parts says MIME-Version: 1.0 in its header.";
}
