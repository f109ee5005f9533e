//! Judging what someone holds, in two passes: things stream past, each judged alone against the reference; then what
//! belongs to one submission is put together and judged as one.
//!
//! Nothing here needs a socket or a gateway, and memory does not grow with the archive.

mod arrival;
mod item;
mod ordered;
mod parts;
mod portions;
mod spill;
mod submission;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

use jiff::Timestamp;

use item::{Judged, Told};
use ordered::ordered;
use portions::portions;
use spill::Spill;

use crate::{
    archive::{self, Asked, Found, Item, LeftOut, Limits, Why},
    evidence::{Evidence, Watch},
    results::{CheckTally, Event, Strictness, SubmissionPage},
    rules::{Judge, Options, Reference, Transaction, all},
};

/// What is checked, and how.
pub struct Check<'a> {
    /// Files, folders, archives; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// What was given as well, but whoever handed it in could not read.
    pub unread: Vec<PathBuf>,
    /// From which folder what is found there is named; nowhere, as it was given.
    pub base: PathBuf,
    /// The directory and whom to trust.
    pub reference: &'a Reference<'a>,
    /// What the directories of the reference are called, in order.
    pub directories: Vec<String>,
    /// By the norm of which day.
    pub options: Options,
    /// When messages arrived, and the instant that directories and certificates are judged at, where somebody says.
    pub at: Option<Timestamp>,
    /// The machine's clock, read once.
    pub now: Timestamp,
    /// From whose point of view submissions were looked at.
    pub watch: Watch,
    /// What fails besides violations.
    pub strictness: Strictness,
    /// How much is read before it is enough.
    pub limits: Limits,
}

/// What checking came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Counts.
    pub tally: CheckTally,
    /// Whether something was given that cannot be judged.
    pub mistaken: bool,
    /// Rules that were put to messages, by the provider that signed them, where that is known.
    pub asked: BTreeMap<Option<String>, BTreeSet<&'static str>>,
}

/// Why checking was broken off.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// What was told could not be taken.
    #[error(transparent)]
    Telling(io::Error),
    /// The facts of messages could not be put down.
    #[error("the temporary folder does not take what submissions are put together from: {0}")]
    Spilling(io::Error),
}

impl Check<'_> {
    /// Checks everything; tells of each thing in the order it was found, then of each submission.
    pub fn run(&self, mut tell: impl FnMut(Event<'_>) -> io::Result<()> + Send) -> Result<Outcome, Broken> {
        let judge = Judge::new(all(), self.reference, self.options);
        let mut outcome = Outcome::default();
        let mut spill = Spill::default();
        let mut exercised = vec![0; self.paths.len() + self.unread.len()];
        let mut number = 0;
        for (name, judgement) in self.directories.iter().zip(judge.reference()) {
            tell(Event::Reference(Box::new(item::reference(name, judgement)))).map_err(Broken::Telling)?;
        }
        let found = self.paths.iter().enumerate().flat_map(|(given, path)| {
            archive::open(std::slice::from_ref(path), &self.base, &self.limits).map(move |found| (given, found))
        });
        let unread = self.unread.iter().enumerate().map(|(at, path)| {
            let why = Why::Unreadable(io::Error::other("whoever handed it in could not read it"));
            let left_out = LeftOut { name: archive::named(path, &self.base), asked: Asked::ByName, why };
            (self.paths.len() + at, Err(left_out))
        });
        let numbered = found.chain(unread).map(|(given, found)| {
            number += 1;
            (given, number, found)
        });
        let work = |portion: Vec<(usize, usize, Found)>, clerk: &mut _| {
            let each = portion.into_iter();
            each.map(|(given, number, found)| (given, self.judged(&judge, number, found, clerk))).collect()
        };
        let clerks = ordered(
            portions(numbered, |(_, _, found)| found.as_ref().map_or(0, Item::weight)),
            || judge.clerk(),
            work,
            |portion: Vec<(usize, Vec<Judged>)>| {
                let each =
                    portion.into_iter().flat_map(|(given, judged)| judged.into_iter().map(move |it| (given, it)));
                for (given, Judged { told, exercised: put, member }) in each {
                    exercised[given] += put;
                    if let Some(member) = member {
                        spill.add(*member).map_err(Broken::Spilling)?;
                    }
                    self.tell(told, &mut outcome, &mut tell).map_err(Broken::Telling)?;
                }
                Ok(())
            },
        )?;
        outcome.tally.exercise(&judge.applied(&clerks));
        outcome.asked = judge.asked(&clerks);
        let surroundings =
            Evidence { watch: self.watch.clone(), ended: Some(self.at.unwrap_or(self.now)), ..Evidence::default() };
        let transactions = spill.transactions().map_err(Broken::Spilling)?;
        let work = |portion: Vec<io::Result<Transaction>>, (): &mut ()| {
            let each = portion.into_iter();
            each.map(|it| it.map(|it| submission::page(&it, &judge, &surroundings))).collect()
        };
        ordered(
            portions(transactions, |_| 0),
            || (),
            work,
            |portion: Vec<io::Result<SubmissionPage>>| {
                for page in portion {
                    let page = page.map_err(Broken::Spilling)?;
                    outcome.tally.count_submission(&page, self.strictness);
                    tell(Event::Submission(Box::new(page))).map_err(Broken::Telling)?;
                }
                Ok(())
            },
        )?;
        let silent = self.paths.iter().zip(exercised).filter(|(_, put)| *put == 0);
        outcome.tally.not_exercised = silent.map(|(path, _)| archive::named(path, &self.base).to_string()).collect();
        outcome.tally.not_in_force.extend(judge.not_in_force());
        Ok(outcome)
    }

    fn tell(
        &self,
        told: Told,
        outcome: &mut Outcome,
        tell: &mut impl FnMut(Event<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        match told {
            Told::Checked(checked) => {
                outcome.tally.count(&checked, self.strictness);
                tell(Event::Checked(checked))
            }
            Told::Unjudged(unjudged, why) => {
                outcome.tally.unjudged += 1;
                match why {
                    item::Fault::Mistake => outcome.mistaken = true,
                    item::Fault::Nothing => {}
                }
                tell(Event::Unjudged(unjudged))
            }
            Told::LeftOut(left_out) => {
                outcome.tally.left_out += 1;
                tell(Event::LeftOut(left_out))
            }
        }
    }
}
