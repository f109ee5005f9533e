//! What a gateway does by itself: attempts to send and timeout notices, each when it is due.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::core::Core;

/// A running clock is looked at no less often: the machine's may have been set meanwhile, or the machine been asleep.
const GLANCE: Duration = Duration::from_mins(1);

impl Core {
    /// The first instant after another at which something is to be done.
    pub(super) fn due_after(&self, instant: Timestamp) -> Option<Timestamp> {
        let attempts = self.store.waiting().into_iter().map(|outgoing| outgoing.due);
        attempts.chain(self.notices_due()).filter(|due| *due > instant).min()
    }

    /// Does what is due by now.
    pub(super) fn run_due(self: &Arc<Self>) {
        let _busy = self.around.busy();
        // Without its journal a gateway can promise nothing; what is due stays due.
        let _ = self.store.event(|| self.send_due_notices());
        self.run_queue();
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
            core.run_due();
            loop {
                let due = core.due_after(done);
                let now = core.around.clock().now();
                if due.is_some_and(|due| due <= now) {
                    done = now;
                    core.run_due();
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
