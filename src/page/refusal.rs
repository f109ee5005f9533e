//! Why a request gets no report: a status and a plain sentence.

use std::fmt;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::shown::shown;

/// How soon somebody who came too early may come again, in seconds.
const SOON: HeaderValue = HeaderValue::from_static("2");

/// A status, and a sentence for whoever reads it.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub(super) status: StatusCode,
    words: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Self { status, words: words.into() }
    }

    /// What was asked makes no sense.
    pub fn mistaken(words: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, words)
    }

    /// There is more of it than is taken.
    pub fn too_large(words: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, words)
    }

    /// Not now.
    pub fn busy(words: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, words)
    }

    /// It came too slowly.
    pub(super) fn slow(words: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, words)
    }

    /// Trouble of this program or its machine.
    pub fn trouble(words: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, words)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.words))
    }
}

impl std::error::Error for Refusal {}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let mut response = (self.status, plain, format!("{self}\n")).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, SOON);
        }
        response
    }
}
