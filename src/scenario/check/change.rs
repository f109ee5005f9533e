//! Changes: there is one, and what it says can be.

use super::{
    super::{change::Change, given::Environment, locate::Path},
    Check, below, way,
};
use crate::evidence::Role;

impl<'d> Check<'d> {
    pub(super) fn change(&mut self, change: &'d Change, at: &Path) {
        if *change == Change::default() {
            self.wrong(at.clone(), "nothing changes: say what, as `restarted: [receiver]`");
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
        if let Some(role) = change.domain_leaves {
            let given = match role {
                Role::Sender => &self.document.given.sender,
                Role::Receiver => &self.document.given.receiver,
            };
            if given.environment != Environment::Secondary {
                let message = format!(
                    "a provider keeps the domain of its main environment: give `{role}: {{environment: secondary}}`"
                );
                self.wrong(below(at, "domain-leaves".into()), message);
            }
        }
    }
}
