//! One small world of messages to judge: everything about one submission, in the dialect of choice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use jiff::Timestamp;

use crate::{
    clock::LegalTime,
    directory::{Directory, Provider},
    evidence::{Evidence, GatewayFacts, Observation, Party, Role, Seen, SmtpPath},
    gateway::compose::{
        Certified, Composer, Deadline, DeliveryError, Dialect, Notice, ReceiptForm, Recipient, Typology,
    },
    message::{Kind, Message},
    norm::AsOf,
    pki::Pki,
    rules::{Check, Context, Finding, MessageSubject, text::Texts},
    smime::{Signature, Trust},
};

/// Both ways to write.
pub const DIALECTS: [Dialect; 2] = [Dialect::Alfa, Dialect::Bravo];

/// The original as the access point passes it on.
pub const ORIGINAL: &str = "Received: from client.alfa.example by mx.alfa.example;\r\n\tMon, 2 Mar 2026 09:30:00 +0100\r\n\
    Message-ID: <id1.20260302@alfa.example>\r\nX-Riferimento-Message-ID: <1$x@pc>\r\n\
    From: Mario Rossi <mario@alfa.example>\r\nTo: Anna <anna@bravo.example>\r\nCc: carla@posta.example\r\n\
    Subject: Contratto n. 42\r\nDate: Mon, 2 Mar 2026 09:29:58 +0100\r\n\
    MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nEcco.\r\n";

/// What a judgement said.
#[derive(Default)]
pub struct Verdicts {
    /// Findings by rule.
    pub failed: BTreeMap<&'static str, Vec<Finding>>,
    /// Rules that inspected something.
    pub applied: BTreeSet<&'static str>,
}

/// A message that one of the providers composed.
#[derive(Clone)]
pub struct Sample {
    /// Its kind.
    pub kind: Kind,
    /// Which message of that kind, where there are several.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// `alfa` or `bravo`.
    pub signer: &'static str,
}

/// The instant of every message here.
pub fn instant() -> Timestamp {
    "2026-03-02T08:30:00Z".parse().unwrap()
}

/// The test PKI.
pub fn pki() -> Arc<Pki> {
    Pki::load().unwrap()
}

/// The submission that all samples are about.
pub fn about() -> Certified {
    Certified {
        sender: "mario@alfa.example".to_owned(),
        recipients: [("anna@bravo.example", Typology::Certified), ("carla@posta.example", Typology::External)]
            .map(|(address, typology)| Recipient { address: address.to_owned(), typology })
            .to_vec(),
        subject_raw: b"Contratto n. 42".to_vec(),
        subject: Some("Contratto n. 42".to_owned()),
        reply_to: "mario@alfa.example".to_owned(),
        identifier: "id1.20260302@alfa.example".to_owned(),
        msgid: Some("<1$x@pc>".to_owned()),
        receipt: ReceiptForm::Complete,
    }
}

/// Composes as this provider.
pub fn composer(id: &str, dialect: Dialect) -> Composer {
    let pki = pki();
    let provider = pki.provider(id).unwrap();
    Composer {
        provider: provider.name.clone(),
        address: provider.service.clone(),
        dialect,
        signer: pki.signer(id).unwrap().clone(),
    }
}

/// Every kind, in one dialect.
pub fn samples(dialect: Dialect) -> Vec<Sample> {
    let about = about();
    let at = LegalTime::at(instant());
    let taken = ["anna@bravo.example".to_owned()];
    let (recipient, virus, to) = ("anna@bravo.example", "EICAR", "ricevute@alfa.example");
    let error = DeliveryError { errore: "no-dest", code: "5.1.1", description: "indirizzo non valido" };
    let delivery = |form| Notice::Delivery { recipient, form, original: ORIGINAL.as_bytes() };
    let notices = [
        (Kind::Accettazione, "", "alfa", Notice::Acceptance),
        (Kind::NonAccettazione, "", "alfa", Notice::NonAcceptance { reason: "destinatario assente" }),
        (Kind::NonAccettazioneVirus, "", "alfa", Notice::NonAcceptanceVirus { virus }),
        (Kind::PresaInCarico, "", "bravo", Notice::ServerAcceptance { taken: &taken, to }),
        (Kind::AvvenutaConsegna, "", "bravo", delivery(ReceiptForm::Complete)),
        (Kind::AvvenutaConsegna, "brief", "bravo", delivery(ReceiptForm::Brief)),
        (Kind::AvvenutaConsegna, "concise", "bravo", delivery(ReceiptForm::Concise)),
        (Kind::ErroreConsegna, "", "bravo", Notice::NonDelivery { recipient, error }),
        (Kind::ErroreConsegnaVirus, "", "alfa", Notice::VirusNonDelivery { recipient, virus }),
        (Kind::PreavvisoErroreConsegna, "12h", "alfa", Notice::Timeout { recipient, deadline: Deadline::Twelve }),
        (Kind::PreavvisoErroreConsegna, "", "alfa", Notice::Timeout { recipient, deadline: Deadline::TwentyFour }),
        (Kind::RilevazioneVirus, "", "bravo", Notice::VirusDetection { recipient, virus, to }),
    ];
    let mut samples: Vec<Sample> = notices
        .into_iter()
        .map(|(kind, name, signer, notice)| {
            let receipt = match name {
                "brief" => ReceiptForm::Brief,
                "concise" => ReceiptForm::Concise,
                _ => ReceiptForm::Complete,
            };
            let about = Certified { receipt, ..about.clone() };
            let bytes = composer(signer, dialect).notification(&about, &notice, "n1@host.example", &at);
            Sample { kind, name, bytes, signer }
        })
        .collect();
    let envelope = composer("alfa", dialect).transport_envelope(&about, ORIGINAL.as_bytes(), &at);
    samples.push(Sample { kind: Kind::PostaCertificata, name: "", bytes: envelope, signer: "alfa" });
    let anomaly = anomaly(ORIGINAL, "mario@alfa.example", dialect);
    samples.push(Sample { kind: Kind::Anomalia, name: "", bytes: anomaly, signer: "bravo" });
    samples
}

/// An anomaly envelope around what came in.
pub fn anomaly(received: &str, sender: &str, dialect: Dialect) -> Vec<u8> {
    let recipients = ["anna@bravo.example".to_owned()];
    let at = LegalTime::at(instant());
    composer("bravo", dialect).anomaly_envelope(received.as_bytes(), sender, &recipients, "firma non valida", &at)
}

/// The first sample of a kind.
pub fn sample(kind: Kind, dialect: Dialect) -> Sample {
    let named = |sample: &Sample| sample.kind == kind && (sample.name.is_empty());
    samples(dialect).into_iter().find(named).unwrap()
}

/// The directory, with the good certificates of the two providers.
pub fn directory() -> &'static Directory {
    static DIRECTORY: LazyLock<Directory> =
        LazyLock::new(|| listing(|signer| ["alfa", "alfa-renewed", "bravo"].contains(&signer)));
    &DIRECTORY
}

/// The directory, with the defective certificates listed too.
pub fn careless_directory() -> &'static Directory {
    static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| listing(|_| true));
    &DIRECTORY
}

fn listing(listed: fn(&str) -> bool) -> Directory {
    let pki = pki();
    let record = |id: &str, mail_receipt: &str, domains: &[&str]| {
        let own = |signer: &&str| listed(signer) && (*signer == id || signer.starts_with(&format!("{id}-")));
        let certificates: Vec<Vec<u8>> =
            pki.signer_ids().filter(own).map(|signer| pki.certificate(signer).unwrap().to_vec()).collect();
        let hash = |der: &Vec<u8>| crate::smime::Certificate::read(der).unwrap().sha1();
        Provider {
            name: pki.provider(id).unwrap().name.clone(),
            certificate_hashes: certificates.iter().map(hash).collect(),
            certificates,
            mail_receipt: mail_receipt.to_owned(),
            managed_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            ..Provider::default()
        }
    };
    let alfa = record("alfa", "ricevute@alfa.example", &["alfa.example"]);
    let bravo = record("bravo", "presa-in-carico@bravo.example", &["bravo.example", "gestore.bravo.example"]);
    let charlie = Provider {
        name: "Charlie Certificata S.r.l.".to_owned(),
        managed_domains: vec!["irraggiungibile.example".to_owned()],
        ..Provider::default()
    };
    Directory::from_iter([alfa, bravo, charlie])
}

/// A message in the recipient's mailbox at the instant of every message here.
pub fn in_mailbox(message: &Message) -> Observation {
    Observation {
        id: 1,
        bytes: message.mail.raw.clone(),
        seen: Seen::Mailbox { at: Party::Receiver, address: "anna@bravo.example".to_owned() },
        at: instant(),
        path: None,
        producer: Party::Sender,
        name: None,
        dialogue: None,
    }
}

/// The same on its way from the sender's provider.
pub fn on_the_wire(message: &Message, path: SmtpPath) -> Observation {
    let seen = Seen::Wire { from: Party::Sender, to: Party::Receiver };
    Observation { seen, path: Some(path), ..in_mailbox(message) }
}

/// A judgement of these bytes in a mailbox, directory and trust at hand.
pub fn judge(bytes: &[u8]) -> Verdicts {
    judge_seen(bytes, in_mailbox)
}

/// A judgement of these bytes as seen, directory and trust at hand.
pub fn judge_seen(bytes: &[u8], seen: impl FnOnce(&Message) -> Observation) -> Verdicts {
    let message = Message::read(bytes.to_vec()).unwrap();
    let signature = verified(&message);
    judge_read(&message, signature.as_ref(), &seen(&message), Some(directory()), &pki().trust())
}

/// The signature, verified.
pub fn verified(message: &Message) -> Option<Signature> {
    let signed = message.signed.as_ref()?;
    Some(Signature::verify(signed.cms.as_deref().unwrap_or_default(), message.mail.bytes(&signed.content.span)))
}

/// A judgement of what was read and verified before.
pub fn judge_read(
    message: &Message,
    signature: Option<&Signature>,
    observation: &Observation,
    directory: Option<&Directory>,
    trust: &Trust,
) -> Verdicts {
    let original = message.original_mail();
    let signer = signature.and_then(|signature| signature.signer.as_ref());
    let provider = directory.zip(signer).and_then(|(directory, signer)| directory.signing_with(signer).next());
    // Whom the directory knows as the sender's provider, and nobody else, plays.
    let alfa = directory.into_iter().flat_map(|directory| directory.managing("alfa.example")).map(|provider| {
        let (provider, domains) = (provider.name.clone(), provider.managed_domains.clone());
        (Role::Sender, GatewayFacts { target: "alfa".to_owned(), provider, domains, ..GatewayFacts::default() })
    });
    let evidence = Evidence { gateways: alfa.take(1).collect(), ..Evidence::default() };
    let context =
        Context { evidence: &evidence, directory, trust, observed: observation.at, as_of: AsOf::Latest, path: None };
    let texts = Texts::default();
    let path = crate::rules::exhibit::path(signature, trust, observation.at);
    let subject = MessageSubject {
        message,
        observation,
        original: original.as_ref(),
        texts: &texts,
        signature,
        provider: provider.map(|listed| &**listed),
        path: path.as_ref(),
    };
    let mut verdicts = Verdicts::default();
    for rule in crate::rules::all() {
        let findings = match rule.check {
            Check::Message(check) => check(&subject, &context),
            Check::Certificate(check) => signer.and_then(|signer| check(signer, &context)),
            _ => None,
        };
        let Some(findings) = findings else { continue };
        verdicts.applied.insert(rule.id);
        if !findings.is_empty() {
            verdicts.failed.insert(rule.id, findings);
        }
    }
    verdicts
}
