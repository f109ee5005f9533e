//! Looking into a mailbox of an outside gateway, whatever shows it: nothing in it is flagged, moved or deleted, and what
//! was there before a mark is not read.

mod command;
mod imap;
mod maildir;
mod pop3;

use std::path::PathBuf;

pub(super) use self::command::{done, output, printed};
pub use self::{command::Command, imap::ImapFolder, maildir::Maildir, pop3::Pop3Drop};
use crate::{
    net::{ImapLogin, MailboxLogin, MailboxProblem, MailboxServer},
    target::{Doing, TargetError},
};

/// Bytes of one message that are read at most: more than any envelope that carries what the suite sends.
const LARGEST: usize = 256 << 20;
/// Messages that are read at a time at most.
const MOST: usize = 10_000;

/// A mailbox, as far as it is looked into.
pub trait Reader: Send {
    /// What is there now is not ours: it is not read.
    fn mark(&mut self) -> Doing<'_, ()>;

    /// What came since the mark, or since it was last asked; in the order in which the mailbox has it, in CRLF.
    fn arrived(&mut self) -> Doing<'_, Vec<Vec<u8>>>;
}

/// What shows mailboxes. In a path and in a command's arguments `%u` is the mailbox's address, `%n` what is before its `@`
/// and `%d` what is behind.
#[derive(Clone, Debug)]
pub enum Source {
    /// IMAP: the server, the folder, and how users log in.
    Imap(MailboxServer, String, ImapLogin),
    /// POP3.
    Pop3(MailboxServer),
    /// A Maildir on this machine.
    Maildir(String),
    /// A program that fetches the mailbox and prints the path of a Maildir: program and arguments, and the folder to run in.
    Command(Vec<String>, PathBuf),
}

impl Source {
    /// The reader of one mailbox.
    pub fn reader(&self, address: &str, login: &MailboxLogin) -> Box<dyn Reader> {
        match self {
            Source::Imap(server, folder, by) => {
                Box::new(ImapFolder::new(server.clone(), login.clone(), folder.clone(), *by))
            }
            Source::Pop3(server) => Box::new(Pop3Drop::new(server.clone(), login.clone())),
            Source::Maildir(path) => Box::new(Maildir::new(PathBuf::from(filled(path, address)))),
            Source::Command(words, folder) => {
                let words = words.iter().map(|word| filled(word, address)).collect();
                Box::new(Command::new(words, folder.clone()))
            }
        }
    }

    /// The Maildir of a mailbox that is not there: nothing was ever delivered to it, or it lies elsewhere.
    pub fn missing(&self, address: &str) -> Option<PathBuf> {
        let Source::Maildir(path) = self else { return None };
        Some(PathBuf::from(filled(path, address))).filter(|maildir| !maildir.is_dir())
    }

    /// Whether it asks for a login.
    pub fn wants_login(&self) -> bool {
        matches!(self, Source::Imap(..) | Source::Pop3(_))
    }
}

/// The text with an address in place of `%u`, `%n` and `%d`.
fn filled(text: &str, address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    text.replace("%u", address).replace("%n", local).replace("%d", domain)
}

/// A server's trouble as that of whoever named it: a refused login is configuration, everything else out of reach.
fn trouble(server: &MailboxServer, problem: &MailboxProblem) -> TargetError {
    let what = format!("the mailboxes at {}:{}: {problem}", server.host, server.port);
    match problem {
        MailboxProblem::Login(_) => TargetError::configuration(what),
        _ => TargetError::infrastructure(what),
    }
}
