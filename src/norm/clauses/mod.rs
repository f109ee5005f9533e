//! The clauses, a file per chapter of the norm.

use super::Clause;

pub mod access;
pub mod choreography;
pub mod delivery;
pub mod directory;
pub mod formats;
pub mod incoming;
pub mod law;
pub mod model;
pub mod security;
pub mod transactions;

/// Every chapter's clauses, in the norm's order.
pub static FAMILIES: &[&[&Clause]] = &[
    model::ALL,
    choreography::ALL,
    access::ALL,
    incoming::ALL,
    delivery::ALL,
    transactions::ALL,
    formats::ALL,
    directory::ALL,
    security::ALL,
    law::ALL,
];
