//! The incoming point (2.2.2, 3.2): other providers' messages, and ordinary mail.

use std::sync::Arc;

use super::{
    Incoming, MailboxState, OrdinaryMail, address, antivirus,
    choices::{BeyondQuota, ReceiptWord, Reports, ReturningCopy, Takeover, Undeliverable, Unwanted},
    compose::{Certified, Notice},
    core::{Core, Matter, Way, addresses, answered, trace},
    deviation::Lapse,
    dsn::{self, Failure},
    store::Purpose,
    verification::{Correct, Verdict, verify},
};
use crate::{
    clock::LegalTime,
    evidence::SmtpPath,
    message::{Bytes, Kind, Mail},
    net::{Call, Handler, Reply, Session},
};

/// Hosts a message may have passed; more is a loop. RFC 5321 6.3 asks for a hundred at least.
const HOPS: usize = 100;

/// Takes mail from other hosts.
pub(super) struct IncomingPoint(pub Arc<Core>);

/// A message as it arrived.
pub(super) struct Arrival<'a> {
    /// The bytes.
    pub bytes: &'a Bytes,
    /// The same as a mailbox gets them, this host's trace on top.
    pub traced: &'a Bytes,
    /// MAIL FROM.
    pub from: &'a str,
    /// RCPT TO, once each.
    pub to: &'a [String],
    /// This host's `Received:` field.
    pub received: String,
    /// When: the one instant of everything that follows from it (4.1).
    pub at: LegalTime,
}

impl Handler for IncomingPoint {
    fn called(&self, call: Call) -> impl Send + 'static {
        self.0.around.called(call)
    }

    fn connected(&self, session: &Session) -> Result<(), Reply> {
        match self.0.profile.incoming {
            Incoming::UnreachableUntil(until) if self.0.around.clock().now() < until => {
                Err(Reply::new(421, [4, 3, 2], "Out of service"))
            }
            _ => {
                self.0.around.opened(&self.0.profile.host, session);
                Ok(())
            }
        }
    }

    fn named(&self, session: &Session) -> Result<(), Reply> {
        self.0.around.admit(session)
    }

    async fn authenticate(&self, _: &str, _: &str) -> bool {
        false
    }

    async fn mail_from(&self, _: &Session, _: &str) -> Reply {
        Reply::new(250, [2, 1, 0], "Sender ok")
    }

    /// Only this provider's own domains: no relay.
    async fn rcpt(&self, session: &Session, to: &str) -> Reply {
        let profile = &self.0.profile;
        let accepted = Reply::new(250, [2, 1, 5], "Recipient ok");
        let to = &address::in_full(to, &profile.domains[0]);
        if self.0.is_postmaster(to) {
            return accepted;
        }
        if self.0.is_service(to) {
            // Nobody is to write to the address that signs; what comes back to it undelivered does.
            let for_receipts = profile.receipt_mailbox.eq_ignore_ascii_case(to);
            return if (for_receipts && !self.0.is_users_own(&session.from)) || session.from.is_empty() {
                accepted
            } else {
                Reply::new(550, [5, 7, 1], "Address reserved to the provider")
            };
        }
        if !profile.manages(to) {
            return Reply::new(550, [5, 7, 1], "Relaying denied");
        }
        match profile.choices.undeliverable {
            Undeliverable::Refuse => self.0.unable(to).unwrap_or(accepted),
            Undeliverable::Notify | Undeliverable::Report => accepted,
        }
    }

    async fn data(&self, session: &Session, message: Vec<u8>) -> Reply {
        let _busy = self.0.around.busy();
        let received = self.0.received(session, &self.0.now());
        let trace = trace(&session.from, Some(&received));
        let traced = Bytes::with_first(trace.as_bytes(), message);
        let message = traced.behind(trace.len());
        let (told, taken) = (session.clone(), message.clone());
        let happens = move |core: &Core| {
            let to = address::once_each(&told.to, &core.profile.domains[0]);
            let (bytes, from, at) = (&taken, &told.from, core.now());
            core.take(&Arrival { bytes, traced: &traced, from, to: &to, received, at })
        };
        let reply = answered(self.0.happens(happens).await);
        self.0.around.transmitted(&self.0.profile.host, session, message, &reply);
        self.0.run_queue();
        reply
    }
}

impl Core {
    fn take(&self, arrival: &Arrival<'_>) -> Reply {
        let hops = Mail::read(arrival.bytes.clone()).map_or(0, |mail| mail.root.headers_named("Received").count());
        if hops > HOPS {
            return Reply::new(554, [5, 4, 6], "Too many hops: a loop");
        }
        let now = arrival.at.instant();
        match verify(arrival.bytes, &self.around.directory(), &self.around.trust(), now, &self.profile.choices) {
            Verdict::Correct(correct) if correct.kind == Kind::PostaCertificata => {
                self.take_envelope(arrival, &correct);
            }
            Verdict::Correct(correct) => return self.take_notification(arrival, &correct),
            Verdict::Malformed(error) => self.take_malformed(arrival, &error),
            Verdict::Ordinary(error) => return self.take_ordinary(arrival, &error),
        }
        Reply::new(250, [2, 0, 0], "Taken")
    }

    /// A correct transport envelope: taken over, then delivered, recipient by recipient; once, however often it comes.
    fn take_envelope(&self, arrival: &Arrival<'_>, correct: &Correct) {
        let at = &arrival.at;
        let about = correct.certified();
        let provider = &correct.provider;
        let matter = Matter { about: &about, provider: &provider.name };
        let mut new = Vec::new();
        let forgets = self.profile.lapses.contains(&Lapse::ForgetsEnvelopes);
        for recipient in arrival.to {
            if self.store.take_in(&provider.name, &about.identifier, recipient, at.instant()) || forgets {
                new.push(recipient.clone());
            }
        }
        let is_certified = |recipient: &String| addresses(&about).iter().any(|one| one.eq_ignore_ascii_case(recipient));
        let (certified, others): (Vec<String>, Vec<String>) = new.iter().cloned().partition(is_certified);
        if new.is_empty() {
            return self.log(matter, "ricezione", arrival.to, &[], Some("busta già ricevuta".into()), at);
        }
        self.log(matter, "ricezione", &new, &[], None, at);

        let virus = antivirus::scan_if(self.profile.antivirus, arrival.bytes);
        let own = provider.name.eq_ignore_ascii_case(&self.profile.provider);
        let omitted = (own && self.profile.choices.takeover_of_own == Takeover::Omitted)
            || (virus.is_some() && self.profile.choices.takeover_of_infected == Takeover::Omitted);
        let to = &provider.mail_receipt;
        if !omitted && !certified.is_empty() {
            self.notify(matter, &Notice::ServerAcceptance { taken: &certified, to }, at, Way::Wire);
        }
        if let Some(virus) = virus {
            self.quarantine(arrival.bytes, at);
            for recipient in &certified {
                self.notify(matter, &Notice::VirusDetection { recipient, virus, to }, at, Way::Wire);
            }
            return;
        }
        for recipient in &others {
            // Nothing can be certified of a recipient that the envelope does not name.
            self.take_uncertified(arrival, recipient, "il destinatario non è tra quelli certificati nella busta");
        }
        for recipient in &certified {
            self.deliver_envelope(arrival, correct, matter, recipient);
        }
    }

    /// A correct notification: to whom it is for, unmodified, and what it tells is noted. One that no mailbox takes is
    /// refused, so that its provider knows: taken and thrown away it would be lost for everybody.
    fn take_notification(&self, arrival: &Arrival<'_>, correct: &Correct) -> Reply {
        let at = &arrival.at;
        let taken = Reply::new(250, [2, 0, 0], "Taken");
        let about = correct.certified();
        let matter = Matter { about: &about, provider: &correct.daticert.gestore_emittente };
        let for_provider = matches!(correct.kind, Kind::PresaInCarico | Kind::RilevazioneVirus);
        if antivirus::scan_if(self.profile.antivirus, arrival.bytes).is_some() {
            self.quarantine(arrival.bytes, at);
            self.log(matter, "scarto", arrival.to, &[], Some("virus in una ricevuta".into()), at);
            return taken;
        }
        let mut refusals = Vec::new();
        let message_id = correct.message.mail.field("Message-ID").unwrap_or_default();
        for recipient in arrival.to {
            let in_service_mailbox = self.profile.receipt_mailbox.eq_ignore_ascii_case(recipient);
            let refusal = if in_service_mailbox { None } else { self.takes_no_notification(recipient) };
            let (event, detail) = match &refusal {
                Some(reply) => ("scarto", Some(reply.to_string())),
                None if for_provider != in_service_mailbox => ("scarto", correct.kind.tipo().map(str::to_owned)),
                // It comes again where the answer to it was lost.
                None if !self.store.take_in(&correct.provider.name, &message_id, recipient, at.instant()) => {
                    ("ricezione", Some("notifica già ricevuta".to_owned()))
                }
                None => ("consegna", correct.kind.tipo().map(str::to_owned)),
            };
            if event == "consegna" {
                self.put(recipient, arrival.traced.clone(), at);
            }
            self.log(matter, event, std::slice::from_ref(recipient), &[], detail, at);
            if event == "consegna" {
                self.observe(correct, at);
                if !in_service_mailbox {
                    self.serve(recipient, arrival, arrival.bytes);
                }
            }
            refusals.push((recipient, refusal));
        }
        all_refused(&refusals).unwrap_or(taken)
    }

    /// Why a user's mailbox takes no notification, if it takes none.
    fn takes_no_notification(&self, recipient: &str) -> Option<Reply> {
        let full = self.profile.mailbox(recipient).is_some_and(|mailbox| mailbox.state == MailboxState::Full);
        if full && self.profile.choices.beyond_quota == BeyondQuota::Kept { None } else { self.unable(recipient) }
    }

    /// Of a listed provider but not in the norm's form: always propagated, even where ordinary mail is refused.
    fn take_malformed(&self, arrival: &Arrival<'_>, error: &str) {
        if antivirus::scan_if(self.profile.antivirus, arrival.bytes).is_some() {
            self.quarantine(arrival.bytes, &arrival.at);
            return self.discard(arrival, arrival.to, "virus");
        }
        for recipient in arrival.to {
            self.take_uncertified(arrival, recipient, error);
        }
    }

    /// Of a listed provider, but nothing to be certified: wrapped, or given back where there is no mailbox for it.
    fn take_uncertified(&self, arrival: &Arrival<'_>, recipient: &String, error: &str) {
        match self
            .unable(recipient)
            .filter(|_| !self.is_service(recipient))
            .or_else(|| self.looping(recipient, arrival))
        {
            _ if self.is_postmaster(recipient) => self.tell_postmaster(arrival, recipient),
            None => self.deliver_wrapped(arrival, recipient, error),
            Some(reply) => self.bounce(arrival, &[Failure { recipient: recipient.clone(), reply }]),
        }
    }

    /// Ordinary mail: infected, it is discarded; else wrapped, or refused where the mailbox says so.
    fn take_ordinary(&self, arrival: &Arrival<'_>, error: &str) -> Reply {
        let taken = Reply::new(250, [2, 0, 0], "Taken");
        if antivirus::scan_if(self.profile.antivirus, arrival.bytes).is_some() {
            let refusal = Reply::new(554, [5, 7, 1], "The message holds a virus");
            let infected = |to: &String| Failure { recipient: to.clone(), reply: refusal.clone() };
            match self.profile.choices.infected_ordinary {
                Unwanted::Discard | Unwanted::Refuse => self.discard(arrival, arrival.to, "virus"),
                Unwanted::Report => self.bounce(arrival, &arrival.to.iter().map(infected).collect::<Vec<_>>()),
            }
            return if self.profile.choices.infected_ordinary == Unwanted::Refuse { refusal } else { taken };
        }
        let answers: Vec<(&String, Option<Reply>)> =
            arrival.to.iter().map(|recipient| (recipient, self.refuses(recipient, arrival))).collect();
        let choices = &self.profile.choices;
        let reported = |recipient: &String| {
            if self.is_service(recipient) {
                choices.ordinary_for_service == Unwanted::Report
            } else {
                choices.undeliverable == Undeliverable::Report && self.unable(recipient).is_some()
            }
        };
        if let Some(refusal) = all_refused(&answers).filter(|_| !arrival.to.iter().any(reported)) {
            self.discard(arrival, arrival.to, &refusal.to_string());
            return refusal;
        }
        let mut failed = Vec::new();
        for (recipient, refusal) in answers {
            match refusal {
                None if self.is_postmaster(recipient) => self.tell_postmaster(arrival, recipient),
                None if self.is_service(recipient) => {
                    self.discard(arrival, std::slice::from_ref(recipient), "posta ordinaria per il gestore");
                }
                None => self.deliver_wrapped(arrival, recipient, error),
                Some(reply) => failed.push(Failure { recipient: recipient.clone(), reply }),
            }
        }
        match self.profile.choices.reports {
            Reports::OnEach => failed.chunks(1).for_each(|one| self.bounce(arrival, one)),
            Reports::OnAll if failed.is_empty() => {}
            Reports::OnAll => self.bounce(arrival, &failed),
        }
        taken
    }

    /// Why ordinary mail for a recipient is not taken, if it is not.
    fn refuses(&self, recipient: &str, arrival: &Arrival<'_>) -> Option<Reply> {
        let choices = &self.profile.choices;
        if self.profile.receipt_mailbox.eq_ignore_ascii_case(recipient) {
            // For two kinds of notification only (2.2.5).
            let refusal = || Reply::new(550, [5, 7, 1], "Address reserved to the provider");
            return (choices.ordinary_for_service != Unwanted::Discard).then(refusal);
        }
        if let Some(refusal) = self.looping(recipient, arrival) {
            return Some(refusal);
        }
        if self.is_service(recipient) || self.is_postmaster(recipient) {
            return None;
        }
        self.unable(recipient).or_else(|| match self.profile.mailbox(recipient)?.ordinary {
            OrdinaryMail::Refuse => Some(Reply::new(550, [5, 7, 1], "This mailbox takes certified mail only")),
            OrdinaryMail::Wrap => None,
        })
    }

    /// Why a mailbox does not take what it forwarded itself, where the provider refuses such.
    fn looping(&self, recipient: &str, arrival: &Arrival<'_>) -> Option<Reply> {
        let refused = self.profile.choices.returning_copy == ReturningCopy::Refused;
        (refused && self.has_forwarded(recipient, arrival.bytes))
            .then(|| Reply::new(554, [5, 4, 6], "This mailbox forwarded the message before: a loop"))
    }

    /// Why nothing can be put into a mailbox, if nothing can.
    fn unable(&self, recipient: &str) -> Option<Reply> {
        match self.profile.mailbox(recipient).map(|mailbox| mailbox.state) {
            None => Some(Reply::new(550, [5, 1, 1], "No such mailbox")),
            Some(MailboxState::Disabled) => Some(Reply::new(550, [5, 2, 1], "Mailbox disabled")),
            Some(MailboxState::Full) => Some(Reply::new(552, [5, 2, 2], "Mailbox full")),
            Some(MailboxState::Enabled) => None,
        }
    }

    /// Mail for the people who run the gateway; it is outside of what is certified, and reaches them as it is.
    fn tell_postmaster(&self, arrival: &Arrival<'_>, postmaster: &String) {
        self.put(postmaster, arrival.traced.clone(), &arrival.at);
        let about = uncertified(arrival);
        let matter = Matter { about: &about, provider: "" };
        self.log(matter, "consegna", std::slice::from_ref(postmaster), &[], None, &arrival.at);
    }

    /// Whether an address is a certified user's, and not one that a provider signs from: with an envelope for the service
    /// mailbox such a sender comes, whose provider refuses what cannot be delivered.
    fn is_users_own(&self, from: &str) -> bool {
        self.profile.choices.undeliverable == Undeliverable::Refuse
            && !address::local(from).eq_ignore_ascii_case("posta-certificata")
            && self.around.directory().is_certified(from)
    }

    /// Tells an ordinary sender that recipients did not get it, unless there is nobody to be told (RFC 5321 4.5.5).
    fn bounce(&self, arrival: &Arrival<'_>, failures: &[Failure]) {
        for Failure { recipient, reply } in failures {
            self.discard(arrival, std::slice::from_ref(recipient), &reply.to_string());
        }
        if arrival.from.is_empty() {
            return;
        }
        let id = self.identifiers.next(&arrival.at);
        let report = dsn::compose(&self.profile.host, arrival.from, failures, arrival.bytes, &id, &arrival.at);
        let path = SmtpPath { from: String::new(), to: vec![arrival.from.to_owned()] };
        self.store.queue(path, report.into(), Purpose::Ordinary, arrival.at.instant());
    }

    /// Logs what goes no further.
    fn discard(&self, arrival: &Arrival<'_>, recipients: &[String], why: &str) {
        let about = uncertified(arrival);
        let matter = Matter { about: &about, provider: "" };
        self.log(matter, "scarto", recipients, &[], Some(why.to_owned()), &arrival.at);
    }
}

/// The reply to the whole message when every recipient refuses it: the first one's.
fn all_refused(answers: &[(&String, Option<Reply>)]) -> Option<Reply> {
    let refusals: Option<Vec<&Reply>> = answers.iter().map(|(_, refusal)| refusal.as_ref()).collect();
    refusals?.first().map(|reply| (*reply).clone())
}

/// What is known of a message that certifies nothing, for the log.
pub(super) fn uncertified(arrival: &Arrival<'_>) -> Certified {
    let mail = Mail::read(arrival.bytes.clone()).ok();
    let msgid = mail.as_ref().and_then(|mail| mail.field("Message-ID"));
    let mut about = super::original::certified(
        mail.as_ref(),
        arrival.from,
        arrival.to,
        &crate::directory::Directory::default(),
        String::new(),
        None,
        ReceiptWord::InAnyLetters,
    );
    about.msgid = msgid;
    about
}
