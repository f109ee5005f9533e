//! The queue: sending, trying again with growing delays, and what happens when sending fails for good (2.2.2).

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::{Arc, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;

use super::{
    address,
    compose::DeliveryError,
    core::{Core, Matter, domain_of},
    deviation::Lapse,
    dsn::{self, Failure},
    incoming::{Arrival, uncertified},
    store::{Entry, Outgoing, Purpose},
};
use crate::{
    clock::LegalTime,
    evidence::{Service, SmtpPath},
    message::Bytes,
    net::{ClientError, Destination, Problem, Reply, Security, Sent},
};

/// How long a message may wait (2.2.2: "a time limit for message idleness equal to 24 hours").
const IDLENESS: SignedDuration = SignedDuration::from_hours(24);

/// Above so many messages that could be sent and are not yet, who submits more waits,
const BACKLOG: usize = 1000;
/// and no longer than this.
const PACE: Duration = Duration::from_secs(1);

/// Who has to wait after an attempt, and who will never get it.
type Outcome = (Vec<String>, Vec<Failure>);

/// What is being sent.
#[derive(Debug, Default)]
pub(super) struct Sending {
    /// How many sessions there are with each destination.
    channels: HashMap<String, usize>,
    /// The messages that somebody sends.
    in_hand: HashSet<u64>,
}

impl Sending {
    /// A session with a destination ends.
    fn end(&mut self, destination: &str) {
        if let Some(channels) = self.channels.get_mut(destination) {
            *channels -= 1;
            if *channels == 0 {
                self.channels.remove(destination);
            }
        }
    }
}

impl Core {
    /// Sends what is due, one destination beside the other; messages of one destination in order, as many at a time
    /// as the profile says.
    pub fn run_queue(self: &Arc<Self>) {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        for (domain, _) in self.store.due_by(self.around.clock().now(), &sending.in_hand) {
            let destination = self.queue_of(&domain);
            let channels = sending.channels.entry(destination.clone()).or_default();
            if *channels < self.profile.channels {
                *channels += 1;
                let (core, busy) = (self.clone(), self.around.busy());
                self.tasks.spawn(async move {
                    core.send_all(&destination).await;
                    drop(busy);
                });
            }
        }
    }

    /// Lets what is sent on keep pace with what is submitted, as Postfix's `in_flow_delay` does: what waits takes memory.
    pub async fn keep_pace(&self) {
        // Where a host is slow the submission is taken all the same.
        let _ = tokio::time::timeout(PACE, self.store.due_at_most(BACKLOG)).await;
    }

    /// Sends everything due for a destination, until nothing is.
    async fn send_all(self: &Arc<Self>, destination: &str) {
        loop {
            let now = self.around.clock().now();
            let next = {
                let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
                let due = self.store.due_by(now, &sending.in_hand).into_iter();
                let next = due.filter(|(domain, _)| self.queue_of(domain) == destination).map(|(_, id)| id).min();
                match next.and_then(|id| self.store.waiting(id)) {
                    Some(outgoing) => {
                        sending.in_hand.insert(outgoing.id);
                        outgoing
                    }
                    None => {
                        // Released under the lock under which others look whether it is taken: nothing falls between.
                        return sending.end(destination);
                    }
                }
            };
            let id = next.id;
            let outcome = self.attempt(next).await;
            let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
            sending.in_hand.remove(&id);
            if outcome.is_err() {
                // The journal is out of order: nothing can be promised any more, so nothing is tried.
                return sending.end(destination);
            }
        }
    }

    /// One attempt, and its consequences.
    async fn attempt(self: &Arc<Self>, outgoing: Outgoing) -> io::Result<()> {
        let (core, waiting) = (self.clone(), outgoing.clone());
        let bytes = self.apart(move || core.store.body(&waiting)).await??;
        let outcome = match self.around.destinations(&domain_of(&outgoing.path), &self.profile.host).await {
            Ok(destinations) => self.offer(&outgoing, &bytes, &destinations).await,
            Err(unrouted) => unrouted.reply().map_or_else(|| later(&outgoing), |reply| all_failed(&outgoing, &reply)),
        };
        self.happens(move |core| core.conclude(&outgoing, &bytes, outcome)).await
    }

    /// Hands a message to the first of these hosts with which a session comes to an end (RFC 5321 5.1).
    async fn offer(&self, outgoing: &Outgoing, bytes: &Bytes, destinations: &[Destination]) -> Outcome {
        let mut client = self.around.client(&self.profile.host);
        if let Some(tls) = &self.calling {
            client.tls = tls.clone();
        }
        for destination in destinations {
            let mut sent = self.around.hand_over(&client, destination, &outgoing.path, bytes).await;
            if matches!(sent, Err(ClientError { problem: Problem::Tls(_), .. }))
                && (may_go_in_clear(outgoing, destination) || self.profile.lapses.contains(&Lapse::SendsInClear))
            {
                let clear = Destination { security: Security::Plain, ..destination.clone() };
                sent = self.around.hand_over(&client, &clear, &outgoing.path, bytes).await;
            }
            match sent {
                Ok(sent) => return sorted(outgoing, &sent),
                Err(ClientError { problem: Problem::Address(_), .. }) => {
                    return all_failed(outgoing, &Reply::new(553, [5, 1, 3], "Not an address"));
                }
                // What is signed cannot be written in seven bits (RFC 6152 3, RFC 3463).
                Err(ClientError { problem: Problem::EightBit, .. }) => {
                    return all_failed(outgoing, &Reply::new(554, [5, 6, 3], "Conversion required but not supported"));
                }
                // No session, or none that came to an end: the next host may take it.
                Err(_) => {}
            }
        }
        later(outgoing)
    }

    /// Those still waiting are tried again, or given up; those failed for good are answered for.
    fn conclude(&self, outgoing: &Outgoing, bytes: &Bytes, (waiting, failed): Outcome) {
        let at = self.now();
        let last = self.profile.retries.last().copied().unwrap_or(SignedDuration::from_hours(1));
        let delay = self.profile.retries.get(outgoing.attempts).copied().unwrap_or(last);
        let due = at.instant() + delay;
        let mut expired = Vec::new();
        if waiting.is_empty() {
            self.store.record(Entry::Dequeued(outgoing.id));
        } else if due <= outgoing.since + IDLENESS {
            self.store.record(Entry::Deferred { id: outgoing.id, to: waiting, due });
        } else {
            self.store.record(Entry::Dequeued(outgoing.id));
            let reply = Reply::new(550, [5, 4, 7], "Delivery time expired");
            expired.extend(waiting.into_iter().map(|recipient| Failure { recipient, reply: reply.clone() }));
        }
        match &outgoing.purpose {
            Purpose::Envelope { identifier } => {
                self.envelope_failed(outgoing, bytes, identifier, failed, expired, &at);
            }
            Purpose::Notification { about, provider } => {
                let matter = Matter { about, provider };
                self.log_failures(matter, failed.iter().chain(&expired), &at);
            }
            Purpose::Ordinary => {
                let failed: Vec<Failure> = failed.into_iter().chain(expired).collect();
                let arrival = returned(outgoing, bytes, &at);
                let about = uncertified(&arrival);
                self.log_failures(Matter { about: &about, provider: "" }, failed.iter(), &at);
                self.give_back(outgoing, bytes, &failed, &at);
            }
        }
    }

    /// Certified recipients that were refused are answered for; the ordinary ones are told of as on the Internet. Of a
    /// certified one that was only waited for, the timeout notices tell (3.1.6).
    fn envelope_failed(
        &self,
        outgoing: &Outgoing,
        bytes: &Bytes,
        identifier: &str,
        failed: Vec<Failure>,
        expired: Vec<Failure>,
        at: &LegalTime,
    ) {
        let directory = self.around.directory();
        let (certified, mut ordinary): (Vec<Failure>, Vec<Failure>) =
            failed.into_iter().partition(|failure| directory.is_certified(&failure.recipient));
        for failure in certified {
            let (code, description) = (failure.error_code(), failure.description());
            self.undeliverable(identifier, &failure.recipient, told(&code, &description), at);
        }
        for failure in expired {
            if directory.is_certified(&failure.recipient) {
                self.never_reached(identifier, &failure.recipient, at);
            } else {
                ordinary.push(failure);
            }
        }
        self.give_back(outgoing, bytes, &ordinary, at);
    }

    /// A delivery status notification to this provider's own user, wrapped as what it is: ordinary mail (2.2.2).
    fn give_back(&self, outgoing: &Outgoing, bytes: &Bytes, failed: &[Failure], at: &LegalTime) {
        let sender = &outgoing.path.from;
        // What comes from nobody is given back to nobody (RFC 5321 4.5.5).
        if failed.is_empty() || self.profile.mailbox(sender).is_none() {
            return;
        }
        let id = self.identifiers.next(at);
        let report = dsn::compose(&self.profile.host, sender, failed, bytes, &id, at).into();
        let arrival = Arrival { from: "", ..returned(outgoing, &report, at) };
        self.deliver_wrapped(&arrival, sender, "il messaggio non è di posta certificata");
    }

    /// What is given up is not forgotten (2.3).
    fn log_failures<'f>(&self, matter: Matter<'_>, failed: impl Iterator<Item = &'f Failure>, at: &LegalTime) {
        for Failure { recipient, reply } in failed {
            let why = Some(format!("non recapitato: {reply}"));
            self.log(matter, "scarto", std::slice::from_ref(recipient), &[], why, at);
        }
    }

    /// What keeps messages in order: the host that a domain's go to, or the domain that has none.
    fn queue_of(&self, domain: &str) -> String {
        self.around.route(domain).map_or_else(|| domain.to_owned(), |destination: Destination| destination.host)
    }
}

/// What comes back of a message that was sent from here, as if it had arrived; over no wire, so without a trace.
fn returned<'a>(outgoing: &'a Outgoing, bytes: &'a Bytes, at: &LegalTime) -> Arrival<'a> {
    let SmtpPath { from, to } = &outgoing.path;
    Arrival { bytes, traced: bytes, from, to, received: String::new(), at: at.clone() }
}

/// Whether mail to a host whose TLS handshake fails goes in clear on another connection. As Postfix's level `may` has it, what
/// is ordinary does, once it was put off: what fails by the way is no reason yet.
fn may_go_in_clear(outgoing: &Outgoing, to: &Destination) -> bool {
    to.security == Security::WhenOffered && to.service == Service::Ordinary && outgoing.attempts > 0
}

/// Everybody has to wait.
fn later(outgoing: &Outgoing) -> Outcome {
    (outgoing.path.to.clone(), Vec::new())
}

/// Nobody will get it, for one reason.
fn all_failed(outgoing: &Outgoing, reply: &Reply) -> Outcome {
    let failed = outgoing.path.to.iter().map(|to| Failure { recipient: to.clone(), reply: reply.clone() });
    (Vec::new(), failed.collect())
}

/// Who has to wait and who will never get it, by the replies.
fn sorted(outgoing: &Outgoing, sent: &Sent) -> Outcome {
    let (mut waiting, mut failed) = (Vec::new(), Vec::new());
    for recipient in &outgoing.path.to {
        let own = sent.recipients.iter().find(|answer| answer.recipient == *recipient).map(|answer| &answer.reply);
        // A recipient stands and falls with its own reply, then with the message's; without either, with MAIL FROM's.
        let reply = match own {
            Some(reply) if reply.is_positive() => sent.data.as_ref().unwrap_or(reply),
            Some(reply) => reply,
            None => &sent.mail,
        };
        if reply.is_permanent() {
            failed.push(Failure { recipient: recipient.clone(), reply: reply.clone() });
        } else if !reply.is_positive() {
            waiting.push(recipient.clone());
        }
    }
    (waiting, failed)
}

impl Failure {
    /// The code of class 5 that the sender is told (Nota 12): the refusing host's own, or, where it gave none, what its SMTP
    /// code stands for.
    fn error_code(&self) -> String {
        match (self.reply.status, self.reply.code) {
            ([5, subject, detail], _) => format!("5.{subject}.{detail}"),
            (_, 550 | 551 | 553) => "5.1.1".to_owned(),
            (_, 552) => "5.2.2".to_owned(),
            _ => "5.0.0".to_owned(),
        }
    }

    fn description(&self) -> String {
        match &*self.error_code() {
            "5.1.2" | "5.1.10" | "5.4.4" => format!("dominio {} non raggiungibile", address::domain(&self.recipient)),
            "5.1.1" => "indirizzo non valido".to_owned(),
            "5.2.1" => "casella disabilitata".to_owned(),
            "5.2.2" => "casella piena".to_owned(),
            _ => format!("rifiutato dal gestore destinatario: {}", self.reply.text),
        }
    }
}

/// The error as the sender reads it, in the form of Nota 12.
fn told<'a>(code: &'a str, description: &'a str) -> DeliveryError<'a> {
    let errore = match code {
        "5.1.2" | "5.1.10" | "5.4.4" => "no-dominio",
        code if code.starts_with("5.1.") => "no-dest",
        _ => "altro",
    };
    DeliveryError { errore, code, description }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_is_told_the_refusing_hosts_own_code() {
        for (code, status, told, errore) in [
            (550, [5, 1, 1], "5.1.1", "no-dest"),
            (553, [5, 1, 3], "5.1.3", "no-dest"),
            (550, [5, 1, 2], "5.1.2", "no-dominio"),
            (556, [5, 1, 10], "5.1.10", "no-dominio"),
            (550, [5, 4, 4], "5.4.4", "no-dominio"),
            (550, [5, 4, 7], "5.4.7", "altro"),
            (554, [5, 6, 3], "5.6.3", "altro"),
            (550, [0, 0, 0], "5.1.1", "no-dest"),
            (552, [0, 0, 0], "5.2.2", "altro"),
            (554, [0, 0, 0], "5.0.0", "altro"),
            (554, [4, 7, 1], "5.0.0", "altro"),
        ] {
            let failure = Failure { recipient: "a@b.example".into(), reply: Reply::new(code, status, "No") };
            let (code, description) = (failure.error_code(), failure.description());
            assert_eq!((&*code, super::told(&code, &description).errore), (told, errore));
        }
    }
}
