//! Every kind in both dialects, read back with mail-parser and with plain string searches.

use mail_parser::{MessageParser, MimeHeaders as _};

use super::*;
use crate::pki::Pki;

const BOTH: [Dialect; 2] = [Dialect::Alfa, Dialect::Bravo];
const IDENTIFIER: &str = "id1@alfa.example";
const ORIGINAL: &str = "Return-Path: <mario@alfa.example>\r\nReceived: one\r\n\tfolded\r\nReceived: two\r\n\
    To: anna@bravo.example,\r\n   luca@bravo.example\r\nCC:carla@posta.example \r\nBcc: x@y.example\r\nSubject: Perche'\r\n\
    Message-ID: <id1@alfa.example>\r\n\r\nciao\r\n";

fn composer(dialect: Dialect) -> Composer {
    Composer {
        provider: "Alfa Posta Certificata S.p.A.".to_owned(),
        address: "posta-certificata@alfa.example".to_owned(),
        dialect,
        signer: Pki::load().unwrap().signer("alfa").unwrap().clone(),
    }
}

fn about() -> Certified {
    Certified {
        sender: "mario@alfa.example".to_owned(),
        recipients: [("anna@bravo.example", Typology::Certified), ("carla@posta.example", Typology::External)]
            .map(|(address, typology)| Recipient { address: address.to_owned(), typology })
            .to_vec(),
        subject_raw: b"Perche'".to_vec(),
        subject: Some("Perche'".to_owned()),
        reply_to: "altro@posta.example".to_owned(),
        identifier: IDENTIFIER.to_owned(),
        msgid: Some("<1$x@pc>".to_owned()),
        receipt: ReceiptForm::Complete,
    }
}

fn at() -> LegalTime {
    LegalTime::at("2026-07-02T08:30:05Z".parse().unwrap())
}

/// A notice, and what is asked of it.
struct Expected<'a> {
    notice: Notice<'a>,
    ricevuta: &'a str,
    prefix: &'a str,
    to: &'a str,
    /// `errore`, where not `nessuno`.
    errore: Option<&'a str>,
    /// What stands in `errore-esteso` and in the text.
    said: &'a str,
}

fn every_notice<'a>(taken: &'a [String], original: &'a [u8]) -> Vec<Expected<'a>> {
    let (recipient, to, virus) = ("anna@bravo.example", "ricevute@beta.example", "EICAR");
    let sender = "mario@alfa.example";
    let error = DeliveryError { errore: "no-dest", code: "5.1.1", description: "indirizzo non valido" };
    let expect = |notice, ricevuta, prefix, to, errore, said| Expected { notice, ricevuta, prefix, to, errore, said };
    let delivery = |form| Notice::Delivery { recipient, form, original };
    let timeout = |deadline| Notice::Timeout { recipient, deadline };
    let late = "AVVISO DI MANCATA CONSEGNA PER SUP. TEMPO MASSIMO: ";
    vec![
        expect(Notice::Acceptance, "accettazione", "ACCETTAZIONE: ", sender, None, ""),
        expect(
            Notice::NonAcceptance { reason: "troppo grande" },
            "non-accettazione",
            "AVVISO DI NON ACCETTAZIONE: ",
            sender,
            Some("altro"),
            "troppo grande",
        ),
        expect(
            Notice::NonAcceptanceVirus { virus },
            "non-accettazione",
            "AVVISO DI NON ACCETTAZIONE PER VIRUS: ",
            sender,
            Some("virus"),
            virus,
        ),
        expect(Notice::ServerAcceptance { taken, to }, "presa-in-carico", "PRESA IN CARICO: ", to, None, ""),
        expect(delivery(ReceiptForm::Complete), "avvenuta-consegna", "CONSEGNA: ", sender, None, ""),
        expect(delivery(ReceiptForm::Brief), "avvenuta-consegna", "CONSEGNA: ", sender, None, ""),
        expect(delivery(ReceiptForm::Concise), "avvenuta-consegna", "CONSEGNA: ", sender, None, ""),
        expect(
            Notice::NonDelivery { recipient, error },
            "errore-consegna",
            "AVVISO DI MANCATA CONSEGNA: ",
            sender,
            Some("no-dest"),
            "5.1.1 - Alfa Posta Certificata S.p.A. - indirizzo non valido",
        ),
        expect(
            Notice::VirusNonDelivery { recipient, virus },
            "errore-consegna",
            "AVVISO DI MANCATA CONSEGNA PER VIRUS: ",
            sender,
            Some("virus"),
            "5.5.1 - Alfa Posta Certificata S.p.A. - virus rilevato: EICAR",
        ),
        expect(timeout(Deadline::Twelve), "preavviso-errore-consegna", late, sender, Some("altro"), "dodici ore"),
        expect(
            timeout(Deadline::TwentyFour),
            "preavviso-errore-consegna",
            late,
            sender,
            Some("altro"),
            "5.4.1 - Alfa Posta Certificata S.p.A. - ",
        ),
        expect(
            Notice::VirusDetection { recipient, virus, to },
            "rilevazione-virus",
            "PROBLEMA DI SICUREZZA: ",
            to,
            Some("virus"),
            virus,
        ),
    ]
}

/// A composed message as its parts read.
struct Read {
    header: String,
    text: String,
    html: Option<String>,
    daticert: Option<String>,
    original: Option<Vec<u8>>,
}

impl Read {
    fn of(message: &[u8]) -> Self {
        let read = MessageParser::new().parse(message).unwrap();
        let named = |name| read.parts.iter().find(|part| part.attachment_name() == Some(name));
        let header = String::from_utf8_lossy(message).split("\r\n\r\n").next().unwrap().to_owned() + "\r\n";
        Self {
            header: format!("\r\n{header}"),
            text: read
                .parts
                .iter()
                .find(|part| part.is_content_type("text", "plain"))
                .unwrap()
                .text_contents()
                .unwrap()
                .to_owned(),
            html: read
                .parts
                .iter()
                .find(|part| part.is_content_type("text", "html"))
                .map(|part| part.text_contents().unwrap().to_owned()),
            daticert: named("daticert.xml").map(|part| String::from_utf8(part.contents().to_vec()).unwrap()),
            original: named("postacert.eml")
                .map(|part| message[part.offset_body as usize..part.offset_end as usize].to_vec()),
        }
    }

    /// Asserts that a header field stands there, just so.
    fn has(&self, field: &str) {
        assert!(self.header.contains(&format!("\r\n{field}\r\n")), "no {field:?} in {}", self.header);
    }

    fn has_not(&self, name: &str) {
        assert!(!self.header.contains(&format!("\r\n{name}:")), "{name} in {}", self.header);
    }
}

#[test]
fn every_notification_says_in_header_text_and_daticert_what_it_is() {
    let taken = ["anna@bravo.example".to_owned()];
    for dialect in BOTH {
        for Expected { notice, ricevuta, prefix, to, errore, said } in every_notice(&taken, ORIGINAL.as_bytes()) {
            let read = Read::of(&composer(dialect).notification(&about(), &notice, "n1@alfa.example", &at()));
            read.has(&format!("X-Ricevuta: {ricevuta}"));
            read.has(&format!("To: {to}"));
            read.has("From: posta-certificata@alfa.example");
            read.has("Message-ID: <n1@alfa.example>");
            read.has("X-Riferimento-Message-ID: <1$x@pc>");
            read.has_not("X-Trasporto");
            read.has_not("Reply-To");
            let unfolded = read.header.replace("\r\n ", " ");
            assert!(unfolded.contains(&format!("\r\nSubject: {prefix}Perche'\r\n")), "{unfolded}");

            let daticert = read.daticert.unwrap();
            assert!(daticert.contains(&format!("tipo=\"{ricevuta}\"")), "{daticert}");
            match errore {
                Some(errore) => assert!(daticert.contains(&format!("errore=\"{errore}\"")), "{daticert}"),
                None => assert!(!daticert.contains("errore=") || daticert.contains("errore=\"nessuno\""), "{daticert}"),
            }
            assert_eq!(daticert.contains("<errore-esteso>"), !said.is_empty(), "{daticert}");
            assert!(
                daticert.contains(said) && daticert.contains("<risposte>altro@posta.example</risposte>"),
                "{daticert}"
            );

            for text in [Some(&read.text), read.html.as_ref()].into_iter().flatten() {
                let facts =
                    ["02/07/2026", "10:30:05", "(+0200)", "Perche'", "mario@alfa.example", "anna@bravo.example"];
                assert!(facts.iter().chain(&[IDENTIFIER, said]).all(|fact| text.contains(fact)), "{text}");
            }
        }
    }
}

#[test]
fn only_the_24_hour_notice_has_the_code_that_tells_it_apart() {
    let notice = |deadline| Notice::Timeout { recipient: "anna@bravo.example", deadline };
    for dialect in BOTH {
        let read = |deadline| Read::of(&composer(dialect).notification(&about(), &notice(deadline), "n1@x", &at()));
        assert!(!read(Deadline::Twelve).daticert.unwrap().contains("5.4.1"));
        assert!(read(Deadline::TwentyFour).daticert.unwrap().contains("<errore-esteso>5.4.1 - "));
    }
}

#[test]
fn the_fields_of_security_stand_where_they_belong() {
    let (recipient, virus, to) = ("anna@bravo.example", "EICAR", "ricevute@beta.example");
    for dialect in BOTH {
        let read = |notice| Read::of(&composer(dialect).notification(&about(), &notice, "n1@x", &at()));
        read(Notice::NonAcceptanceVirus { virus }).has("X-VerificaSicurezza: errore");
        read(Notice::VirusNonDelivery { recipient, virus }).has("X-VerificaSicurezza: errore");
        let detection = read(Notice::VirusDetection { recipient, virus, to });
        detection.has("X-Mittente: mario@alfa.example");
        detection.has_not("X-VerificaSicurezza");
        let acceptance = read(Notice::Acceptance);
        acceptance.has_not("X-VerificaSicurezza");
        acceptance.has_not("X-Mittente");
    }
}

#[test]
fn delivery_receipts_carry_the_original_in_their_form() {
    let original = "Content-Type: a/b; name=c\r\n\r\nabc";
    for dialect in BOTH {
        let carried = |form| {
            let notice = Notice::Delivery { recipient: "anna@bravo.example", form, original: original.as_bytes() };
            Read::of(&composer(dialect).notification(&about(), &notice, "n1@x", &at())).original
        };
        assert_eq!(carried(ReceiptForm::Complete).unwrap(), original.as_bytes());
        assert!(carried(ReceiptForm::Brief).unwrap().ends_with(b"a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert_eq!(carried(ReceiptForm::Concise), None);
    }
}

#[test]
fn a_transport_envelope_inherits_what_it_must_and_nothing_else() {
    for dialect in BOTH {
        let read = Read::of(&composer(dialect).transport_envelope(&about(), ORIGINAL.as_bytes(), &at()));
        read.has("X-Trasporto: posta-certificata");
        read.has("From: \"Per conto di: mario@alfa.example\" <posta-certificata@alfa.example>");
        read.has("Message-ID: <id1@alfa.example>");
        read.has("X-Riferimento-Message-ID: <1$x@pc>");
        read.has("Reply-To: mario@alfa.example");
        read.has("Received: one\r\n\tfolded\r\nReceived: two");
        read.has("To: anna@bravo.example,\r\n   luca@bravo.example");
        read.has("CC:carla@posta.example ");
        read.has("Return-Path: <mario@alfa.example>");
        read.has("Subject: POSTA CERTIFICATA: Perche'");
        read.has_not("Bcc");
        assert_eq!(read.original.unwrap(), ORIGINAL.as_bytes());
        assert!(read.daticert.unwrap().contains("<ricevuta tipo=\"completa\"/>"));
    }
}

#[test]
fn a_reply_to_of_the_original_is_inherited_as_it_is() {
    let original = format!("Reply-To:  Altro\r\n\t<altro@posta.example>\r\n{ORIGINAL}");
    for dialect in BOTH {
        let read = Read::of(&composer(dialect).transport_envelope(&about(), original.as_bytes(), &at()));
        read.has("Reply-To:  Altro\r\n\t<altro@posta.example>");
        assert_eq!(read.header.matches("\r\nReply-To").count(), 1);
    }
}

#[test]
fn a_form_of_receipt_is_told_and_the_default_by_one_dialect_only() {
    for (dialect, told) in [(Dialect::Alfa, true), (Dialect::Bravo, false)] {
        let header = |receipt| {
            let about = Certified { receipt, ..about() };
            Read::of(&composer(dialect).transport_envelope(&about, ORIGINAL.as_bytes(), &at())).header
        };
        assert!(header(ReceiptForm::Brief).contains("\r\nX-TipoRicevuta: breve\r\n"));
        assert!(header(ReceiptForm::Concise).contains("\r\nX-TipoRicevuta: sintetica\r\n"));
        assert_eq!(header(ReceiptForm::Complete).contains("\r\nX-TipoRicevuta: completa\r\n"), told);
    }
}

#[test]
fn without_a_msgid_or_subject_nothing_is_made_up() {
    let about = Certified { msgid: None, subject: None, subject_raw: Vec::new(), ..about() };
    for dialect in BOTH {
        let composer = composer(dialect);
        for message in [
            composer.notification(&about, &Notice::Acceptance, "n1@x", &at()),
            composer.transport_envelope(&about, ORIGINAL.as_bytes(), &at()),
        ] {
            let read = Read::of(&message);
            read.has_not("X-Riferimento-Message-ID");
            let daticert = read.daticert.unwrap();
            assert!(!daticert.contains("<msgid>") && !daticert.contains("<oggetto>"), "{daticert}");
        }
    }
}

#[test]
fn an_anomaly_envelope_carries_what_came_and_certifies_nothing() {
    let received = ORIGINAL.replace("To: anna@bravo.example", "To: <<broken");
    let recipients = ["anna@bravo.example".to_owned()];
    for dialect in BOTH {
        let compose = |received: &str, sender| {
            composer(dialect).anomaly_envelope(received.as_bytes(), sender, &recipients, "firma non valida", &at())
        };
        let read = Read::of(&compose(&received, "x@y.example"));
        read.has("X-Trasporto: errore");
        read.has("From: \"Per conto di: x@y.example\" <posta-certificata@alfa.example>");
        read.has("Message-ID: <id1@alfa.example>");
        read.has("To: <<broken,\r\n   luca@bravo.example");
        read.has("Subject: ANOMALIA MESSAGGIO: Perche'");
        read.has_not("X-Riferimento-Message-ID");
        assert_eq!(read.original.unwrap(), received.as_bytes());
        assert!(read.daticert.is_none());
        assert!(["02/07/2026", "x@y.example", "firma non valida"].iter().all(|fact| read.text.contains(fact)));

        let bounce = Read::of(&compose("Subject: Undelivered\r\n\r\n", ""));
        bounce.has_not("Reply-To");
        assert!(bounce.header.contains("\r\nMessage-ID: <anomalia."));
    }
}

#[test]
fn any_subject_arrives_exactly_in_header_and_daticert() {
    let long = "così è ".repeat(100);
    for (raw, decoded) in [
        (b"=?ISO-8859-1?Q?Perch=E9?=".as_slice(), "Perché"),
        ("Perché € «5»".as_bytes(), "Perché € «5»"),
        (b"Perch\xe9", "Perché"),
        (long.as_bytes(), &long),
        (&[b'x'; 2000], &"x".repeat(2000)),
        (b"=?utf-8?q?a=0D=0ABcc:_b?=", "a\r\nBcc: b"),
        (b"a\0b\rc", "a\0b\rc"),
    ] {
        let about = Certified { subject_raw: raw.to_vec(), subject: Some(decoded.to_owned()), ..about() };
        for dialect in BOTH {
            let message = composer(dialect).notification(&about, &Notice::Acceptance, "n1@x", &at());
            let read = MessageParser::new().parse(&message).unwrap();
            let subject = read.subject().unwrap();
            assert_eq!(subject.trim_end(), format!("ACCETTAZIONE: {decoded}").trim_end(), "{dialect:?}");
            let parts = Read::of(&message);
            assert!(parts.header.is_ascii() && !parts.header.contains("\r\nBcc"), "{}", parts.header);
            assert!(parts.header.lines().all(|line| line.len() < 998));
            let xml = parts.daticert.unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            let oggetto = document.descendants().find(|node| node.has_tag_name("oggetto")).unwrap();
            assert_eq!(oggetto.text().unwrap(), decoded.replace('\0', "\u{fffd}"));
        }
    }
}

#[test]
fn one_instant_stands_everywhere_and_the_zone_has_its_name_in_one_dialect() {
    for (dialect, date) in [
        (Dialect::Alfa, "Date: Thu, 2 Jul 2026 10:30:05 +0200"),
        (Dialect::Bravo, "Date: Thu, 2 Jul 2026 10:30:05 +0200 (CEST)"),
    ] {
        let read = Read::of(&composer(dialect).notification(&about(), &Notice::Acceptance, "n1@x", &at()));
        read.has(date);
        let daticert = read.daticert.unwrap().split_ascii_whitespace().collect::<String>();
        assert!(daticert.contains("<datazona=\"+0200\"><giorno>02/07/2026</giorno><ora>10:30:05</ora></data>"));
    }
}

#[test]
fn the_same_message_composed_twice_has_the_same_octets() {
    for dialect in BOTH {
        let compose = || composer(dialect).transport_envelope(&about(), ORIGINAL.as_bytes(), &at());
        assert_eq!(compose(), compose());
    }
}

#[test]
fn a_sender_cannot_break_out_of_the_display_name() {
    let about = Certified { sender: "\"a\\\"b\"@x.example".to_owned(), ..about() };
    for dialect in BOTH {
        let message = composer(dialect).transport_envelope(&about, ORIGINAL.as_bytes(), &at());
        let read = MessageParser::new().parse(&message).unwrap();
        let from = read.from().unwrap().first().unwrap();
        assert_eq!(from.address().unwrap(), "posta-certificata@alfa.example");
        assert_eq!(from.name().unwrap(), "Per conto di: \"a\\\"b\"@x.example");
    }
}
