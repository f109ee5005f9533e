//! What belongs to one submission, for people: what became of each recipient, what is there and what is missing.

use std::sync::Arc;

use crate::{
    evidence::{Evidence, Seen, View},
    message::Kind,
    results::{Missing, Recipient, SeenMessage, SubmissionPage},
    rules::{Answer, Judge, Member, Transaction},
};

/// The page of a transaction, judged.
pub(super) fn page(transaction: &Transaction, judge: &Judge<'_>, surroundings: &Evidence) -> SubmissionPage {
    let about = transaction.reference().or_else(|| transaction.messages.first());
    let data = about.map(|member| &member.data);
    let msgid = about.and_then(|member| member.data.msgid.clone().or_else(|| member.reference.clone()));
    let missing = missing(transaction, surroundings);
    SubmissionPage {
        identifier: (!transaction.identifier.is_empty()).then(|| transaction.identifier.clone()),
        msgid,
        sender: data.map(|data| data.mittente.clone()).filter(|sender| !sender.is_empty()),
        subject: data.and_then(|data| data.oggetto.clone()),
        accepted: transaction.dispatched(),
        recipients: recipients(transaction),
        messages: transaction.messages.iter().map(seen).collect(),
        complete: complete(transaction, surroundings, &missing),
        missing,
        judgement: judge.transaction(transaction, surroundings),
        evidence: surroundings.clone(),
        providers: transaction.messages.iter().filter_map(Member::answerable).collect(),
        known: Arc::default(),
    }
}

fn seen(member: &Member) -> SeenMessage {
    let sighting = &member.seen[0];
    let name = match &sighting.seen {
        Seen::File { path } => path.clone(),
        _ => String::new(),
    };
    SeenMessage { name, observation: sighting.observation, kind: Some(member.kind) }
}

/// Everybody it was for: as certified, and whoever else a receipt names.
fn recipients(transaction: &Transaction) -> Vec<Recipient> {
    let certified = transaction.reference().or_else(|| transaction.messages.first());
    let certified = certified.map(|member| member.data.destinatari.as_slice()).unwrap_or_default();
    let mut found: Vec<Recipient> = certified
        .iter()
        .map(|recipient| Recipient {
            outcome: outcome(transaction, &recipient.address, &recipient.tipo),
            address: recipient.address.clone(),
            typology: Some(recipient.tipo.clone()),
        })
        .collect();
    let mut known: std::collections::HashSet<String> =
        found.iter().map(|recipient| recipient.address.to_ascii_lowercase()).collect();
    for named in transaction.messages.iter().flat_map(Member::named) {
        if known.insert(named.to_ascii_lowercase()) {
            let outcome = outcome(transaction, named, "");
            found.push(Recipient { address: named.to_owned(), typology: None, outcome });
        }
    }
    found
}

/// What the messages at hand say became of it, the most final first.
fn outcome(transaction: &Transaction, address: &str, typology: &str) -> String {
    let told = |kind| transaction.concerning(kind, address).next();
    let at = |member: &Member| member.data.instant().map_or_else(String::new, |instant| format!(" {instant}"));
    let why = |member: &Member| {
        let code = member.data.errore_esteso.as_deref().unwrap_or(&member.data.errore);
        if code.is_empty() { String::new() } else { format!(": {code}") }
    };
    if let Some(delivery) = told(Kind::AvvenutaConsegna) {
        return format!("delivered{}", at(delivery));
    }
    if let Some(virus) = told(Kind::ErroreConsegnaVirus) {
        return format!("not delivered{}, a virus was found", at(virus));
    }
    if let Some(failure) = told(Kind::ErroreConsegna) {
        return format!("not delivered{}{}", at(failure), why(failure));
    }
    let notices = transaction.concerning(Kind::PreavvisoErroreConsegna, address);
    if let Some(notice) = notices.max_by_key(|notice| notice.data.instant()) {
        let late = transaction.is_of_24_hours(notice);
        return format!("{}{}", if late { "taken for lost" } else { "delayed" }, at(notice));
    }
    if let Some(detection) = told(Kind::RilevazioneVirus) {
        return format!("a virus was found{}", at(detection));
    }
    if let Some(takeover) = told(Kind::PresaInCarico) {
        return format!("taken over by its provider{}", at(takeover));
    }
    let refused = [Kind::NonAccettazione, Kind::NonAccettazioneVirus];
    if let Some(refusal) = refused.into_iter().find_map(|kind| transaction.first(kind)) {
        return format!("not accepted{}", at(refusal));
    }
    match (typology, transaction.first(Kind::Accettazione)) {
        ("esterno", Some(_)) => "ordinary mail: nothing tells".to_owned(),
        (_, Some(_)) => "nothing seen after the acceptance".to_owned(),
        (_, None) => "nothing seen".to_owned(),
    }
}

/// What the points of view that were looked from should show of it, and do not.
fn missing(transaction: &Transaction, surroundings: &Evidence) -> Vec<Missing> {
    let watch = &surroundings.watch;
    let sees = |view| watch.sees(view) || watch.sees(View::Archive);
    let lacks = |kinds: &[Kind]| kinds.iter().all(|kind| transaction.first(*kind).is_none());
    let refused = !lacks(&[Kind::NonAccettazione, Kind::NonAccettazioneVirus]);
    let mut missing = Vec::new();
    let mut add = |what: String, view: View| missing.push(Missing { what, view: view.place().to_owned() });
    if refused {
        return missing;
    }
    if sees(View::Sender) && answers_sender(transaction) {
        if lacks(&[Kind::Accettazione]) {
            add("acceptance".to_owned(), View::Sender);
        }
        for recipient in transaction.certified_recipients() {
            let told = |member: &&Member| member.concerns(recipient);
            let ended = |member: &Member| member.is_outcome() || transaction.is_of_24_hours(member);
            let certain = transaction.messages.iter().filter(|member| !member.is_doubtful());
            if !certain.filter(told).any(ended) {
                add(format!("delivery or non-delivery for {recipient}"), View::Sender);
            }
        }
    }
    if watch.sees(View::Recipient) && lacks(&[Kind::PostaCertificata, Kind::Anomalia]) {
        add("transport envelope".to_owned(), View::Recipient);
    }
    missing
}

/// Whether what is at hand comes from the sender's mailbox, or its provider's archive.
fn answers_sender(transaction: &Transaction) -> bool {
    transaction.messages.iter().any(Member::goes_to_sender)
}

fn complete(transaction: &Transaction, surroundings: &Evidence, missing: &[Missing]) -> Answer {
    let views: Vec<&str> = surroundings.watch.views().map(View::place).collect();
    if views.is_empty() {
        return Answer::CannotTell("no --view says whose mailboxes these messages are from".to_owned());
    }
    // A mailbox holds what others sent too.
    if surroundings.watch.views().all(|view| view == View::Sender) && !answers_sender(transaction) {
        return Answer::CannotTell("nothing of it is for the sender, whose mailbox this is said to be".to_owned());
    }
    let [first, ..] = missing else { return Answer::Yes(format!("as seen from {}", views.join(" and "))) };
    let due = transaction.began().and_then(|began| began.checked_add(jiff::SignedDuration::from_hours(24)).ok());
    match due {
        Some(due) if surroundings.watch.lasted_to(due) => {
            if transaction.messages.iter().any(Member::is_doubtful) {
                let why =
                    "what is missing may be a message that is here, and that no listed provider signed as it stands";
                return Answer::CannotTell(why.to_owned());
            }
            let more = missing.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            Answer::No(format!("no {} in {}{more}", first.what, first.view))
        }
        Some(due) => Answer::CannotTell(format!("what is not there may come until {due}")),
        None => Answer::CannotTell("when it was sent is not known".to_owned()),
    }
}
