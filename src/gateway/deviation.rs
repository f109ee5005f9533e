//! Being wrong on purpose: what leaves a gateway whose profile deviates from the norm.

use jiff::{SignedDuration, Timestamp};

use super::core::Core;
use crate::{
    clock::LegalTime,
    fault::{self, CopyEdit, Deviation, Edit},
    message::{Bytes, Kind},
};

/// Something done wrong on purpose that no edit of a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// An envelope that comes again is taken for a new one.
    ForgetsEnvelopes,
    /// Where another provider's TLS fails, messages go to it in clear.
    SendsInClear,
}

/// What leaves a gateway in place of one message.
pub(super) struct Emission {
    /// The copies: one, unless it is lost or repeated.
    pub copies: Vec<Bytes>,
    /// When they leave, where they go over a wire.
    pub due: Timestamp,
}

impl Core {
    /// What leaves this gateway instead of `composed`: the same, at once, unless it is to be wrong on purpose.
    pub fn emit(&self, kind: Kind, composed: impl Into<Bytes>, at: &LegalTime) -> Emission {
        let (mut bytes, mut copies, mut due) = (composed.into(), 1, at.instant());
        for deviation in self.profile.deviations.iter().filter(|deviation| deviation.on == kind) {
            match &deviation.edit {
                Edit::Copy(CopyEdit::Drop) => copies = 0,
                Edit::Copy(CopyEdit::Repeat) => copies = 2,
                Edit::Copy(CopyEdit::Delay(span)) => due += delay(span).unwrap_or_default(),
                edit => {
                    let named = edit.signer().and_then(|id| self.other_signers.get(id));
                    let composer = self.composer();
                    let signer = named.unwrap_or(&composer.signer);
                    // A deviation that does not fit this message leaves it right: a peer is wrong where it can be.
                    if let Ok(wrong) = fault::apply(edit, &bytes, Some(signer), at.instant()) {
                        bytes = wrong.into();
                    }
                }
            }
        }
        Emission { copies: vec![bytes; copies], due }
    }
}

/// Whether a running gateway can follow a deviation; else why not. Passed over, it would be a fault that is none.
pub(super) fn check(deviation: &Deviation) -> Result<(), String> {
    let on = deviation.on;
    match &deviation.edit {
        Edit::Copy(CopyEdit::Delay(_)) if !on.may_cross_wires() => {
            Err(format!("{} goes straight into a mailbox and cannot be late", on.title()))
        }
        Edit::Copy(CopyEdit::Delay(span)) if delay(span).is_none_or(|span| span.is_negative()) => {
            Err(format!("{span} is no delay"))
        }
        Edit::Header(_)
        | Edit::Daticert(_)
        | Edit::Text(_)
        | Edit::Part(_)
        | Edit::Signature(_)
        | Edit::Copy(CopyEdit::Drop | CopyEdit::Repeat | CopyEdit::Delay(_)) => Ok(()),
        edit => Err(format!("a running gateway cannot follow {edit:?}; recorded evidence can be edited so")),
    }
}

fn delay(span: &str) -> Option<SignedDuration> {
    span.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(on: Kind, edit: CopyEdit) -> Result<(), String> {
        check(&Deviation { on, edit: Edit::Copy(edit) })
    }

    #[test]
    fn what_a_gateway_cannot_follow_is_refused() {
        assert_eq!(checked(Kind::AvvenutaConsegna, CopyEdit::Delay("13h".into())), Ok(()));
        assert!(checked(Kind::Accettazione, CopyEdit::Delay("13h".into())).is_err());
        assert!(checked(Kind::AvvenutaConsegna, CopyEdit::Delay("-1h".into())).is_err());
        assert!(checked(Kind::AvvenutaConsegna, CopyEdit::Delay("late".into())).is_err());
        assert!(checked(Kind::AvvenutaConsegna, CopyEdit::Deliver("x@y.example".into())).is_err());
    }
}
