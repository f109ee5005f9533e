//! Signatures: CMS (RFC 5652), signer certificates, paths and revocation lists (RFC 5280), signing.
//!
//! Reading and making are separate code: [`verify`] never calls [`sign`] and the other way round.

mod algorithm;
mod ber;
pub mod certificate;
mod chain;
mod constraints;
mod digests;
mod name;
pub mod path;
mod revocation;
pub mod sign;
mod signed_data;
pub mod verify;

pub use certificate::Certificate;
pub use digests::{SignerDigest, digests};
pub use path::{PathError, Trust};
pub use sign::Signer;
pub use signed_data::is_signed_data;
pub use verify::{Signature, SignatureState};
