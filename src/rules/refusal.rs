//! What was owed and did not come may have been refused on its way.

use super::{Context, providers::provider_of};
use crate::evidence::{Dialogue, DialogueLine, Evidence, Exchange, Party};

/// Whether what a host owed to an address of another provider may have been refused at that provider's incoming point: a
/// session shows it, or nobody saw that point. Who told and was turned away has done what was its to do.
pub(super) fn may_have_been_refused(context: &Context<'_>, host: Party, address: &str) -> bool {
    was_turned_away(context.evidence, host, address) || unseen(context, host, address)
}

/// Whether a host named this address in RCPT TO and what it had for it was refused, or was put off and never taken since.
pub fn was_turned_away(evidence: &Evidence, host: Party, address: &str) -> bool {
    let sessions = evidence.dialogues.iter().filter(|session| session.from == host);
    let attempts: Vec<Attempt<'_>> = sessions.flat_map(|session| attempts(session, address)).collect();
    attempts.iter().enumerate().any(|(number, attempt)| match attempt.fate {
        Fate::Taken => false,
        Fate::Refused => true,
        Fate::PutOff => !attempts[number..].iter().any(|later| later.fate == Fate::Taken && later.repeats(attempt)),
    })
}

/// A message that was to be handed over to an address.
struct Attempt<'a> {
    to: Party,
    /// MAIL FROM as it was said: a message that is tried again has the same reverse path and size.
    mail: &'a str,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Taken,
    /// To be tried again: after 4xx, or no answer at all (RFC 5321 4.2.1, 4.5.4.1).
    PutOff,
    Refused,
}

impl Attempt<'_> {
    fn repeats(&self, earlier: &Attempt<'_>) -> bool {
        self.to == earlier.to && self.mail.eq_ignore_ascii_case(earlier.mail)
    }
}

/// What a host had for an address in a session, transaction by transaction.
fn attempts<'a>(session: &'a Dialogue, address: &str) -> Vec<Attempt<'a>> {
    let names = |line: &DialogueLine| line.recipient().is_some_and(|named| named.eq_ignore_ascii_case(address));
    if !session.lines.iter().any(names) {
        return Vec::new();
    }
    let said = session.exchanges();
    let begins: Vec<usize> = (0..said.len()).filter(|at| said[*at].is("MAIL FROM")).collect();
    let ends = begins.iter().skip(1).copied().chain([said.len()]);
    let transactions = begins.iter().zip(ends).map(|(begin, end)| &said[*begin..end]);
    let attempt = |transaction: &[Exchange<'a>]| {
        Some(Attempt { to: session.to, mail: transaction[0].command, fate: fate(transaction, address)? })
    };
    transactions.filter_map(attempt).collect()
}

/// What became of a transaction for one of its recipients; `None` where it did not name him, or only asked whether he is
/// there and heard that he is.
fn fate(transaction: &[Exchange<'_>], address: &str) -> Option<Fate> {
    let (mail, said) = transaction.split_first()?;
    let named = said.iter().find(|said| said.recipient().is_some_and(|named| named.eq_ignore_ascii_case(address)))?;
    let is_message = |said: &&Exchange<'_>| said.is("<DATA");
    let data = said.iter().filter(|said| said.is("DATA") || is_message(said));
    // The first that was not granted decides: what follows it is out of order, whatever is then said to that.
    let kept = [mail, named].into_iter().chain(data).find_map(|said| match said.reply.last() {
        Some(line) if line.starts_with('5') => Some(Fate::Refused),
        Some(line) if !line.starts_with('4') => None,
        _ => Some(Fate::PutOff),
    });
    let is_cut_short = || said.iter().any(|said| said.reply.is_empty() && !said.is("QUIT"));
    kept.or_else(|| said.iter().any(|said| is_message(&said)).then_some(Fate::Taken))
        .or_else(|| is_cut_short().then_some(Fate::PutOff))
}

/// Whether a gateway that plays keeps the address, another than the host, and what reaches its points was not seen.
fn unseen(context: &Context<'_>, host: Party, address: &str) -> bool {
    let keeper = provider_of(context, address);
    keeper.role().is_some_and(|role| host != keeper && !context.evidence.watch.sees_wires_at(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Service, Speaker};

    /// A session of the receiver's host with the sender's, a line each: what the client said, and after ` / ` the answer.
    fn session(lines: &[&str]) -> Dialogue {
        let line = |by: Speaker, text: &str| DialogueLine { by, secured: true, text: text.to_owned() };
        let lines = ["EHLO mx.bravo.example / 250 mx.alfa.example"].iter().chain(lines).flat_map(|said| {
            let (command, reply) = said.split_once(" / ").unwrap_or((said, ""));
            let reply = (!reply.is_empty()).then(|| line(Speaker::Server, reply));
            [line(Speaker::Client, command)].into_iter().chain(reply)
        });
        let lines = lines.collect();
        Dialogue { from: Party::Receiver, to: Party::Sender, service: Service::Incoming, tls: None, lines }
    }

    const MAIL: &str = "MAIL FROM:<service@bravo.example> SIZE=5000 / 250 Ok";
    const OTHER: &str = "MAIL FROM:<service@bravo.example> SIZE=7000 / 250 Ok";
    const NAMED: &str = "RCPT TO:<Mario@alfa.example> / 250 Ok";
    const PUT_OFF: &str = "RCPT TO:<mario@alfa.example> / 450 Later";
    const DATA: [&str; 2] = ["DATA / 354 Go on", "<DATA 5000 bytes> / 250 Taken"];

    #[test]
    fn who_was_put_off_and_taken_later_was_not_turned_away() {
        let taken = session(&[MAIL, NAMED, DATA[0], DATA[1], "QUIT"]);
        let taken_beside = session(&[OTHER, NAMED, DATA[0], DATA[1], "QUIT / 221 Bye"]);
        for (expected, sessions) in [
            (false, vec![taken.clone()]),
            (true, vec![session(&[MAIL, PUT_OFF, "QUIT / 221 Bye"])]),
            (false, vec![session(&[MAIL, PUT_OFF]), session(&[MAIL, PUT_OFF]), taken.clone()]),
            // Another message is no second attempt, and what came before is none either.
            (true, vec![session(&[MAIL, PUT_OFF]), taken_beside.clone()]),
            (true, vec![taken.clone(), session(&[MAIL, PUT_OFF])]),
            (true, vec![session(&[MAIL, "RCPT TO:<mario@alfa.example> / 550 No"]), taken.clone()]),
            // Without an answer the host is to try again.
            (true, vec![session(&[MAIL, "RCPT TO:<mario@alfa.example>"])]),
            (true, vec![session(&[MAIL, NAMED, DATA[0], "<DATA 5000 bytes>"])]),
            (false, vec![session(&[MAIL, NAMED, DATA[0], "<DATA 5000 bytes>"]), taken.clone()]),
            (true, vec![session(&[MAIL, NAMED, DATA[0], "<DATA 5000 bytes> / 554 No"])]),
            // What is said to another recipient, or of another message, is not said to him.
            (false, vec![session(&[MAIL, NAMED, "RCPT TO:<x@alfa.example> / 550 No", DATA[0], DATA[1]])]),
            (false, vec![session(&[MAIL, NAMED, DATA[0], DATA[1], OTHER, "RCPT TO:<x@alfa.example> / 550 No"])]),
            // Pipelined behind a reverse path that is put off, he is out of order.
            (
                false,
                vec![
                    session(&[
                        "MAIL FROM:<service@bravo.example> SIZE=5000 / 451 No",
                        "RCPT TO:<mario@alfa.example> / 503 No",
                    ]),
                    taken.clone(),
                ],
            ),
            // Who asks whether he is there has nothing for him.
            (false, vec![session(&[MAIL, NAMED, "RSET / 250 Ok", "QUIT / 221 Bye"])]),
        ] {
            let told = format!("{sessions:#?}");
            let evidence = Evidence { dialogues: sessions, ..Evidence::default() };
            assert_eq!(was_turned_away(&evidence, Party::Receiver, "mario@alfa.example"), expected, "{told}");
            assert!(!was_turned_away(&evidence, Party::Sender, "mario@alfa.example"));
        }
    }
}
