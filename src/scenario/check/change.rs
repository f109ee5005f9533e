//! Changes: there is one, and what it says can be.

use super::{
    super::{
        change::{Change, DomainMove, GatewayChange},
        given::Environment,
        locate::{Path, Step as Down},
    },
    Check, below, way,
};
use crate::evidence::Role;

impl<'d> Check<'d> {
    pub(super) fn change(&mut self, change: &'d Change, at: &Path) {
        if *change == Change::default() {
            self.wrong(at.clone(), "nothing changes: say what, as `restarted: [receiver]`");
        }
        let Change { second_receiver, restarted, delisted, revoked, domain_moves, .. } = change;
        if *second_receiver != GatewayChange::default() {
            self.plays(Role::SecondReceiver, below(at, Down::KeyOf("second-receiver".to_owned())));
        }
        for (index, role) in restarted.iter().enumerate() {
            self.plays(*role, [at.clone(), way!["restarted", index]].concat());
        }
        for (key, role) in [("delisted", delisted), ("revoked", revoked)] {
            if let Some(role) = role {
                self.plays(*role, below(at, key.into()));
            }
        }
        self.mailboxes(&change.mailboxes, &below(at, "mailboxes".into()));
        for (index, role) in change.restarted.iter().enumerate() {
            if change.restarted[..index].contains(role) {
                self.wrong([at.clone(), way!["restarted", index]].concat(), format!("`{role}` twice"));
            }
        }
        let now = self.document.starts.0.as_second().saturating_add(self.advanced);
        if change.revoked.is_some() && now < Change::revocation().0.as_second() {
            let message = "a certificate counts as revoked from 3 March 2026 on: `advance` the clock so far before";
            self.wrong(below(at, "revoked".into()), message);
        }
        if let Some(DomainMove { from, to }) = *domain_moves {
            let at = below(at, "domain-moves".into());
            self.plays(from, below(&at, "from".into()));
            self.plays(to, below(&at, "to".into()));
            if from == to {
                self.wrong(at.clone(), format!("`{from}` has it already"));
            }
            if self.document.given.gateway(from).is_some_and(|given| given.environment != Environment::Secondary) {
                let message = format!(
                    "a provider keeps the domain of its main environment: give `{from}: {{environment: secondary}}`"
                );
                self.wrong(below(&at, "from".into()), message);
            }
        }
    }
}
