//! What is expected: of something sent before, at a place where it can be.

use super::{
    super::{
        expected::{Expected, What},
        locate::{Path, Step as Down},
        model::Expectation,
        words::Place,
    },
    Check, below, way,
};

impl<'d> Check<'d> {
    pub(super) fn expectation(&mut self, expectation: &'d Expectation, at: &Path) {
        for (place, messages) in expectation {
            let key = below(at, Down::KeyOf(place.to_string()));
            match place {
                Place::Mailbox(mailbox) => self.mailbox(mailbox, key),
                Place::VirusStore(role) | Place::AccessPoint(role) | Place::IncomingPoint(role) => {
                    self.plays(*role, key);
                }
            }
            for (index, expected) in messages.iter().enumerate() {
                let at = [at.clone(), way![place.to_string().as_str(), index]].concat();
                self.expected(place, expected, &at);
            }
        }
    }

    pub(super) fn expected(&mut self, place: &Place, expected: &'d Expected, at: &Path) {
        let key = expected.what.key();
        let Some(sent) = self.sent.get(expected.about.as_str()).cloned() else {
            return self.undeclared(&expected.about, below(at, key.into()));
        };
        if let (Some(recipient), Some(known)) = (&expected.recipient, &sent.recipients)
            && !known.contains(&recipient)
        {
            let recipients: Vec<_> = known.iter().map(|to| format!("`{to}`")).collect();
            let message = format!(
                "`{recipient}` is no recipient of `{}`, which goes to {}",
                expected.about,
                recipients.join(", ")
            );
            self.wrong(below(at, "for".into()), message);
        }
        let session = matches!(place, Place::AccessPoint(_) | Place::IncomingPoint(_));
        if session != (expected.what == What::Refused) {
            let message = if session {
                format!("an SMTP session ends in `refused`, or is not named at all; `{key}` arrives in a mailbox")
            } else {
                format!("nothing is `refused` at `{place}`: name `access-point@sender` or `incoming-point@receiver`")
            };
            self.wrong(at.clone(), message);
        }
    }
}
