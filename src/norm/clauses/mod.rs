//! The clauses, a file per chapter of the norm.

use super::Clause;

pub mod access;
pub mod choreography;
pub mod directory;
pub mod law;

/// Every chapter's clauses, in the norm's order.
pub static FAMILIES: &[&[&Clause]] = &[access::ALL, choreography::ALL, directory::ALL, law::ALL];
