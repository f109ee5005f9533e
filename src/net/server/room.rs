//! What all sessions of a listener hold of messages together: bounded, so that many large ones at once do not take the
//! machine with them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that are taken at a time.
const PIECE: usize = 1 << 20;

/// Room for messages, shared by the sessions of a listener.
#[derive(Clone, Debug)]
pub(super) struct Storage(Arc<Semaphore>);

/// What one session took of it, until dropped.
#[derive(Debug)]
pub(super) struct Room {
    of: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Storage {
    /// Room for so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new((bytes / PIECE).min(Semaphore::MAX_PERMITS))))
    }

    /// None of it yet.
    pub fn room(&self) -> Room {
        Room { of: self.0.clone(), taken: None }
    }
}

impl Room {
    /// Takes what `bytes` need in all; false where there is not so much left. What needs less than a piece is let through.
    pub fn fits(&mut self, bytes: usize) -> bool {
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = (bytes / PIECE).saturating_sub(has);
        if more == 0 {
            return true;
        }
        let Ok(more) = u32::try_from(more) else { return false };
        let Ok(taken) = self.of.clone().try_acquire_many_owned(more) else { return false };
        match &mut self.taken {
            Some(had) => had.merge(taken),
            None => self.taken = Some(taken),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_takes_another_lacks_until_it_is_given_back() {
        let storage = Storage::of(3 * PIECE);
        let (mut one, mut other) = (storage.room(), storage.room());
        assert!(one.fits(2 * PIECE) && other.fits(PIECE + 7));
        assert!(!one.fits(3 * PIECE));
        drop(other);
        assert!(one.fits(3 * PIECE));
    }
}
