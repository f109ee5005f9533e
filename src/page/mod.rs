//! A web page for who has no terminal, and the same over HTTP for other systems: what is uploaded is judged,
//! answered, and forgotten.
//!
//! Nothing here judges: a [`Judge`] does, which is handed a folder and a file to write to. What arrives is laid
//! down in a folder that goes with the request, however that ends; everything that somebody can send is bounded
//! ([`Bounds`]).

mod answer;
mod asked;
mod check;
mod guard;
mod refusal;
mod serving;
mod upload;

use std::{
    fs::File,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Semaphore;

pub use self::{asked::Asked, refusal::Refusal, serving::serve};

use crate::{bounded::MIB, results::Reference};

/// Who judges what was uploaded.
pub trait Judge: Send + Sync + 'static {
    /// By what signers are told, for whoever opens the page.
    fn references(&self) -> Vec<Reference>;

    /// Judges, and writes what came of it to `out`; on a thread that may block. What panics here is told as trouble.
    fn judge(&self, job: &Job, out: &File) -> Result<(), Refusal>;
}

/// What is to be judged.
#[derive(Debug)]
pub struct Job {
    /// The folder that it lies in, and is named from.
    pub folder: PathBuf,
    /// Files and folders in it.
    pub paths: Vec<PathBuf>,
    /// What would lie there too, had whoever sent the rest been able to read it.
    pub unread: Vec<PathBuf>,
    /// Certificates, revocation lists and directories that came along.
    pub references: Vec<PathBuf>,
    /// How.
    pub asked: Asked,
    /// Whether anybody still waits for it.
    pub given_up: GivenUp,
}

/// Whether whoever waited has gone, or waited long enough. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// Whether it is so.
    pub fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// It is so once what this returns is dropped.
    fn once_dropped(&self) -> Waiting {
        Waiting(self.clone())
    }
}

/// Somebody waits.
struct Waiting(GivenUp);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// How much is taken before it is enough.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Octets of one upload.
    pub upload: u64,
    /// Octets of all uploads that are being taken or judged.
    pub total: u64,
    /// Checks at once.
    pub at_once: usize,
    /// How long an upload may take, and judging it as long again.
    pub time: Duration,
    /// How long nothing may come of an upload that is under way.
    pub silence: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            upload: 512 * MIB,
            total: 2048 * MIB,
            at_once: 8,
            time: Duration::from_mins(10),
            silence: Duration::from_secs(30),
        }
    }
}

/// What every request is answered from.
pub struct Page {
    judge: Arc<dyn Judge>,
    bounds: Bounds,
    /// Names that the page is reached by, beside addresses and `localhost`.
    names: Vec<String>,
    places: Arc<Semaphore>,
    /// Octets of all uploads at the moment.
    taken: Arc<AtomicU64>,
}

impl Page {
    /// A page that answers to these names.
    pub fn new(judge: impl Judge, bounds: Bounds, names: Vec<String>) -> Self {
        let places = Arc::new(Semaphore::new(bounds.at_once));
        Self { judge: Arc::new(judge), bounds, names, places, taken: Arc::default() }
    }
}
