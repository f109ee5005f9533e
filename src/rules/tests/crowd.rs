//! Many messages of one submission, and members that were kept and read again.

use jiff::Timestamp;

use super::bench::{DIALECTS, about, directory, in_mailbox, instant, pki, samples};
use crate::{
    directory::export,
    evidence::{DirectoryVersion, Evidence, Observation, Party, Seen, Watch},
    message::{Kind, Message, daticert::Destinatario},
    norm::AsOf,
    rules::{Check, Context, Member, Options, judge, transaction::transactions},
};

/// One message of each kind about one submission, as files.
fn members() -> Vec<Member> {
    let observations = samples(DIALECTS[0]).into_iter().filter(|sample| sample.name.is_empty()).enumerate();
    let observations = observations.map(|(at, sample)| Observation {
        id: at + 1,
        seen: Seen::File { path: format!("{at}.eml") },
        producer: Party::Undetermined,
        ..in_mailbox(&Message::read(sample.bytes).unwrap())
    });
    let evidence = Evidence {
        observations: observations.collect(),
        directories: vec![DirectoryVersion { from: instant(), until: None, ldif: export::ldif(directory()) }],
        anchors: pki().trust().anchors().to_vec(),
        crls: pki().trust().crls().to_vec(),
        ..Evidence::default()
    };
    let transactions = judge(&evidence, &Options::default()).transactions;
    let identifier = about().identifier;
    transactions.into_iter().find(|found| found.identifier == identifier).unwrap().messages
}

#[test]
fn a_member_is_the_same_after_it_was_kept_on_disk() {
    for member in members() {
        let kept = serde_json::to_vec(&member).unwrap();
        let back: Member = serde_json::from_slice(&kept).unwrap();
        assert_eq!(format!("{back:?}"), format!("{member:?}"));
    }
}

/// Were any rule, or the sorting, to go through all messages for each, this would take many minutes.
#[test]
fn twenty_thousand_messages_of_one_identifier_take_no_time() {
    const CROWD: usize = 20_000;
    let patterns = members();
    let recipients: Vec<String> = (0..CROWD / 4).map(|number| format!("a{number}@bravo.example")).collect();
    let destinatari: Vec<Destinatario> = recipients
        .iter()
        .map(|address| Destinatario { tipo: "certificato".to_owned(), address: address.clone() })
        .collect();
    let crowd = |number: usize| {
        let mut member = patterns[number % patterns.len()].clone();
        let recipient = recipients[number / 7 % recipients.len()].clone();
        member.seen[0].observation = number + 1;
        member.message_id = Some(format!("n{}@host.example", number / 2));
        member.data.consegna = member.data.consegna.map(|_| recipient.clone());
        if !member.data.ricezione.is_empty() {
            member.data.ricezione = vec![recipient.clone()];
        }
        if number < 40 && matches!(member.kind, Kind::Accettazione | Kind::PostaCertificata) {
            member.data.destinatari.clone_from(&destinatari);
            member.to = Some(recipients.clone());
        }
        member
    };
    let evidence = Evidence { watch: Watch::of_everything(Timestamp::MAX), ..Evidence::default() };
    let context = Context {
        evidence: &evidence,
        directory: Some(directory()),
        trust: &pki().trust(),
        observed: instant(),
        as_of: AsOf::Latest,
        path: None,
    };
    let found = transactions(&evidence, (0..CROWD).map(crowd).collect());
    assert_eq!(found[0].messages.len() + found[1..].iter().map(|other| other.messages.len()).sum::<usize>(), CROWD);
    for rule in crate::rules::all() {
        for transaction in &found {
            match rule.check {
                Check::Transaction(check) => check(transaction, &context),
                Check::Missing(absence, check) if absence.would_show(transaction, &context) => {
                    check(transaction, &context)
                }
                _ => None,
            };
        }
    }
}
