//! Issuing what the recipe says, with rcgen.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256,
    RevocationReason, RevokedCertParams, RsaKeySize, SerialNumber,
};
use serde::{Deserialize, Serialize, de::Error as _};
use time::OffsetDateTime;

use super::{
    PkiError,
    name::distinguished_name,
    profile::{self, Keys},
    recipe::{Authority, KeyKind, Recipe, RevocationList, Server, Signing, Validity, midnight},
};

/// Everything issued, DER by id: what the cache holds.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Private keys, PKCS #8.
    pub keys: BTreeMap<String, Der>,
    /// Authorities' certificates.
    pub authorities: BTreeMap<String, Der>,
    /// Signing certificates.
    pub signers: BTreeMap<String, Der>,
    /// Servers' certificates.
    pub servers: BTreeMap<String, Der>,
    /// Revocation lists.
    pub lists: BTreeMap<String, Der>,
}

/// DER; base64 in the cache.
#[derive(Clone, PartialEq, Eq)]
pub struct Der(pub Vec<u8>);

impl Serialize for Der {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Der {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Der).map_err(D::Error::custom)
    }
}

/// Debug shows the size only: it may be a key.
impl std::fmt::Debug for Der {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Der({} bytes)", self.0.len())
    }
}

/// Issues everything, with these keys where they are named and fresh ones else.
pub fn issue(recipe: &Recipe, keys: &BTreeMap<String, Der>) -> Result<Issued, PkiError> {
    let mut office = Office { recipe, keys: BTreeMap::new(), issued: Issued::default() };
    for (name, kind) in &recipe.keys {
        let key = match keys.get(name) {
            Some(Der(key)) => KeyPair::try_from(key.as_slice())?,
            None => make_key(*kind)?,
        };
        office.issued.keys.insert(name.clone(), Der(key.serialize_der()));
        office.keys.insert(name.clone(), key);
    }
    for authority in &recipe.authorities {
        let certificate = office.authority(authority)?;
        office.issued.authorities.insert(authority.id.clone(), certificate);
    }
    for signing in recipe.signing() {
        let certificate = office.signer(&signing)?;
        office.issued.signers.insert(signing.id, certificate);
    }
    for (id, server) in &recipe.servers {
        let certificate = office.server(id, server)?;
        office.issued.servers.insert(id.clone(), certificate);
    }
    for (id, list) in &recipe.revocation_lists {
        let list = office.list(list)?;
        office.issued.lists.insert(id.clone(), list);
    }
    Ok(office.issued)
}

/// The authorities at work.
struct Office<'a> {
    recipe: &'a Recipe,
    keys: BTreeMap<String, KeyPair>,
    issued: Issued,
}

impl Office<'_> {
    fn authority(&self, authority: &Authority) -> Result<Der, PkiError> {
        let params = authority_params(authority)?;
        let key = self.key(&authority.key)?;
        let certificate = match &authority.issuer {
            Some(issuer) => params.signed_by(key, &self.issuer(issuer)?)?,
            None => params.self_signed(key)?,
        };
        Ok(Der(certificate.der().to_vec()))
    }

    fn signer(&self, signing: &Signing<'_>) -> Result<Der, PkiError> {
        let provider = self.recipe.providers.get(signing.provider);
        let provider = provider.ok_or_else(|| unknown("provider", signing.provider))?;
        let key = self.key(signing.key)?;
        let issuer = self.issuer(signing.issuer)?;
        let mut params = params(&signing.id, signing.valid);
        params.distinguished_name = profile::subject(provider, signing.departs)?;
        let keys = Keys { subject: params.key_identifier(key), issuer: params.key_identifier(issuer.key()) };
        params.custom_extensions = profile::extensions(provider, &keys, signing.also, signing.departs)?;
        Ok(Der(params.signed_by(key, &issuer)?.der().to_vec()))
    }

    fn server(&self, id: &str, server: &Server) -> Result<Der, PkiError> {
        let profile = &self.recipe.server_profile;
        let mut params = params(&format!("server {id}"), profile.valid);
        params.distinguished_name.push(DnType::CommonName, id);
        params.subject_alt_names = CertificateParams::new(server.names.clone())?.subject_alt_names;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(self.key(&profile.key)?, &self.issuer(&profile.issuer)?)?;
        Ok(Der(certificate.der().to_vec()))
    }

    fn list(&self, list: &RevocationList) -> Result<Der, PkiError> {
        let revoked = list.revoked.iter().map(|entry| {
            if !self.issued.signers.contains_key(&entry.certificate) {
                return Err(unknown("signing certificate", &entry.certificate));
            }
            Ok(RevokedCertParams {
                serial_number: serial(&entry.certificate),
                revocation_time: moment(midnight(entry.on)),
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            })
        });
        let params = CertificateRevocationListParams {
            this_update: moment(midnight(list.this_update)),
            next_update: moment(midnight(list.next_update)),
            crl_number: list.number.into(),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect::<Result<_, _>>()?,
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        Ok(Der(params.signed_by(&self.issuer(&list.issuer)?)?.der().to_vec()))
    }

    fn issuer(&self, id: &str) -> Result<Issuer<'_, &KeyPair>, PkiError> {
        let authority = self.recipe.authority(id)?;
        Ok(Issuer::new(authority_params(authority)?, self.key(&authority.key)?))
    }

    fn key(&self, name: &str) -> Result<&KeyPair, PkiError> {
        self.keys.get(name).ok_or_else(|| unknown("key", name))
    }
}

fn authority_params(authority: &Authority) -> Result<CertificateParams, PkiError> {
    let mut params = params(&authority.id, authority.valid);
    params.distinguished_name = distinguished_name(&authority.subject)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = authority.issuer.is_some();
    Ok(params)
}

/// Parameters with nothing of rcgen's defaults left that would show.
fn params(id: &str, valid: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.serial_number = Some(serial(id));
    params.not_before = moment(midnight(valid.from));
    params.not_after = moment(midnight(valid.to));
    params
}

/// A serial number that belongs to the id: rcgen's own comes from the key, and several certificates share one.
fn serial(id: &str) -> SerialNumber {
    let mut serial = digest::digest(&digest::SHA256, id.as_bytes()).as_ref()[..16].to_vec();
    serial[0] = serial[0] & 0x3f | 0x40; // positive, and never a leading zero
    serial.into()
}

fn make_key(kind: KeyKind) -> Result<KeyPair, rcgen::Error> {
    match kind {
        KeyKind::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        KeyKind::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
    }
}

fn moment(instant: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(instant.as_second()).expect("both crates end with the year 9999")
}

fn unknown(what: &str, id: &str) -> PkiError {
    PkiError::Recipe(format!("no {what} has the id `{id}`"))
}
