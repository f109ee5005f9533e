//! The queue: sending, trying again with growing delays, and what happens when sending fails for good (2.2.2).

use std::{io, sync::Arc, sync::PoisonError};

use jiff::SignedDuration;

use super::{
    address,
    compose::DeliveryError,
    core::{Core, domain_of},
    dsn::{self, Failure},
    incoming::Arrival,
    store::{Entry, Outgoing, Purpose},
};
use crate::{
    clock::LegalTime,
    evidence::SmtpPath,
    net::{ClientError, Destination, Problem, Reply, Sent},
};

/// How long a message may wait (2.2.2: "a time limit for message idleness equal to 24 hours").
const IDLENESS: SignedDuration = SignedDuration::from_hours(24);

impl Core {
    /// Sends what is due, one destination beside the other, messages of one destination in order.
    pub fn run_queue(self: &Arc<Self>) {
        let now = self.lab.clock().now();
        for outgoing in self.store.waiting().into_iter().filter(|outgoing| outgoing.due <= now) {
            let destination = self.queue_of(&outgoing.path);
            let first = self.sending.lock().unwrap_or_else(PoisonError::into_inner).insert(destination.clone());
            if first {
                let (core, busy) = (self.clone(), self.lab.busy());
                tokio::spawn(async move {
                    core.send_all(&destination).await;
                    drop(busy);
                });
            }
        }
    }

    /// Sends everything due for a destination, until nothing is.
    async fn send_all(self: &Arc<Self>, destination: &str) {
        loop {
            let now = self.lab.clock().now();
            let next = {
                let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
                let mut waiting = self.store.waiting().into_iter();
                let next = waiting.find(|outgoing| outgoing.due <= now && self.queue_of(&outgoing.path) == destination);
                if next.is_none() {
                    // Released under the lock under which others look whether it is taken: nothing falls between.
                    sending.remove(destination);
                }
                next
            };
            let Some(outgoing) = next else { return };
            if self.attempt(&outgoing).await.is_err() {
                // The journal is out of order: nothing can be promised any more, so nothing is tried.
                self.sending.lock().unwrap_or_else(PoisonError::into_inner).remove(destination);
                return;
            }
        }
    }

    /// One attempt, and its consequences.
    async fn attempt(&self, outgoing: &Outgoing) -> io::Result<()> {
        let domain = domain_of(&outgoing.path);
        let Some(destination) = self.lab.route(&domain) else {
            let unknown = Reply::new(550, [5, 1, 2], "No such domain");
            let failures = outgoing.path.to.iter().map(|to| Failure { recipient: to.clone(), reply: unknown.clone() });
            return self.store.event(|| self.conclude(outgoing, Vec::new(), failures.collect()));
        };
        self.lab.sent(&outgoing.bytes);
        let sent = self.lab.client(&self.profile.host).send(&destination, None, &outgoing.path, &outgoing.bytes).await;
        let (waiting, failed) = match sent {
            Ok(sent) => sorted(outgoing, &sent),
            Err(ClientError { problem: Problem::Address(_), .. }) => {
                let reply = Reply::new(553, [5, 1, 3], "Not an address");
                let failed = outgoing.path.to.iter().map(|to| Failure { recipient: to.clone(), reply: reply.clone() });
                (Vec::new(), failed.collect())
            }
            // No session, or none that came to an end: it may work later.
            Err(_) => (outgoing.path.to.clone(), Vec::new()),
        };
        self.store.event(|| self.conclude(outgoing, waiting, failed))
    }

    /// Those still waiting are tried again, or given up; those failed for good are answered for.
    fn conclude(&self, outgoing: &Outgoing, waiting: Vec<String>, mut failed: Vec<Failure>) {
        let at = self.now();
        let last = self.profile.retries.last().copied().unwrap_or(SignedDuration::from_hours(1));
        let delay = self.profile.retries.get(outgoing.attempts).copied().unwrap_or(last);
        let due = at.instant() + delay;
        if waiting.is_empty() {
            self.store.record(Entry::Dequeued(outgoing.id));
        } else if due <= outgoing.since + IDLENESS {
            self.store.record(Entry::Deferred { id: outgoing.id, to: waiting, due });
        } else {
            self.store.record(Entry::Dequeued(outgoing.id));
            // Certified recipients have their timeout notices (3.1.6); nothing else would tell of the others.
            let expired = Reply::new(550, [5, 4, 7], "Delivery time expired");
            failed.extend(waiting.into_iter().map(|recipient| Failure { recipient, reply: expired.clone() }));
        }
        if let Purpose::Envelope { identifier } = &outgoing.purpose {
            self.envelope_failed(outgoing, identifier, &failed, &at);
        }
    }

    fn envelope_failed(&self, outgoing: &Outgoing, identifier: &str, failed: &[Failure], at: &LegalTime) {
        let directory = self.lab.directory();
        let (certified, ordinary): (Vec<&Failure>, Vec<&Failure>) =
            failed.iter().partition(|failure| directory.is_certified(&failure.recipient));
        for failure in certified {
            if failure.reply.status != [5, 4, 7] {
                let description = failure.description();
                self.undeliverable(identifier, &failure.recipient, failure.error(&description), at);
            }
        }
        if !ordinary.is_empty() {
            let ordinary: Vec<Failure> = ordinary.into_iter().cloned().collect();
            let id = self.identifiers.next(at);
            let host = &self.profile.host;
            let report = dsn::compose(host, &outgoing.path.from, &ordinary, &outgoing.bytes, &id, at);
            let to = [outgoing.path.from.clone()];
            let report = report.into();
            let arrival = Arrival { bytes: &report, from: "", to: &to, received: String::new(), at: at.clone() };
            self.deliver_wrapped(&arrival, &to[0], "il messaggio non è di posta certificata");
        }
    }

    /// What keeps messages in order: the host they go to, or the domain that has none.
    fn queue_of(&self, path: &SmtpPath) -> String {
        let domain = domain_of(path);
        self.lab.route(&domain).map_or(domain, |destination: Destination| destination.host)
    }
}

/// Who has to wait and who will never get it, by the replies.
fn sorted(outgoing: &Outgoing, sent: &Sent) -> (Vec<String>, Vec<Failure>) {
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
    /// The error as the sender reads it, in the form of Nota 12.
    fn error<'a>(&self, description: &'a str) -> DeliveryError<'a> {
        let (errore, code) = match self.reply.status {
            [5, 1, 2] => ("no-dominio", "5.1.2"),
            [5, 2, 1] => ("altro", "5.2.1"),
            [5, 2, 2] => ("altro", "5.2.2"),
            [5, 1, _] | [0, ..] if self.reply.code == 550 => ("no-dest", "5.1.1"),
            [5, 3, 4] => ("altro", "5.3.4"),
            [5, 7, 1] => ("altro", "5.7.1"),
            _ => ("no-dest", "5.1.1"),
        };
        DeliveryError { errore, code, description }
    }

    fn description(&self) -> String {
        match self.reply.status {
            [5, 1, 2] => format!("dominio {} non raggiungibile", address::domain(&self.recipient)),
            [5, 1, _] | [0, ..] => "indirizzo non valido".to_owned(),
            [5, 2, 1] => "casella disabilitata".to_owned(),
            [5, 2, 2] => "casella piena".to_owned(),
            _ => format!("rifiutato dal gestore destinatario: {}", self.reply.text),
        }
    }
}
