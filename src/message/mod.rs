//! Reading a message: MIME slices with offsets, headers as sent, kind, daticert.xml.
//!
//! Nothing is re-encoded: every answer is a range of the bytes that came, or a copy decoded from one.

pub mod bytes;
pub mod daticert;
pub mod kind;
pub mod mail;
pub mod pec;
#[cfg(test)]
pub(crate) mod sample;

pub use bytes::Bytes;
pub use daticert::{Daticert, DaticertReading};
pub use kind::{Addressee, Kind};
pub use mail::{Entity, Header, Mail, Mailbox, ReadError};
pub use pec::{Message, Parts, Signed};
