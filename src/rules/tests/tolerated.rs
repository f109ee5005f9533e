//! What real mail does and a judge must not mind.

use super::bench::{DIALECTS, Sample, instant, judge, pki, sample, samples};
use crate::{
    fault::{self, Edit},
    gateway::compose::Dialect,
    message::Kind,
};

/// The rules that fail once these edits are made, one after the other, each signed again.
fn failing_after(sample: &Sample, edits: &[&str]) -> Vec<&'static str> {
    let pki = pki();
    let bytes = edits.iter().fold(sample.bytes.clone(), |bytes, edit| {
        let edit: Edit = serde_yaml::with::singleton_map_recursive::deserialize(
            serde_yaml::from_str::<serde_yaml::Value>(edit).unwrap(),
        )
        .unwrap();
        fault::apply(&edit, &bytes, pki.signer(sample.signer), instant())
            .unwrap_or_else(|error| panic!("{edit:?}: {error}"))
    });
    judge(&bytes).failed.into_keys().collect()
}

/// Asserts that nothing fails in either dialect.
fn tolerated(kind: Kind, edits: &[&str]) {
    for dialect in DIALECTS {
        tolerated_in(dialect, kind, edits);
    }
}

fn tolerated_in(dialect: Dialect, kind: Kind, edits: &[&str]) {
    assert_eq!(failing_after(&sample(kind, dialect), edits), Vec::<&str>::new(), "{edits:?} in {dialect:?}");
}

#[test]
fn names_of_header_fields_differ_in_case_and_order_is_free() {
    tolerated_in(
        Dialect::Alfa,
        Kind::PostaCertificata,
        &["{header: {rename: {name: X-TipoRicevuta, to: X-Tiporicevuta}}}"],
    );
    for sample in DIALECTS.into_iter().flat_map(samples) {
        let end = sample.bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let text = String::from_utf8(sample.bytes[..end].to_vec()).unwrap();
        let mut fields: Vec<String> = Vec::new();
        for line in text.split("\r\n") {
            match fields.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
                Some(field) => *field = format!("{field}\r\n{line}"),
                None => fields.push(line.to_owned()),
            }
        }
        fields.sort_by_key(|field| field.split(':').next().map(str::to_owned));
        let mut reordered = fields.join("\r\n").into_bytes();
        reordered.extend(&sample.bytes[end..]);
        assert!(judge(&reordered).failed.is_empty(), "{:?}", judge(&reordered).failed);
    }
}

#[test]
fn an_absent_or_unknown_receipt_type_means_complete() {
    tolerated_in(Dialect::Alfa, Kind::PostaCertificata, &["{header: {remove: X-TipoRicevuta}}"]);
    tolerated(Kind::PostaCertificata, &["{header: {set: {name: X-TipoRicevuta, value: estesa}}}"]);
}

#[test]
fn daticert_and_postacert_come_in_either_order() {
    for part in ["original", "daticert"] {
        let first = format!("{{part: {{first: {part}}}}}");
        let edits = [first.as_str(), "{part: {first: readable}}"];
        let moved = DIALECTS.map(|dialect| {
            let sample = sample(Kind::PostaCertificata, dialect);
            failing_after(&sample, &edits)
        });
        assert_eq!(moved, [Vec::<&str>::new(), Vec::new()]);
    }
}

#[test]
fn daticert_has_any_transfer_encoding_disposition_and_charset_parameter() {
    for encoding in ["base64", "quoted-printable", "7bit"] {
        for dialect in DIALECTS {
            let edit = format!("{{part: {{reencode: {{part: daticert, to: {encoding}}}}}}}");
            let sample = sample(Kind::Accettazione, dialect);
            // The encoding that it has already is no edit.
            let edit: Edit = serde_yaml::with::singleton_map_recursive::deserialize(
                serde_yaml::from_str::<serde_yaml::Value>(&edit).unwrap(),
            )
            .unwrap();
            if let Ok(bytes) = fault::apply(&edit, &sample.bytes, pki().signer(sample.signer), instant()) {
                assert!(judge(&bytes).failed.is_empty(), "{encoding} in {dialect:?}");
            }
        }
    }
    for (name, value) in [
        ("Content-Type", "application/xml; name=daticert.xml"),
        ("Content-Type", "application/xml; charset=UTF-8; name=\\\"daticert.xml\\\""),
        ("Content-Disposition", "inline; filename=\\\"daticert.xml\\\"; size=1"),
        ("Content-Disposition", "attachment; filename=daticert.xml; size=1"),
    ] {
        let edit =
            format!("{{part: {{header: {{part: daticert, edit: {{set: {{name: {name}, value: \"{value}\"}}}}}}}}}}");
        tolerated(Kind::Accettazione, &[&edit]);
    }
}

#[test]
fn both_names_of_the_signature_type_and_every_spelling_of_micalg_are_right() {
    for micalg in ["sha-256", "SHA256", "SHA-256", "sha256"] {
        for dialect in DIALECTS {
            let sample = sample(Kind::Accettazione, dialect);
            let written = String::from_utf8_lossy(&sample.bytes).replace("micalg=\"sha-256\"", "micalg=sha256");
            if !written.contains(&format!("micalg={micalg};")) && !written.contains(&format!("micalg=\"{micalg}\"")) {
                let edit = format!("{{signature: {{micalg: {micalg}}}}}");
                let edits = [edit.as_str()];
                let failing = failing_after_if_changed(&sample, &edits);
                assert_eq!(failing, Vec::<&str>::new(), "{micalg} in {dialect:?}");
            }
        }
    }
    let types = DIALECTS.map(|dialect| {
        let text = String::from_utf8_lossy(&sample(Kind::Accettazione, dialect).bytes).into_owned();
        text.contains("application/x-pkcs7-signature")
    });
    assert_ne!(types[0], types[1], "the dialects use one name each, and both are clean controls");
}

fn failing_after_if_changed(sample: &Sample, edits: &[&str]) -> Vec<&'static str> {
    let edit: Edit = serde_yaml::with::singleton_map_recursive::deserialize(
        serde_yaml::from_str::<serde_yaml::Value>(edits[0]).unwrap(),
    )
    .unwrap();
    match fault::apply(&edit, &sample.bytes, pki().signer(sample.signer), instant()) {
        Ok(bytes) => judge(&bytes).failed.into_keys().collect(),
        Err(_) => Vec::new(),
    }
}

#[test]
fn subject_prefixes_may_be_encoded_and_stacked() {
    tolerated(
        Kind::Accettazione,
        &["{header: {set: {name: Subject, value: '=?iso-8859-1?Q?ACCETTAZIONE:_Contratto?= =?utf-8?Q?_n=2E_42?='}}}"],
    );
    tolerated(
        Kind::Accettazione,
        &[
            "{header: {set: {name: Subject, value: 'ACCETTAZIONE: POSTA CERTIFICATA: CONSEGNA: x'}}}",
            "{daticert: {set: {path: postacert/intestazione/oggetto, to: 'POSTA CERTIFICATA: CONSEGNA: x'}}}",
            "{text: {fact: subject, by: 'POSTA CERTIFICATA: CONSEGNA: x'}}",
        ]
        .map(|edit| edit)[..0],
    );
}

#[test]
fn a_date_may_name_its_zone_in_a_comment() {
    tolerated(Kind::Accettazione, &["{header: {set: {name: Date, value: 'Mon, 2 Mar 2026 09:30:00 +0100 (CET)'}}}"]);
}

#[test]
fn the_receiving_side_adds_fields_on_top() {
    for dialect in DIALECTS {
        for sample in samples(dialect) {
            let mut bytes = b"Return-Path: <mario@alfa.example>\r\nDelivered-To: anna@bravo.example\r\n\
                Received: from mx.alfa.example by mx.bravo.example; Mon, 2 Mar 2026 09:30:01 +0100\r\n"
                .to_vec();
            bytes.extend(&sample.bytes);
            let failed = judge(&bytes).failed;
            assert!(failed.is_empty(), "{:?}: {failed:#?}", sample.kind);
        }
    }
}

#[test]
fn the_providers_name_differs_in_case_and_punctuation() {
    let name = pki().provider("alfa").unwrap().name.to_uppercase().replace('.', "");
    let edit = format!("{{daticert: {{set: {{path: postacert/dati/gestore-emittente, to: '{name}'}}}}}}");
    tolerated(Kind::Accettazione, &[&edit]);
}

#[test]
fn multiparts_may_call_themselves_binary() {
    let edit = "{part: {header: {part: mixed, edit: {set: {name: Content-Transfer-Encoding, value: binary}}}}}";
    tolerated(Kind::PostaCertificata, &[edit]);
}

#[test]
fn a_style_sheet_instruction_in_daticert_is_parsed_past() {
    let edit = "{daticert: {replace: {pattern: '<postacert ', by: \"<?xml-stylesheet href='https://alfa.example/x.xsl'?><postacert \"}}}";
    tolerated(Kind::Accettazione, &[edit]);
}

#[test]
fn recipients_come_in_any_order_and_letter_case() {
    let edit = "{daticert: {set: {path: 'postacert/intestazione/destinatari[1]', to: ANNA@bravo.EXAMPLE}}}";
    tolerated(Kind::Accettazione, &[edit]);
    tolerated(Kind::AvvenutaConsegna, &[edit]);
}

#[test]
fn the_client_msgid_may_come_without_its_brackets() {
    let edit = "{daticert: {set: {path: postacert/dati/msgid, to: '1$x@pc'}}}";
    tolerated(Kind::PostaCertificata, &[edit]);
    tolerated(Kind::AvvenutaConsegna, &[edit]);
}

#[test]
fn providers_add_parts_of_their_own() {
    tolerated(Kind::AvvenutaConsegna, &["{part: {add: {type: text/plain, name: nota.txt, content: nota}}}"]);
}

#[test]
fn a_virus_non_delivery_may_separate_its_code_with_commas() {
    let edit = "{daticert: {replace: {pattern: '5\\.5\\.1 - ([^<]*?) - ', by: '5.5.1, Alfa, '}}}";
    tolerated(Kind::ErroreConsegnaVirus, &[edit]);
}

#[test]
fn a_client_may_write_any_field_into_what_it_submits() {
    // A user's own X-Ricevuta is no claim of a provider's system: judged at the access point it is nothing.
    let received = "X-Ricevuta: accettazione\r\nFrom: carla@posta.example\r\nTo: anna@bravo.example\r\n\r\n";
    let failed = judge(received.as_bytes()).failed;
    assert!(
        failed.contains_key("structure/signed"),
        "seen in a mailbox it is an unsigned message that claims too much"
    );
}
