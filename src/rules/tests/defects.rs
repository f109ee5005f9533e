//! Certificates of the test PKI, each with one thing wrong.

use super::bench::{DIALECTS, directory, in_mailbox, instant, judge, judge_read, pki, sample, verified};
use crate::{
    fault::{self, Edit, SignatureEdit},
    message::{Kind, Message},
    smime::{Signature, SignatureState},
};

fn signed_with(id: &str) -> Vec<u8> {
    let sample = sample(Kind::Accettazione, DIALECTS[0]);
    let edit = Edit::Signature(SignatureEdit::SignWith(id.to_owned()));
    fault::apply(&edit, &sample.bytes, pki().signer(id), instant()).unwrap()
}

#[test]
fn each_defect_of_a_certificate_is_found_by_its_rule_alone() {
    for (defect, expected) in [
        ("alfa-renewed", &[][..]),
        ("esterna", &["headers/from-is-signer", "signature/listed"]),
        ("alfa-expired", &["signature/in-validity"]),
        ("alfa-not-yet-valid", &["signature/in-validity"]),
        ("alfa-revoked", &["signature/not-revoked"]),
        ("alfa-wrong-ca", &["signature/path"]),
        ("alfa-name-elsewhere", &["certificate/provider-name"]),
        ("alfa-mail-in-subject", &["certificate/no-address-in-subject"]),
        ("alfa-no-subject-alt-name", &["certificate/address"]),
        ("alfa-subject-alt-name-critical", &["certificate/address-not-critical"]),
        ("alfa-subject-alt-name-without-mail", &["certificate/address"]),
        ("alfa-no-key-usage", &["certificate/key-usage"]),
        ("alfa-key-usage-not-critical", &["certificate/key-usage-critical"]),
        ("alfa-no-digital-signature", &["certificate/key-usage"]),
        ("alfa-no-authority-key-id", &["certificate/authority-key"]),
        ("alfa-authority-key-id-critical", &["certificate/authority-key-not-critical"]),
        ("alfa-no-subject-key-id", &["certificate/subject-key"]),
        ("alfa-subject-key-id-critical", &["certificate/subject-key-not-critical"]),
        ("alfa-basic-constraints", &["certificate/no-basic-constraints"]),
        ("alfa-other-extension-critical", &["certificate/others-not-critical", "signature/usable"]),
    ] {
        let failed = judge(&signed_with(defect)).failed;
        assert_eq!(failed.keys().copied().collect::<Vec<_>>(), expected, "{defect}: {failed:#?}");
    }
}

/// What no signer of the test PKI can make is put into what was read.
fn judged(change: impl FnOnce(&mut Signature)) -> Vec<&'static str> {
    let message = Message::read(sample(Kind::Accettazione, DIALECTS[0]).bytes).unwrap();
    let mut signature = verified(&message).unwrap();
    change(&mut signature);
    judge_read(&message, Some(&signature), &in_mailbox(&message), Some(directory()), &pki().trust())
        .failed
        .into_keys()
        .collect()
}

#[test]
fn a_certificate_of_another_version_is_found() {
    assert_eq!(judged(|signature| signature.signer.as_mut().unwrap().version = 1), ["certificate/version"]);
}

#[test]
fn a_sha1_digest_is_noted_with_the_micalg_that_does_not_name_it() {
    assert_eq!(judged(|signature| signature.digest = "sha1".to_owned()), ["signature/digest", "signature/micalg"]);
}

#[test]
fn an_algorithm_that_cannot_be_verified_is_no_statement_about_the_message() {
    let unsupported = SignatureState::Unsupported("gost".to_owned());
    assert_eq!(judged(|signature| signature.state = unsupported), Vec::<&str>::new());
}

#[test]
fn a_signing_time_apart_is_noted() {
    assert_eq!(
        judged(|signature| signature.signing_time = Some("2026-03-02T08:30:09Z".parse().unwrap())),
        ["time/signing-time"]
    );
}
