//! The reference gateway: access, incoming and delivery points, composing, store, log, dialects.

pub mod compose;
