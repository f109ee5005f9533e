//! What becomes of a request whose judging panics, takes too long, or is waited for by nobody.

use std::{
    fs::File,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use pec_conformance::{
    page::{Bounds, Job, Judge, Page, Refusal, serve},
    results::Reference,
};
use tokio::{net::TcpListener, runtime::Runtime};

use super::served::{Reached, until};
use crate::ports::LOOK;

/// Does as the name of what was sent says.
#[derive(Clone, Default)]
struct Obedient {
    waiting: Arc<AtomicUsize>,
    given_up: Arc<AtomicUsize>,
}

impl Judge for Obedient {
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    fn judge(&self, job: &Job, _: &File) -> Result<(), Refusal> {
        match job.asked.name.as_deref() {
            Some("panic") => panic!("on purpose"),
            Some("wait") => {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                while !job.given_up.is_so() {
                    thread::sleep(LOOK);
                }
                assert!(job.paths.iter().all(|path| path.exists()), "it is there as long as it is judged");
                self.given_up.fetch_add(1, Ordering::Relaxed);
                Err(Refusal::trouble("nobody waits"))
            }
            _ => Ok(()),
        }
    }
}

/// A page of it; it ends with the runtime.
fn page(bounds: Bounds) -> (Runtime, Reached, Obedient) {
    let judge = Obedient::default();
    let page = Page::new(judge.clone(), bounds, Vec::new());
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let reached = Reached(listener.local_addr().unwrap());
    runtime.spawn(serve(listener, page, std::future::pending()));
    (runtime, reached, judge)
}

#[test]
fn a_panic_is_told_as_trouble_and_ends_nothing() {
    let (_runtime, page, _) = page(Bounds { at_once: 1, ..Bounds::default() });
    for _ in 0..3 {
        page.check("?name=panic", b"x").is(500).says("no verdict on anybody");
        page.check("", b"x").is(200);
    }
}

#[test]
fn judging_that_takes_too_long_is_given_up() {
    let (_runtime, page, judge) = page(Bounds { at_once: 1, time: Duration::from_secs(1), ..Bounds::default() });
    page.check("?name=wait", b"x").is(503).says("judging took longer than 1 seconds");
    until("the judge knows", || judge.given_up.load(Ordering::Relaxed) == 1);
    until("its place is free", || page.check("", b"x").status == 200);
}

#[test]
fn what_nobody_waits_for_is_given_up() {
    let (_runtime, page, judge) = page(Bounds { at_once: 1, ..Bounds::default() });
    let mut gone = page.begin("POST", "/check?name=wait", &[], 1);
    std::io::Write::write_all(&mut gone, b"x").unwrap();
    until("it is being judged", || judge.waiting.load(Ordering::Relaxed) == 1);
    page.check("", b"x").is(503);
    drop(gone);
    until("the judge knows", || judge.given_up.load(Ordering::Relaxed) == 1);
    until("its place is free", || page.check("", b"x").status == 200);
}
