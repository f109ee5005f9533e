//! Asking a run to stop.

use tokio::sync::watch;

/// Asks a run to stop. Asked once, it starts nothing more, and what is being played is finished and kept; asked again,
/// it ends at once: what is played inside counts as not played, and what is played with somebody else's gateway ends in trouble
/// that tells what was sent. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    urgency: watch::Sender<Urgency>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Urgency {
    #[default]
    None,
    Soon,
    AtOnce,
}

impl Stop {
    /// Asks to stop, or, where that has been asked already, to end at once.
    pub fn request(&self) {
        self.urgency.send_modify(|urgency| {
            *urgency = if *urgency == Urgency::None { Urgency::Soon } else { Urgency::AtOnce };
        });
    }

    /// Whether someone asked.
    pub fn requested(&self) -> bool {
        *self.urgency.borrow() != Urgency::None
    }

    /// What is asked, and whatever is asked from now on.
    pub(super) fn asked(&self) -> watch::Receiver<Urgency> {
        self.urgency.subscribe()
    }

    /// Waits until it is asked to end at once.
    pub(super) async fn at_once(&self) {
        // The sender lives as long as this does.
        let _ = self.asked().wait_for(|urgency| *urgency == Urgency::AtOnce).await;
    }
}
