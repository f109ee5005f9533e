//! Who answers for a finding, where it is not whoever composed its subject.

use super::Member;
use crate::evidence::Party;

/// A party, and by name the provider that it is proved to be, where no role tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    pub(super) party: Party,
    pub(super) provider: Option<String>,
}

impl Culprit {
    /// Whether it is known that another one composed a message.
    pub(super) fn is_not(&self, composer: &Member) -> bool {
        match (self.party, &self.provider, composer.answerable()) {
            (Party::Undetermined, Some(one), Some(other)) => !one.eq_ignore_ascii_case(&other),
            (Party::Undetermined, ..) => false,
            (party, ..) => composer.composer != party,
        }
    }
}

impl From<Party> for Culprit {
    fn from(party: Party) -> Self {
        Self { party, provider: None }
    }
}

impl From<&Member> for Culprit {
    /// Whoever composed a message.
    fn from(member: &Member) -> Self {
        Self { party: member.composer, provider: member.answerable() }
    }
}
