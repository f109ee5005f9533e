//! What a verdict is about, in words, and who answers for it.

use crate::{
    evidence::{Party, Seen},
    message::Kind,
    smime::Certificate,
};

use super::super::{GivenCertificate, Outcome, Rule, Verdict, exhibit::Exhibit};

/// What a verdict is about.
pub(super) struct About {
    pub(super) subject: String,
    pub(super) observation: Option<usize>,
    pub(super) kind: Option<Kind>,
    pub(super) blame: Party,
    pub(super) provider: Option<String>,
}

impl Default for About {
    fn default() -> Self {
        Self { subject: String::new(), observation: None, kind: None, blame: Party::Undetermined, provider: None }
    }
}

impl About {
    pub(super) fn verdict(self, rule: &'static Rule, outcome: Outcome) -> Verdict {
        let Self { subject, observation, kind, blame, provider } = self;
        Verdict { rule, subject, observation, kind, blame, provider, outcome }
    }

    pub(super) fn message(exhibit: &Exhibit<'_>) -> Self {
        let first = exhibit.copies.first();
        let kind = exhibit.copies.message.kind.map(Kind::title);
        let what = match (exhibit.copies.message.shape.part(), kind) {
            (None, kind) => kind.unwrap_or("of no known kind").to_owned(),
            (Some(part), Some(kind)) => format!("{kind}, its {part} alone,"),
            (Some(part), None) => format!("a {part} alone"),
        };
        let place = match &first.seen {
            Seen::Mailbox { address, .. } => format!("in {address}'s mailbox"),
            Seen::Wire { from, to } => format!("from {from} to {to}"),
            Seen::File { path } => format!("in {path}"),
            Seen::Submitted { .. } => "submitted".to_owned(),
            Seen::VirusStore { of } => format!("in the {of}'s virus store"),
        };
        Self {
            subject: format!("message {} ({what} {place})", first.id),
            observation: Some(first.id),
            kind: exhibit.copies.message.kind,
            blame: exhibit.composer,
            provider: exhibit.answerable(),
        }
    }

    pub(super) fn certificate(exhibit: &Exhibit<'_>, signer: &Certificate) -> Self {
        Self {
            subject: format!("certificate {} of {}", signer.serial, signer.subject),
            observation: Some(exhibit.copies.first().id),
            kind: None,
            blame: exhibit.composer,
            provider: exhibit.answerable(),
        }
    }

    pub(super) fn given(given: &GivenCertificate) -> Self {
        let Certificate { serial, subject, .. } = &given.certificate;
        let subject = format!("certificate {serial} of {subject}");
        Self { subject, provider: given.provider.clone(), ..Self::default() }
    }
}
