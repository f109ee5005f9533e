//! SMTP over TLS: one server engine for every service of a gateway, and a client for relays and users. POP3, for users to fetch
//! what they were sent.
//!
//! Both ends keep a [`Transcript`] of what was said, secrets taken out. Time-outs here are real ones, for input and
//! output only; nothing in this room knows legal time.

mod calls;
pub mod client;
mod data;
mod lines;
pub mod pop3;
pub mod raw;
mod reply;
pub mod server;
#[cfg(test)]
mod tests;
mod transcript;

pub use calls::{Call, Calls};
pub use client::{
    AuthMechanism, Client, ClientError, Credentials, Destination, Patience, Problem, RecipientReply, Security, Sent,
};
pub use raw::{Heard, Spoken};
pub use reply::Reply;
pub use server::{Handler, Limits, Listener, LostReplies, Manners, POSTMASTER, Server, Session};
pub use transcript::Transcript;
