//! Sessions between providers that were not secured: who chose so.

use crate::{
    evidence::{Dialogue, DialogueLine, Evidence, GatewayFacts, IncomingTls, Party, Role, Service, Speaker},
    rules::{Options, judge::judge},
};

/// A session between two providers' hosts, in clear to its end.
fn session(lines: &[&str]) -> Dialogue {
    let line = |line: &&str| DialogueLine {
        by: if line.starts_with(|c: char| c.is_ascii_digit()) { Speaker::Server } else { Speaker::Client },
        secured: false,
        text: (*line).to_owned(),
    };
    let lines = lines.iter().map(line).collect();
    Dialogue { from: Party::Sender, to: Party::Receiver, service: Service::Incoming, tls: None, lines }
}

/// Who is blamed by each rule, where the receiver's provider says this of its incoming point.
fn blamed(said: IncomingTls, dialogue: Dialogue) -> Vec<(&'static str, Party)> {
    let facts =
        |target: &str, incoming_tls| GatewayFacts { target: target.into(), incoming_tls, ..GatewayFacts::default() };
    let gateways = [(Role::Sender, facts("uno", IncomingTls::None)), (Role::Receiver, facts("due", said))];
    let evidence = Evidence { gateways: gateways.into(), dialogues: vec![dialogue], ..Evidence::default() };
    let verdicts = judge(&evidence, &Options::default()).verdicts;
    let told = verdicts.iter().flat_map(|verdict| {
        verdict.outcome.findings().iter().map(|finding| (verdict.rule.id, finding.blame.unwrap_or(verdict.blame)))
    });
    told.collect()
}

#[test]
fn mail_in_clear_is_charged_to_the_client_unless_the_servers_provider_takes_it_no_other_way() {
    const NOT_OFFERED: &[&str] = &["220 due", "EHLO uno", "250 due", "MAIL FROM:<a@b.example>", "250 Ok"];
    const OFFERED: &[&str] = &["220 due", "EHLO uno", "250-due", "250 STARTTLS", "MAIL FROM:<a@b.example>", "250 Ok"];
    const REFUSED: &[&str] = &[
        "220 due",
        "EHLO uno",
        "250-due",
        "250 STARTTLS",
        "STARTTLS",
        "454 Not now",
        "MAIL FROM:<a@b.example>",
        "250 Ok",
    ];
    let announced = ("session/starttls-announced", Party::Receiver);
    let in_clear = |party| ("session/providers-secured", party);
    for (said, lines, expected) in [
        (IncomingTls::Starttls, NOT_OFFERED, vec![announced, in_clear(Party::Sender)]),
        (IncomingTls::Implicit, OFFERED, vec![in_clear(Party::Sender)]),
        (IncomingTls::Offered, NOT_OFFERED, vec![announced, in_clear(Party::Receiver)]),
        (IncomingTls::Offered, OFFERED, vec![in_clear(Party::Sender)]),
        (IncomingTls::Offered, REFUSED, vec![in_clear(Party::Receiver)]),
        (IncomingTls::None, NOT_OFFERED, vec![announced, in_clear(Party::Receiver)]),
        (IncomingTls::None, OFFERED, vec![in_clear(Party::Receiver)]),
    ] {
        assert_eq!(blamed(said, session(lines)), expected, "{said:?} {lines:?}");
    }
}
