//! What real mail does and a judge must not mind.

use super::bench::{DIALECTS, ORIGINAL, Sample, about, anomaly, composer, instant, judge, pki, sample, samples};
use crate::{
    fault::{self, Edit, FaultError},
    gateway::compose::Dialect,
    message::Kind,
};

/// The rules that fail once these edits are made, one after the other, each signed again.
fn failing_after(sample: &Sample, edits: &[&str]) -> Vec<&'static str> {
    let pki = pki();
    let made = |bytes: Vec<u8>, text: &&str| {
        let value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        let edit: Edit = serde_yaml::with::singleton_map_recursive::deserialize(value).unwrap();
        match fault::apply(&edit, &bytes, pki.signer(sample.signer), instant()) {
            Ok(edited) => edited,
            // One of the dialects writes so anyway.
            Err(FaultError::NoChange(_)) => bytes,
            Err(error) => panic!("{text}: {error}"),
        }
    };
    judge(&edits.iter().fold(sample.bytes.clone(), made)).failed.into_keys().collect()
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
        tolerated(Kind::PostaCertificata, &[&format!("{{part: {{first: {part}}}}}"), "{part: {first: readable}}"]);
    }
}

#[test]
fn daticert_has_any_transfer_encoding_disposition_and_charset_parameter() {
    for encoding in ["base64", "quoted-printable", "7bit"] {
        tolerated(Kind::Accettazione, &[&format!("{{part: {{reencode: {{part: daticert, to: {encoding}}}}}}}")]);
    }
    for (name, value) in [
        ("Content-Type", "application/xml; name=daticert.xml"),
        ("Content-Type", "application/xml; charset=UTF-8; name=\\\"daticert.xml\\\""),
        ("Content-Disposition", "inline; filename=\\\"daticert.xml\\\""),
        ("Content-Disposition", "attachment; filename=daticert.xml"),
    ] {
        let edit = format!("{{set: {{name: {name}, value: \"{value}\"}}}}");
        tolerated(Kind::Accettazione, &[&format!("{{part: {{header: {{part: daticert, edit: {edit}}}}}}}")]);
    }
}

#[test]
fn every_spelling_of_micalg_is_right() {
    for micalg in ["sha-256", "SHA256", "SHA-256", "sha256"] {
        tolerated(Kind::Accettazione, &[&format!("{{signature: {{micalg: {micalg}}}}}")]);
    }
}

#[test]
fn the_dialects_use_both_names_of_the_signature_type() {
    let old = DIALECTS.map(|dialect| {
        let text = String::from_utf8_lossy(&sample(Kind::Accettazione, dialect).bytes).into_owned();
        text.contains("application/x-pkcs7-signature")
    });
    assert_ne!(old[0], old[1], "both are clean controls");
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
            "{text: {fact: subject, by: 'POSTA CERTIFICATA: CONSEGNA: x'}}",
            "{daticert: {set: {path: postacert/intestazione/oggetto, to: 'POSTA CERTIFICATA: CONSEGNA: x'}}}",
            "{header: {set: {name: Subject, value: 'ACCETTAZIONE: POSTA CERTIFICATA: CONSEGNA: x'}}}",
        ],
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
fn the_client_msgid_may_be_left_out_of_the_certification_data() {
    tolerated(Kind::Accettazione, &["{daticert: {remove: postacert/dati/msgid}}"]);
    tolerated(Kind::PostaCertificata, &["{daticert: {remove: postacert/dati/msgid}}"]);
}

#[test]
fn a_notice_for_a_virus_may_say_so_in_a_formal_one() {
    // 2.1.1.1.3 calls X-VerificaSicurezza optional; that it is missing is told once, by the rule about it.
    for (kind, rule) in [
        (Kind::NonAccettazioneVirus, "headers/security-check-present"),
        (Kind::ErroreConsegnaVirus, "headers/security-check-present"),
    ] {
        for dialect in DIALECTS {
            let failed = failing_after(&sample(kind, dialect), &["{header: {remove: X-VerificaSicurezza}}"]);
            assert_eq!(failed, [rule], "{kind:?} in {dialect:?}");
        }
    }
}

#[test]
fn an_anomaly_envelope_tells_the_recipients_of_the_paths_or_those_of_the_header() {
    let to_a_list =
        ORIGINAL.replace("To: Anna <anna@bravo.example>\r\nCc: carla@posta.example", "To: lista@posta.example");
    let without_to = ORIGINAL.replace("To: Anna <anna@bravo.example>\r\nCc: carla@posta.example\r\n", "");
    for original in [to_a_list, without_to] {
        for dialect in DIALECTS {
            let failed = judge(&anomaly(&original, "mario@alfa.example", dialect)).failed;
            assert!(failed.is_empty(), "{dialect:?}: {failed:#?}");
        }
    }
}

#[test]
fn a_text_tells_time_and_offset_in_one_word() {
    for edit in ["{text: {fact: zone, by: UTC+0100}}", "{text: {fact: time, by: '09:30:00+0100'}}"] {
        for kind in [Kind::Accettazione, Kind::PostaCertificata, Kind::ErroreConsegna] {
            tolerated(kind, &[edit]);
        }
    }
    // The offset alone is no time.
    let edits = ["{text: {fact: zone, by: UTC+0100}}", "{text: {fact: time, by: '01:02:03'}}"];
    for dialect in DIALECTS {
        let failed = failing_after(&sample(Kind::Accettazione, dialect), &edits);
        assert!(failed.contains(&"text/when"), "{dialect:?}: {failed:?}");
    }
}

#[test]
fn a_text_lists_its_recipients_by_bullets_that_touch_them() {
    for bullet in ["-", "* ", "•", "– ", "· "] {
        let edit = format!("{{text: {{fact: recipient, by: '{bullet}anna@bravo.example'}}}}");
        for kind in [Kind::Accettazione, Kind::PresaInCarico, Kind::AvvenutaConsegna] {
            // What Latin-1 lacks is a `?` there.
            if bullet.is_ascii() || bullet.starts_with('·') {
                tolerated(kind, &[&edit]);
            }
        }
    }
}

#[test]
fn a_text_tells_the_typology_before_the_address() {
    let layouts = [
        "posta certificata: anna@bravo.example\\r\\nposta ordinaria: carla@posta.example",
        "Posta certificata:\\r\\n- anna@bravo.example\\r\\nPosta ordinaria:\\r\\n- carla@posta.example",
    ];
    for layout in layouts {
        let pattern = r"(?s)anna@bravo\.example.*carla@posta\.example[^\r\n]*";
        let edit = format!("{{part: {{replace: {{part: plain, with: {{pattern: '{pattern}', by: \"{layout}\"}}}}}}}}");
        tolerated(Kind::Accettazione, &[&edit.replace("\\\\", "\\")]);
    }
}

#[test]
fn a_code_is_followed_by_any_separator_or_none() {
    for separator in [" – ", ": ", " ", ", "] {
        let description = format!("5.1.1{separator}Bravo S.r.l.{separator}indirizzo non valido");
        let edit = format!("{{daticert: {{set: {{path: postacert/dati/errore-esteso, to: '{description}'}}}}}}");
        // Without a separator the provider's name is looked for.
        let named = "{daticert: {set: {path: postacert/dati/gestore-emittente, to: Bravo S.r.l.}}}";
        let expected: &[&str] = &["daticert/provider-name"];
        for dialect in DIALECTS {
            let failed = failing_after(&sample(Kind::ErroreConsegna, dialect), &[named, &edit]);
            assert_eq!(failed, expected, "{description} in {dialect:?}");
        }
    }
}

#[test]
fn an_envelope_inherits_the_topmost_received_or_the_first_few() {
    let hops = [
        "Received: (qmail 4711 invoked by uid 89); 2 Mar 2026 08:30:00 -0000",
        "Received: from unknown (HELO pc) (192.0.2.7)\r\n  by mx.alfa.example with ESMTPA; 2 Mar 2026 08:29:59 -0000",
        "Received: from 192.0.2.7 (EHLO pc)\r\n\tby mx.alfa.example (JAMES SMTP Server ) with ESMTP ID 17;\r\n\tMon, 02 Mar 2026 09:29:58 +0100 (CET)",
    ];
    let original = format!("{}\r\n{ORIGINAL}", hops.join("\r\n"));
    let at = crate::clock::LegalTime::at(instant());
    for dialect in DIALECTS {
        let composed = composer("alfa", dialect).transport_envelope(&about(), original.as_bytes(), &at);
        assert!(judge(&composed).failed.is_empty(), "all of them in {dialect:?}");
        let text = String::from_utf8(composed).unwrap();
        let (head, rest) = text.split_once("\r\n\r\n").unwrap();
        let without = |hop: &str, head: &str| {
            assert!(head.contains(hop), "{head}");
            head.replacen(&format!("{hop}\r\n"), "", 1)
        };
        let few = without(hops[2], &without(hops[1], head));
        let failed: Vec<&str> = judge(format!("{few}\r\n\r\n{rest}").as_bytes()).failed.into_keys().collect();
        assert_eq!(failed, ["envelope/trace-whole"], "{dialect:?}");
        let turned = head.replacen(hops[0], "x", 1).replacen(hops[1], hops[0], 1).replacen(
            "x\r\n",
            &format!("{}\r\n", hops[1]),
            1,
        );
        let failed: Vec<&str> = judge(format!("{turned}\r\n\r\n{rest}").as_bytes()).failed.into_keys().collect();
        assert_eq!(failed, ["envelope/trace"], "{dialect:?}");
    }
}

#[test]
fn an_envelope_folds_its_addresses_otherwise() {
    let edit = "{header: {replace: {name: To, pattern: 'Anna <', by: \"\\\"Anna\\\"\\r\\n <\"}}}";
    tolerated(Kind::PostaCertificata, &[edit]);
}

#[test]
fn a_copy_stored_with_line_feeds_alone_tells_nothing_of_what_was_sent() {
    for dialect in DIALECTS {
        let sample = sample(Kind::Accettazione, dialect);
        let stored = String::from_utf8(sample.bytes).unwrap().replace("\r\n", "\n");
        assert!(!judge(stored.as_bytes()).failed.contains_key("structure/line-ends"));
    }
}

/// An acceptance of alfa, which writes HTML too, with further parts at the end of its multipart/alternative.
fn with_alternatives(parts: &[&str]) -> Vec<&'static str> {
    let sample = sample(Kind::Accettazione, Dialect::Alfa);
    let message = crate::message::Message::read(sample.bytes.clone()).unwrap();
    let boundary = message.parts.readable.as_ref().unwrap().param("boundary").unwrap().to_owned();
    let further =
        parts.iter().fold(String::new(), |further, part| further + &format!("--{boundary}\\r\\n{part}\\r\\n"));
    let pattern = boundary.replace('+', ".").replace('.', "[.]").replace('?', "[?]");
    let edit = format!(
        "{{part: {{octets: {{part: mixed, with: {{pattern: '--{pattern}--', by: \"{further}--{boundary}--\"}}}}}}}}"
    );
    failing_after(&sample, &[&edit])
}

#[test]
fn further_languages_follow_as_parts_that_say_so() {
    let text = |head: &str, time: &str| {
        format!(
            "Content-Type: text/plain; charset=iso-8859-1{head}\\r\\n\\r\\nMessage id1.20260302@alfa.example of {time}"
        )
    };
    let english = "\\r\\nContent-Language: en";
    assert_eq!(with_alternatives(&[&text(english, "02/03/2026 09:30:00 (+0100)")]), Vec::<&str>::new());
    assert_eq!(with_alternatives(&[&text(english, "2 March 2026, 9:30 AM")]), Vec::<&str>::new());
    assert_eq!(with_alternatives(&[&text(english, "02/03/2026 10:30:00 (+0100)")]), ["text/one-time"]);
    assert_eq!(with_alternatives(&[&text("", "02/03/2026 09:30:00 (+0100)")]), ["structure/alternative"]);
}

#[test]
fn postacert_is_attached_or_inline_and_its_name_quoted_or_not() {
    let set = |name: &str, value: &str| {
        format!("{{part: {{header: {{part: original, edit: {{set: {{name: {name}, value: '{value}'}}}}}}}}}}")
    };
    for (name, value) in [
        ("Content-Disposition", "inline; filename=postacert.eml"),
        ("Content-Disposition", "attachment; filename=\"postacert.eml\"; size=812"),
        ("Content-Disposition", "ATTACHMENT; FILENAME=\"postacert.eml\""),
        ("Content-Type", "Message/RFC822; name=postacert.eml"),
        ("Content-Type", "message/rfc822; charset=us-ascii; name=\"postacert.eml\""),
    ] {
        for kind in [Kind::PostaCertificata, Kind::AvvenutaConsegna] {
            tolerated(kind, &[&set(name, value)]);
        }
    }
}

#[test]
fn an_identifier_has_whatever_a_message_id_may_have() {
    // Everywhere it stands, inside and outside what is signed.
    let identifier = "_1$2/3#4~{5}@[192.0.2.1]";
    for dialect in DIALECTS {
        let about = crate::gateway::compose::Certified { identifier: identifier.to_owned(), ..about() };
        let original = ORIGINAL.replace("id1.20260302@alfa.example", identifier);
        let at = crate::clock::LegalTime::at(instant());
        let composed = composer("alfa", dialect).transport_envelope(&about, original.as_bytes(), &at);
        let failed = judge(&composed).failed;
        assert!(failed.is_empty(), "{dialect:?}: {failed:#?}");
    }
}

#[test]
fn what_is_beyond_a_bound_of_the_html_is_not_missing_there() {
    let many = "<b></b>".repeat(60_000);
    let edit = format!("{{part: {{replace: {{part: html, with: {{pattern: '<body>', by: '<body>{many}'}}}}}}}}");
    assert_eq!(failing_after(&sample(Kind::Accettazione, Dialect::Alfa), &[&edit]), Vec::<&str>::new());
}

#[test]
fn an_empty_reply_to_is_inherited_or_left_aside() {
    let empty = "{part: {replace: {part: original, with: {pattern: '(?m)^From:', by: \"Reply-To:\\r\\nFrom:\"}}}}";
    tolerated(Kind::PostaCertificata, &[empty]);
    tolerated(Kind::PostaCertificata, &[empty, "{header: {set: {name: Reply-To, value: ''}}}"]);
}

/// What one rule rejected no other takes facts from.
#[test]
fn one_wrong_thing_is_told_once() {
    let in_data = |pattern: &str, by: &str| format!("{{daticert: {{replace: {{pattern: '{pattern}', by: '{by}'}}}}}}");
    for (kind, pattern, by, expected) in [
        (Kind::Accettazione, ">anna@bravo.example<", "> anna@bravo.example <", "daticert/addresses"),
        (Kind::AvvenutaConsegna, "<consegna>anna", "<consegna>&lt;anna", "daticert/addresses"),
        (Kind::PostaCertificata, "tipo=\"completa\"", "tipo=\"COMPLETA\"", "daticert/valid"),
    ] {
        for dialect in DIALECTS {
            let failed = failing_after(&sample(kind, dialect), &[&in_data(pattern, by)]);
            assert_eq!(failed, [expected], "{by} in {dialect:?}");
        }
    }
}
