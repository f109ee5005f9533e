//! Whether anything is under way: work in hand, and connections not closed yet. Nothing sleeps to find out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, task::JoinSet};

use crate::net::Call;

/// Counts what is under way. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    under_way: Mutex<UnderWay>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct UnderWay {
    work: usize,
    /// How much ever began.
    begun: usize,
    visits: HashMap<Call, usize>,
}

/// One thing under way, until dropped.
#[derive(Debug)]
pub struct Busy(Arc<Inner>);

/// One connection, from the moment it is accepted until it is closed.
#[derive(Debug)]
pub struct Visit(Arc<Inner>, Call);

/// What a host does by itself, beside its sessions; it ends when told to.
#[derive(Debug, Default)]
pub struct Tasks(Mutex<Option<JoinSet<()>>>);

impl Activity {
    /// Something begins. Whoever hands work on takes the next guard before dropping its own, so that there is no gap.
    pub fn begin(&self) -> Busy {
        let mut under_way = self.0.under_way();
        under_way.work += 1;
        under_way.begun += 1;
        drop(under_way);
        Busy(self.0.clone())
    }

    /// A connection was accepted.
    pub fn visit(&self, call: Call) -> Visit {
        let mut under_way = self.0.under_way();
        *under_way.visits.entry(call).or_default() += 1;
        under_way.begun += 1;
        drop(under_way);
        Visit(self.0.clone(), call)
    }

    /// How many things ever began.
    pub fn begun(&self) -> usize {
        self.0.under_way().begun
    }

    /// Waits until no work is under way and no connection open, of those that count.
    pub async fn idle(&self, counts: impl Fn(&Call) -> bool) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let under_way = self.0.under_way();
                if under_way.work == 0 && !under_way.visits.keys().any(&counts) {
                    return;
                }
            }
            changed.await;
        }
    }
}

impl Inner {
    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.under_way().work -= 1;
        self.0.changed.notify_waiters();
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut under_way = self.0.under_way();
        if let Some(open) = under_way.visits.get_mut(&self.1) {
            *open -= 1;
            if *open == 0 {
                under_way.visits.remove(&self.1);
            }
        }
        drop(under_way);
        self.0.changed.notify_waiters();
    }
}

impl Tasks {
    /// Does something beside everything else; nothing where it was stopped.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tasks = tasks.get_or_insert_default();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// Ends everything where it stands.
    pub fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
