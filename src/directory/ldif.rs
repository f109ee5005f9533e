//! Reading LDIF (RFC 2849).
