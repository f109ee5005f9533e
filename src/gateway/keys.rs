//! What a gateway signs and secures its channels with.

use std::{collections::BTreeMap, io, sync::Arc};

use rustls::{ClientConfig, ServerConfig};

use super::{Profile, choices::PeerNames};
use crate::{clock::Machine, pki::Pki, smime::Signer};

/// A gateway's keys and certificates.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs what the provider sends (2.2.6).
    pub signer: Signer,
    /// TLS of its services.
    pub tls: Arc<ServerConfig>,
    /// TLS when it calls other hosts, where it is not that of its surroundings.
    pub calling: Option<Arc<ClientConfig>>,
    /// Signers that its deviations name, by id: it signs with them where it is wrong on purpose.
    pub others: BTreeMap<String, Signer>,
}

impl Keys {
    /// Those that the test PKI has for a profile; `machine` tells the day that TLS goes by.
    pub fn of_test(pki: &Pki, machine: Machine, profile: &Profile) -> io::Result<Self> {
        let missing = |what: &str, id: &str| io::Error::other(format!("the test PKI has no {what} {id}"));
        let signer = pki.signer(&profile.signer).ok_or_else(|| missing("signing certificate", &profile.signer))?;
        let tls = pki.tls_server_config(&profile.tls, machine);
        let named = profile.deviations.iter().filter_map(|deviation| deviation.edit.signer());
        Ok(Self {
            signer: signer.clone(),
            tls: tls.ok_or_else(|| missing("TLS certificate", &profile.tls))?,
            calling: (profile.choices.peer_names == PeerNames::Ignored).then(|| pki.tls_client_of_any_name(machine)),
            others: named.filter_map(|id| Some((id.to_owned(), pki.signer(id)?.clone()))).collect(),
        })
    }
}
