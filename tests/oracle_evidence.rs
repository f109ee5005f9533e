//! OpenSSL's and libxml2's opinion of everything that the reference gateways compose in the whole suite: each signature
//! verifies with the test CA at the message's own time, each daticert.xml is valid against the DTD of RFC 6109 4.4.

use std::{
    collections::BTreeSet,
    env, fs,
    path::Path,
    process::{Command, Output},
    thread,
};

use pec_conformance::{
    evidence::{Observation, Party},
    message::{Kind, Message},
    results::{Cell, Event},
    rules,
    runner::{self, Plan},
    scenario,
};

const DTD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/message/daticert.dtd");

#[test]
fn openssl_and_xmllint_accept_everything_the_gateways_compose() {
    if !["openssl", "xmllint"].iter().all(|tool| at_hand(tool)) {
        return;
    }
    let plan = Plan::new(scenario::suite(&rules::ids()).expect("the suite loads").scenarios);
    let mut cells = Vec::new();
    runner::run(&plan, &mut |event| {
        if let Event::Finished(cell) = event {
            cells.push(cell);
        }
    })
    .expect("threads can be started");
    let mut seen = BTreeSet::new();
    let composed: Vec<Composed<'_>> = cells.iter().flat_map(|cell| composed(cell, &mut seen)).collect();
    let refused: Vec<String> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        // In turn, since large messages stand together.
        let share = |first| composed.iter().skip(first).step_by(threads).collect::<Vec<_>>();
        let shares: Vec<_> = (0..threads).map(share).map(|share| scope.spawn(move || refused(&share))).collect();
        shares.into_iter().flat_map(|share| share.join().expect("asking does not panic")).collect()
    });
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
    let kinds: BTreeSet<Kind> = composed.iter().map(|composed| composed.kind).collect();
    assert_eq!(kinds, BTreeSet::from(Kind::ALL), "the suite makes the gateways compose every kind of message");
}

/// A message that a gateway composed.
struct Composed<'a> {
    cell: &'a Cell,
    observation: &'a Observation,
    message: Message,
    kind: Kind,
}

/// What the two tools refuse, and why.
fn refused(share: &[&Composed<'_>]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let opinions = share.iter().flat_map(|composed| {
        let Composed { cell, observation, kind, .. } = composed;
        let name = format!("{} message {} ({})", cell.observed.title, observation.id, kind.title());
        let complaints = [signature(folder.path(), composed), daticert(folder.path(), composed)].into_iter().flatten();
        complaints.map(move |complaint| format!("{name}: {complaint}"))
    });
    opinions.collect()
}

/// What gateways put on a wire or into a mailbox, each signature once. What the harness made wrong is not theirs.
fn composed<'a>(cell: &'a Cell, seen: &mut BTreeSet<Vec<u8>>) -> Vec<Composed<'a>> {
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
        matches!(observation.producer, Party::Sender | Party::Receiver) && !made_wrong
    };
    // In a mailbox it lies with trace fields on top, and signed as it was on the wire.
    let new = |(observation, message): &(&Observation, Message)| {
        let cms = message.signed.as_ref().and_then(|signed| signed.cms.clone());
        seen.insert(cms.unwrap_or_else(|| observation.bytes.to_vec()))
    };
    let composed = messages.into_iter().filter(theirs).filter(new);
    composed
        .filter_map(|(observation, message)| message.kind.map(|kind| Composed { cell, observation, message, kind }))
        .collect()
}

/// What openssl has against the signature.
fn signature(folder: &Path, composed: &Composed<'_>) -> Option<String> {
    let Composed { cell, observation, message, .. } = composed;
    let anchors = cell.observed.anchors.iter().map(|der| {
        der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).expect("a certificate fits PEM")
    });
    fs::write(folder.join("anchors.pem"), anchors.collect::<String>()).unwrap();
    let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref()?.instant());
    let at = certified.unwrap_or(observation.at).as_second().to_string();
    let mut arguments = vec!["cms", "-verify", "-CAfile", "anchors.pem", "-attime", &at, "-out", "out"];
    if bare_line_feeds(&observation.bytes) {
        // openssl's reader of mail makes every line end CRLF: such content is given to it as the octets that were signed.
        let Some(signed) = &message.signed else { return Some("no multipart/signed".to_owned()) };
        fs::write(folder.join("content"), message.mail.bytes(&signed.content.span)).unwrap();
        fs::write(folder.join("signature"), signed.cms.as_deref().unwrap_or_default()).unwrap();
        arguments.extend(["-inform", "DER", "-in", "signature", "-content", "content", "-binary"]);
    } else {
        fs::write(folder.join("message.eml"), &observation.bytes).unwrap();
        arguments.extend(["-in", "message.eml"]);
    }
    complaint(&Command::new("openssl").args(arguments).current_dir(folder).output().unwrap())
}

fn bare_line_feeds(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', bytes).any(|at| at == 0 || bytes[at - 1] != b'\r')
}

/// What xmllint has against the certification data.
fn daticert(folder: &Path, composed: &Composed<'_>) -> Option<String> {
    let Some(reading) = &composed.message.daticert else {
        return (composed.kind != Kind::Anomalia).then(|| "there is no daticert.xml".to_owned());
    };
    fs::write(folder.join("daticert.xml"), &reading.xml).unwrap();
    let arguments = ["--noout", "--nonet", "--dtdvalid", DTD, "daticert.xml"];
    complaint(&Command::new("xmllint").args(arguments).current_dir(folder).output().unwrap())
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
