//! Messages in the layouts of real providers' systems, all of one house's habits at once: nothing is reported.

use super::bench::{DIALECTS, Sample, instant, judge, pki, samples};
use crate::{
    fault::{self, Edit, FaultError},
    message::Kind,
};

/// A sample with these habits as far as it has what they are about, signed again.
fn with_habits(sample: &Sample, habits: &[&str]) -> Vec<u8> {
    let pki = pki();
    habits.iter().fold(sample.bytes.clone(), |bytes, text| {
        let value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        let edit: Edit = serde_yaml::with::singleton_map_recursive::deserialize(value).unwrap();
        match fault::apply(&edit, &bytes, pki.signer(sample.signer), instant()) {
            Ok(edited) => edited,
            // It has no such part, or writes so anyway.
            Err(FaultError::NoChange(_) | FaultError::Missing(_)) => bytes,
            Err(error) => panic!("{text}: {error}"),
        }
    })
}

/// Asserts that nothing fails in any kind of message with these habits and trace fields.
fn tolerated(house: &str, habits: &[&str], trace: &str) {
    for sample in DIALECTS.into_iter().flat_map(samples) {
        let habitual = [trace.as_bytes(), &with_habits(&sample, habits)].concat();
        let failed = judge(&habitual).failed;
        assert!(failed.is_empty(), "{:?} {} of {house}: {failed:#?}", sample.kind, sample.name);
    }
}

fn part(name: &str, field: &str, value: &str) -> String {
    format!("{{part: {{header: {{part: {name}, edit: {{set: {{name: {field}, value: '{value}'}}}}}}}}}}")
}

/// Everything is inline and has a name, multiparts are binary, the signature is an attachment, Date names its zone.
#[test]
fn a_james_house_writes_dispositions_everywhere() {
    let habits = [
        part("mixed", "Content-Transfer-Encoding", "binary"),
        part("plain", "Content-Disposition", "inline"),
        part("html", "Content-Disposition", "inline"),
        part("daticert", "Content-Disposition", "inline; filename=\"daticert.xml\""),
        part("daticert", "Content-Type", "application/xml; charset=utf-8; name=daticert.xml"),
        part("original", "Content-Disposition", "inline; filename=\"postacert.eml\""),
        part("signature", "Content-Disposition", "attachment; filename=\"smime.p7s\"; size=4711"),
        part("signature", "Content-Description", "S/MIME Cryptographic Signature"),
        "{header: {set: {name: Date, value: 'Mon, 2 Mar 2026 09:30:00 +0100 (CET)'}}}".to_owned(),
        "{header: {set: {name: X-Mailer, value: 'JAMES PEC 2.3'}}}".to_owned(),
    ];
    let trace = "Return-Path: <posta-certificata@alfa.example>\r\nDelivered-To: anna@bravo.example\r\n\
        Received: from 192.0.2.7 (EHLO mx.alfa.example)\r\n\tby mx.bravo.example (JAMES SMTP Server ) with ESMTP ID 1234;\r\n\
        \tMon, 02 Mar 2026 09:30:01 +0100 (CET)\r\n";
    tolerated("James", &habits.each_ref().map(String::as_str), trace);
}

/// Everything is attached, names are not quoted, and traces name no host.
#[test]
fn a_qmail_house_attaches_everything_and_has_traces_of_its_own() {
    let habits = [
        part("daticert", "Content-Disposition", "attachment; filename=daticert.xml"),
        part("daticert", "Content-Type", "application/xml; name=daticert.xml"),
        part("original", "Content-Disposition", "attachment; filename=postacert.eml"),
        part("original", "Content-Type", "message/rfc822; name=postacert.eml"),
        part("signature", "Content-Disposition", "attachment; filename=smime.p7s"),
        "{part: {first: daticert}}".to_owned(),
        "{part: {first: readable}}".to_owned(),
    ];
    let trace = "Return-Path: <posta-certificata@alfa.example>\r\nDelivered-To: bravo.example-anna@bravo.example\r\n\
        Received: (qmail 4711 invoked by uid 89); 2 Mar 2026 08:30:02 -0000\r\n\
        Received: from unknown (HELO mx.alfa.example) (192.0.2.9)\r\n  by 0 with SMTP; 2 Mar 2026 08:30:01 -0000\r\n";
    tolerated("qmail", &habits.each_ref().map(String::as_str), trace);
}

const NOTICES: &[Kind] = &[Kind::NonAccettazioneVirus, Kind::ErroreConsegnaVirus];

/// What neither norm nor practice settles of notices for a virus.
#[test]
fn notices_for_a_virus_differ_in_what_no_rule_settles() {
    let of = |kinds: &'static [Kind]| move |sample: &Sample| kinds.contains(&sample.kind);
    let each = |kinds, habits: &[&str]| {
        for sample in DIALECTS.into_iter().flat_map(samples).filter(of(kinds)) {
            let failed = judge(&with_habits(&sample, habits)).failed;
            assert!(failed.is_empty(), "{:?} with {habits:?}: {failed:#?}", sample.kind);
        }
    };
    for errore in ["virus", "altro", "nessuno"] {
        let attribute =
            format!("{{daticert: {{replace: {{pattern: 'errore=\"[a-z]*\"', by: 'errore=\"{errore}\"'}}}}}}");
        each(&[Kind::RilevazioneVirus], &[&attribute]);
    }
    each(NOTICES, &["{header: {set: {name: X-VerificaSicurezza, value: ERRORE}}}"]);
    each(NOTICES, &["{header: {rename: {name: X-VerificaSicurezza, to: X-Verificasicurezza}}}"]);
    each(
        &[Kind::ErroreConsegnaVirus],
        &["{daticert: {replace: {pattern: '5\\.5\\.1 - ([^<]*?) - ', by: '5.5.1: Alfa: '}}}"],
    );
}
