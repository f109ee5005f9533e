//! The test PKI: reads the recipe in `certs/`, issues, caches. Trusted by nobody, the same on any day unless
//! an [`Order`] names another.

mod cache;
mod issue;
mod name;
mod order;
mod profile;
pub mod recipe;
pub mod tls;

use std::{
    collections::BTreeMap,
    fs, iter,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use jiff::civil::Date;
use rustls::{ClientConfig, RootCertStore, ServerConfig, client::Resumption};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

pub use self::order::{NEWCOMER, Newcomer, Order};
use self::{
    issue::{Der, Issued},
    recipe::{Provider, Recipe},
    tls::Today,
};
use crate::{
    clock::Machine,
    smime::{Signer, Trust, sign::PrivateKey},
};

/// Everything issued, ready to use.
#[derive(Debug)]
pub struct Pki {
    recipe: Recipe,
    issued: Issued,
    signers: BTreeMap<String, Signer>,
    servers: BTreeMap<String, ServerConfig>,
    client: ClientConfig,
    client_of_any_name: ClientConfig,
}

/// Which revocation lists are at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Up to date at the scenarios' time.
    Current,
    /// Out of date long before.
    Stale,
    /// None at all.
    Missing,
}

/// Why there is no test PKI.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// The recipe is wrong.
    #[error("certs/recipe.yaml: {0}")]
    Recipe(String),
    /// An order for a day that no certificate can name.
    #[error("the test PKI cannot be issued for so far a day: {0} moves out of the calendar")]
    Day(Date),
    /// A certificate or a list could not be made.
    #[error("issuing the test PKI: {0}")]
    Issuing(#[from] rcgen::Error),
    /// A part of a certificate could not be encoded.
    #[error("issuing the test PKI: {0}")]
    Encoding(#[from] der::Error),
    /// A key could not be used.
    #[error("the key `{0}` of the test PKI is not usable")]
    Key(String),
    /// TLS refuses what was issued.
    #[error("TLS with the test PKI: {0}")]
    Tls(#[from] rustls::Error),
    /// The cache cannot be read or written.
    #[error("the cache of the test PKI in {path} (set PEC_PKI_CACHE to another folder): {source}")]
    Cache {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Pki {
    /// The PKI of this machine, issued on first use: by `PEC_PKI_CACHE`, else in the user's cache directory.
    pub fn load() -> Result<Arc<Self>, PkiError> {
        static LOADED: OnceLock<Arc<Pki>> = OnceLock::new();
        if let Some(pki) = LOADED.get() {
            return Ok(pki.clone());
        }
        let pki = Self::load_from(&cache::folder())?;
        Ok(LOADED.get_or_init(|| Arc::new(pki)).clone())
    }

    /// The PKI of this machine, otherwise than the recipe has it; where it is not, [`Pki::load`] is what is meant.
    pub fn ordered(order: &Order) -> Result<Arc<Self>, PkiError> {
        if order.is_plain() { Self::load() } else { Self::ordered_from(&cache::folder(), order).map(Arc::new) }
    }

    /// The PKI cached in a folder, issued there first where need be.
    pub fn load_from(folder: &Path) -> Result<Self, PkiError> {
        Self::ordered_from(folder, &Order::default())
    }

    fn ordered_from(folder: &Path, order: &Order) -> Result<Self, PkiError> {
        let recipe = order.apply(Recipe::read(recipe::TEXT)?)?;
        let issued = cache::load(folder, &recipe, order)?;
        Self::assemble(recipe, issued)
    }

    fn assemble(recipe: Recipe, issued: Issued) -> Result<Self, PkiError> {
        let mut keys: BTreeMap<&str, PrivateKey> = BTreeMap::new();
        let mut signers = BTreeMap::new();
        for signing in recipe.signing() {
            let key = match keys.get(signing.key) {
                Some(key) => key.clone(),
                None => private_key(&issued, signing.key)?,
            };
            keys.insert(signing.key, key.clone());
            let certificate = find(&issued.signers, &signing.id)?.to_vec();
            let chain = chain(&recipe, &issued, signing.issuer)?;
            signers.insert(signing.id, Signer { certificate, chain, key });
        }
        let server_key = find(&issued.keys, &recipe.server_profile.key)?;
        let server_chain = chain(&recipe, &issued, &recipe.server_profile.issuer)?;
        let mut servers = BTreeMap::new();
        for (id, certificate) in &issued.servers {
            let own = CertificateDer::from(certificate.0.clone());
            let issuers = server_chain.iter().map(|der| CertificateDer::from(der.clone()));
            let key = PrivatePkcs8KeyDer::from(server_key.to_vec());
            servers.insert(id.clone(), tls::server(iter::once(own).chain(issuers).collect(), key.into())?);
        }
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(find(&issued.authorities, &recipe.trust.tls)?.to_vec()))?;
        let client_of_any_name = tls::client_of_any_name(roots.clone())?;
        let client = tls::client(roots)?;
        Ok(Self { recipe, issued, signers, servers, client, client_of_any_name })
    }

    /// The signer with this id in the recipe (`alfa`, `alfa-expired`, ...).
    pub fn signer(&self, id: &str) -> Option<&Signer> {
        self.signers.get(id)
    }

    /// Ids of all signers, good and bad.
    pub fn signer_ids(&self) -> impl Iterator<Item = &str> {
        self.signers.keys().map(String::as_str)
    }

    /// The certificate, DER, of a signer or an authority.
    pub fn certificate(&self, id: &str) -> Option<&[u8]> {
        self.issued.signers.get(id).or_else(|| self.issued.authorities.get(id)).map(|der| der.0.as_slice())
    }

    /// A provider's name and service address as its certificates have them.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.recipe.providers.get(id)
    }

    /// The root of signatures with up-to-date revocation lists.
    pub fn trust(&self) -> Trust {
        self.trust_with(Lists::Current)
    }

    /// The root of signatures with the revocation lists of choice.
    pub fn trust_with(&self, lists: Lists) -> Trust {
        let ids: &[String] = match lists {
            Lists::Current => &self.recipe.trust.lists,
            Lists::Stale => &self.recipe.trust.stale_lists,
            Lists::Missing => &[],
        };
        let lists = ids.iter().filter_map(|id| self.issued.lists.get(id)).map(|list| list.0.as_slice());
        Trust::new(self.certificate(&self.recipe.trust.signatures), lists)
    }

    /// The root of signatures with up-to-date revocation lists that a signing certificate was put on since: `alfa`,
    /// `bravo` or `delta`; `None` for any other.
    pub fn trust_after_revoking(&self, signer: &str) -> Option<Trust> {
        let after = self.issued.lists.get(&format!("{}-without-{signer}", self.recipe.signing_profile.issuer))?;
        let others = self.recipe.trust.lists.iter().filter(|id| **id != self.recipe.signing_profile.issuer);
        let lists = others.filter_map(|id| self.issued.lists.get(id)).chain([after]).map(|list| list.0.as_slice());
        Some(Trust::new(self.certificate(&self.recipe.trust.signatures), lists))
    }

    /// TLS of a server (`alfa`, `bravo`, `posta`) on a day: its certificate is good for `localhost`, 127.0.0.1 and its
    /// names.
    pub fn tls_server_config(&self, id: &str, today: Machine) -> Option<Arc<ServerConfig>> {
        let mut config = self.servers.get(id)?.clone();
        config.time_provider = Arc::new(Today(today));
        Some(Arc::new(config))
    }

    /// TLS of a client on a day, which trusts the root of transport.
    pub fn tls_client_config(&self, today: Machine) -> Arc<ClientConfig> {
        on_day(&self.client, today)
    }

    /// The same, of a client that takes a certificate whatever host it names.
    pub fn tls_client_of_any_name(&self, today: Machine) -> Arc<ClientConfig> {
        on_day(&self.client_of_any_name, today)
    }

    /// The root of signatures, PEM.
    pub fn root_pem(&self) -> String {
        self.certificate(&self.recipe.trust.signatures).map(|der| pem("CERTIFICATE", der)).unwrap_or_default()
    }

    /// The root of transport, DER.
    pub fn tls_root(&self) -> &[u8] {
        self.certificate(&self.recipe.trust.tls).unwrap_or_default()
    }

    /// The root of transport, PEM, for outside clients.
    pub fn tls_root_pem(&self) -> String {
        pem("CERTIFICATE", self.tls_root())
    }

    /// Writes what an outside oracle needs into a folder: `root.pem`, `issuing.pem`, `crl.pem` (current lists, one after
    /// the other) and `tls-root.pem`.
    pub fn write_trust(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let issuing = self.certificate(&self.recipe.signing_profile.issuer).map(|der| pem("CERTIFICATE", der));
        let lists: String = self.trust().crls().iter().map(|list| pem("X509 CRL", list)).collect();
        fs::write(folder.join("root.pem"), self.root_pem())?;
        fs::write(folder.join("issuing.pem"), issuing.unwrap_or_default())?;
        fs::write(folder.join("crl.pem"), lists)?;
        fs::write(folder.join("tls-root.pem"), self.tls_root_pem())
    }
}

fn on_day(client: &ClientConfig, today: Machine) -> Arc<ClientConfig> {
    let mut config = client.clone();
    config.time_provider = Arc::new(Today(today));
    // A session of another day would be resumed without a look at the certificate.
    config.resumption = Resumption::default();
    Arc::new(config)
}

fn private_key(issued: &Issued, name: &str) -> Result<PrivateKey, PkiError> {
    PrivateKey::read(find(&issued.keys, name)?).ok_or_else(|| PkiError::Key(name.to_owned()))
}

/// The issuers that travel with a certificate, nearest first, without the root.
fn chain(recipe: &Recipe, issued: &Issued, issuer: &str) -> Result<Vec<Vec<u8>>, PkiError> {
    let mut chain = Vec::new();
    let mut next = recipe.authority(issuer)?;
    while let Some(above) = &next.issuer {
        chain.push(find(&issued.authorities, &next.id)?.to_vec());
        next = recipe.authority(above)?;
    }
    Ok(chain)
}

fn find<'a>(issued: &'a BTreeMap<String, Der>, id: &str) -> Result<&'a [u8], PkiError> {
    issued.get(id).map(|der| der.0.as_slice()).ok_or_else(|| PkiError::Recipe(format!("nothing issued as `{id}`")))
}

fn pem(label: &'static str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).expect("DER has a PEM form")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(folder: &Path) -> Issued {
        Pki::load_from(folder).unwrap().issued
    }

    #[test]
    fn many_loaders_at_once_issue_once_and_a_spoilt_cache_is_issued_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("below");
        let issued: Vec<Issued> = std::thread::scope(|scope| {
            let loaders: Vec<_> = (0..4).map(|_| scope.spawn(|| load(&cache))).collect();
            loaders.into_iter().map(|loader| loader.join().unwrap()).collect()
        });
        assert!(issued.iter().all(|other| *other == issued[0]));

        let names: Vec<PathBuf> = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
        let file = names.iter().find(|path| path.extension().is_some_and(|extension| extension == "pki")).unwrap();
        assert_eq!(names.len(), 2, "the lock and one entry, nothing temporary: {names:?}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions()) & 0o777, 0o600);

        let spoilt = fs::read_to_string(file).unwrap().replacen("MII", "MIJ", 1);
        fs::write(file, spoilt).unwrap();
        let anew = load(&cache);
        assert_ne!(anew, issued[0]);
        assert_eq!(anew, load(&cache));
    }

    #[test]
    fn a_signer_travels_with_its_issuing_ca_and_never_with_a_root() {
        let pki = Pki::load().unwrap();
        let issuing = pki.certificate("issuing").unwrap().to_vec();
        assert_eq!(pki.signer("alfa").unwrap().chain, [issuing]);
        assert!(pki.signer("alfa-wrong-ca").unwrap().chain.is_empty());
        assert!(pki.signer("carlo").is_none());
    }

    #[test]
    fn an_unknown_key_in_the_recipe_is_refused_with_its_place() {
        let wrong = recipe::TEXT.replacen("defective:\n", "defective:\n  colour: red\n", 1);
        let error = Recipe::read(&wrong).unwrap_err().to_string();
        assert!(error.contains("colour") && error.contains("line"), "{error}");
    }
}
