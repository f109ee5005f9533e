//! What a gateway does by itself: attempts to send and timeout notices, each when it is due.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{core::Core, store::Entry};

/// A running clock is looked at no less often: the machine's may have been set meanwhile, or the machine been asleep.
const GLANCE: Duration = Duration::from_mins(1);

/// How long it is remembered what was taken in, and what was accepted and has ended: longer than anybody tries to send.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(8 * 24);
/// How often what is older is forgotten.
const FORGETTING: SignedDuration = SignedDuration::from_hours(12);

impl Core {
    /// The first instant after another at which something is to be done.
    pub(super) fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        self.store.due_after(instant, self.profile.choices.second_notice)
    }

    /// Does what is due by now.
    pub(super) fn run_due(self: &Arc<Self>) {
        let _busy = self.around.busy();
        // Without its journal a gateway can promise nothing; what is due stays due.
        let _ = self.store.event(|| {
            self.forget();
            self.send_due_notices();
        });
        self.run_queue();
    }

    async fn run_due_apart(self: &Arc<Self>) {
        let core = self.clone();
        // Where the program ends, what is due is done when it starts again.
        let _ = self.apart(move || core.run_due()).await;
    }

    /// Forgets now and then what can come again no more: nobody tries for so long to send the same message.
    fn forget(&self) {
        let now = self.around.clock().now();
        let mut forgot = self.forgot.lock().unwrap_or_else(PoisonError::into_inner);
        if forgot.is_none_or(|last| now >= last + FORGETTING) {
            *forgot = Some(now);
            self.store.record(Entry::Forgotten(now - REMEMBERED));
        }
    }

    /// Where the clock runs, does what is due as soon as it is, until the gateway stops. Where it stands still, whoever
    /// moves it calls [`Core::run_due`].
    pub(super) fn keep_time(self: &Arc<Self>) {
        if !self.around.clock().runs() {
            return;
        }
        let core = self.clone();
        self.tasks.spawn(async move {
            let mut moved = core.around.clock().moved();
            // What was due by then has been done: it counts again when it is put off to a later instant.
            let mut done = core.around.clock().now();
            core.run_due_apart().await;
            loop {
                let due = core.due_after(done);
                let now = core.around.clock().now();
                if due.is_some_and(|due| due <= now) {
                    done = now;
                    core.run_due_apart().await;
                    continue;
                }
                let left = due.map_or(GLANCE, |due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
                tokio::select! {
                    () = tokio::time::sleep(left.min(GLANCE)) => {}
                    () = core.store.changed() => {}
                    () = moved.again() => {}
                }
            }
        });
    }
}
