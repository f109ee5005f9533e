//! What is attached to a message.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{expected::Expected, words::Size};

/// An attachment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// How the name is written.
    #[serde(default)]
    pub name_as: NameAs,
    /// Its media type; from the name where absent.
    #[serde(default, rename = "type")]
    pub media_type: Option<String>,
    /// So many bytes, always the same ones.
    #[serde(default)]
    pub size: Option<Size>,
    /// This text.
    #[serde(default)]
    pub text: Option<String>,
    /// A harmless file that antivirus programs are agreed to detect.
    #[serde(default)]
    pub virus: Option<Virus>,
    /// What is in it lies in a zip archive that only this password opens.
    #[serde(default)]
    pub password: Option<String>,
    /// So many bytes that the whole message has this size.
    #[serde(default)]
    pub fills: Option<Size>,
    /// An ordinary message, attached as such.
    #[serde(default)]
    pub mail: Option<Nested>,
    /// A message that lies in the mailbox of whoever sends this, attached as such.
    #[serde(default)]
    pub received: Option<Expected>,
}

/// An ordinary message inside another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Nested {
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Attachments.
    #[serde(default)]
    pub attach: Vec<Attachment>,
}

/// How a file name is written in a header, rightly or as it is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NameAs {
    /// In quotes; where that cannot be, in percent signs with its charset (RFC 2231).
    #[default]
    Standard,
    /// Its bytes in UTF-8, in quotes.
    RawUtf8,
    /// Its bytes in ISO-8859-1, in quotes.
    RawLatin1,
    /// In quotes, folded at every blank.
    Folded,
    /// As an encoded word in quotes, which RFC 2047 forbids and many clients write.
    EncodedWord,
}

/// The file that antivirus programs are agreed to detect, and how it is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Virus {
    /// As is.
    Eicar,
    /// In a zip archive.
    EicarInZip,
}
