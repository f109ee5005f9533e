//! The reference gateway: access, incoming and delivery points, composing, store, log, dialects (RFC 6109 2.2, 3).
//!
//! A [`Gateway`] is one provider, on ports of its own; its [`Surroundings`] are legal clock, directory, routes and trust. A
//! [`Lab`] is surroundings of a scenario, with a [`Tap`] on every wire. It is a good PEC citizen: a real provider's gateway can be tested against it.

mod access;
mod activity;
mod address;
mod advance;
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
mod keys;
mod lab;
mod original;
mod posta;
pub mod profile;
mod queue;
mod services;
mod start;
pub mod store;
mod surroundings;
mod tap;
mod timers;
mod verification;
mod world;

#[cfg(test)]
mod tests;

pub use advance::{Timers, advance};
pub use deviation::Lapse;
pub use keys::Keys;
pub use lab::Lab;
pub use posta::{OrdinaryHost, Posta};
pub use profile::{Bind, Incoming, MailboxSettings, Password, Profile};
pub use start::Gateway;
pub use store::Stored;
pub use surroundings::Surroundings;
pub use tap::{Doors, Errand, SeenSession, Tap, Transmission};
pub use world::{BYSTANDER, directory_of, directory_with};

pub use crate::state::{Antivirus, MailboxState, OrdinaryMail, UnknownUsers};
