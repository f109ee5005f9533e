//! The clauses, a file per chapter of the norm.

use super::Clause;

pub mod access;
pub mod transactions;

/// Every chapter's clauses, in the norm's order.
pub static FAMILIES: &[&[&Clause]] = &[access::ALL, transactions::ALL];
