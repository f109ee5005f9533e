//! A gateway that somebody else built, driven and looked at over the protocols it speaks: what a target file says.

mod file;
mod handout;
mod load;
mod log;
mod pace;
pub mod reader;
mod side;
mod smoke;
mod target;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

pub use file::{Document, public, schema};
pub use handout::{HandoutError, hand_out, routes};
pub(super) use side::Outside;
pub use smoke::{Looked, Meaning};
pub use target::External;

use crate::evidence::Direction;

/// The targets of a run that are not built in, by name.
#[derive(Clone, Debug, Default)]
pub struct Targets(BTreeMap<String, Arc<External>>);

impl Targets {
    /// Takes one more; one of the same name is another way to the same.
    pub fn insert(&mut self, target: External) {
        self.0.insert(target.name.clone(), Arc::new(target));
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<External>> {
        self.0.get(name)
    }

    /// Whether two targets are one provider's gateway, however it is looked at; `flawed` is bravo's, with mistakes.
    pub fn are_one_provider(&self, one: &str, other: &str) -> bool {
        let provider = |name: &str| match self.get(name) {
            Some(target) => Some(target.document.provider.clone()),
            None => crate::target::provider(name),
        };
        one == other || provider(one).is_some_and(|of_one| Some(of_one) == provider(other))
    }

    /// Whether two pairs may play at the same time: what is somebody else's is played against once at a time, for its mailboxes
    /// are shared, and so are the ports on which the other side listens for it.
    pub fn are_apart(&self, one: &Direction, other: &Direction) -> bool {
        let outside = |pair: &Direction| [&pair.sender, &pair.receiver].map(|name| self.get(name));
        let (one, other) = (outside(one), outside(other));
        let are_apart = |one: &External, other: &External| {
            let shares = |port: u16| other.counterpart().ports().any(|its| its == port);
            !self.are_one_provider(&one.name, &other.name) && !one.counterpart().ports().any(shares)
        };
        one.iter().flatten().all(|one| other.iter().flatten().all(|other| are_apart(one, other)))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<External>> {
        self.0.values()
    }
}

/// How long is waited where nobody shows whether anything is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settling {
    /// For what must come, at most.
    pub deadline: Duration,
    /// For what must not, behind a sentinel.
    pub silence: Duration,
    /// Between one look and the next.
    pub poll: Duration,
    /// Before what was put off is handed over again.
    pub retry: Duration,
}

impl Settling {
    /// The longer of each of two.
    pub(super) fn longer(self, other: Self) -> Self {
        Self {
            deadline: self.deadline.max(other.deadline),
            silence: self.silence.max(other.silence),
            poll: self.poll.max(other.poll),
            retry: self.retry.max(other.retry),
        }
    }
}
