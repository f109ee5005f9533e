//! Four opinions from outside on a few hundred messages, clean and faulty, of both dialects: OpenSSL's on signatures and on
//! certification paths, libxml2's on certification data, Python's on headers and bodies. Each equals ours.
//!
//! The messages are those of recorded scenarios, and each fault's, edited and signed again. A tool that is not installed
//! is skipped with a word; in CI all must be there.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::{Command, Output},
    sync::{Arc, LazyLock},
    thread,
};

use aws_lc_rs::digest::{SHA256, digest};
use pec_conformance::{
    evidence::{Direction, Evidence, RunId},
    fault::{self, EmbeddedFault, Sought},
    message::{Entity, Message},
    pki::Pki,
    results::CellOutcome,
    rules,
    runner::{How, play},
    scenario::suite,
    smime::{Certificate, Signature, SignatureState, Signer, Trust},
};
use serde_json::Value;
use tokio::runtime::Runtime;

const DTD: &str = include_str!("../../src/message/daticert.dtd");
/// Faults of which OpenSSL and we say different things of the path, and why both may. RFC 5280 wants these extensions not
/// critical (which `certificate/*` asks) and wants a critical one refused only where it is not processed: OpenSSL's list of
/// those that it processes lacks them.
const KNOWN: [&str; 2] = ["certificate/authority-key-id-critical", "certificate/subject-key-id-critical"];
const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/testsuite/oracle_email.py");

/// A message to have opinions on.
struct Specimen {
    /// Where it comes from, for people.
    name: String,
    bytes: Vec<u8>,
    message: Message,
    /// When it was seen, in seconds.
    at: i64,
}

/// Every message; made once for all tests.
static SPECIMENS: LazyLock<Vec<Specimen>> = LazyLock::new(specimens);
static PKI: LazyLock<Arc<Pki>> = LazyLock::new(|| Pki::load().expect("the test PKI can be issued"));

#[test]
fn openssl_says_the_same_of_every_signature() {
    if !at_hand("openssl", "version") {
        return;
    }
    let tampered: Vec<Specimen> = SPECIMENS.iter().step_by(8).filter_map(tampered).collect();
    let signed: Vec<&Specimen> = SPECIMENS.iter().chain(&tampered).filter(|one| ours(one).is_some()).collect();
    let opinions = in_shares(&signed, |share| {
        let folder = tempfile::tempdir().unwrap();
        share.iter().map(|one| openssl_cms(folder.path(), one)).collect()
    });
    let pairs = signed.iter().zip(opinions).map(|(one, theirs)| {
        let state = ours(one).expect("only those with an opinion were asked");
        (one.name.as_str(), state == SignatureState::Valid, theirs.is_empty(), format!("{state:?} / {theirs}"))
    });
    same(pairs, 300, 40);
}

#[test]
fn openssl_says_the_same_of_every_certification_path() {
    if !at_hand("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut asked = BTreeMap::new();
    for one in SPECIMENS.iter() {
        let Some(signature) = signature(one) else { continue };
        if let Some(signer) = signature.signer {
            asked.entry((signer.der.clone(), one.at)).or_insert((one, signer, signature.certificates));
        }
    }
    let trust = PKI.trust();
    let opinions: Vec<_> = asked
        .values()
        .filter(|(one, ..)| !KNOWN.iter().any(|known| one.name.starts_with(known)))
        .map(|(one, signer, others)| {
            let at = jiff::Timestamp::from_second(one.at).expect("it came from an instant");
            let ours = trust.check(signer, others, at);
            let theirs = openssl_verify(folder.path(), &trust, signer, others, one.at);
            let words = format!("{ours:?} / {}", words(&theirs));
            (one.name.as_str(), ours.is_ok(), theirs.status.success(), words)
        })
        .collect();
    same(opinions.into_iter(), 10, 3);
}

#[test]
fn xmllint_says_the_same_of_all_certification_data() {
    if !at_hand("xmllint", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Where it lies anywhere else its path would be a URI to xmllint.
    fs::write(folder.path().join("daticert.dtd"), DTD).unwrap();
    let mut names = Vec::new();
    let with_data: Vec<&Specimen> = SPECIMENS.iter().filter(|one| one.message.daticert.is_some()).collect();
    for (number, one) in with_data.iter().enumerate() {
        let name = format!("{number}.xml");
        let reading = one.message.daticert.as_ref().expect("only those that have it");
        fs::write(folder.path().join(&name), &reading.xml).unwrap();
        names.push(name);
    }
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--dtdvalid", "daticert.dtd"])
        .args(&names)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said: String = words(&output)
        .lines()
        .filter(|line| !line.contains(": warning:"))
        .fold(String::new(), |said, line| said + line + "\n");
    let wrong: BTreeSet<&str> = said
        .lines()
        .filter_map(|line| line.split(':').next().filter(|first| names.iter().any(|name| name == first)))
        .chain(said.lines().filter_map(|line| line.strip_prefix("Document ")?.split(' ').next()))
        .collect();
    let pairs = with_data.iter().zip(&names).map(|(one, name)| {
        let reading = one.message.daticert.as_ref().expect("only those that have it");
        let ours = reading.malformed.is_none() && reading.invalid.is_empty();
        (
            one.name.as_str(),
            ours,
            !wrong.contains(name.as_str()),
            format!(
                "{:?} {:?} / {}",
                reading.malformed,
                reading.invalid,
                said.lines().filter(|line| line.contains(name.as_str())).collect::<Vec<_>>().join("; ")
            ),
        )
    });
    same(pairs, 300, 5);
}

/// Faults and controls that Python reads otherwise, and why neither is wrong.
const READ_APART: [(&str, &str); 2] = [
    ("structure/bare-line-feed", "its lines end at a bare line feed too; ours are octets, which the signature covers"),
    (
        "tolerated/word-called-latin-1",
        "octets 0x80 to 0x9f of such a word have two right readings (practice of mail programs)",
    ),
];

#[test]
fn python_reads_the_same_headers_names_and_contents() {
    if !at_hand("python3", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..SPECIMENS.len()).map(|number| format!("{number}.eml")).collect();
    for (name, one) in names.iter().zip(SPECIMENS.iter()) {
        fs::write(folder.path().join(name), &one.bytes).unwrap();
    }
    let output = Command::new("python3").arg(READER).args(&names).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let read: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), SPECIMENS.len());
    let read_apart = |name: &str| READ_APART.iter().any(|(known, _)| name.starts_with(known));
    let both = SPECIMENS.iter().zip(&read).filter(|(one, _)| !read_apart(&one.name));
    let differences: Vec<String> = both.flat_map(|(one, theirs)| different(one, theirs)).collect();
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

/// Both sides say the same of each, and neither says the same of all: so many are right, so many wrong.
fn same<'a>(opinions: impl Iterator<Item = (&'a str, bool, bool, String)>, right: usize, wrong: usize) {
    let (mut accepted, mut refused, mut differences) = (0, 0, Vec::new());
    for (name, ours, theirs, words) in opinions {
        *if theirs { &mut accepted } else { &mut refused } += 1;
        if ours != theirs {
            differences.push(format!("{name}: ours {ours}, theirs {theirs}: {words}"));
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert!(accepted >= right && refused >= wrong, "only {accepted} accepted, {refused} refused");
}

fn specimens() -> Vec<Specimen> {
    let faults = fault::embedded().expect("the faults are readable");
    let mut scenarios: BTreeMap<&str, Vec<(&'static str, &EmbeddedFault)>> = BTreeMap::new();
    for (id, one) in &faults {
        scenarios.entry(one.fault.on.scenario.as_str()).or_default().push((id, one));
    }
    let suite = suite(&rules::ids()).expect("the suite loads");
    // Thirty megabytes tell no more of a reader than a few kilobytes.
    let wanted = suite
        .scenarios
        .iter()
        .filter(|scenario| scenarios.contains_key(scenario.id.as_str()) && !scenario.id.ends_with("thirty-megabytes"));
    let runtime = Runtime::new().expect("threads can be started");
    let ways = [Direction::new("alfa", "bravo"), Direction::new("bravo", "alfa")];
    let plays: Vec<_> = wanted
        .enumerate()
        .map(|(number, scenario)| {
            // Both dialects, in turn.
            let (scenario, way) = (scenario.clone(), ways[number % 2].clone());
            runtime.spawn(async move { play(&scenario, &way, &How { run: RunId::unmarked(), ..How::default() }).await })
        })
        .collect();
    let mut specimens = Vec::new();
    let mut seen = BTreeSet::new();
    for play in plays {
        let cell = runtime.block_on(play).expect("a play does not panic");
        assert_eq!(cell.outcome, CellOutcome::Passed, "{}", cell.scenario);
        collect(&cell.observed, &cell.scenario, &mut seen, &mut specimens);
        for (id, one) in scenarios.get(cell.scenario.as_str()).into_iter().flatten() {
            // What cannot be made in this direction is made in none.
            if let Ok(edited) = fault::apply_to_evidence(&one.fault, &cell.observed, &signer) {
                collect(&edited, id, &mut seen, &mut specimens);
            }
        }
    }
    specimens
}

/// The system-generated messages of evidence that were not there before.
fn collect(evidence: &Evidence, name: &str, seen: &mut BTreeSet<Vec<u8>>, specimens: &mut Vec<Specimen>) {
    for one in &evidence.observations {
        let Ok(message) = Message::read(&one.bytes) else { continue };
        if message.kind.is_some() && seen.insert(one.bytes.to_vec()) {
            let name = format!("{name}, message {}", one.id);
            specimens.push(Specimen { name, bytes: one.bytes.to_vec(), message, at: one.at.as_second() });
        }
    }
}

/// The same with a letter in what was signed in the other case.
fn tampered(one: &Specimen) -> Option<Specimen> {
    let signed = one.message.signed.as_ref()?.content.span.clone();
    let mut bytes = one.bytes.clone();
    let letters = (signed.start + signed.len() / 2)..signed.end;
    let at = letters.into_iter().find(|at| bytes[*at].is_ascii_alphabetic())?;
    bytes[at] ^= 0x20;
    let message = Message::read(bytes.clone()).ok()?;
    Some(Specimen { name: format!("{}, tampered with", one.name), bytes, message, at: one.at })
}

fn signer(sought: Sought<'_>) -> Option<Signer> {
    match sought {
        Sought::Id(id) => PKI.signer(id).cloned(),
        Sought::Certificate(der) => {
            PKI.signer_ids().filter_map(|id| PKI.signer(id)).find(|signer| signer.certificate == der).cloned()
        }
    }
}

fn signature(one: &Specimen) -> Option<Signature> {
    let signed = one.message.signed.as_ref()?;
    let cms = signed.cms.as_ref()?;
    Some(Signature::verify(cms, one.message.mail.bytes(&signed.content.span)))
}

/// Our word on the signature, where there is one.
fn ours(one: &Specimen) -> Option<SignatureState> {
    signature(one).map(|signature| signature.state).filter(|state| !matches!(state, SignatureState::Unsupported(_)))
}

/// What openssl has against the signature, whoever signed; nothing where it holds.
fn openssl_cms(folder: &Path, one: &Specimen) -> String {
    let signed = one.message.signed.as_ref().expect("only signed messages are asked about");
    fs::write(folder.join("content"), one.message.mail.bytes(&signed.content.span)).unwrap();
    fs::write(folder.join("signature"), signed.cms.as_deref().unwrap_or_default()).unwrap();
    let mut command = Command::new("openssl");
    // Without the machine's own authorities, which take three times as long to read as all else.
    command.args(["cms", "-verify", "-noverify", "-no-CAfile", "-no-CApath", "-binary", "-inform", "DER"]);
    let output =
        command.args(["-in", "signature", "-content", "content", "-out", "out"]).current_dir(folder).output().unwrap();
    if output.status.success() { String::new() } else { words(&output) }
}

fn openssl_verify(folder: &Path, trust: &Trust, signer: &Certificate, others: &[Arc<Certificate>], at: i64) -> Output {
    let write = |name: &str, label: &'static str, ders: &mut dyn Iterator<Item = &[u8]>| {
        let pems = ders.map(|der| der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap());
        fs::write(folder.join(name), pems.collect::<String>()).unwrap();
    };
    write("root.pem", "CERTIFICATE", &mut trust.anchors().iter().map(|der| &**der));
    write("lists.pem", "X509 CRL", &mut trust.crls().iter().map(|der| &**der));
    write("signer.pem", "CERTIFICATE", &mut std::iter::once(&*signer.der));
    write("others.pem", "CERTIFICATE", &mut others.iter().map(|other| &*other.der));
    let mut command = Command::new("openssl");
    command.args(["verify", "-attime", &at.to_string(), "-CAfile", "root.pem", "-purpose", "smimesign"]);
    command.args(["-no-CApath", "-no-CAstore", "-crl_check_all", "-CRLfile", "lists.pem", "-untrusted", "others.pem"]);
    command.arg("signer.pem").current_dir(folder).output().unwrap()
}

/// Where Python reads something else.
fn different(one: &Specimen, theirs: &Value) -> Vec<String> {
    let mail = &one.message.mail;
    let mut differences = Vec::new();
    let fields = theirs["fields"].as_object().expect("the reader writes an object");
    for (name, value) in fields {
        let Some(value) = value.as_str() else { continue };
        let ours = mail.root.header(name).map(|header| mail.decoded(header)).unwrap_or_default();
        let ours = ours.split_whitespace().collect::<Vec<_>>().join(" ");
        if ours != value {
            differences.push(format!("{}: {name}: ours {ours:?}, theirs {value:?}", one.name));
        }
    }
    let parts = theirs["parts"].as_array().expect("the reader writes a list");
    let leaves: Vec<&Entity> = mail.root.walk().filter(|entity| entity.children.is_empty()).collect();
    if leaves.len() != parts.len() {
        differences.push(format!("{}: {} parts, theirs {}", one.name, leaves.len(), parts.len()));
        return differences;
    }
    for (leaf, part) in leaves.into_iter().zip(parts) {
        if part[1].as_str() != leaf.file_name() {
            differences.push(format!("{}: name {:?}, theirs {}", one.name, leaf.file_name(), part[1]));
        }
        if let (Some(theirs), Some(content)) = (part[2].as_str(), mail.content(leaf)) {
            let ours = digest(&SHA256, &content);
            let ours = ours.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            if ours != theirs {
                differences.push(format!("{}: {} holds other bytes ({} of them)", one.name, part[0], content.len()));
            }
        }
    }
    differences
}

/// Asks in as many threads as there are cores; the answers in the order of what was asked about.
fn in_shares<'a, T: Send>(all: &[&'a Specimen], ask: impl Fn(&[&'a Specimen]) -> Vec<T> + Sync) -> Vec<T> {
    let share = all.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
    thread::scope(|scope| {
        let ask = &ask;
        let shares: Vec<_> = all.chunks(share).map(|share| scope.spawn(move || ask(share))).collect();
        shares.into_iter().flat_map(|share| share.join().expect("asking does not panic")).collect()
    })
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// Whether a tool is installed. In CI it must be; elsewhere its absence is said.
fn at_hand(tool: &str, version: &str) -> bool {
    let there = Command::new(tool).arg(version).output().is_ok();
    assert!(there || env::var_os("CI").is_none(), "{tool} is not installed, and in CI it must be");
    if !there {
        eprintln!("skipped: {tool} is not installed");
    }
    there
}
