//! SMTP over TLS: one server engine for every service of a gateway, and a client for relays and users. POP3, for users to fetch
//! what they were sent; and clients that look into mailboxes over IMAP and POP3.
//!
//! Both ends keep a [`Transcript`] of what was said, secrets taken out. Time-outs here are real ones, for input and
//! output only; nothing in this room knows legal time.

mod calls;
mod channel;
pub mod client;
mod data;
mod imap;
mod lines;
mod mx;
pub mod pop3;
mod pop3_client;
pub mod raw;
mod reply;
pub mod server;
#[cfg(test)]
mod tests;
mod transcript;
mod trust;

pub use calls::{Call, Calls};
pub use channel::{MailboxLogin, MailboxProblem, MailboxServer, MailboxTls};
pub use client::{
    AuthMechanism, Client, ClientError, Credentials, Destination, Foreign, Patience, Problem, RecipientReply, Security,
    Sent,
};
pub use imap::{FolderState, Imap, ImapLogin};
pub use mx::{MailHost, MailHosts, Unrouted};
pub use pop3_client::Pop3;
pub use raw::{Heard, Spoken};
pub use reply::Reply;
pub use server::{Handler, Limits, Listener, LostReplies, Manners, POSTMASTER, Server, Session};
pub use transcript::Transcript;
pub use trust::Trusted;
