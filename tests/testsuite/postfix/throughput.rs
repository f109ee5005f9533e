//! How many messages a gateway certifies and delivers in a second, beside what a plain Postfix delivers into a Maildir on the
//! same machine in the same minutes; and whether its memory stays as it is.
//!
//! `PEC_MESSAGES` makes it as long as one likes: with 100000 and `--release` it is a figure, told with `--nocapture`.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use pec_conformance::evidence::SmtpPath;

use super::server::{Place, account};
use crate::{
    ports,
    serve::program::{self, Client, Program},
};

const SENDER: &str = "mario@alfa.example";
const RECIPIENT: &str = "anna@alfa.example";
/// Clients at once.
const CLIENTS: usize = 8;
/// Longer than the last deliveries take on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(10);
/// A text of a usual length, some four kilobytes.
const LINES: usize = 64;
/// Memory may grow by so much, and by a tenth, from a tenth of the messages to the last one, in KiB.
const GROWTH: u64 = 16 << 10;

fn text() -> String {
    "Gentile Anna, in allegato trova quanto richiesto, con i migliori\r\n".repeat(LINES)
}

/// As many clients as there are send so many messages, each once; how long it took until the last was taken.
fn load(messages: usize, send: impl Fn(usize) + Sync) -> Duration {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= messages {
                        return;
                    }
                    send(number);
                }
            });
        }
    });
    begun.elapsed()
}

fn number_of_files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

/// What a system came to, messages a second.
struct Rate {
    accepted: f64,
    delivered: f64,
}

#[expect(clippy::cast_precision_loss, reason = "rates are told with three digits")]
fn rate(messages: usize, accepted: Duration, delivered: Duration) -> Rate {
    let each = |took: Duration| messages as f64 / took.as_secs_f64();
    Rate { accepted: each(accepted), delivered: each(delivered) }
}

/// The gateway: a message is done when it is certified, delivered, and its sender has both receipts.
fn gateway(messages: usize) -> Rate {
    let folder = tempfile::tempdir().unwrap();
    let mut alfa = Program::start(folder.path(), "alfa", &program::yaml("alfa", &["mario", "anna"], ""));
    let (client, text) = (Client::of(&alfa), text());
    let send = |number: usize| {
        let sent = client.submit_with(SENDER, &[RECIPIENT], number, &text).unwrap();
        assert!(sent.is_complete(), "{:?}", sent.data);
    };
    // What grows with the first messages (threads, caches, the journal's pages) has grown by then.
    let first = messages / 10;
    load(first, send);
    alfa.order("advance 0s");
    let (memory, begun) = (alfa.resident(), Instant::now());
    let accepted = load(messages - first, |number| send(first + number));
    alfa.order("advance 0s");
    let delivered = begun.elapsed();
    let grown = alfa.resident();
    for (mailbox, expected) in [(SENDER, 2 * messages), (RECIPIENT, messages)] {
        assert_eq!(number_of_files(&alfa.data.join("mail").join(mailbox).join("new")), expected, "{mailbox}");
    }
    println!("memory    {memory} KiB after {first} messages, {grown} KiB after {messages}");
    assert!(grown <= memory + memory / 10 + GROWTH, "memory grows: {memory} KiB, then {grown} KiB");
    rate(messages - first, accepted, delivered)
}

/// A Postfix: a message is done when it is in the Maildir.
fn plain_postfix(messages: usize) -> Option<Rate> {
    let place = Place::prepared()?;
    let mail = place.path().join("mail");
    let (uid, gid) = account("mail").expect("Debian has this user");
    fs::create_dir(&mail).unwrap();
    std::os::unix::fs::chown(&mail, Some(uid), Some(gid)).unwrap();
    let main = format!(
        "virtual_mailbox_domains = alfa.example\nvirtual_mailbox_base = {}\n\
         virtual_mailbox_maps = inline:{{ {{ {RECIPIENT} = anna/ }} }}\nvirtual_minimum_uid = 1\n\
         virtual_uid_maps = static:{uid}\nvirtual_gid_maps = static:{gid}\n",
        mail.display(),
    );
    let port = ports::free();
    let _postfix = place.start(&main, &format!("127.0.0.1:{port} inet n - n - - smtpd\n"), &[port]);
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let (text, path) = (text(), SmtpPath { from: SENDER.into(), to: vec![RECIPIENT.into()] });
    let begun = Instant::now();
    let accepted = load(messages, |number| {
        let message = format!("From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: n. {number}\r\n\r\n{text}");
        assert!(program::hand_unverified(at, &path, message.as_bytes()).is_complete());
    });
    let (new, last) = (mail.join("anna/new"), Instant::now() + PATIENCE);
    while number_of_files(&new) < messages {
        assert!(Instant::now() < last, "{} of {messages} delivered", number_of_files(&new));
        thread::sleep(ports::LOOK);
    }
    Some(rate(messages, accepted, begun.elapsed()))
}

#[test]
fn throughput_beside_a_plain_postfix() {
    let messages = env::var("PEC_MESSAGES").map_or(150, |text| text.parse().unwrap());
    let serve = gateway(messages);
    println!("serve     {:.0} accepted/s, {:.0} certified and delivered/s", serve.accepted, serve.delivered);
    let Some(plain) = plain_postfix(messages) else { return };
    println!("Postfix   {:.0} accepted/s, {:.0} delivered/s", plain.accepted, plain.delivered);
    println!("ratio     {:.2} of what Postfix delivers", serve.delivered / plain.delivered);
}
