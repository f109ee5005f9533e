//! Directories and certificates judged by themselves.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;

use super::bench::{directory, instant, pki};
use crate::{
    directory::{Directory, export},
    evidence::{DirectoryVersion, Evidence},
    rules::{Options, Outcome, judge},
    smime::sign::Encoding,
};

/// Rules that failed, with how many findings each.
fn failed(evidence: &Evidence) -> BTreeMap<&'static str, usize> {
    let verdicts = judge(evidence, &Options::default()).verdicts;
    let findings = |outcome: &Outcome| match outcome {
        Outcome::Fail(findings) | Outcome::CannotTell(findings) => findings.len(),
        Outcome::Pass => 0,
        Outcome::InternalError(problem) => panic!("{problem}"),
    };
    verdicts.iter().map(|verdict| (verdict.rule.id, findings(&verdict.outcome))).collect()
}

fn given(file: Vec<u8>, from: Timestamp) -> Evidence {
    let certificates = Directory::read(&file).map(|directory| directory.providers).unwrap_or_default();
    Evidence {
        certificates: certificates.iter().flat_map(|provider| provider.certificates.clone()).collect(),
        directories: vec![DirectoryVersion::from(from, file)],
        ..Evidence::default()
    }
}

/// The providers that list certificates.
fn all() -> Directory {
    let providers = directory().providers.iter().filter(|provider| !provider.certificates.is_empty());
    providers.cloned().collect()
}

/// The record of one provider only.
fn own(name: &str) -> Vec<u8> {
    let all = all().providers;
    export::ldif(&all.into_iter().filter(|provider| provider.name.starts_with(name)).collect())
}

fn signed(file: &[u8], signer: &str, encoding: Encoding) -> Vec<u8> {
    pki().signer(signer).unwrap().sign_attached(file, instant(), encoding)
}

#[test]
fn a_right_directory_passes_plain_and_signed() {
    let all = export::ldif(&all());
    for file in [all.clone(), signed(&all, "alfa", Encoding::Der), signed(&own("Alfa"), "alfa", Encoding::Der)] {
        assert_eq!(failed(&given(file, instant())), BTreeMap::new());
    }
    let streamed = signed(&all, "bravo", Encoding::Ber);
    assert_eq!(failed(&given(streamed, instant())), BTreeMap::from([("directory/signed-der", 1)]));
}

#[test]
fn a_providers_own_file_is_signed_by_that_provider() {
    let by_another = signed(&own("Alfa"), "bravo", Encoding::Der);
    assert_eq!(failed(&given(by_another, instant())), BTreeMap::from([("directory/signer-listed", 1)]));
}

#[test]
fn what_only_begins_like_a_signed_file_is_told() {
    let cut_off = &signed(&own("Alfa"), "alfa", Encoding::Der)[..3000];
    assert_eq!(failed(&given(cut_off.to_vec(), instant())), BTreeMap::from([("directory/signature-valid", 1)]));
    let no_directory = signed(b"%PDF-1.7", "alfa", Encoding::Der);
    assert_eq!(failed(&given(no_directory, instant())), BTreeMap::from([("directory/readable", 1)]));
}

#[test]
fn certificates_expire_where_the_day_is_known_only() {
    let later = "2040-01-01T00:00:00Z".parse().unwrap();
    let records = all().providers.len();
    let expired = BTreeMap::from([("directory/certificate-valid", records)]);
    assert_eq!(failed(&given(export::ldif(&all()), later)), expired);
    assert_eq!(failed(&given(export::ldif(&all()), Timestamp::MIN)), BTreeMap::new());
}

#[test]
fn a_certificate_is_judged_by_its_profile_without_any_message() {
    let alone =
        |id: &str| Evidence { certificates: vec![pki().certificate(id).unwrap().to_vec()], ..Evidence::default() };
    assert_eq!(failed(&alone("alfa")), BTreeMap::new());
    assert_eq!(failed(&alone("alfa-no-key-usage")), BTreeMap::from([("certificate/key-usage", 1)]));
    let misnamed = Directory::from_iter([crate::directory::Provider {
        dn: "providerName=Altra Posta,o=postacert".to_owned(),
        name: "Altra Posta".to_owned(),
        ..(*directory().providers[0]).clone()
    }]);
    let mut listed = given(export::ldif(&misnamed), instant());
    listed.certificates.truncate(1);
    assert_eq!(failed(&listed), BTreeMap::from([("certificate/provider-name", 1)]));
}

#[test]
fn a_crowd_of_secondary_environments_takes_no_time() {
    let mut file = String::from("version: 1\n");
    for number in 0..20_000 {
        let _ = write!(
            file,
            "\ndn: providerUnit={number},providerName=X,o=postacert\nobjectclass: provider\nproviderName: X\n\
             providerUnit: {number}\nproviderCertificateHash: {number:040}\nmailReceipt: a@b.example\nmanagedDomains: b.example\n"
        );
    }
    let failed = failed(&given(file.into_bytes(), instant()));
    assert_eq!(failed["directory/main-environment"], 20_000);
}
