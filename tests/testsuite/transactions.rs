//! Transactions as somebody holds them: loose files of one submission, judged together and apart.

use std::{collections::BTreeSet, fs};

use pec_conformance::{
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, View, Watch},
    norm::Level,
    rules::{self, Options},
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject as _};

use crate::program::case;

const C06: [&str; 4] = ["acc.eml", "env.eml", "pic.eml", "con.eml"];

/// The violations in these files of case 06, seen from these views.
fn violations(names: &[&str], views: &[View]) -> BTreeSet<&'static str> {
    let at = "2025-06-01T00:00:00Z".parse().unwrap();
    let files = names.iter().enumerate().map(|(number, name)| Observation {
        id: number + 1,
        bytes: fs::read(case("in/c06").join(name)).unwrap().into(),
        seen: Seen::File { path: (*name).to_owned() },
        at,
        path: None,
        producer: Party::Undetermined,
        name: None,
        dialogue: None,
    });
    let root = CertificateDer::from_pem_file(case("trust/root.pem")).unwrap();
    let crls = ["trust/root.crl.pem", "trust/issuing.crl.pem"]
        .map(|name| CertificateRevocationListDer::from_pem_file(case(name)).unwrap().to_vec());
    let evidence = Evidence {
        observations: files.collect(),
        directories: vec![DirectoryVersion { from: at, until: None, ldif: fs::read(case("dirs/dir.ldif")).unwrap() }],
        anchors: vec![root.to_vec().into()],
        crls: crls.iter().map(|list| list.as_slice().into()).collect(),
        watch: Watch::of(views.iter().copied(), "2026-01-01T00:00:00Z".parse().unwrap()),
        ..Evidence::default()
    };
    let judgement = rules::judge(&evidence, &Options::default());
    assert_eq!(judgement.broken().count(), 0);
    let failed = judgement.failed(Level::Must).map(|verdict| verdict.rule.id);
    failed.filter(|rule| !rule.starts_with("directory/")).collect()
}

#[test]
fn a_complete_delivery_without_the_original_is_found_by_the_envelope_beside_it() {
    for views in [&[][..], &[View::Sender, View::Service, View::Recipient]] {
        assert_eq!(violations(&C06, views), BTreeSet::from(["delivery/form-requested"]), "{views:?}");
    }
    for alone in C06 {
        assert_eq!(violations(&[alone], &[]), BTreeSet::new(), "{alone}");
    }
}

#[test]
fn what_is_missing_is_found_where_it_would_be_seen_only() {
    let [acceptance, envelope, takeover, delivery] = C06;
    let sender = View::Sender;
    let nothing = BTreeSet::new();
    // Without the delivery, and with nothing that tells of the end.
    for (views, expected) in [
        (&[][..], nothing.clone()),
        (&[View::Recipient], nothing.clone()),
        (&[View::Service], nothing.clone()),
        (&[sender], BTreeSet::from(["choreography/outcome-missing"])),
        (&[View::Archive], BTreeSet::from(["choreography/outcome-missing", "choreography/receiver-concludes"])),
    ] {
        assert_eq!(violations(&[acceptance, envelope, takeover], views), expected, "{views:?}");
    }
    // Without the server-server acceptance, which the sender never sees.
    assert_eq!(violations(&[acceptance, delivery], &[sender]), nothing);
    let found = violations(&[acceptance, delivery], &[sender, View::Service]);
    assert_eq!(found, BTreeSet::from(["choreography/takeover-missing"]));
}
