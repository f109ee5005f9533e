//! OpenSSL's and libxml2's opinion of everything that the reference gateways compose in the whole suite: each signature
//! verifies with the test CA at the message's own time, each daticert.xml is valid against the DTD of RFC 6109 4.4. The
//! plays are those of the scenarios' own trials: nothing is played twice.

use std::{
    collections::BTreeSet,
    env, fs,
    path::Path,
    process::{Command, Output},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use jiff::Timestamp;
use libtest_mimic::Failed;
use pec_conformance::{
    evidence::{Observation, Party},
    message::{Bytes, Kind, Message},
    results::Cell,
};

const DTD: &str = include_str!("../../src/message/daticert.dtd");

/// What was composed, gathered while the scenarios are played.
#[derive(Default)]
pub struct Oracle {
    gathered: Mutex<Gathered>,
    ended: Condvar,
}

#[derive(Default)]
struct Gathered {
    seen: BTreeSet<Vec<u8>>,
    composed: Vec<Composed>,
    ended: usize,
}

/// A play under way; dropped, it has ended, whatever became of it.
pub struct UnderWay<'o>(&'o Oracle);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.lock().ended += 1;
        self.0.ended.notify_all();
    }
}

impl Oracle {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        // Who panicked while it was held failed by that already.
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A play begins.
    pub fn begins(&self) -> UnderWay<'_> {
        UnderWay(self)
    }

    /// Takes what the gateways composed in a play.
    pub fn take(&self, cell: &Cell) {
        let composed = composed(cell);
        let mut gathered = self.lock();
        let Gathered { seen, composed: all, .. } = &mut *gathered;
        // In a mailbox it lies with trace fields on top, and signed as it was on the wire.
        all.extend(composed.into_iter().filter(|composed| {
            let cms = composed.message.signed.as_ref().and_then(|signed| signed.cms.clone());
            seen.insert(cms.unwrap_or_else(|| composed.bytes.to_vec()))
        }));
    }

    /// Waits until so many plays have ended, and asks.
    pub fn verdict(&self, plays: usize) -> Result<(), Failed> {
        if !["openssl", "xmllint"].iter().all(|tool| at_hand(tool)) {
            return Ok(());
        }
        let waiting = |gathered: &mut Gathered| gathered.ended < plays;
        let gathered = self.ended.wait_while(self.lock(), waiting).unwrap_or_else(PoisonError::into_inner);
        let composed = &gathered.composed;
        let refused: Vec<String> = thread::scope(|scope| {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            // In turn, since large messages stand together.
            let share = |first| composed.iter().skip(first).step_by(threads).collect::<Vec<_>>();
            let shares: Vec<_> = (0..threads).map(share).map(|share| scope.spawn(move || refused(&share))).collect();
            shares.into_iter().flat_map(|share| share.join().expect("asking does not panic")).collect()
        });
        if !refused.is_empty() {
            return Err(format!("{} refused:\n{}", refused.len(), refused.join("\n")).into());
        }
        let kinds: BTreeSet<Kind> = composed.iter().map(|composed| composed.kind).collect();
        let all = kinds == BTreeSet::from(Kind::ALL);
        all.then_some(())
            .ok_or_else(|| format!("the suite makes the gateways compose these kinds alone: {kinds:?}").into())
    }
}

/// A message that a gateway composed.
struct Composed {
    /// Where it was seen, for people.
    name: String,
    bytes: Bytes,
    at: Timestamp,
    anchors: Vec<Arc<[u8]>>,
    message: Message,
    kind: Kind,
}

/// What the two tools refuse, and why.
fn refused(share: &[&Composed]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let signatures = share.iter().filter_map(|composed| {
        signature(folder.path(), composed).map(|complaint| format!("{}: {complaint}", composed.name))
    });
    signatures.chain(daticerts(folder.path(), share)).collect()
}

/// What gateways put on a wire or into a mailbox. What the harness made wrong is not theirs.
fn composed(cell: &Cell) -> Vec<Composed> {
    let observations = cell.observed.observations.iter();
    let messages = observations.filter_map(|observation| Some((observation, Message::read(&observation.bytes).ok()?)));
    let messages: Vec<(&Observation, Message)> = messages.collect();
    let identity = |message: &Message| message.mail.field("Message-ID");
    let announced = cell.observed.announced.iter().filter_map(|finding| {
        let (one, message) = messages.iter().find(|(one, _)| Some(one.id) == finding.observation)?;
        identity(message).filter(|_| one.producer == Party::Harness)
    });
    // Delivered as it came, it lies in a mailbox too.
    let wrong: BTreeSet<String> = announced.collect();
    let theirs = |(observation, message): &(&Observation, Message)| {
        let made_wrong =
            message.kind == Some(Kind::PostaCertificata) && identity(message).is_some_and(|id| wrong.contains(&id));
        observation.producer.role().is_some() && !made_wrong
    };
    let composed = messages.into_iter().filter(theirs).filter_map(|(observation, message)| {
        let kind = message.kind?;
        Some(Composed {
            name: format!("{} message {} ({})", cell.observed.title, observation.id, kind.title()),
            bytes: observation.bytes.clone(),
            at: observation.at,
            anchors: cell.observed.anchors.clone(),
            message,
            kind,
        })
    });
    composed.collect()
}

/// What openssl has against the signature.
fn signature(folder: &Path, composed: &Composed) -> Option<String> {
    let Composed { bytes, message, .. } = composed;
    let anchors = composed.anchors.iter().map(|der| {
        der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).expect("a certificate fits PEM")
    });
    fs::write(folder.join("anchors.pem"), anchors.collect::<String>()).unwrap();
    let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()?.instant());
    let at = certified.unwrap_or(composed.at).as_second().to_string();
    let mut arguments = vec!["cms", "-verify", "-CAfile", "anchors.pem", "-attime", &at, "-out", "out"];
    if bare_line_feeds(bytes) {
        // openssl's reader of mail makes every line end CRLF: such content is given to it as the octets that were signed.
        let Some(signed) = &message.signed else { return Some("no multipart/signed".to_owned()) };
        fs::write(folder.join("content"), message.mail.bytes(&signed.content.span)).unwrap();
        fs::write(folder.join("signature"), signed.cms.as_deref().unwrap_or_default()).unwrap();
        arguments.extend(["-inform", "DER", "-in", "signature", "-content", "content", "-binary"]);
    } else {
        fs::write(folder.join("message.eml"), bytes).unwrap();
        arguments.extend(["-in", "message.eml"]);
    }
    complaint(&Command::new("openssl").args(arguments).current_dir(folder).output().unwrap())
}

fn bare_line_feeds(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', bytes).any(|at| at == 0 || bytes[at - 1] != b'\r')
}

/// What xmllint, asked once, has against certification data; and which messages have none.
fn daticerts(folder: &Path, share: &[&Composed]) -> Vec<String> {
    // Where it lies anywhere else its path would be a URI to xmllint.
    fs::write(folder.join("daticert.dtd"), DTD).unwrap();
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for (number, composed) in share.iter().enumerate() {
        if let Some(reading) = &composed.message.daticert {
            let file = format!("{number:06}.xml");
            fs::write(folder.join(&file), &reading.xml).unwrap();
            files.push(file);
        } else if composed.kind != Kind::Anomalia {
            refused.push(format!("{}: there is no daticert.xml", composed.name));
        }
    }
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--noout", "--nonet", "--dtdvalid", "daticert.dtd"]).args(&files).current_dir(folder);
    if let Some(complaint) = complaint(&xmllint.output().unwrap()) {
        let numbered = share.iter().enumerate().filter(|(number, _)| complaint.contains(&format!("{number:06}.xml")));
        let names: Vec<&str> = numbered.map(|(_, composed)| composed.name.as_str()).collect();
        refused.push(format!("{}: {complaint}", names.join(", ")));
    }
    refused
}

fn complaint(output: &Output) -> Option<String> {
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Whether a tool is installed. In CI it must be; elsewhere its absence is said.
fn at_hand(tool: &str) -> bool {
    let there = Command::new(tool).arg("--version").output().is_ok();
    assert!(there || env::var_os("CI").is_none(), "{tool} is not installed, and in CI it must be");
    if !there {
        eprintln!("skipped: {tool} is not installed");
    }
    there
}
