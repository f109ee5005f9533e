//! What the sending provider does after dispatch: reads what other providers tell it, and tells its user what does not
//! arrive (3.1.6, 3.2.4).

use super::{
    choices::NeverReached,
    compose::{Deadline, DeliveryError, Notice},
    core::{Core, Way},
    store::{Milestone, Noticed, Tracked},
    verification::{Correct, bare},
};
use crate::{clock::LegalTime, message::Kind};

const NEVER_REACHED: &str = "tempo massimo di consegna superato";

impl Core {
    /// Notes what a notification says of a submission of this provider; the XML counts, the text does not.
    pub(super) fn observe(&self, correct: &Correct, at: &LegalTime) {
        let data = &correct.daticert;
        let identifier = bare(&data.identificativo);
        match correct.kind {
            Kind::PresaInCarico => {
                for recipient in data.ricezione.iter().filter(|recipient| self.answers_for(correct, recipient)) {
                    self.store.reach(identifier, recipient, Milestone::TakenOver);
                }
            }
            Kind::AvvenutaConsegna | Kind::ErroreConsegna | Kind::ErroreConsegnaVirus => {
                for recipient in data.consegna.iter().filter(|recipient| self.answers_for(correct, recipient)) {
                    self.store.reach(identifier, recipient, Milestone::Ended);
                }
            }
            Kind::RilevazioneVirus => {
                for recipient in data.consegna.iter().filter(|recipient| self.answers_for(correct, recipient)) {
                    let virus = data.errore_esteso.as_deref().unwrap_or("virus");
                    self.virus_reported(identifier, recipient, virus, at);
                }
            }
            _ => {}
        }
    }

    /// A receiver found a virus that was missed here: the sender is told, once (3.2.4).
    fn virus_reported(&self, identifier: &str, recipient: &str, virus: &str, at: &LegalTime) {
        let Some(tracked) = self.store.tracked(identifier) else { return };
        let Some(recipient) = tracked.spelling(recipient) else { return };
        if self.store.reach(identifier, recipient, Milestone::Ended) {
            let notice = Notice::VirusNonDelivery { recipient, virus };
            self.notify(self.own(&tracked.about), &notice, at, Way::Hand);
        }
    }

    /// The sender is told that a certified recipient will not get the message, unless it was told before.
    pub(super) fn undeliverable(&self, identifier: &str, recipient: &str, error: DeliveryError<'_>, at: &LegalTime) {
        let Some(tracked) = self.store.tracked(identifier) else { return };
        if self.store.reach(identifier, recipient, Milestone::Ended) {
            let notice = Notice::NonDelivery { recipient, error };
            self.notify(self.own(&tracked.about), &notice, at, Way::Hand);
        }
    }

    /// A certified recipient's host was never reached, and nobody tries any more: beside the second notice the sender is told
    /// by a non-delivery, where the provider reads 2.2.2 so.
    pub(super) fn never_reached(&self, identifier: &str, recipient: &str, at: &LegalTime) {
        let Some(tracked) = self.store.tracked(identifier) else { return };
        let noticed = tracked
            .progress(recipient)
            .is_some_and(|progress| progress.noticed == Noticed::Second && !progress.taken_over);
        if noticed && self.profile.choices.never_reached == NeverReached::NonDeliveryToo {
            let error = DeliveryError { errore: "altro", code: "5.4.7", description: NEVER_REACHED };
            self.notify(self.own(&tracked.about), &Notice::NonDelivery { recipient, error }, at, Way::Hand);
        }
    }

    /// Sends the timeout notices owed by now (3.1.6).
    pub(super) fn send_due_notices(&self) {
        let at = self.now();
        for tracked in self.store.notices_due(at.instant(), self.profile.choices.second_notice) {
            for progress in &tracked.recipients {
                let Some((deadline, due)) = progress.next_notice(tracked.at, self.profile.choices.second_notice) else {
                    continue;
                };
                if due > at.instant() {
                    continue;
                }
                let milestone = match deadline {
                    Deadline::Twelve => Milestone::FirstNotice,
                    Deadline::TwentyFour => Milestone::SecondNotice,
                };
                if self.store.reach(&tracked.about.identifier, &progress.address, milestone) {
                    let notice = Notice::Timeout { recipient: &progress.address, deadline };
                    self.notify(self.own(&tracked.about), &notice, &at, Way::Hand);
                }
            }
        }
    }

    /// Whether the provider that signed a notification manages the recipient it speaks of: nobody else can know.
    fn answers_for(&self, correct: &Correct, recipient: &str) -> bool {
        let domain = super::address::domain(recipient);
        let directory = self.around.directory();
        directory.managing(domain).any(|record| record.name.eq_ignore_ascii_case(&correct.provider.name))
    }
}

impl Tracked {
    /// A recipient as the submission spells it.
    fn spelling(&self, recipient: &str) -> Option<&str> {
        self.progress(recipient).map(|progress| progress.address.as_str())
    }
}
