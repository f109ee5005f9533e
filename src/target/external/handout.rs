//! What somebody's staging system is given so that it knows the other side: the directory, the roots, and the way to it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{External, file::Counterpart};
use crate::{
    clock::{LegalTime, Machine},
    directory::{Directory, Provider, export},
    evidence::Role,
    gateway::{self, OrdinaryHost, Profile},
    pki::{Order, Pki, PkiError},
    smime::sign::Encoding,
};

/// Why nothing could be handed out.
#[derive(Debug, thiserror::Error)]
pub enum HandoutError {
    /// The test PKI.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// A file cannot be written.
    #[error("{}: {error}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Writes into a folder what a provider's staging system is to load: the directory, plain and signed, with the provider's own
/// records where there is one; the roots and lists of signatures; the root of transport; and the signing certificates, an
/// issuer each. Good on this day and for half a year. The names of the files, in order.
pub fn hand_out(folder: &Path, target: Option<&External>, machine: Machine) -> Result<Vec<String>, HandoutError> {
    let pki = Pki::ordered(&Order { day: Some(LegalTime::at(machine.now()).day()), newcomer: None })?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| HandoutError::Write { path, error })
    };
    let unwritten = |error: io::Error| HandoutError::Write { path: folder.to_owned(), error };
    fs::create_dir_all(folder).map_err(unwritten)?;
    let ldif = export::ldif(&joined(&pki, target));
    write("directory.ldif", &ldif)?;
    let mut written = vec!["directory.ldif".to_owned()];
    if let Some(signer) = pki.signer(SIGNER) {
        write("directory.ldif.p7m", &signer.sign_attached(&ldif, machine.now(), Encoding::Der))?;
        written.push("directory.ldif.p7m".to_owned());
    }
    pki.write_trust(folder).map_err(unwritten)?;
    written.extend(["root.pem", "issuing.pem", "crl.pem", "tls-root.pem"].map(str::to_owned));
    for profile in peers(target) {
        for id in [profile.signer.clone(), format!("{}-renewed", profile.signer)] {
            if let Some(certificate) = pki.certificate(&id) {
                let name = format!("{id}.cer");
                write(&name, certificate)?;
                written.push(name);
            }
        }
    }
    Ok(written)
}

/// Who signs the directory: the test PKI has no authority for that, so a signer that is no provider's.
const SIGNER: &str = "esterna";

fn joined(pki: &Pki, target: Option<&External>) -> Directory {
    let own = gateway::directory_with(pki, std::iter::empty());
    let records: &[Provider] = target.map_or(&[], |target| &target.records);
    crate::target::given::with_records(&own, records)
}

/// The reference gateways that may play the other side.
fn peers(target: Option<&External>) -> Vec<Profile> {
    let mut peers = vec![Profile::alfa(), Profile::bravo(), Profile::delta()];
    peers.retain(|peer| target.is_none_or(|target| target.document.provider != peer.provider));
    peers
}

impl External {
    /// The port at which a reference gateway awaits its mail; any, where it has no way there.
    pub(in crate::target) fn port_of(&self, peer: &Profile, role: Role) -> u16 {
        let at = self.counterpart();
        let is_last = || peers(Some(self)).last().is_some_and(|last| last.provider == peer.provider);
        match at.second_incoming {
            Some(port) if is_last() => port,
            None if role == Role::SecondReceiver => 0,
            _ => at.incoming,
        }
    }
}

/// Where mail goes that a target has for the other side, for people and for Postfix.
pub fn routes(target: &External) -> String {
    let Counterpart { bind, posta, .. } = *target.counterpart();
    // Whoever listens on every interface is reached at this machine's own address, which nobody here knows.
    let host = if bind.is_unspecified() { "ADDRESS-OF-THIS-MACHINE".to_owned() } else { bind.to_string() };
    let peers = peers(Some(target));
    let ordinary = OrdinaryHost::default();
    let port = |peer: &Profile| target.port_of(peer, Role::Receiver);
    let certified =
        peers.iter().flat_map(|peer| peer.domains.iter().map(move |domain| (domain, &peer.host, port(peer))));
    let all: Vec<(&String, &String, u16)> =
        certified.chain(ordinary.domains.iter().map(|domain| (domain, &ordinary.host, posta))).collect();
    let way = |(domain, name, port): &(&String, &String, u16)| {
        let how = if *port == posta { "STARTTLS when offered" } else { "STARTTLS always" };
        format!("{domain}  {host}:{port}  {name}  {how}")
    };
    let mut names: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for peer in &peers {
        names.entry(port(peer)).or_default().push(&peer.host);
    }
    let mut lines = vec!["# domain, where its mail goes, and the name in the certificate there".to_owned()];
    lines.extend(all.iter().map(way));
    lines.extend([String::new(), "# Postfix: transport_maps".to_owned()]);
    lines.extend(all.iter().map(|(domain, _, port)| format!("{domain}  smtp:[{host}]:{port}")));
    lines.extend([
        String::new(),
        "# Postfix: smtp_tls_policy_maps, with smtp_tls_CAfile = tls-root.pem of `directory export`".to_owned(),
    ]);
    lines.extend(names.iter().map(|(port, names)| format!("[{host}]:{port}  secure match={}", names.join(":"))));
    lines.extend([format!("[{host}]:{posta}  may"), String::new()]);
    lines.join("\n")
}
