//! Reading a message: MIME slices with offsets, headers as sent, kind, daticert.xml.
//!
//! Nothing is re-encoded: every answer is a range of the bytes that came, or a copy decoded from one.

pub mod bytes;
pub mod charset;
pub mod daticert;
pub mod html;
pub mod kind;
pub mod mail;
pub mod parts;
pub mod pec;
#[cfg(test)]
pub(crate) mod sample;
pub mod shape;
mod stored;

pub use bytes::Bytes;
pub use daticert::{Daticert, DaticertReading};
pub use kind::{Addressee, Kind};
pub use mail::{AddressList, AddressProblem, Entity, Header, HeaderText, Limit, Mail, Mailbox, ReadError, says};
pub use parts::{Parts, Signed};
pub use pec::Message;
pub use shape::Shape;
pub use stored::as_sent;
