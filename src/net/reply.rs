//! An SMTP reply: code, enhanced status code (RFC 3463) and text.

use std::fmt;

/// A reply. Its text is one line; line breaks from elsewhere are flattened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// Class, subject, detail; all zero where there is none.
    pub status: [u8; 3],
    /// The words.
    pub text: String,
}

impl Reply {
    /// A reply with an enhanced status code.
    pub fn new(code: u16, status: [u8; 3], text: impl Into<String>) -> Self {
        Self { code, status, text: text.into().replace(['\r', '\n'], " ") }
    }

    /// A reply that carries none, such as `354` or the greeting.
    pub fn bare(code: u16, text: impl Into<String>) -> Self {
        Self::new(code, [0; 3], text)
    }

    /// `250 2.0.0`.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(250, [2, 0, 0], text)
    }

    /// 2xx.
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 5xx: asking again makes no sense.
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// `5.1.1`, where there is one.
    pub fn enhanced(&self) -> Option<String> {
        let [class, subject, detail] = self.status;
        (class != 0).then(|| format!("{class}.{subject}.{detail}"))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(status) = self.enhanced() {
            write!(f, " {status}")?;
        }
        write!(f, " {}", self.text)
    }
}
