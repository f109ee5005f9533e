//! What is given: states that a host can be in.

use super::{
    super::{expected::What, given::Given, locate::Step as Down, words::Host},
    Check, way,
};

impl Check<'_> {
    pub(super) fn given(&mut self, given: &Given) {
        for (role, gateway) in [("sender", &given.sender), ("receiver", &given.receiver)] {
            for kind in gateway.delays.keys().filter(|kind| !kind.may_cross_wires()) {
                let word = What::Kind(*kind).key();
                self.wrong(
                    vec!["given".into(), role.into(), "delays".into(), Down::KeyOf(word.to_owned())],
                    format!("`{word}` goes straight into a mailbox: only what goes over a wire can be late"),
                );
            }
        }
        for (mailbox, state) in &given.mailboxes {
            let at = vec![Down::from("given"), Down::from("mailboxes"), Down::KeyOf(mailbox.to_string())];
            if !matches!(mailbox.host(), Some(Host::Gateway(_))) {
                self.wrong(
                    at,
                    format!(
                        "`{mailbox}` is not a gateway's mailbox: only those of `sender` and `receiver` have a state"
                    ),
                );
            }
            for (key, other) in [("forward", &state.forward), ("notify", &state.notify)] {
                if let Some(other) = other {
                    self.mailbox(other, way!["given", "mailboxes", mailbox.to_string().as_str(), key]);
                }
            }
        }
    }
}
