//! Who packed a bundle, and when it was there at the latest: its signature and its time stamp, looked at.

use jiff::Timestamp;

use super::pack::stamped_octets;
use crate::{
    rules::Answer,
    smime::{PathError, Signature, SignatureState, TimeStamp, Trust, Use, timestamp},
};

/// A bundle's signature and time stamp, where it has them.
#[derive(Clone, Debug, Default)]
pub struct Seals {
    /// CMS, detached, over the manifest.
    pub signature: Option<Vec<u8>>,
    /// An RFC 3161 token.
    pub token: Option<Vec<u8>>,
}

/// Whom to trust, where that is known.
type Trusted<'a> = Option<&'a Trust>;

/// Whether the time stamp is of this bundle and by a trusted authority, and the instant that it tells, where it is and tells
/// one. `None` where there is no time stamp.
pub fn stamped(manifest: &[u8], seals: &Seals, trust: Trusted<'_>) -> Option<(Answer, Option<Timestamp>)> {
    let token = seals.token.as_deref()?;
    let stamp = match TimeStamp::read(token) {
        Ok(stamp) => stamp,
        Err(problem) => return Some((Answer::No(problem), None)),
    };
    let (name, octets) = stamped_octets(manifest, seals);
    if !stamp.is_over(octets) {
        return Some((Answer::No(format!("it is of something else than {name}")), None));
    }
    let told = format!("there at {} by the word of {}", stamp.at, stamp.authority.subject);
    let answer = trusted(told, trust.map(|trust| stamp.check(trust)));
    let at = answer.is_yes().then_some(stamp.at);
    Some((answer, at))
}

/// Whether somebody trusted signed the manifest, as of an instant. `None` where nobody signed.
pub fn signed(manifest: &[u8], seals: &Seals, trust: Trusted<'_>, at: Timestamp) -> Option<Answer> {
    let signature = Signature::verify_octets(seals.signature.as_deref()?, manifest);
    let signer = match (&signature.state, &signature.signer) {
        (SignatureState::Valid, Some(signer)) => signer,
        (SignatureState::Unsupported(what), _) => {
            return Some(Answer::CannotTell(format!("{what} is not supported by this program")));
        }
        (state, _) => return Some(Answer::No(timestamp::told(state))),
    };
    let path = trust.map(|trust| trust.check_for(Use::Documents, signer, &signature.certificates, at));
    Some(trusted(format!("by {}", signer.subject), path))
}

/// Yes where the path is right, and why not where it is not.
fn trusted(told: String, path: Option<Result<(), PathError>>) -> Answer {
    match path {
        None => Answer::CannotTell(format!("{told}; whom to trust is not given (--trust)")),
        Some(Ok(())) => Answer::Yes(told),
        Some(Err(error)) if error.cannot_tell() => Answer::CannotTell(format!("{told}; {error}")),
        Some(Err(error)) => Answer::No(format!("{told}; {error}")),
    }
}
