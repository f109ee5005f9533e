//! What a store knows, and what it does where a journal fails or an event panics.

use std::sync::Arc;

use super::*;

fn message(bytes: &[u8]) -> Stored {
    Stored { bytes: bytes.into(), at: Timestamp::UNIX_EPOCH }
}

#[test]
fn a_journal_opened_again_tells_the_same() {
    let journal = InMemory::default();
    let store = Store::open(journal.clone()).unwrap();
    let path = SmtpPath { from: String::new(), to: vec!["a@b.example".into(), "c@b.example".into()] };
    store
        .event(|| {
            store.record(Entry::Delivered { mailbox: "a@b.example".into(), message: message(b"1") });
            store.record(Entry::Quarantined(message(b"2")));
            store.queue(path, b"3"[..].into(), Purpose::Ordinary, Timestamp::UNIX_EPOCH);
            store.record(Entry::Deferred { id: 1, to: vec!["c@b.example".into()], due: Timestamp::MAX });
            assert!(store.take_in("alfa", "id", "A@b.example", Timestamp::UNIX_EPOCH));
        })
        .unwrap();
    let again = Store::open(journal).unwrap();
    assert_eq!(again.mailbox("A@B.example"), [message(b"1")]);
    assert_eq!(again.quarantine(), [message(b"2")]);
    assert_eq!(again.due_by(Timestamp::MAX, &HashSet::new()), [("b.example".to_owned(), 1)]);
    let waiting = again.waiting(1).unwrap();
    assert_eq!((waiting.attempts, waiting.path.to.len()), (1, 1));
    assert_eq!(*again.body(&waiting).unwrap(), *b"3");
    assert!(!again.take_in("alfa", "id", "a@b.example", Timestamp::UNIX_EPOCH));
    assert!(again.take_in("bravo", "id", "a@b.example", Timestamp::UNIX_EPOCH));
}

#[test]
fn an_event_that_panics_has_not_happened_and_the_next_one_writes_nothing_of_it() {
    let journal = InMemory::default();
    let store = Store::open(journal.clone()).unwrap();
    let deliver = |bytes: &[u8]| {
        store.record(Entry::Delivered { mailbox: "a@b.example".into(), message: message(bytes) });
    };
    store.event(|| deliver(b"1")).unwrap();
    let half = panic::catch_unwind(AssertUnwindSafe(|| {
        store.event(|| {
            deliver(b"half");
            panic!("in the midst of it");
        })
    }));
    assert!(half.is_err());
    store.event(|| deliver(b"2")).unwrap();
    for store in [&store, &Store::open(journal).unwrap()] {
        assert_eq!(store.mailbox("a@b.example"), [message(b"1"), message(b"2")]);
    }
}

#[test]
fn an_event_that_cannot_be_written_sends_nothing_and_nothing_follows_it() {
    let store = Store::open(Full).unwrap();
    let queue = || store.queue(SmtpPath::default(), b""[..].into(), Purpose::Ordinary, Timestamp::UNIX_EPOCH);
    assert!(store.event(queue).is_err());
    assert!(store.due_by(Timestamp::MAX, &HashSet::new()).is_empty());
    assert!(store.event(|| ()).unwrap_err().to_string().starts_with("the journal is out of order: "));
}

/// A journal that writes nothing until its gate is opened: how many events each stroke wrote.
#[derive(Clone, Default)]
struct Gated {
    gate: Arc<Mutex<()>>,
    strokes: Arc<Mutex<Vec<usize>>>,
    inner: InMemory,
}

impl Journal for Gated {
    fn append(&self, events: &[Vec<Entry>]) -> io::Result<()> {
        drop(locked(&self.gate));
        locked(&self.strokes).push(events.len());
        self.inner.append(events)
    }

    fn replay(&self) -> io::Result<Vec<Entry>> {
        self.inner.replay()
    }

    fn body(&self, name: &BodyName) -> io::Result<Bytes> {
        self.inner.body(name)
    }

    fn is_memory(&self) -> bool {
        true
    }
}

#[test]
fn events_that_happen_while_others_are_written_are_written_with_one_stroke_and_none_returns_before() {
    let journal = Gated::default();
    let store = Store::open(journal.clone()).unwrap();
    let closed = locked(&journal.gate);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20_u8)
            .map(|number| {
                let (store, journal) = (&store, &journal);
                scope.spawn(move || {
                    let entry = Entry::Delivered { mailbox: "a@b.example".into(), message: message(&[number]) };
                    store.event(|| store.record(entry)).unwrap();
                    let written = journal.replay().unwrap();
                    let is_own = |entry: &Entry| match entry {
                        Entry::Delivered { message, .. } => *message.bytes == [number],
                        _ => false,
                    };
                    assert!(written.iter().any(is_own), "it returned too early");
                })
            })
            .collect();
        // All have happened, and all but what the first one took wait to be written.
        while store.state().event < 20 || locked(&store.gathered).len() < 19 - 1 {
            std::thread::yield_now();
        }
        assert!(threads.iter().all(|thread| !thread.is_finished()));
        drop(closed);
    });
    let strokes = locked(&journal.strokes).clone();
    assert_eq!(strokes.iter().sum::<usize>(), 20);
    assert!(strokes.len() <= 3, "{strokes:?}");
}
