//! Mailboxes read through a real Dovecot, over IMAP and POP3, by STARTTLS and from the first byte: what came comes out byte
//! for byte, and nothing in the mailbox is other than it was. Where Dovecot is missing this says so; in CI it fails.
#![cfg(unix)]

pub mod server;

use std::fs;

use aws_lc_rs::digest;
use pec_conformance::{
    net::{ImapLogin, MailboxLogin, Trusted},
    target::{
        Trouble,
        external::reader::{Reader, Source},
    },
};

use server::{Door, Dovecot, USER};

const DOORS: [Door; 4] = [Door::Imap, Door::Imaps, Door::Pop3, Door::Pop3s];

fn login() -> MailboxLogin {
    MailboxLogin { user: USER.0.to_owned(), password: USER.1.to_owned() }
}

fn source(server: &Dovecot, door: Door, trusted: Option<&Trusted>) -> Source {
    let at = trusted.map_or_else(|| server.door(door), |trusted| server.door_trusting(door, trusted));
    match door {
        Door::Imap | Door::Imaps => Source::Imap(at, "INBOX".to_owned(), ImapLogin::Password),
        Door::Pop3 | Door::Pop3s => Source::Pop3(at),
    }
}

fn reader(server: &Dovecot, door: Door) -> Box<dyn Reader> {
    source(server, door, None).reader(USER.0, &login())
}

/// A message with everything that a careless client changes: dots at line starts, 8-bit, long lines, blanks at line ends.
fn message(number: usize) -> String {
    let long = "x".repeat(5000);
    format!(
        "Message-ID: <{number}@client.example>\nSubject: perché {number}\n\n.\n..two\n.a\nblanks  \n{long}\nFrom here\n\n\n"
    )
}

fn sent(message: &str) -> Vec<u8> {
    message.replace('\n', "\r\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_read_once_byte_for_byte_and_left_as_it_was() {
    let Some(server) = Dovecot::start().await else { return };
    server.deliver("0.before", &message(0));
    let mut readers: Vec<(Door, Box<dyn Reader>)> = Vec::new();
    for door in DOORS {
        let mut reader = reader(&server, door);
        reader.mark().await.unwrap();
        readers.push((door, reader));
    }
    for round in [1, 3] {
        for number in [round, round + 1] {
            server.deliver(&format!("{number}.new"), &message(number));
        }
        for (door, reader) in &mut readers {
            let mut arrived = reader.arrived().await.unwrap();
            arrived.sort();
            assert_eq!(arrived, [sent(&message(round)), sent(&message(round + 1))], "{door:?}");
            assert!(reader.arrived().await.unwrap().is_empty(), "{door:?} reads a message twice");
        }
    }
    let folder = |name: &str| fs::read_dir(server.maildir().join(name)).unwrap();
    let names: Vec<String> = ["new", "cur"]
        .into_iter()
        .flat_map(|name| folder(name).map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()))
        .collect();
    assert_eq!(names.len(), 5, "nothing is gone: {names:?}");
    for name in &names {
        let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
        assert!(flags.is_empty(), "nothing is flagged: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_configuration_and_is_shown_nowhere() {
    let Some(server) = Dovecot::start().await else { return };
    let wrong = MailboxLogin { password: "sbagliatissima".to_owned(), ..login() };
    for door in [Door::Imaps, Door::Pop3] {
        let error = source(&server, door, None).reader(USER.0, &wrong).mark().await.unwrap_err();
        assert_eq!(error.trouble, Trouble::Configuration, "{door:?}: {error}");
        assert!(error.what.contains("login refused") && !error.what.contains("sbagliatissima"), "{error}");
    }
    assert!(!format!("{wrong:?}").contains("sbagliatissima"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_file_does_not_trust_gets_no_password() {
    let Some(server) = Dovecot::start().await else { return };
    let shown: [u8; 32] = digest::digest(&digest::SHA256, server.certificate().der()).as_ref().try_into().unwrap();
    for door in DOORS {
        for trusted in [Trusted::Certificate(shown), Trusted::Anybody] {
            source(&server, door, Some(&trusted)).reader(USER.0, &login()).mark().await.unwrap();
        }
        for trusted in [Trusted::Certificate([0; 32]), Trusted::Authorities(Vec::new())] {
            let error = source(&server, door, Some(&trusted)).reader(USER.0, &login()).mark().await.unwrap_err();
            assert_eq!(error.trouble, Trouble::Infrastructure);
            assert!(error.what.contains("could not be secured"), "{door:?} {trusted:?}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_was_numbered_anew_is_told() {
    let Some(server) = Dovecot::start().await else { return };
    server.deliver("1.before", &message(1));
    let mut marked = reader(&server, Door::Imap);
    marked.mark().await.unwrap();
    // Dovecot keeps its numbers in the Maildir: a mailbox restored from elsewhere has others.
    fs::remove_dir_all(server.maildir()).unwrap();
    server.deliver("2.after", &message(2));
    let uidlist = server.maildir().join("dovecot-uidlist");
    fs::write(&uidlist, "3 V1234 N7 G0123456789abcdef0123456789abcdef\n").unwrap();
    fs::set_permissions(&uidlist, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let error = marked.arrived().await.unwrap_err();
    assert!(error.what.contains("UIDVALIDITY was") && error.what.contains("is 1234"), "{error}");
}
