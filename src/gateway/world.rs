//! The directory of the test world: its providers, made known to every gateway as LDIF bytes.

use super::Profile;
use crate::{
    directory::{Directory, Provider},
    pki::Pki,
    smime::Certificate,
};

/// A listed provider without any host: mail to its domain cannot be routed.
pub const UNREACHABLE: &str = "irraggiungibile.example";

/// The providers that the test PKI has certificates for.
pub fn directory(pki: &Pki) -> Directory {
    let (alfa, bravo) = (Profile::alfa(), Profile::bravo());
    // Two certificates: one about to be renewed and its successor (4.5).
    let main_alfa = record(pki, &alfa, &["alfa", "alfa-renewed"]);
    let mut main_bravo = record(pki, &bravo, &["bravo"]);
    let mut second_bravo = Provider {
        dn: format!("providerUnit=Ambiente secondario,{}", main_bravo.dn),
        unit: Some("Ambiente secondario".into()),
        ldif_location: None,
        description: Some("Ambiente secondario di test".into()),
        ..main_bravo.clone()
    };
    (second_bravo.managed_domains, main_bravo.managed_domains) =
        main_bravo.managed_domains.into_iter().partition(|domain| domain.starts_with("studio."));
    let charlie = Provider {
        dn: "providerName=Charlie Certificata S.r.l.,o=postacert".into(),
        name: "Charlie Certificata S.r.l.".into(),
        mail_receipt: format!("ricevute@{UNREACHABLE}"),
        managed_domains: vec![UNREACHABLE.into()],
        ldif_location: Some(format!("https://ldif.{UNREACHABLE}/charlie.ldif.p7m")),
        ..with_certificates(pki, &["charlie"])
    };
    Directory { providers: vec![main_alfa, main_bravo, second_bravo, charlie] }
}

fn record(pki: &Pki, profile: &Profile, signers: &[&str]) -> Provider {
    Provider {
        dn: format!("providerName={},o=postacert", profile.provider),
        name: profile.provider.clone(),
        mail_receipt: profile.receipt_mailbox.clone(),
        managed_domains: profile.domains.clone(),
        ldif_location: Some(format!("https://ldif.{}/{}.ldif.p7m", profile.domains[0], profile.name)),
        description: Some("Gestore di test".into()),
        ..with_certificates(pki, signers)
    }
}

fn with_certificates(pki: &Pki, signers: &[&str]) -> Provider {
    let certificates: Vec<Vec<u8>> = signers.iter().filter_map(|id| pki.certificate(id)).map(<[u8]>::to_vec).collect();
    let hashes = certificates.iter().filter_map(|der| Certificate::read(der).ok()).map(|known| known.sha1());
    Provider { certificate_hashes: hashes.collect(), certificates, ..Provider::default() }
}
