//! Concluding that nothing more comes, where nobody shows whether anything is under way: behind a sentinel message that came
//! through both ways, and a silence.

use std::time::Duration;

use futures_util::future;
use tokio::time::Instant;

use super::{
    mail,
    reading::{self, Known},
    stage::Stage,
};
use crate::{
    evidence::{LogRecord, Role, SmtpPath},
    message::{Bytes, Kind},
    scenario::{
        given::TlsName,
        send::Send,
        words::{Host, Mailbox, USERS},
    },
    state::StartTls,
    target::{Login, Settling, TargetError, Tries},
};

/// What the name of a sentinel begins with; no scenario's does.
const SENTINEL: &str = "sentinel";

impl Stage<'_> {
    /// Concludes that nothing more comes: a sentinel both ways, then the declared silence. Not twice, where nothing was put
    /// in since.
    pub(super) async fn absence(&self, settling: Settling) -> Result<(), TargetError> {
        let put_in = self.progress().put_in.len();
        if self.progress().waiting.silent_at == Some(put_in) {
            return Ok(());
        }
        let started = Instant::now();
        let patience = if self.progress().waiting.hopeless { settling.poll } else { settling.deadline };
        let sent = self.sentinels(settling, started + patience).await;
        let all_came = loop {
            self.world.catch_up(settling.poll).await;
            self.world.is_secured(Tries::SoFar)?;
            self.look().await?;
            if self.have_come(&sent) {
                break true;
            }
            if started.elapsed() >= patience {
                break false;
            }
            tokio::time::sleep(settling.poll).await;
        };
        let took = started.elapsed();
        tokio::time::sleep(settling.silence).await;
        // What came last may still be at work in who lives here, on a busy machine longer than between two looks.
        self.world.catch_up(patience).await;
        self.look().await?;
        let silence = settling.silence;
        let note = match (sent.len(), all_came) {
            (0, _) => {
                format!("that nothing more came was concluded from {silence:?} of silence alone: no sentinel was taken")
            }
            (_, true) => format!(
                "that nothing more came was concluded from a sentinel that came through {} and {silence:?} of silence",
                match (sent.len(), self.ways().count()) {
                    (1, _) => "one way".to_owned(),
                    (2, 2) => "both ways".to_owned(),
                    (taken, ways) => format!("{taken} of {ways} ways"),
                }
            ),
            (_, false) => {
                format!("a sentinel did not come through within {}; then {silence:?} of silence", shown(took))
            }
        };
        let mut progress = self.progress();
        progress.waiting.silent_at = Some(put_in);
        if !progress.notes.contains(&note) {
            progress.notes.push(note);
        }
        Ok(())
    }

    fn have_come(&self, sentinels: &[String]) -> bool {
        let progress = self.progress();
        sentinels.iter().all(|id| progress.waiting.came.contains(id))
    }

    /// The ways that certified mail takes: from the sender's provider to each receiving one, and back.
    fn ways(&self) -> impl Iterator<Item = (Role, Role)> {
        let receivers = self.world.roles().filter(|role| *role != Role::Sender);
        receivers.flat_map(|role| [(Role::Sender, role), (role, Role::Sender)])
    }

    /// Sends a sentinel each way at once, between users whose mailboxes are in no special state; the names of those that were
    /// taken.
    async fn sentinels(&self, settling: Settling, until: Instant) -> Vec<String> {
        let ways = self.ways().filter(|(role, other)| self.lets_through(*role, *other));
        let sent = future::join_all(ways.map(|(role, other)| self.sentinel(role, other, settling, until))).await;
        sent.into_iter().flatten().collect()
    }

    /// The name of the one that goes from a user of one role to a user of another, where it was taken.
    async fn sentinel(&self, role: Role, other: Role, settling: Settling, until: Instant) -> Option<String> {
        let (from, to) = (self.ordinary_user(role)?, self.ordinary_user(other)?);
        let id = {
            let waiting = &mut self.progress().waiting;
            waiting.sentinels += 1;
            format!("{SENTINEL}-{}", waiting.sentinels)
        };
        let send = Send::plain(id.clone(), from, to);
        let (message, path) = self.composed(&send);
        let login = Login { user: path.from.clone(), tls: send.tls, auth: send.auth };
        self.introduce(&send, &id);
        let message = Bytes::from(message);
        // Whether it was taken is all that counts; why not, the play's own messages show.
        while let Ok(answer) = self.world.submit(role, &login, &path, &message).await {
            if answer.refused.is_empty() {
                return Some(id);
            }
            if answer.put_off(&path.to).next().is_none() || Instant::now() >= until {
                break;
            }
            tokio::time::sleep(settling.retry).await;
        }
        None
    }

    fn composed(&self, send: &Send) -> (Vec<u8>, SmtpPath) {
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let client = mail::Client {
            at: self.world.now(),
            address: &address,
            play: self.world.play(),
            received: Vec::new(),
            signer: None,
        };
        let path = SmtpPath { from: address(&send.from), to: send.to.iter().map(address).collect() };
        (client.compose(send), path)
    }

    /// Whether a message of one comes to the other, as the scenario has them: what cannot come is not waited for.
    fn lets_through(&self, from: Role, to: Role) -> bool {
        let given = &self.scenario.given;
        let (Some(from), Some(to)) = (given.gateway(from), given.gateway(to)) else { return false };
        let envelope = Kind::PostaCertificata;
        let is_reached =
            to.unreachable_for.is_none() && to.starttls == StartTls::Offered && to.tls_name == TlsName::Own;
        is_reached && !from.loses.contains(&envelope) && !from.delays.contains_key(&envelope)
    }

    fn ordinary_user(&self, role: Role) -> Option<Mailbox> {
        let at = |user: &str| Mailbox::At { user: user.to_owned(), host: Host::Gateway(role) };
        USERS.iter().rev().map(|user| at(user)).find(|mailbox| !self.scenario.given.mailboxes.contains_key(mailbox))
    }
}

/// Whether a message is a sentinel, or speaks of one.
pub(super) fn is_sentinel(bytes: &Bytes, known: &mut Known) -> bool {
    // Where there are none, nothing is read for it.
    known.iter().any(|(_, name)| is_its_name(name))
        && reading::read(bytes, known).about.is_some_and(|about| is_its_name(&about))
}

/// Whether a record of a log is of a sentinel.
pub(super) fn of_sentinel(record: &LogRecord, known: &Known) -> bool {
    [&record.msgid, &record.identifier]
        .into_iter()
        .flatten()
        .any(|identifier| known.name(identifier).is_some_and(is_its_name))
}

pub(super) fn is_its_name(name: &str) -> bool {
    name.starts_with(SENTINEL)
}

fn shown(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
