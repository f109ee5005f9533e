//! The grammar of single deviations in the bytes of a message. Addresses in values may be `user@sender`, `user@receiver`: see [`super::Fault`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Edits a header section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum HeaderEdit {
    /// Gives the first field of this name another value; adds the field below the others where there is none.
    Set {
        /// Field name.
        name: String,
        /// Its value, written as is.
        value: String,
    },
    /// Removes every field of this name.
    Remove(String),
    /// Writes the first field of this name twice.
    Repeat(String),
    /// Adds so many fields of no meaning below the others.
    Flood(usize),
    /// Gives the first field of this name another name.
    Rename {
        /// Field name.
        name: String,
        /// The other name.
        to: String,
    },
    /// Replaces inside the first field of this name, as sent.
    Replace {
        /// Field name.
        name: String,
        /// Regular expression of what is replaced.
        pattern: String,
        /// By what.
        by: String,
    },
}

/// Replaces matches of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Replace {
    /// Regular expression (syntax of the crate `regex`, over bytes).
    pub pattern: String,
    /// By what, literally.
    pub by: String,
    /// How `by` becomes octets.
    #[serde(default)]
    pub octets: Octets,
    /// Which matches.
    #[serde(default)]
    pub matches: Matches,
}

/// Which matches of a pattern are replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Matches {
    /// The first one.
    #[default]
    First,
    /// Every one.
    All,
}

/// How characters of a value become octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Octets {
    /// As UTF-8.
    #[default]
    Utf8,
    /// One octet each (U+0000 to U+00FF): how raw octets are written.
    Latin1,
}

/// Edits daticert.xml. A path is `postacert/dati/data/ora`, `postacert/intestazione/destinatari[2]`, or, for an attribute,
/// `postacert/@tipo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DaticertEdit {
    /// Sets an element's text, or an attribute (added where it is not there). Markup in `to` is escaped.
    Set {
        /// Where.
        path: String,
        /// The value.
        to: String,
    },
    /// Removes an element or an attribute.
    Remove(String),
    /// Writes an element twice.
    Duplicate(String),
    /// Puts XML in before an element.
    Insert {
        /// The element.
        before: String,
        /// The XML, as is.
        xml: String,
    },
    /// Puts XML in as the last child of an element.
    Append {
        /// The element.
        into: String,
        /// The XML, as is.
        xml: String,
    },
    /// Replaces octets of the decoded file.
    Replace(Replace),
}

/// Replaces a fact in the readable text, everywhere in the version meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextEdit {
    /// The fact; what stands there is taken from daticert.xml.
    pub fact: Fact,
    /// What stands there afterwards.
    pub by: String,
    /// In which version of the text.
    #[serde(rename = "in", default)]
    pub version: Version,
}

/// A fact of the readable text (RFC 6109 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// `dd/mm/yyyy`.
    Date,
    /// `hh:mm:ss`.
    Time,
    /// `+hhmm`, the parentheses left.
    Zone,
    /// The original Subject.
    Subject,
    /// The original sender.
    Sender,
    /// The recipient delivered to or tried, else the first one.
    Recipient,
    /// The PEC msgid.
    Identifier,
    /// The description of the error.
    Error,
}

/// Which version of the readable text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// text/plain and, where there is one, text/html.
    #[default]
    Both,
    /// text/plain.
    Plain,
    /// text/html.
    Html,
    /// The text/plain written a second time below itself, as for another language.
    Again,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartName {
    /// The multipart/mixed that is signed.
    Mixed,
    /// The readable text: text/plain or the multipart/alternative.
    Readable,
    /// Its text/plain.
    Plain,
    /// Its text/html.
    Html,
    /// daticert.xml.
    Daticert,
    /// postacert.eml.
    Original,
    /// smime.p7s.
    Signature,
}

/// Edits a MIME part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PartEdit {
    /// Leaves the part out.
    Drop(PartName),
    /// Writes the part twice.
    Repeat(PartName),
    /// Adds a 7bit part at the end of the multipart/mixed.
    Add {
        /// Its media type.
        #[serde(rename = "type")]
        media_type: String,
        /// Its file name.
        name: String,
        /// Its content.
        content: String,
    },
    /// Puts the part first in the multipart it belongs to.
    First(PartName),
    /// Changes the file name, in Content-Type and Content-Disposition alike.
    Rename {
        /// The part.
        part: PartName,
        /// Its name then.
        to: String,
    },
    /// Changes the media type, parameters kept.
    Retype {
        /// The part.
        part: PartName,
        /// `type/subtype` then.
        to: String,
    },
    /// Writes the same content in another transfer encoding.
    Reencode {
        /// The part.
        part: PartName,
        /// The encoding.
        to: Encoding,
    },
    /// Edits the part's header section.
    Header {
        /// The part.
        part: PartName,
        /// How.
        edit: HeaderEdit,
    },
    /// Replaces octets of the part as it stands, header section and transfer encoding included.
    Octets {
        /// The part.
        part: PartName,
        /// What.
        #[serde(rename = "with")]
        replace: Replace,
    },
    /// Replaces octets of the decoded content.
    Replace {
        /// The part.
        part: PartName,
        /// What.
        #[serde(rename = "with")]
        replace: Replace,
    },
}

/// A transfer encoding (RFC 2045 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
    /// 8bit: as is.
    #[serde(rename = "8bit")]
    EightBit,
    /// 7bit: as is, whatever it is.
    #[serde(rename = "7bit")]
    SevenBit,
}

/// Edits the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SignatureEdit {
    /// Signs with another certificate of the test PKI: `esterna`, `expired`, `revoked`, ...
    SignWith(String),
    /// Changes one octet of the signed content after signing.
    Tamper,
    /// Changes one octet of the signature value.
    Corrupt,
    /// Takes the signature off: what was signed becomes the message.
    Strip,
    /// Puts the content inside the CMS structure too.
    Encapsulate,
    /// Signs again, claiming this signing time (RFC 3339).
    SignAt(String),
    /// Signs again with SHA-1; micalg stays.
    Sha1,
    /// Signs a second time, a second later: two signers in one signature.
    SignTwice,
    /// Leaves the certificates out.
    DropCertificates,
    /// Puts something that is no CMS structure in its place.
    Garbage,
    /// Gives multipart/signed another micalg.
    Micalg(String),
}
