//! One small language of single deviations (`edit:`), used twice: on recorded evidence, judged again, and by a live peer
//! that is wrong on purpose.
//!
//! An [`Edit`] of a message changes what it names and keeps every other byte; where it lies inside the signature the
//! message is signed again, so that a rule sees the deviation and not a broken signature. An edit that changes nothing
//! is an error: a fault that is no fault proves nothing.

mod alter;
mod bytes;
mod daticert;
mod directory;
mod edit;
mod evidence_edit;
mod file;
mod header;
mod part;
mod recorded;
mod records;
mod signature;
mod text;
mod way;

pub use bytes::{BASE64_LINE, BASE64_LINE_BYTES, base64_lines};
pub use edit::{
    DaticertEdit, Encoding, Fact, HeaderEdit, Matches, Octets, PartEdit, PartName, Replace, SignatureEdit, TextEdit,
    Version,
};
pub use evidence_edit::{
    Another, CopyEdit, DialogueChange, DialogueEdit, DirectoryEdit, GivenCertificate, LogChange, LogEdit, LogField,
    Publishing,
};

pub use alter::Sought;
pub use file::{EmbeddedFault, Fault, FaultFileError, On, Otherwise, Refinement, Where, embedded, load};
pub use recorded::{apply_to_evidence, culprit};
pub use way::as_files;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    message::{Kind, Message, Signed},
    smime::Signer,
};

/// A single deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// Of the message's own header section, outside the signature.
    Header(HeaderEdit),
    /// Of daticert.xml.
    Daticert(DaticertEdit),
    /// Of a fact in the readable text.
    Text(TextEdit),
    /// Of a MIME part.
    Part(PartEdit),
    /// Of the signature.
    Signature(SignatureEdit),
    /// Of the message as its user submitted it: whoever passed it on let the deviation in.
    Submission(Replace),
    /// Of the message's way: lost, sent twice, late, delivered elsewhere. A live peer can follow these too.
    Copy(CopyEdit),
    /// Of a provider's log.
    Log(LogEdit),
    /// Of an SMTP session as recorded.
    Dialogue(DialogueEdit),
    /// Of the directory.
    Directory(DirectoryEdit),
    /// Of a certificate that was given to be judged.
    Certificate(GivenCertificate),
    /// Of another message, where one deviation shows in two.
    Another(Another),
}

/// What a live peer does wrong: the edit of every message of a kind that it emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The kind of message.
    pub on: Kind,
    /// What is wrong with it.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Edit")]
    pub edit: Edit,
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The edit left every byte as it was.
    #[error("the edit changes nothing: {0}")]
    NoChange(String),
    /// What the edit names is not there.
    #[error("{0} is not there to be edited")]
    Missing(String),
    /// The edit is not one of a message's bytes.
    #[error("this edit is not one of a message's bytes: {0}")]
    NotOfAMessage(&'static str),
    /// The edit needs a signer and none was given.
    #[error("the edit lies inside the signature, and there is no key to sign again with")]
    NoSigner,
    /// The bytes cannot be read, or the edit cannot be written.
    #[error("{0}")]
    Unworkable(String),
}

/// Edits a message's bytes. What lies inside the signature is signed again by `signer`, in the encoding it was and claiming
/// the signing time it claimed (`at` where it claimed none); without `signer` the signature is left broken. For
/// `signature: {sign-with: id}` the caller gives the signer that [`Edit::signer`] names.
pub fn apply(edit: &Edit, message: &[u8], signer: Option<&Signer>, at: Timestamp) -> Result<Vec<u8>, FaultError> {
    let read = |raw: Vec<u8>| Message::read(raw).map_err(|error| FaultError::Unworkable(error.to_string()));
    let before = read(message.to_vec())?;
    let edited = match edit {
        Edit::Header(edit) => header::edit(message, &before.mail.root, edit)?,
        Edit::Daticert(edit) => part::with_content(&before, PartName::Daticert, |xml| daticert::edit(xml, edit))?,
        Edit::Text(edit) => text::edit(&before, edit)?,
        Edit::Part(edit) => part::edit(&before, edit)?,
        Edit::Signature(edit) => signature::edit(&before, edit, signer, at)?,
        Edit::Submission(replace) => bytes::replace(message, replace)?,
        Edit::Copy(_) => return Err(FaultError::NotOfAMessage("copy")),
        Edit::Log(_) => return Err(FaultError::NotOfAMessage("log")),
        Edit::Dialogue(_) => return Err(FaultError::NotOfAMessage("dialogue")),
        Edit::Directory(_) => return Err(FaultError::NotOfAMessage("directory")),
        Edit::Certificate(_) => return Err(FaultError::NotOfAMessage("certificate")),
        Edit::Another(_) => return Err(FaultError::NotOfAMessage("another")),
    };
    if edited == message {
        return Err(FaultError::NoChange(format!("{edit:?}")));
    }
    let (Some(signer), Some(signed)) = (signer, &before.signed) else { return Ok(edited) };
    if matches!(edit, Edit::Signature(_) | Edit::Header(_)) {
        return Ok(edited);
    }
    let after = read(edited)?;
    let covered = |message: &Message, signed: &Signed| message.mail.bytes(&signed.content.span).to_vec();
    match &after.signed {
        Some(now) if covered(&after, now) == covered(&before, signed) => Ok(after.mail.raw.to_vec()),
        _ => signature::sign_again(&before, &after, signer, at),
    }
}

/// A span of time as it is written: `12h`, `-1s`.
fn span(text: &str) -> Result<SignedDuration, FaultError> {
    text.parse().map_err(|error: jiff::Error| FaultError::Unworkable(format!("{text}: {error}")))
}

impl Edit {
    /// The id of the certificate to sign with, where the edit names one.
    pub fn signer(&self) -> Option<&str> {
        match self {
            Edit::Signature(SignatureEdit::SignWith(id)) => Some(id),
            _ => None,
        }
    }
}
