//! The directory of the test world: its providers, made known to every gateway as LDIF bytes.

use super::Profile;
use crate::{
    directory::{Directory, Provider},
    pki::{NEWCOMER, Pki},
    smime::Certificate,
};

/// A listed provider without any host: mail to its domain cannot be routed.
pub const UNREACHABLE: &str = "irraggiungibile.example";

/// What the test PKI calls the provider at `irraggiungibile.example`: listed like the others, played by nobody.
pub const BYSTANDER: &str = "charlie";

/// The providers that the test PKI has certificates for.
pub fn directory(pki: &Pki) -> Directory {
    directory_with(pki, std::iter::empty())
}

/// The directory of the test PKI's providers as the gateway of a profile goes by it: a provider that is none of those is
/// listed beside them.
pub fn directory_of(pki: &Pki, profile: &Profile) -> Directory {
    let listed = directory(pki);
    if profile.signer == NEWCOMER {
        let own = record(pki, profile, std::slice::from_ref(&profile.signer));
        listed.providers.iter().map(|known| (**known).clone()).chain([own]).collect()
    } else {
        listed
    }
}

/// The same with further certificates listed, by signer of the provider (`alfa`) and id (`alfa-expired`).
pub fn directory_with<'a>(pki: &Pki, also: impl Iterator<Item = (&'a str, String)>) -> Directory {
    let (alfa, bravo, delta) = (Profile::alfa(), Profile::bravo(), Profile::delta());
    let also: Vec<(&str, String)> = also.collect();
    let signers = |own: &[&'static str]| -> Vec<String> {
        let further = also.iter().filter(|(of, _)| own.contains(of)).map(|(_, id)| id.clone());
        own.iter().map(|&id| id.to_owned()).chain(further).collect()
    };
    // Two certificates each: one about to be renewed and its successor (4.5).
    let listed = record(pki, &alfa, &signers(&["alfa", "alfa-renewed"]));
    let [main_alfa, second_alfa] = environments(listed, &alfa);
    let listed = record(pki, &bravo, &signers(&["bravo", "bravo-renewed"]));
    let [main_bravo, second_bravo] = environments(listed, &bravo);
    let listed = record(pki, &delta, &signers(&["delta", "delta-renewed"]));
    let [main_delta, second_delta] = environments(listed, &delta);
    let charlie = Provider {
        dn: "providerName=Charlie Certificata S.r.l.,o=postacert".into(),
        name: "Charlie Certificata S.r.l.".into(),
        mail_receipt: format!("ricevute@{UNREACHABLE}"),
        managed_domains: vec![UNREACHABLE.into()],
        ldif_location: Some(format!("https://ldif.{UNREACHABLE}/charlie.ldif.p7m")),
        ..with_certificates(pki, &[BYSTANDER.to_owned()])
    };
    Directory::from_iter([main_alfa, second_alfa, main_bravo, second_bravo, main_delta, second_delta, charlie])
}

/// The records of a provider's two operating environments, main one first; they share everything but their domains.
fn environments(mut main: Provider, profile: &Profile) -> [Provider; 2] {
    let mut second = Provider {
        dn: format!("providerUnit=Ambiente secondario,{}", main.dn),
        unit: Some("Ambiente secondario".into()),
        ldif_location: None,
        description: Some("Ambiente secondario di test".into()),
        ..main.clone()
    };
    (second.managed_domains, main.managed_domains) =
        main.managed_domains.into_iter().partition(|domain| *domain == profile.secondary_domain);
    [main, second]
}

fn record(pki: &Pki, profile: &Profile, signers: &[String]) -> Provider {
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

fn with_certificates(pki: &Pki, signers: &[String]) -> Provider {
    let certificates: Vec<Vec<u8>> = signers.iter().filter_map(|id| pki.certificate(id)).map(<[u8]>::to_vec).collect();
    let hashes = certificates.iter().filter_map(|der| Certificate::known(der).ok()).map(|known| known.sha1());
    Provider { certificate_hashes: hashes.collect(), certificates, ..Provider::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::export;

    #[test]
    fn the_directory_survives_its_way_through_ldif() {
        let written = directory(&Pki::load().unwrap());
        let read = Directory::read(&export::ldif(&written)).unwrap();
        assert_eq!(read.providers, written.providers);
        assert!(read.providers.iter().all(|provider| !provider.certificates.is_empty()));
        let managing = |domain: &str| read.managing(domain).map(|record| record.unit.clone()).collect::<Vec<_>>();
        for (main, second) in [("bravo.example", "STUDIO.bravo.example"), ("alfa.example", "legal.ALFA.example")] {
            assert_eq!(managing(second), [Some("Ambiente secondario".to_owned())]);
            assert_eq!(managing(main), [None]);
        }
        let main = |name: &str| read.providers.iter().find(|provider| provider.dn.contains(name)).unwrap();
        assert!(["Alfa", "Bravo"].iter().all(|name| main(name).certificates.len() == 2), "one about to be renewed");
    }
}
