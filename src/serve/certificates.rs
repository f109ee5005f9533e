//! Keys and certificates from files.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

use crate::{
    bounded::{self, MIB},
    gateway::choices::PeerNames,
    pki::tls,
    shown::path_text,
    smime::{self, Certificate, Signer, Wanted, key::KeyError, sign::PrivateKey},
};

/// Octets of a file at most: the largest revocation lists take some ninety MB.
const LARGEST: u64 = 256 * MIB;

fn read(path: &Path) -> Result<Vec<u8>, String> {
    bounded::read(path, LARGEST).map_err(|error| format!("{}: {error}", path_text(path)))
}

/// What a file holds, DER by DER, or why it does not.
pub type Held = Result<Vec<Arc<[u8]>>, String>;

/// Certificates.
pub fn certificates(path: &Path) -> Held {
    held(path, Wanted::Certificates)
}

/// Revocation lists.
pub fn lists(path: &Path) -> Held {
    held(path, Wanted::RevocationLists)
}

fn held(path: &Path, wanted: Wanted) -> Held {
    wanted.of_file(read(path)?).map_err(|problem| format!("{}: {problem}", path_text(path)))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    // What is wrong inside a key's file is not told: it would show the key.
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|_| format!("{}: no private key in PEM", path_text(path)))
}

/// The first certificate of a file, before those of its issuers.
pub fn own(path: &Path) -> Result<Certificate, String> {
    Certificate::read(&certificates(path)?[0]).map_err(|problem| format!("{}: {problem}", path_text(path)))
}

/// A signer from its certificate, with the issuers that travel with it behind it, and its key: of RSA, the one kind that every
/// PEC system reads.
pub fn signer(certificate: &Path, key: &Path) -> Result<Signer, String> {
    let chain = certificates(certificate)?.iter().map(|der| der.to_vec()).collect();
    let signer = smime::key::signer(chain, &read(key)?, None).map_err(|error| match error {
        KeyError::AnotherCertificate => {
            format!("the key in {} is not that of the certificate in {}", path_text(key), path_text(certificate))
        }
        KeyError::Certificate(_) => format!("{}: {error}", path_text(certificate)),
        _ => format!("{}: {error}", path_text(key)),
    })?;
    match signer.key {
        PrivateKey::Rsa(_) => Ok(signer),
        PrivateKey::P256(_) | PrivateKey::P384(_) => {
            Err(format!("{}: not an RSA key, and not every PEC system reads what another signs", path_text(key)))
        }
    }
}

/// A server's certificate, with the issuers that travel with it, and its key.
pub fn server(certificate: &Path, key: &Path) -> Result<CertifiedKey, String> {
    let chain = certificates(certificate)?.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    CertifiedKey::from_der(chain, self::key(key)?, &aws_lc_rs::default_provider())
        .map_err(|error| format!("{} and {}: {error}", path_text(certificate), path_text(key)))
}

/// The certificate that servers show, which can be changed while they run.
#[derive(Debug)]
pub struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    /// This one to begin with.
    pub fn new(first: CertifiedKey) -> Self {
        Self(RwLock::new(Arc::new(first)))
    }

    /// Another one from now on.
    pub fn change(&self, next: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Roots that peers' certificates are held to.
pub struct Roots(RootCertStore);

impl Default for Roots {
    fn default() -> Self {
        Self(RootCertStore::empty())
    }
}

impl Roots {
    /// One more.
    pub fn add(&mut self, der: &[u8]) -> Result<(), String> {
        self.0.add(CertificateDer::from(der.to_vec())).map_err(|error| error.to_string())
    }

    /// Those of a file.
    fn read(&mut self, path: &Path) -> Result<(), String> {
        for der in certificates(path)? {
            self.add(&der).map_err(|problem| format!("{}: {problem}", path_text(path)))?;
        }
        Ok(())
    }

    /// Those of several files, from this folder.
    pub fn read_all(&mut self, folder: &Path, paths: &[PathBuf]) -> Result<(), String> {
        paths.iter().try_for_each(|path| self.read(&folder.join(path)))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// TLS of a client that trusts them.
    pub fn client(self, names: PeerNames) -> Result<ClientConfig, String> {
        let client = match names {
            PeerNames::Demanded => tls::client(self.0),
            PeerNames::Ignored => tls::client_of_any_name(self.0),
        };
        client.map_err(|error| error.to_string())
    }
}
