//! A Postfix without what the page for providers says: what it does to certified mail is found, and the provider is blamed.

use std::fs;

use super::behind::Behind;
use crate::external::{SETTLING, page};

/// Nothing comes there that is waited for.
const SOON: &str = "settling: {deadline: 10s, silence: 1s, poll: 100ms}\n";

/// A line of some 2000 characters, which no access point should have let in, and which no host may fold: it is signed.
const LONG_LINE: &str = "title: A message with a line beyond a thousand characters arrives as it was sent\n\
    clauses: [RFC6109-3.1.5-contents]\nsteps:\n\
    \x20 - inject:\n\
    \x20     envelope: {id: long, from: mario@sender, to: [anna@receiver], subject: Lungo, text: 'TEXT', encoding: 8bit}\n\
    \x20 - expect:\n\
    \x20     mario@sender: [{avvenuta-consegna: long, for: anna@receiver}]\n\
    \x20     service@sender: [{presa-in-carico: long}]\n\
    \x20     anna@receiver: [{posta-certificata: long}]\n\
    \x20 - expect-findings: {long: [original/lines]}\n";

/// One envelope, to more than the hosts on the way hand over at once.
const THREE: &str = "title: Three recipients at one provider\n\
    clauses: [RFC6109-3.2.1-cover]\nsteps:\n\
    \x20 - send: {id: a, from: mario@sender, to: [anna@receiver, luca@receiver, giulia@receiver]}\n\
    \x20 - expect:\n\
    \x20     mario@sender:\n\
    \x20       - {accettazione: a}\n\
    \x20       - {avvenuta-consegna: a, for: anna@receiver}\n\
    \x20       - {avvenuta-consegna: a, for: luca@receiver}\n\
    \x20       - {avvenuta-consegna: a, for: giulia@receiver}\n\
    \x20     service@sender: [{presa-in-carico: a}]\n\
    \x20     anna@receiver: [{posta-certificata: a}]\n\
    \x20     luca@receiver: [{posta-certificata: a}]\n\
    \x20     giulia@receiver: [{posta-certificata: a}]\n";

/// The page's lines of `main.cf` but for those of a parameter.
fn without(parameter: &str) -> String {
    let (_, main) = page::blocks("postfix").into_iter().find(|(name, _)| *name == "main.cf").unwrap();
    let lines = main.lines().filter(|line| !line.starts_with(parameter));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    assert_ne!(text, main, "the page has {parameter}");
    text
}

/// What a play comes to behind a Postfix with these lines of `main.cf`: exit code, and page in one line.
fn played(main: impl FnOnce(&str) -> String, settling: &str, words: &[&str]) -> Option<(i32, String)> {
    let behind = Behind::start(main, settling)?;
    let suite = behind.staging.path().join("suite");
    fs::create_dir_all(&suite).unwrap();
    fs::write(suite.join("three.yaml"), THREE).unwrap();
    fs::write(suite.join("line.yaml"), LONG_LINE.replace("TEXT", &"perch\u{e9} ".repeat(300))).unwrap();
    let (code, text) = behind.staging.run(&[&["run", "--allow", "flooding"], words].concat());
    Some((code, text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

#[test]
fn a_postfix_that_folds_lines_breaks_what_is_signed_and_its_provider_is_blamed() {
    let words = ["line", "--scenarios", "suite", "--receiver", "acme.yaml"];
    let Some((code, text)) = played(str::to_owned, SETTLING, &words) else { return };
    assert_eq!(code, 0, "{text}");
    let (code, text) = played(|_| without("smtp_line_length_limit"), SOON, &words).unwrap();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("to blame acme, as receiver") && !text.contains("to blame alfa"), "{text}");
}

/// Which is its right: each transaction is answered for its recipients, and together all of them are.
#[test]
fn a_postfix_that_hands_an_envelope_over_in_parts_breaks_nothing() {
    for role in ["--receiver", "--sender"] {
        let words = ["three", "--scenarios", "suite", role, "acme.yaml", "--strict=notes"];
        let parts = |main: &str| format!("{main}smtp_destination_recipient_limit = 2\n");
        let Some((code, text)) = played(parts, SETTLING, &words) else { return };
        assert_eq!(code, 0, "{role}\n{text}");
    }
}

#[test]
fn a_postfix_that_changes_addresses_changes_what_it_carries_and_its_provider_is_blamed() {
    let words = ["trust/malformed-to-let-in", "--receiver", "acme.yaml"];
    let Some((code, text)) = played(|_| without("local_header_rewrite_clients"), SETTLING, &words) else { return };
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("violation delivery/unmodified") && text.contains("to blame acme, as receiver"), "{text}");
    // The message that shows it, at the line that is another.
    let (_, shown) = text.split_once("violation delivery/unmodified").unwrap();
    assert!(shown.contains("To: ") && shown.contains("posta-certificata-mailbox-receiver.eml"), "{shown}");
}

#[test]
fn a_postfix_without_room_for_large_mail_has_its_provider_blamed() {
    let words = ["delivery/thirty-megabytes", "--receiver", "acme.yaml"];
    let Some((code, text)) = played(|_| without("message_size_limit"), SOON, &words) else { return };
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("to blame acme") && !text.contains("to blame alfa"), "{text}");
}

#[test]
fn a_postfix_that_bounces_to_its_gateway_leaves_the_sender_without_a_notice_and_its_provider_is_blamed() {
    let words = ["non-delivery/unknown-mailbox", "--sender", "acme.yaml", "--receiver", "delta"];
    let Some((code, text)) = played(str::to_owned, SETTLING, &words) else { return };
    assert_eq!(code, 0, "{text}");
    let (code, text) = played(|_| without("unverified_recipient_reject_code"), SOON, &words).unwrap();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("to blame acme, as sender") && !text.contains("to blame delta"), "{text}");
}
