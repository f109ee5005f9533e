//! What a message is to the rules: each answer holds what it proves, so that a rule takes it with `?` and has it.

use crate::{
    evidence::Seen,
    message::{Daticert, DaticertReading, Kind, Mail, Parts, Shape, Signed},
};

use super::MessageSubject;

impl<'a> MessageSubject<'a> {
    /// The message, where a provider's system claims to have generated it, and not a client: a user may write any
    /// header field. It is there with its header.
    pub fn generated(&self) -> Option<&'a Mail> {
        let message = self.message;
        let submitted = matches!(self.observation.seen, Seen::Submitted { .. });
        (!submitted && message.shape.has_header() && message.is_generated()).then_some(&message.mail)
    }

    /// The same of a kind that certifies: every one but the anomaly envelope.
    pub fn certifying(&self) -> Option<&'a Mail> {
        self.generated().filter(|_| self.message.kind != Some(Kind::Anomalia))
    }

    /// The parts of what a provider's system signs, with the message's header around them or without.
    pub fn content(&self) -> Option<&'a Parts> {
        let message = self.message;
        let by_itself = message.shape == Shape::Content && (message.kind.is_some() || message.daticert.is_some());
        (by_itself || self.generated().is_some()).then_some(&message.parts)
    }

    /// The same of what certifies.
    pub fn certifying_content(&self) -> Option<&'a Parts> {
        self.content().filter(|_| self.message.kind != Some(Kind::Anomalia))
    }

    /// Its daticert.xml, in a message or by itself.
    pub fn daticert(&self) -> Option<&'a DaticertReading> {
        let there = self.message.shape == Shape::Daticert || self.certifying_content().is_some();
        self.message.daticert.as_ref().filter(|_| there)
    }

    /// What a daticert.xml says that can be read, in a message or by itself.
    pub fn certified(&self) -> Option<&'a Daticert> {
        self.daticert()?.data.as_ref()
    }

    /// The same beside the header of the message that it is in.
    pub fn certified_below_header(&self) -> Option<&'a Daticert> {
        self.certifying()?;
        self.data()
    }

    /// A provider's signature, over what it signs or by itself.
    pub fn signed(&self) -> Option<&'a Signed> {
        let there = self.message.shape == Shape::Signature || self.content().is_some();
        self.message.signed.as_ref().filter(|_| there)
    }

    /// The message, where it is a transport or an anomaly envelope.
    pub fn envelope(&self) -> Option<&'a Mail> {
        self.generated_as(Kind::is_envelope)
    }

    /// The message, where it is a transport envelope.
    pub fn transport(&self) -> Option<&'a Mail> {
        self.generated_as(|kind| kind == Kind::PostaCertificata)
    }

    /// The message, where it is an anomaly envelope.
    pub fn anomaly(&self) -> Option<&'a Mail> {
        self.generated_as(|kind| kind == Kind::Anomalia)
    }

    /// The message, where it is a notification.
    pub fn notification(&self) -> Option<&'a Mail> {
        self.generated_as(|kind| !kind.is_envelope())
    }

    fn generated_as(&self, wanted: impl Fn(Kind) -> bool) -> Option<&'a Mail> {
        self.generated().filter(|_| self.settled_kind().is_some_and(wanted))
    }

    /// An envelope and the message inside.
    pub fn enclosing(&self) -> Option<(&'a Mail, &'a Mail)> {
        self.envelope().zip(self.original)
    }

    /// The certified message inside, in one of a kind that carries it, and what is certified.
    pub fn certified_original(&self) -> Option<(&'a Mail, &'a Daticert)> {
        let data = self.certified_below_header()?;
        let carries = match self.settled_kind()? {
            Kind::PostaCertificata => true,
            Kind::AvvenutaConsegna => data.ricevuta.as_deref() != Some("sintetica"),
            _ => false,
        };
        self.original.filter(|_| carries).zip(Some(data))
    }

    /// The same in a transport envelope: what the access point accepted.
    pub fn accepted(&self) -> Option<(&'a Mail, &'a Daticert)> {
        self.transport()?;
        self.certified_original()
    }

    /// The kind, unless it is a client's own message, or header and certification tell of two kinds: that is said once,
    /// by `daticert/type`, and not again by every rule of either kind.
    pub fn settled_kind(&self) -> Option<Kind> {
        let submitted = matches!(self.observation.seen, Seen::Submitted { .. });
        self.message.settled_kind().filter(|_| !submitted)
    }

    /// Which of these kinds it is, by its header and by what it certifies.
    pub fn one_of(&self, kinds: &[Kind]) -> Option<Kind> {
        self.settled_kind().filter(|kind| kinds.contains(kind))
    }

    /// Whether it is of one of these kinds.
    pub fn is(&self, kinds: &[Kind]) -> bool {
        self.one_of(kinds).is_some()
    }
}
