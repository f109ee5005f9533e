//! From where a submission was looked at, and until when. What was not found is missing only where it was looked for, and
//! only once it was due.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Role;

/// Whose mailboxes, or what else, were looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The sender's mailbox: what its own provider and the recipients' tell it.
    Sender,
    /// The recipients' mailboxes.
    Recipient,
    /// The sending provider's service mailbox: server-server acceptances and virus detections (RFC 6109 2.2.5).
    Service,
    /// Everything that one provider sent, received and stored. Of a submission from elsewhere it shows that provider's
    /// part only.
    Archive,
    /// The wires between the hosts, with their SMTP paths.
    Wires,
    /// The providers' logs.
    Logs,
}

impl View {
    /// Every view.
    pub const ALL: [View; 6] = [View::Sender, View::Recipient, View::Service, View::Archive, View::Wires, View::Logs];

    /// Its name, as it is written and parsed.
    pub fn name(self) -> &'static str {
        match self {
            View::Sender => "sender",
            View::Recipient => "recipient",
            View::Service => "service",
            View::Archive => "archive",
            View::Wires => "wires",
            View::Logs => "logs",
        }
    }

    /// What is looked into, in words.
    pub fn place(self) -> &'static str {
        match self {
            View::Sender => "the sender's mailbox",
            View::Recipient => "the recipients' mailboxes",
            View::Service => "the sending provider's service mailbox",
            View::Archive => "a provider's archive",
            View::Wires => "the wires",
            View::Logs => "the logs",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A view by no known name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a view is sender, recipient, service or archive, not `{0}`")]
pub struct UnknownView(String);

impl FromStr for View {
    type Err = UnknownView;

    fn from_str(name: &str) -> Result<Self, UnknownView> {
        View::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| UnknownView(name.to_owned()))
    }
}

/// What was looked at, and until when. By default nothing was: a message by itself shows nothing missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    views: BTreeSet<View>,
    /// Whose points' wires were seen, where not all were.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    wires_at: BTreeSet<Role>,
    until: Option<Timestamp>,
}

impl Watch {
    /// These views, as they stood at an instant by the legal clock.
    pub fn of(views: impl IntoIterator<Item = View>, until: Timestamp) -> Self {
        Self { views: views.into_iter().collect(), wires_at: BTreeSet::new(), until: Some(until) }
    }

    /// The same, with what reached the points of these gateways seen too.
    #[must_use]
    pub fn and_wires_at(self, roles: impl IntoIterator<Item = Role>) -> Self {
        Self { wires_at: roles.into_iter().collect(), ..self }
    }

    /// Every mailbox, wire and log there is, as in a run.
    pub fn of_everything(until: Timestamp) -> Self {
        Self::of(View::ALL, until)
    }

    /// Whether this was looked into.
    pub fn sees(&self, view: View) -> bool {
        self.views.contains(&view)
    }

    /// Whether what reached a gateway's points was seen, and so what was refused there.
    pub fn sees_wires_at(&self, role: Role) -> bool {
        self.sees(View::Wires) || self.wires_at.contains(&role)
    }

    /// Whether it was looked at when this instant had come.
    pub fn lasted_to(&self, instant: Timestamp) -> bool {
        self.until.is_some_and(|until| instant <= until)
    }

    /// What was looked into.
    pub fn views(&self) -> impl Iterator<Item = View> {
        self.views.iter().copied()
    }

    /// Until when; `None` where nothing was looked at.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_parsed_by_the_name_it_shows() {
        for view in View::ALL {
            assert_eq!(view.to_string().parse(), Ok(view));
        }
        let error = "mine".parse::<View>().unwrap_err().to_string();
        assert_eq!(error, "a view is sender, recipient, service or archive, not `mine`");
    }

    #[test]
    fn nothing_watched_sees_nothing_and_lasts_to_no_instant() {
        let (nothing, instant) = (Watch::default(), Timestamp::UNIX_EPOCH);
        assert!(!nothing.lasted_to(Timestamp::MIN) && !nothing.sees(View::Sender));
        let sender = Watch::of([View::Sender], instant);
        assert!(sender.sees(View::Sender) && !sender.sees(View::Service));
        assert!(sender.lasted_to(instant) && !sender.lasted_to(Timestamp::MAX));
        assert!(View::ALL.into_iter().all(|view| Watch::of_everything(instant).sees(view)));
        let half = sender.and_wires_at([Role::Sender]);
        assert!(half.sees_wires_at(Role::Sender) && !half.sees_wires_at(Role::Receiver) && !half.sees(View::Wires));
        assert!(Watch::of_everything(instant).sees_wires_at(Role::Receiver));
    }
}
