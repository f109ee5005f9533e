//! The clauses, a file per chapter of the norm. A clause is added to a file here, or by a file and its line in [`CHAPTERS`];
//! a test holds the list against the folder.

pub mod access;
pub mod choreography;
pub mod client;
pub mod delivery;
pub mod directory;
pub mod formats;
pub mod incoming;
pub mod law;
pub mod mime;
pub mod model;
pub mod security;
pub mod transactions;
pub mod wire;

use super::Clause;

/// Every chapter.
pub static CHAPTERS: &[&[&Clause]] = &[
    access::ALL,
    choreography::ALL,
    client::ALL,
    delivery::ALL,
    directory::ALL,
    formats::ALL,
    incoming::ALL,
    law::ALL,
    mime::ALL,
    model::ALL,
    security::ALL,
    transactions::ALL,
    wire::ALL,
];
