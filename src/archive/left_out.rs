//! What was not judged, and why.

use std::{fmt, io};

use super::Name;
use crate::message::Bytes;

/// Something that is not a thing to judge, or could not be read.
#[derive(Debug)]
pub struct LeftOut {
    /// Where it lies.
    pub name: Name,
    /// Whether its name was given, rather than found in a folder or archive that was.
    pub asked: Asked,
    /// Why.
    pub why: Why,
}

/// How something came to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It was named: not judging it is an error.
    ByName,
    /// It was met in something that was named.
    InPassing,
}

/// Why something was left out.
#[derive(Debug)]
pub enum Why {
    /// Its content is none of what is judged; what it looks like, such as `a PDF document`.
    Unknown(&'static str),
    /// It is called a message (`.eml`) and is none; what it looks like.
    NotMessage(&'static str),
    /// It is empty.
    Empty,
    /// A folder, zip or mailbox with nothing to judge in it, nor anything else.
    NothingInside,
    /// A CMS structure around something else, such as a signed invoice (`.xml.p7m`).
    SignedDocument(Bytes),
    /// A signature met in passing without what it signs, by nobody whose address is a provider's.
    Signature(Bytes),
    /// A certificate of an authority, DER: signers are judged.
    Authority(Vec<u8>),
    /// A certificate met in passing, DER: most of those that lie about are no signer's.
    Certificate(Vec<u8>),
    /// A revocation list: it is given with `--trust`.
    RevocationList,
    /// It begins like a certificate and is none.
    NotCertificate(String),
    /// What is being delivered to a Maildir (`tmp`).
    MaildirTmp,
    /// Not a file: a named pipe, a socket, a device.
    NotFile(&'static str),
    /// The system does not let it be read.
    Unreadable(io::Error),
    /// Larger than what is held whole, in octets.
    TooLarge(u64),
    /// Folders that lead back into themselves.
    Circle,
    /// A symbolic link to a folder that is walked anyway.
    WalkedElsewhere,
    /// A zip's member under a password.
    Encrypted,
    /// A zip inside a zip inside a zip.
    ZipTooDeep,
    /// A zip, or a member, that does not unpack.
    BrokenZip(String),
    /// The rest of a zip, beyond a bound.
    Beyond(String),
    /// Octets in front of a mailbox's first message.
    BeforeTheFirst(u64),
    /// The mailbox ends inside this message, which is judged as far as it goes.
    CutOff,
    /// An archive attached to a message, which may hold anything: `a zip`.
    Attached(&'static str),
    /// Messages inside this one that were not looked for, beyond a bound.
    TooDeep(String),
}

impl Why {
    /// Whether something that is judged was not, or not wholly; the rest is of another kind than what is judged.
    pub fn is_trouble(&self) -> bool {
        !matches!(
            self,
            Why::Unknown(_)
                | Why::Empty
                | Why::NothingInside
                | Why::SignedDocument(_)
                | Why::Signature(_)
                | Why::Attached(_)
                | Why::Authority(_)
                | Why::Certificate(_)
                | Why::RevocationList
                | Why::MaildirTmp
                | Why::NotFile(_)
                | Why::Circle
                | Why::WalkedElsewhere
        )
    }
}

impl LeftOut {
    /// Whether it counts as an error: something that was asked for and not judged.
    pub fn is_error(&self) -> bool {
        self.asked == Asked::ByName || self.why.is_trouble()
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |octets: u64| format!("{} MiB", octets >> 20);
        match self {
            Why::Unknown(looks) => write!(f, "{looks}, not a message, directory or certificate"),
            Why::NotMessage(looks) => write!(f, "not a mail message, but {looks}"),
            Why::Empty => f.write_str("empty"),
            Why::NothingInside => f.write_str("there is nothing to check in it"),
            Why::SignedDocument(_) => f.write_str("a CMS signed document, not a message, directory or certificate"),
            Why::Signature(_) => {
                f.write_str("a signature of nobody who has a provider's address: give it by name to have it judged")
            }
            Why::Attached(archive) => write!(f, "{archive} attached to a message: not looked into"),
            Why::Authority(_) => f.write_str("a certificate of an authority: those of signers are judged"),
            Why::Certificate(_) => f.write_str("a certificate: give it by name to have it judged as a signer's"),
            Why::RevocationList => f.write_str("a revocation list: it is given with --trust"),
            Why::NotCertificate(problem) => write!(f, "not a certificate: {problem}"),
            Why::MaildirTmp => f.write_str("still being delivered (tmp of a Maildir)"),
            Why::NotFile(what) => write!(f, "{what}, not a file: what it gives can be piped to `check -`"),
            Why::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Why::TooLarge(limit) => write!(f, "larger than {}, the most that is read of one thing", mebibytes(*limit)),
            Why::Circle => f.write_str("a link that leads back to a folder it lies in"),
            Why::WalkedElsewhere => f.write_str("a link to a folder that is looked at in its own place"),
            Why::Encrypted => f.write_str("encrypted: unpack it with its password and give the folder"),
            Why::ZipTooDeep => f.write_str("a zip in a zip in a zip: unpack the outer one and give the folder"),
            Why::BrokenZip(problem) => write!(f, "does not unpack: {problem}"),
            Why::Beyond(bound) | Why::TooDeep(bound) => f.write_str(bound),
            Why::BeforeTheFirst(octets) => write!(f, "{octets} octets before the first message belong to none"),
            Why::CutOff => f.write_str("the file ends inside this message: it is judged as far as it goes"),
        }
    }
}
