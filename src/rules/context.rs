//! What a rule is given beside its subject.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    directory::{
        Directory, DirectoryFile, LdifError, Provider,
        ldif::{Layout, Record},
    },
    evidence::{Evidence, LogRecord, Observation, Role, Seen},
    message::{AddressList, Daticert, Header, Kind, Mail, Mailbox, Message},
    norm::AsOf,
    smime::{Certificate, PathError, Signature, Trust},
};

use super::{
    Transaction,
    spelling::bare_identifier,
    text::{Html, Plain, Texts},
};

/// What all subjects share: the directory, trust, and the evidence around.
#[derive(Debug)]
pub struct Context<'a> {
    /// The evidence the subject belongs to.
    pub evidence: &'a Evidence,
    /// The directory known to have been in force when the subject was observed; `None` where none such is at hand (`check`
    /// without one, or with one of another day).
    pub directory: Option<&'a Directory>,
    /// Anchors and revocation lists; without anchors the origin cannot be verified, which is no fault of a message.
    pub trust: &'a Trust,
    /// When the subject was observed, by the legal clock.
    pub observed: Timestamp,
    /// The norm's day: by which the evidence is judged, whenever it was observed.
    pub as_of: AsOf,
    /// Whether receivers trust the subject, where it is a certificate given by itself and trust anchors are at hand.
    pub path: Option<&'a Result<(), PathError>>,
}

impl<'a> Context<'a> {
    /// The directory, where it is known to be whole: what it lacks does not exist. The file of one provider alone says nothing of
    /// the others.
    pub fn whole_directory(&self) -> Option<&'a Directory> {
        self.directory.filter(|directory| directory.is_whole())
    }
}

/// A message as a subject.
#[derive(Debug)]
pub struct MessageSubject<'a> {
    /// The message, read.
    pub message: &'a Message,
    /// Where it was seen.
    pub observation: &'a Observation,
    /// The original message inside, read once for all rules (`Message::original`, then `Mail::read`).
    pub original: Option<&'a Mail>,
    /// Its readable text, decoded once for all rules.
    pub texts: &'a Texts,
    /// Its signature, verified once for all rules.
    pub signature: Option<&'a Signature>,
    /// The directory's record that lists the signer's certificate.
    pub provider: Option<&'a Provider>,
    /// Whether the signer's certificate is trusted at arrival, found out once for all rules; `None` without a signer or
    /// trust anchors.
    pub path: Option<&'a Result<(), PathError>>,
}

/// A provider's log as a subject.
#[derive(Debug)]
pub struct LogSubject<'a> {
    /// Whose.
    pub role: Role,
    /// The records, in order.
    pub records: &'a [LogRecord],
    /// What was observed, to hold the records against.
    pub transactions: &'a [Transaction],
}

/// A version of the directory as a subject.
#[derive(Debug)]
pub struct DirectorySubject<'a> {
    /// The file.
    pub file: &'a DirectoryFile<'a>,
    /// Where its records stand; empty where the file cannot be read.
    pub layout: &'a Layout,
    /// The directory, or why it cannot be read.
    pub read: &'a Result<Directory, LdifError>,
    /// From when it is in force; `None` where nobody said.
    pub from: Option<Timestamp>,
}

impl<'a> DirectorySubject<'a> {
    /// The providers' records.
    pub fn providers(&self) -> &'a [Arc<Provider>] {
        self.read.as_ref().map_or(&[], |directory| &directory.providers)
    }

    /// The records that can be read, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        self.layout.records(self.file.ldif())
    }

    /// Whether every record can be read: only then one that is not there is missing.
    pub fn is_whole(&self) -> bool {
        self.read.as_ref().is_ok_and(|directory| directory.mistakes.is_empty())
    }
}

impl<'a> MessageSubject<'a> {
    /// What its daticert.xml says.
    pub fn data(&self) -> Option<&'a Daticert> {
        self.message.daticert.as_ref()?.data.as_ref()
    }

    /// The message.
    pub fn mail(&self) -> &'a Mail {
        &self.message.mail
    }

    /// The first header field of this name in the message's own header section.
    pub fn header(&self, name: &str) -> Option<&'a Header> {
        self.message.mail.root.header(name)
    }

    /// The only mailbox of an address field; `None` where there are none or several.
    pub fn only_mailbox(&self, name: &str) -> Option<Mailbox> {
        let list = self.mail().addresses(self.header(name)?);
        let readable = list.malformed().next().is_none();
        <[_; 1]>::try_from(list.mailboxes).ok().map(|[only]| only).filter(|_| readable)
    }

    /// Who counts as the original sender: as certified, else the author or the reverse path of what arrived.
    pub fn senders(&self) -> Vec<String> {
        if self.message.kind != Some(Kind::Anomalia) {
            let certified = self.data().map(|data| data.mittente.clone());
            return certified.filter(|sender| !sender.trim().is_empty()).into_iter().collect();
        }
        // One on a wire was passed on by a mailbox: the path is that mailbox's, and whose message it once wrapped only a
        // Return-Path still tells.
        if matches!(self.observation.seen, Seen::Wire { .. }) {
            let mails = self.original.into_iter().chain([self.mail()]);
            let paths = mails.filter_map(|mail| mail.field("Return-Path"));
            return paths.map(|path| bare_identifier(&path).to_owned()).filter(|path| !path.is_empty()).collect();
        }
        let authors = self.original.and_then(|original| Some(original.addresses(original.root.header("From")?)));
        let mut senders: Vec<String> = authors.iter().flat_map(AddressList::addresses).map(str::to_owned).collect();
        senders.extend(self.observation.path.as_ref().map(|path| path.from.clone()));
        for mail in self.original.into_iter().chain([self.mail()]) {
            senders.extend(mail.field("Return-Path").map(|path| bare_identifier(&path).to_owned()));
        }
        senders.retain(|sender| !sender.is_empty());
        senders
    }

    /// To whom an anomaly envelope may be said to be addressed: by its forward paths or mailbox, and by the header of what
    /// arrived.
    pub fn addressees(&self) -> Vec<String> {
        let paths = self.observation.path.iter().flat_map(|path| path.to.clone());
        let mailbox = match &self.observation.seen {
            Seen::Mailbox { address, .. } => Some(address.clone()),
            _ => None,
        };
        let named = self.original.into_iter().flat_map(|original| {
            let fields = original
                .root
                .headers
                .iter()
                .filter(|field| ["To", "Cc"].iter().any(|name| field.name.eq_ignore_ascii_case(name)));
            fields.flat_map(|field| original.addresses(field).mailboxes).map(|mailbox| mailbox.address)
        });
        paths.chain(mailbox).chain(named).collect()
    }

    /// Its text/plain.
    pub fn plain(&self) -> Option<&'a Plain> {
        self.texts.plain(self.message)
    }

    /// Its text/html.
    pub fn html(&self) -> Option<&'a Html> {
        self.texts.html(self.message)
    }

    /// The signer's certificate.
    pub fn signer(&self) -> Option<&'a Certificate> {
        self.signature?.signer.as_deref()
    }
}
