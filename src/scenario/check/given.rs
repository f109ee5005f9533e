//! What is given: states that a host can be in.

use std::collections::BTreeMap;

use super::{
    super::{
        expected::What,
        given::{Given, MailboxSettings},
        locate::{Path, Step as Down},
        words::{Host, Mailbox},
    },
    Check, below, way,
};

impl Check<'_> {
    pub(super) fn given(&mut self, given: &Given) {
        for (role, gateway) in given.gateways() {
            for kind in gateway.delays.keys().filter(|kind| !kind.may_cross_wires()) {
                let word = What::Kind(*kind).key();
                self.wrong(
                    [way!["given", role.to_string().as_str(), "delays"], vec![Down::KeyOf(word.to_owned())]].concat(),
                    format!("`{word}` goes straight into a mailbox: only what goes over a wire can be late"),
                );
            }
            if gateway.loses_replies > 9 {
                let message = "at most 9 answers are lost: whoever hears none for long gives up";
                self.wrong(way!["given", role.to_string().as_str(), "loses-replies"], message);
            }
        }
        for role in given.also_listed.keys() {
            self.plays(*role, [way!["given", "also-listed"], vec![Down::KeyOf(role.to_string())]].concat());
        }
        self.mailboxes(&given.mailboxes, &way!["given", "mailboxes"]);
    }

    /// Mailboxes and what is said of them, below `at`.
    pub(super) fn mailboxes(&mut self, mailboxes: &BTreeMap<Mailbox, MailboxSettings>, at: &Path) {
        for (mailbox, state) in mailboxes {
            let key = below(at, Down::KeyOf(mailbox.to_string()));
            match mailbox.host() {
                Some(Host::Gateway(role)) => self.plays(role, key),
                _ => self.wrong(
                    key,
                    format!(
                        "`{mailbox}` is not a gateway's mailbox: only those of `sender` and `receiver` have a state"
                    ),
                ),
            }
            for (key, other) in [("forward", &state.forward), ("notify", &state.notify)] {
                if let Some(other) = other {
                    self.mailbox(other, [at.clone(), way![mailbox.to_string().as_str(), key]].concat());
                }
            }
        }
    }
}
