//! The reference gateway: access, incoming and delivery points, composing, store, log, dialects (RFC 6109 2.2, 3).
//!
//! A [`Lab`] is one world with its legal clock, directory and routes; a [`Gateway`] is one provider in it, on loopback
//! ports of its own. It is a good PEC citizen: a real provider's gateway can be tested against it.

mod access;
mod activity;
mod address;
mod afterwards;
pub mod antivirus;
mod checks;
pub mod choices;
pub mod compose;
mod core;
mod delivery;
mod deviation;
mod dsn;
mod identifier;
mod incoming;
mod lab;
mod original;
mod posta;
pub mod profile;
mod queue;
mod services;
mod start;
pub mod store;
mod verification;
mod world;

#[cfg(test)]
mod tests;

pub use lab::{Doors, Lab, SeenSession, Transmission};
pub use posta::{OrdinaryHost, Posta};
pub use profile::{Incoming, MailboxSettings, Profile};
pub use start::Gateway;
pub use store::Stored;
pub use world::{THIRD, directory_with};

pub use crate::state::{Antivirus, MailboxState, OrdinaryMail, UnknownUsers};
