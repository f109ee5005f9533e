//! One edit of one message as it was seen, signed again by whoever signed it.

use crate::{
    evidence::Observation,
    message::Message,
    smime::{Signature, Signer},
};

use super::{Edit, FaultError, apply};

/// Which key is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// That of a certificate of the test PKI, by its id.
    Id(&'a str),
    /// That of a certificate, DER: whoever signed the message.
    Certificate(&'a [u8]),
}

/// The keys at hand.
pub(super) type Signers<'a> = &'a dyn Fn(Sought<'_>) -> Option<Signer>;

/// Edits what was seen, and signs it again.
pub(super) fn alter(edit: &Edit, observation: &mut Observation, signers: Signers<'_>) -> Result<(), FaultError> {
    let signer = signer(edit, observation, signers);
    observation.bytes = apply(edit, &observation.bytes, signer.as_ref(), observation.at)?.into();
    Ok(())
}

fn signer(edit: &Edit, observation: &Observation, signers: Signers<'_>) -> Option<Signer> {
    if let Some(id) = edit.signer() {
        return signers(Sought::Id(id));
    }
    let message = Message::read(observation.bytes.clone()).ok()?;
    let signed = message.signed.as_ref()?;
    let signature = Signature::verify(signed.cms.as_ref()?, message.mail.bytes(&signed.content.span));
    signers(Sought::Certificate(&signature.signer?.der))
}
