//! The mailboxes of a play read through a real Dovecot: over what the gateway itself delivered, and over what a real Postfix did.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use aws_lc_rs::digest;
use pec_conformance::{evidence::SmtpPath, message::Mail};
use tokio::runtime::Runtime;
use walkdir::WalkDir;

use super::server::{Place, Postfix};
use crate::{
    dovecot::server::{Door, Dovecot, owner_of},
    external::{
        SETTLING,
        staging::{BRAVO, Counterpart, Staging, addresses},
    },
    ports,
    serve::program::{self, PASSWORD, Program},
};

/// Whose mailboxes are read.
const READ: [&str; 6] = [
    "mario@bravo.example",
    "anna@bravo.example",
    "luca@bravo.example",
    "giulia@bravo.example",
    "piena@bravo.example",
    "posta-certificata@gestore.bravo.example",
];

/// What is played: one submission by each door in both roles, and what else comes into a mailbox by one of them.
fn played(door: Door, role: &str) -> &'static [&'static str] {
    match (door, role) {
        (Door::Imap, "receiver") => &["delivery/complete", "ordinary/from-ordinary-wrapped"],
        (Door::Pop3s, "sender") => &["delivery/complete", "non-delivery/unknown-mailbox"],
        _ => &["delivery/complete"],
    }
}

/// A message with everything that a careless server changes, and one that was read and marked.
const BEFORE: [(&str, &str); 2] = [
    ("new/1.before", "Subject: perch\u{e9}\r\n\r\n.\r\n..two\r\nblanks  \r\nFrom here\r\n"),
    ("cur/2.before:2,FS", "Subject: read\r\n\r\nand marked\r\n"),
];

pub fn everybody() -> Vec<(&'static str, &'static str)> {
    READ.map(|address| (address, PASSWORD)).into()
}

/// What the target file says of mailboxes behind a door.
fn mailboxes(dovecot: &Dovecot, door: Door) -> String {
    let shown = digest::digest(&digest::SHA256, dovecot.certificate().der());
    let fingerprint = shown.as_ref().iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().concat();
    let (protocol, tls) = match door {
        Door::Imap => ("imap", "starttls"),
        Door::Imaps => ("imap", "implicit"),
        Door::Pop3 => ("pop3", "starttls"),
        Door::Pop3s => ("pop3", "implicit"),
    };
    let port = dovecot.door(door).port;
    format!("{{{protocol}: {{host: localhost, port: {port}, tls: {tls}, trust: {{fingerprint: {fingerprint}}}}}}}")
}

/// What lies in the Maildirs of a folder: by mailbox and name, flags and octets.
fn held(mail: &Path) -> BTreeMap<(String, String), (String, Vec<u8>)> {
    let mut held = BTreeMap::new();
    for address in READ {
        for inner in ["new", "cur"] {
            let Ok(entries) = fs::read_dir(mail.join(address).join(inner)) else { continue };
            for entry in entries.map(Result::unwrap) {
                let name = entry.file_name().into_string().unwrap();
                let (name, flags) = name.split_once(":2,").unwrap_or((&name, ""));
                let message = (flags.to_owned(), fs::read(entry.path()).unwrap());
                held.insert((address.to_owned(), name.to_owned()), message);
            }
        }
    }
    held
}

/// Maildirs that Dovecot may work on as it likes, whoever delivers to them.
pub fn open(mail: &Path) {
    for address in READ {
        for inner in ["", "new", "cur", "tmp"] {
            let folder = mail.join(address).join(inner);
            fs::create_dir_all(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        }
        for (name, text) in BEFORE {
            fs::write(mail.join(address).join(name), text).unwrap();
        }
    }
}

/// The messages that a run read in mailboxes of a role, as its evidence has them.
fn read_of(reports: &Path, role: &str) -> Vec<Vec<u8>> {
    let files = WalkDir::new(reports.join("evidence")).into_iter().map(Result::unwrap);
    let of_role = files.filter(|file| file.file_name().to_string_lossy().ends_with(&format!("-mailbox-{role}.eml")));
    of_role.map(|file| fs::read(file.path()).unwrap()).collect()
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

/// Plays by every door in both roles; nothing that lay in the mailboxes is other than it was afterwards, and what was read is
/// what lies there.
fn played_by_every_door(staging: &Staging, served: &Program, counterpart: Counterpart, dovecot: &Dovecot, mail: &Path) {
    let mut before = held(mail);
    for door in [Door::Imap, Door::Imaps, Door::Pop3, Door::Pop3s] {
        let file = staging.target("acme", BRAVO, addresses(served), "bravo", counterpart, SETTLING);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("{maildir: bravo/mail/%u}", &mailboxes(dovecot, door))).unwrap();
        for role in ["receiver", "sender"] {
            let (as_role, reports) = (format!("--{role}"), format!("{door:?}-{role}"));
            let mut words = vec!["run", &as_role, "acme.yaml", "--reports", &reports, "--strict"];
            words.extend(played(door, role));
            let (code, text) = staging.run(&words);
            assert_eq!(code, 0, "{door:?} {role}\n{text}");
            assert!(staging.outcomes(&reports).values().all(|outcome| outcome == "passed"), "{text}");
            let after = held(mail);
            for (name, message) in &before {
                assert_eq!(after.get(name), Some(message), "{door:?} {role}: {name:?}");
            }
            let new: BTreeSet<Vec<u8>> = after
                .iter()
                .filter(|(name, _)| !before.contains_key(name))
                .map(|((_, name), (flags, bytes))| {
                    assert_eq!(flags, "", "{door:?} {role}: {name}");
                    with_crlf(bytes)
                })
                .collect();
            let read = read_of(&staging.path().join(&reports), role);
            assert!(
                !read.is_empty() && read.iter().all(|message| new.contains(message)),
                "{door:?} {role}: other octets"
            );
            before = after;
        }
    }
}

#[test]
fn what_a_gateway_delivered_is_read_through_a_dovecot_and_left_as_it_was() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    fs::set_permissions(staging.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let served = staging.serve("bravo", BRAVO, counterpart);
    let mail = served.data.join("mail");
    open(&mail);
    let runtime = Runtime::new().unwrap();
    let Some(dovecot) = runtime.block_on(Dovecot::start_over(Some(mail.clone()), &everybody())) else { return };
    played_by_every_door(&staging, &served, counterpart, &dovecot, &mail);
}

/// Hands whatever comes into the gateway's Maildirs to a host, as a delivery point does that keeps its mailboxes elsewhere.
struct Agent {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Agent {
    fn start(mail: PathBuf, host: SocketAddr) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut handed = BTreeSet::new();
            while stopped.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout) {
                for ((address, name), (_, bytes)) in held(&mail) {
                    if handed.insert((address.clone(), name)) {
                        let from = Mail::read(bytes.as_slice()).unwrap().field("Return-Path").unwrap();
                        let path = SmtpPath { from: from.trim_matches(['<', '>']).to_owned(), to: vec![address] };
                        assert!(program::hand_unverified(host, &path, &bytes).is_complete());
                    }
                }
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

/// A Postfix that delivers into Maildirs of the user who owns mail.
fn store(place: Place) -> (Postfix, SocketAddr, PathBuf) {
    let mail = place.path().join("mail");
    open(&mail);
    let (uid, gid) = owner_of("/var/mail").unwrap();
    let maps: String = READ.map(|address| format!("{address} {address}/\n")).concat();
    fs::write(place.path().join("mailboxes"), maps).unwrap();
    let main = format!(
        "virtual_mailbox_domains = {}\nvirtual_mailbox_base = {}\nvirtual_mailbox_maps = texthash:/etc/postfix/mailboxes\n\
         virtual_minimum_uid = 1\nvirtual_uid_maps = static:{uid}\nvirtual_gid_maps = static:{gid}\nmessage_size_limit = 0\n\
         virtual_mailbox_limit = 0\n",
        BRAVO.domains.join(", "),
        mail.display(),
    );
    let port = ports::free();
    let postfix = place.start(&main, &format!("127.0.0.1:{port} inet n - n - - smtpd\n"), &[port]);
    (postfix, (Ipv4Addr::LOCALHOST, port).into(), mail)
}

#[test]
fn what_a_postfix_delivered_is_read_through_a_dovecot_and_left_as_it_was() {
    let Some(place) = Place::prepared() else { return };
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let served = staging.serve("bravo", BRAVO, counterpart);
    let (postfix, host, mail) = store(place);
    let runtime = Runtime::new().unwrap();
    let Some(dovecot) = runtime.block_on(Dovecot::start_over(Some(mail.clone()), &everybody())) else { return };
    let _agent = Agent::start(served.data.join("mail"), host);
    played_by_every_door(&staging, &served, counterpart, &dovecot, &mail);
    drop(postfix);
}
