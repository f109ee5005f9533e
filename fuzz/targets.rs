//! What each fuzz target does with its bytes. `tests/testsuite/fuzz_corpus.rs` does the same with the corpus and with mutations of it,
//! on stable and in every test run.
//!
//! Nothing is asserted about answers: only that there is one, in bounded time and memory, and that no rule broke.

use std::{fs, net::SocketAddr, sync::LazyLock};

use pec_conformance::{
    clock::Machine,
    directory::Directory,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, Service, disk},
    message::{Bytes, DaticertReading, Message},
    net::{Handler, Limits, LostReplies, Manners, Reply, Server, Session},
    pki::Pki,
    rules::{self, Judge, Judgement, Options, Outcome, Reference},
    scenario::Scenario,
    smime::{self, Certificate, Signature, Trust},
    state::StartTls,
};

/// A target: its name, as the folder of its corpus has it, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
#[allow(dead_code, reason = "the fuzzers name theirs")]
pub const ALL: [Target; 8] = [
    ("message", message),
    ("daticert", daticert),
    ("cms", cms),
    ("certificate", certificate),
    ("ldif", ldif),
    ("scenario", scenario),
    ("smtp", smtp),
    ("evidence", evidence),
];

/// A message, read and judged by every rule.
pub fn message(data: &[u8]) {
    if Message::read(data.to_vec()).is_err() {
        return;
    }
    judged(&Evidence { observations: vec![seen(data.to_vec().into())], ..Evidence::default() });
}

/// `daticert.xml` by itself.
pub fn daticert(data: &[u8]) {
    let reading = DaticertReading::read(data.to_vec());
    let _ = reading.data.and_then(|data| data.instant());
    alone(Message::daticert(data.to_vec()));
}

/// A CMS structure: as a signature beside content, around it, and by itself.
pub fn cms(data: &[u8]) {
    let _ = Signature::verify(data, b"content");
    let _ = Signature::open(data);
    alone(Message::signature(data.to_vec()));
    let content = smime::content(data).map(|content| Message::content(&content, data.to_vec()));
    if let Some(Ok(message)) = content {
        alone(message);
    }
}

/// A certificate given by itself.
pub fn certificate(data: &[u8]) {
    if Certificate::read(data).is_ok() {
        judged(&Evidence { certificates: vec![data.to_vec()], ..Evidence::default() });
    }
}

/// A providers' directory, plain or signed.
pub fn ldif(data: &[u8]) {
    let _ = Directory::read(data).map(|directory| directory.is_certified("a@b.example"));
    let version = DirectoryVersion::from("2026-03-02T08:30:00Z".parse().expect("an instant"), data.to_vec());
    judged(&Evidence { directories: vec![version], ..Evidence::default() });
}

/// A scenario file, and what is wrong with it as it would be drawn.
pub fn scenario(data: &[u8]) {
    static RULES: LazyLock<Vec<&str>> = LazyLock::new(rules::ids);
    let Ok(source) = str::from_utf8(data) else { return };
    if let Err(problems) = Scenario::read("fuzz", "fuzz.yaml", source, &RULES) {
        for problem in problems {
            let mut picture = String::new();
            let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
            handler.render_report(&mut picture, &problem).expect("a string takes it");
            assert!(picture.len() < 20_000, "what is wrong is told briefly");
        }
    }
}

/// What a peer says to the incoming point.
pub fn smtp(data: &[u8]) {
    static SERVER: LazyLock<Server> = LazyLock::new(|| {
        let pki = Pki::load().expect("the test PKI");
        let tls = pki.tls_server_config("alfa", Machine::default()).expect("a certificate of the test PKI");
        let limits = Limits { message: 1 << 20, ..Limits::default() };
        Server {
            host: "in.alfa.example".into(),
            service: Service::Incoming,
            tls,
            limits,
            upgrade: StartTls::Offered,
            manners: Manners::default(),
            lost_replies: LostReplies::default(),
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut stream = tokio::io::join(data, tokio::io::sink());
    let peer = SocketAddr::from(([127, 0, 0, 1], 25));
    // Every way a session can end is one.
    let _ = runtime.block_on(SERVER.converse(&Taker, &mut stream, peer));
}

/// The manifest of evidence on disk, which names files that are there and files that are not.
pub fn evidence(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(disk::MANIFEST), data).expect("a file");
    if let Ok(evidence) = disk::read(folder.path()) {
        judged(&evidence);
    }
}

fn seen(bytes: Bytes) -> Observation {
    Observation {
        id: 1,
        bytes,
        seen: Seen::File { path: "fuzz.eml".into() },
        at: "2026-03-02T08:30:00Z".parse().expect("an instant"),
        path: None,
        producer: Party::Undetermined,
        name: None,
        dialogue: None,
    }
}

/// A message, or as much of one as there is, judged by itself.
fn alone(message: Message) {
    let evidence = Evidence { observations: vec![seen(message.mail.raw.clone())], ..Evidence::default() };
    let trust = Trust::default();
    let reference = Reference::new(&[], &trust);
    let judge = Judge::new(rules::all(), &reference, Options::default());
    none_broke(judge.lone(message, &evidence, &mut judge.clerk()).judgement);
}

fn judged(evidence: &Evidence) {
    none_broke(rules::judge(evidence, &Options::default()));
}

fn none_broke(judgement: Judgement) {
    for verdict in judgement.verdicts {
        if let Outcome::InternalError(problem) = verdict.outcome {
            panic!("{} broke: {problem}", verdict.rule.id);
        }
    }
}

/// Takes everything.
struct Taker;

impl Handler for Taker {
    fn connected(&self, _: &Session) -> Result<(), Reply> {
        Ok(())
    }

    async fn authenticate(&self, _: &str, _: &str) -> bool {
        true
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 0], "Ok")
    }

    async fn rcpt(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 5], "Ok")
    }

    async fn data(&self, _: &Session, _: Vec<u8>) -> Reply {
        Reply::ok("Taken")
    }
}
