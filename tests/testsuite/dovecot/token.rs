//! Tokens as a provider's own sign-on gives out: JSON Web Tokens (RFC 7519), signed by HMAC with SHA-256.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// A token that says who somebody is, good for so long from now on, signed with this key.
pub fn token(subject: &str, lasts: SignedDuration, key: &[u8]) -> String {
    let encoded = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let issued = Timestamp::now() - SignedDuration::from_mins(10);
    let expires = (Timestamp::now() + lasts).as_second();
    let told = [
        encoded(json!({"typ": "JWT", "alg": "HS256"})),
        encoded(json!({"sub": subject, "iat": issued.as_second(), "exp": expires})),
    ]
    .join(".");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), told.as_bytes());
    format!("{told}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}
