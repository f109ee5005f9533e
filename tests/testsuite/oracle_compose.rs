//! What the reference gateways compose, held against programs that are not ours: `openssl` and `xmllint`.
//!
//! Without those programs the tests say so and pass; where `CI` is set they fail instead.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use jiff::Timestamp;
use pec_conformance::{
    clock::LegalTime,
    gateway::compose::{
        Certified, Composer, Deadline, DeliveryError, Dialect, Notice, ReceiptForm, Recipient, Typology, original,
    },
    pki::Pki,
};

/// The DTD of RFC 6109 4.4.
const DTD: &str = "\
<!ELEMENT postacert (intestazione, dati)>
<!ATTLIST postacert
  tipo (accettazione | non-accettazione | presa-in-carico | avvenuta-consegna | posta-certificata | errore-consegna |
        preavviso-errore-consegna | rilevazione-virus) #REQUIRED
  errore (nessuno | no-dest | no-dominio | virus | altro) \"nessuno\">
<!ELEMENT intestazione (mittente, destinatari+, risposte, oggetto?)>
<!ELEMENT mittente (#PCDATA)>
<!ELEMENT destinatari (#PCDATA)>
<!ATTLIST destinatari tipo (certificato | esterno) \"certificato\">
<!ELEMENT risposte (#PCDATA)>
<!ELEMENT oggetto (#PCDATA)>
<!ELEMENT dati (gestore-emittente, data, identificativo, msgid?, ricevuta?, consegna?, ricezione*, errore-esteso?)>
<!ELEMENT gestore-emittente (#PCDATA)>
<!ELEMENT data (giorno, ora)>
<!ATTLIST data zona CDATA #REQUIRED>
<!ELEMENT giorno (#PCDATA)>
<!ELEMENT ora (#PCDATA)>
<!ELEMENT identificativo (#PCDATA)>
<!ELEMENT msgid (#PCDATA)>
<!ELEMENT ricevuta EMPTY>
<!ATTLIST ricevuta tipo (completa | breve | sintetica) #REQUIRED>
<!ELEMENT consegna (#PCDATA)>
<!ELEMENT ricezione (#PCDATA)>
<!ELEMENT errore-esteso (#PCDATA)>
";

/// An original with what makes envelopes hard: letters beyond 7 bits, odd folding, lines that look like boundaries.
const SUBMITTED: &[u8] = b"Received: from pc (localhost [127.0.0.1])\r\n\tby mx.alfa.example; Mon, 2 Mar 2026 09:30:04 +0100\r\n\
From: Mario <mario@alfa.example>\r\nTo: anna@bravo.example,\r\n  carla@posta.example\r\n\
Subject: =?utf-8?q?Perch=C3=A9_=E2=82=AC?= <5> & \"altro\"\r\nMessage-ID: <1$x@pc>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ncitt\xe0 \r\n--\r\n------=_Parte_\r\n\
--b\r\nContent-Type: application/pdf; name=\"contratto.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nY2lhbw==\r\n--b--\r\n";

const AT: &str = "2026-03-02T08:30:05Z";

fn composer(dialect: Dialect) -> Composer {
    Composer {
        provider: "Prova & Figli S.p.A.".to_owned(),
        address: "posta-certificata@alfa.example".to_owned(),
        dialect,
        signer: Pki::load().unwrap().signer("alfa").unwrap().clone(),
    }
}

fn about(receipt: ReceiptForm) -> Certified {
    let recipient = |address: &str, typology| Recipient { address: address.to_owned(), typology };
    Certified {
        sender: "mario@alfa.example".to_owned(),
        recipients: vec![
            recipient("anna@bravo.example", Typology::Certified),
            recipient("carla@posta.example", Typology::External),
        ],
        subject_raw: b"=?utf-8?q?Perch=C3=A9_=E2=82=AC?= <5> & \"altro\"".to_vec(),
        subject: Some("Perché € <5> & \"altro\"".to_owned()),
        reply_to: "mario@alfa.example".to_owned(),
        identifier: "id1.20260302093005@alfa.example".to_owned(),
        msgid: Some("<1$x@pc>".to_owned()),
        receipt,
    }
}

/// A message of every kind, named, in one dialect.
fn every_message(dialect: Dialect) -> Vec<(String, Vec<u8>)> {
    let at = LegalTime::at(AT.parse().unwrap());
    let composer = composer(dialect);
    let original = original::admit(SUBMITTED, "id1.20260302093005@alfa.example", "").bytes;
    let recipient = "anna@bravo.example";
    let to = "ricevute@alfa.example";
    let virus = "EICAR <test>";
    let taken = ["anna@bravo.example".to_owned()];
    let delivery = |form| Notice::Delivery { recipient, form, original: &original };
    let error = DeliveryError { errore: "no-dest", code: "5.1.1", description: "indirizzo non valido" };
    let notices = [
        ("acceptance", Notice::Acceptance),
        ("non-acceptance", Notice::NonAcceptance { reason: "destinatario <anna> & \u{1b}[31m non valido" }),
        ("non-acceptance-virus", Notice::NonAcceptanceVirus { virus }),
        ("server-acceptance", Notice::ServerAcceptance { taken: &taken, to }),
        ("delivery-complete", delivery(ReceiptForm::Complete)),
        ("delivery-brief", delivery(ReceiptForm::Brief)),
        ("delivery-concise", delivery(ReceiptForm::Concise)),
        ("non-delivery", Notice::NonDelivery { recipient, error }),
        ("virus-non-delivery", Notice::VirusNonDelivery { recipient, virus }),
        ("timeout-12", Notice::Timeout { recipient, deadline: Deadline::Twelve }),
        ("timeout-24", Notice::Timeout { recipient, deadline: Deadline::TwentyFour }),
        ("virus-detection", Notice::VirusDetection { recipient, virus, to }),
    ];
    let mut messages: Vec<(String, Vec<u8>)> = notices
        .iter()
        .map(|(name, notice)| {
            let message = composer.notification(&about(ReceiptForm::Brief), notice, "n.1@alfa.example", &at);
            ((*name).to_owned(), message)
        })
        .collect();
    for receipt in [ReceiptForm::Complete, ReceiptForm::Brief] {
        let name = format!("transport-envelope-{}", receipt.word());
        messages.push((name, composer.transport_envelope(&about(receipt), &original, &at)));
    }
    for (name, received) in [("anomaly", SUBMITTED), ("anomaly-of-nothing", b""), ("anomaly-of-bytes", b"\0\n\xff\r")] {
        let recipients = ["anna@bravo.example".to_owned()];
        let message = composer.anomaly_envelope(received, "carla@posta.example", &recipients, "posta ordinaria", &at);
        messages.push((name.to_owned(), message));
    }
    messages
}

fn both_dialects() -> impl Iterator<Item = (String, Vec<u8>)> {
    [Dialect::Alfa, Dialect::Bravo].into_iter().flat_map(|dialect| {
        every_message(dialect).into_iter().map(move |(name, message)| (format!("{dialect:?}-{name}"), message))
    })
}

/// Whether `program` can be run; in CI it must.
fn present(program: &str, probe: &str) -> bool {
    let found = Command::new(program).arg(probe).output().is_ok_and(|output| output.status.success());
    assert!(found || std::env::var_os("CI").is_none(), "{program} is not installed, and CI is set");
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `openssl cms -verify` at the message's time, with what `how` adds.
fn openssl_verify(folder: &Path, how: &[&str]) -> Output {
    let at: Timestamp = AT.parse().unwrap();
    Command::new("openssl")
        .current_dir(folder)
        .args(["cms", "-verify", "-purpose", "any", "-attime", &at.as_second().to_string()])
        .args(["-CAfile", "root.pem", "-out", "content.out"])
        .args(how)
        .output()
        .unwrap()
}

/// The message as a mail program gives it to openssl, which makes every line end CRLF.
fn openssl_verify_mail(folder: &Path, message: &[u8]) -> Output {
    fs::write(folder.join("message.eml"), message).unwrap();
    openssl_verify(folder, &["-in", "message.eml"])
}

/// Content and signature cut at the outermost boundary, octet by octet.
fn openssl_verify_octets(folder: &Path, message: &[u8]) -> Output {
    let closing = message.windows(4).rposition(|octets| octets == b"\r\n--").unwrap();
    let delimiter = &message[closing + 2..message.len() - 4];
    let delimiters: Vec<usize> = message
        .windows(delimiter.len())
        .enumerate()
        .filter(|(_, octets)| *octets == delimiter)
        .map(|(at, _)| at)
        .collect();
    let [first, second, _] = delimiters[..] else { panic!("{} delimiters", delimiters.len()) };
    fs::write(folder.join("content"), &message[first + delimiter.len() + 2..second - 2]).unwrap();
    fs::write(folder.join("smime.p7s"), signature_of(&message[second..closing])).unwrap();
    openssl_verify(folder, &["-binary", "-inform", "DER", "-in", "smime.p7s", "-content", "content"])
}

/// The octets of a base64 part.
fn signature_of(part: &[u8]) -> Vec<u8> {
    let (_, body) = std::str::from_utf8(part).unwrap().split_once("\r\n\r\n").unwrap();
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body.replace("\r\n", "")).unwrap()
}

#[test]
fn openssl_verifies_every_message_in_both_dialects_and_no_altered_one() {
    if !present("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    Pki::load().unwrap().write_trust(folder).unwrap();
    for (name, mut message) in both_dialects() {
        let output = openssl_verify_octets(folder, &message);
        assert!(output.status.success(), "{name}: {}", said(&output));
        // openssl mends line ends that are not CRLF before it verifies a mail.
        if !name.contains("bytes") {
            let output = openssl_verify_mail(folder, &message);
            assert!(output.status.success(), "{name} as mail: {}", said(&output));
        }

        let zone = message.windows(7).position(|octets| octets == b"(+0100)").unwrap();
        message[zone + 1] = b'-';
        assert!(!openssl_verify_octets(folder, &message).status.success(), "{name} verifies although altered");
    }
}

#[test]
fn xmllint_finds_every_daticert_valid_and_a_wrong_one_invalid() {
    if !present("xmllint", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dtd = folder.path().join("daticert.dtd");
    fs::write(&dtd, DTD).unwrap();
    let xmllint = |xml: &[u8]| {
        let path = folder.path().join("daticert.xml");
        fs::write(&path, xml).unwrap();
        Command::new("xmllint").args(["--noout", "--dtdvalid"]).arg(&dtd).arg(path).output().unwrap()
    };
    for (name, message) in both_dialects() {
        let Some(xml) = daticert(&message) else {
            assert!(name.contains("anomaly"), "{name} has no daticert.xml");
            continue;
        };
        assert!(!name.contains("anomaly"), "{name} has a daticert.xml");
        let output = xmllint(&xml);
        assert!(output.status.success(), "{name}: {}", said(&output));
        let wrong = String::from_utf8(xml).unwrap().replace("risposte", "risposta");
        assert!(!xmllint(wrong.as_bytes()).status.success(), "{name}: a wrong element is accepted");
    }
}

/// The daticert.xml of a message, as mail-parser finds it.
fn daticert(message: &[u8]) -> Option<Vec<u8>> {
    use mail_parser::MimeHeaders as _;
    let read = mail_parser::MessageParser::new().parse(message)?;
    let part = read.parts.iter().find(|part| part.attachment_name() == Some("daticert.xml"))?;
    Some(part.contents().to_vec())
}
