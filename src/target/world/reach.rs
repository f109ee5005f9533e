//! Whether TLS comes about with a gateway elsewhere: where it does not, nobody can tell whose limits those are.

use std::collections::BTreeMap;

use super::World;
use crate::{evidence::Party, gateway::Errand, net::Transcript, scenario::given::TlsName, target::TargetError};

/// How many sessions in a row are enough to say that TLS does not come about.
#[derive(Clone, Copy, Debug)]
pub enum Tries {
    /// A single one may have failed by the way, as long as more may come.
    SoFar,
    /// What was to come has not, and is waited for no longer: the last one may be why.
    InTheEnd,
}

impl Tries {
    fn enough(self) -> usize {
        match self {
            Self::SoFar => 2,
            Self::InTheEnd => 1,
        }
    }
}

impl World {
    /// An error where TLS did not come about between a host that lives here and a gateway elsewhere, whoever called, as often
    /// as it was tried last: below version 1.2, without certificates, or where one does not trust the other, nothing is played.
    pub fn is_secured(&self, tries: Tries) -> Result<(), TargetError> {
        if self.outside.is_empty() {
            return Ok(());
        }
        let mut sessions: BTreeMap<(String, String), Vec<Transcript>> = BTreeMap::new();
        for Errand { client, server, transcript, .. } in self.lab.tap().errands() {
            sessions.entry((client, server)).or_default().push(transcript);
        }
        for (seen, from) in self.callers().of_the_play {
            if self.is_outside(from) && self.bears_its_name(self.party(&seen.server)) {
                let client = seen.transcript.client().unwrap_or_default();
                sessions.entry((client, seen.server)).or_default().push(seen.transcript);
            }
        }
        for ((client, server), sessions) in sessions {
            let enough = tries.enough();
            let why: Option<Vec<String>> = sessions.iter().rev().take(enough).map(Transcript::unsecured).collect();
            if let Some(why) = why.filter(|why| why.len() == enough) {
                let what = format!(
                    "TLS did not come about between {client} and {server}: {}; TLS below 1.2 and suites without a certificate \
                     are out of reach here, and each must trust the other's certificate",
                    why[0]
                );
                return Err(TargetError::infrastructure(what));
            }
        }
        Ok(())
    }

    /// Whether a host's certificate is one that others are to trust, as the scenario has it.
    fn bears_its_name(&self, host: Party) -> bool {
        let given = host.role().and_then(|role| self.opening.given.gateway(role));
        given.is_none_or(|given| given.tls_name == TlsName::Own)
    }
}
