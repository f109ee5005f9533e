//! Signatures: CMS (RFC 5652), signer certificates, paths and revocation lists (RFC 5280), time stamps (RFC 3161), signing.
//!
//! Reading and making are separate code: [`verify`] never calls [`sign`] and the other way round.

mod algorithm;
mod ber;
mod cache;
pub mod certificate;
mod chain;
mod constraints;
mod crl;
mod digests;
pub mod key;
mod known;
mod link;
mod material;
mod moment;
mod name;
pub mod path;
mod policy;
mod public_key;
mod revocation;
mod scope;
pub mod sign;
mod signed_data;
pub mod timestamp;
pub mod verify;

pub use certificate::Certificate;
pub use crl::is_revocation_list;
pub use digests::{SignerDigest, digests};
pub use material::{Material, Sort, Wanted, cms_in_text};
pub use path::{PathError, Span, Traced, Trust, Use};
pub use sign::Signer;
pub use signed_data::{Purpose, content, is_signed_data};
pub use timestamp::TimeStamp;
pub use verify::{Signature, SignatureState};
