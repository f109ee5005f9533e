//! Makes faults in recorded evidence and has it judged again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, LazyLock, OnceLock},
};

use libtest_mimic::Failed;
use pec_conformance::{
    evidence::{Direction, Evidence, Party, RunId},
    fault::{self, Fault, Sought},
    pki::Pki,
    results::CellOutcome,
    rules::{self, Judgement, Options},
    runner::{How, play},
    scenario::{Suite, suite},
    smime::Signer,
};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));
static SUITE: LazyLock<Result<Suite, String>> =
    LazyLock::new(|| suite(&rules::ids()).map_err(|error| error.to_string()));
static PKI: LazyLock<Arc<Pki>> = LazyLock::new(|| Pki::load().expect("the test PKI can be issued"));

/// Who plays the sender, and who the receiver.
pub static DIRECTIONS: [(&str, &str); 2] = [("alfa", "bravo"), ("bravo", "alfa")];

/// The recorded evidence of a scenario in a direction, or why there is none.
type Recorded = OnceLock<Result<Evidence, String>>;

/// What is reported on a fault; `None` where it cannot be made in a direction.
pub type Reports = Result<Option<Reported>, String>;

/// Rules that report a fault and whom they blame.
#[derive(Clone, PartialEq, Eq)]
pub struct Reported {
    /// The rules.
    pub rules: BTreeSet<&'static str>,
    blamed: BTreeSet<Party>,
    /// Who is to be blamed; nobody in particular where what is edited is nobody's.
    culprits: BTreeSet<Party>,
}

/// Every fault, with what is recorded and reported, once each.
pub struct Proof {
    /// The faults by id.
    pub faults: BTreeMap<String, Fault>,
    recordings: HashMap<(String, usize), Recorded>,
    reports: HashMap<(String, usize), OnceLock<Reports>>,
}

impl Proof {
    /// Nothing is recorded or judged before it is asked for.
    pub fn new(faults: BTreeMap<String, Fault>) -> Self {
        let cases = || faults.iter().flat_map(|(id, fault)| (0..DIRECTIONS.len()).map(move |at| (id, fault, at)));
        let recordings = cases().map(|(_, fault, at)| ((fault.on.scenario.clone(), at), Recorded::default())).collect();
        let reports = cases().map(|(id, _, at)| ((id.clone(), at), OnceLock::new())).collect();
        Self { faults, recordings, reports }
    }

    /// The reports on a fault are exactly those it declares.
    pub fn is_caught(&self, id: &str, at: usize) -> Result<(), Failed> {
        let fault = &self.faults[id];
        let declared = fault.findings_in(&direction_name(at));
        let declared = declared.map(|rules| rules.iter().map(String::as_str).collect::<BTreeSet<_>>());
        let reported = self.report(id, at).as_ref()?;
        let rules = reported.as_ref().map(|reported| reported.rules.clone());
        if rules == declared {
            return match reported {
                Some(Reported { rules, blamed, culprits })
                    if !rules.is_empty() && !culprits.is_empty() && blamed != culprits =>
                {
                    Err(format!("{}\n  to blame {culprits:?}\n  blamed   {blamed:?}", fault.title).into())
                }
                _ => Ok(()),
            };
        }
        let list = |rules: Option<BTreeSet<&str>>| {
            rules.map_or("nothing: it cannot be made".to_owned(), |rules| {
                format!("[{}]", rules.into_iter().collect::<Vec<_>>().join(", "))
            })
        };
        let known = rules::ids();
        let gone: Vec<&str> = declared.iter().flatten().copied().filter(|rule| !known.contains(rule)).collect();
        let escapes = match &gone[..] {
            [] => String::new(),
            gone if rules.as_ref().is_some_and(BTreeSet::is_empty) => {
                format!("\n  it escapes: no rule {} exists", gone.join(", "))
            }
            gone => format!("\n  no rule {} exists", gone.join(", ")),
        };
        Err(format!("{}\n  declared {}\n  reported {}{escapes}", fault.title, list(declared), list(rules)).into())
    }

    /// What is reported on a fault in a direction.
    pub fn report(&self, id: &str, at: usize) -> &Reports {
        self.reports[&(id.to_owned(), at)].get_or_init(|| self.judge(&self.faults[id], at))
    }

    /// Every fault that can be made in a direction, with the rules that report it there.
    pub fn reported(&self) -> Result<Vec<(&str, &BTreeSet<&'static str>)>, String> {
        let mut all = Vec::new();
        for id in self.faults.keys() {
            for at in 0..DIRECTIONS.len() {
                if let Some(reported) = self.report(id, at).as_ref().map_err(|error| format!("{id}: {error}"))? {
                    all.push((id.as_str(), &reported.rules));
                }
            }
        }
        Ok(all)
    }

    /// The evidence of a scenario in a direction, clean.
    pub fn recorded(&self, scenario: &str, at: usize) -> Result<&Evidence, String> {
        let recorded = &self.recordings[&(scenario.to_owned(), at)];
        recorded.get_or_init(|| record(scenario, at)).as_ref().map_err(Clone::clone)
    }

    /// The same with a fault in it.
    pub fn made(&self, fault: &Fault, at: usize) -> Result<Evidence, String> {
        let evidence = self.recorded(&fault.on.scenario, at)?;
        fault::apply_to_evidence(fault, evidence, &signer).map_err(|error| error.to_string())
    }

    fn judge(&self, fault: &Fault, at: usize) -> Reports {
        if fault.findings_in(&direction_name(at)).is_none() {
            return Ok(None);
        }
        let evidence = self.recorded(&fault.on.scenario, at)?;
        let edited = self.made(fault, at)?;
        let judgement = rules::judge(&edited, &Options::default());
        let culprits = match &fault.blames[..] {
            [] => fault::culprit(fault, evidence).map_err(|error| error.to_string())?.into_iter().collect(),
            blamed => blamed.iter().copied().collect(),
        };
        Ok(Some(Reported { rules: failing(&judgement)?, blamed: blamed(&judgement), culprits }))
    }
}

/// A direction as fault files name it: `alfa-bravo`.
pub fn direction_name(at: usize) -> String {
    let (sender, receiver) = DIRECTIONS[at];
    format!("{sender}-{receiver}")
}

/// Whom the findings blame.
fn blamed(judgement: &Judgement) -> BTreeSet<Party> {
    let mut blamed = BTreeSet::new();
    for verdict in judgement.verdicts.iter().filter(|verdict| !verdict.is_provoked()) {
        blamed.extend(verdict.outcome.findings().iter().map(|finding| finding.blame.unwrap_or(verdict.blame)));
    }
    blamed
}

/// Plays a scenario and keeps its evidence; it must be clean, or a fault in it proves nothing.
fn record(scenario: &str, at: usize) -> Result<Evidence, String> {
    let suite = SUITE.as_ref().map_err(Clone::clone)?;
    let found = suite.scenarios.iter().find(|found| found.id == scenario);
    let found = found.ok_or_else(|| format!("there is no scenario {scenario}"))?;
    let (sender, receiver) = DIRECTIONS[at];
    let cell = RUNTIME.block_on(play(
        found,
        &Direction::new(sender, receiver),
        &How { run: RunId::unmarked(), ..How::default() },
    ));
    if cell.outcome != CellOutcome::Passed {
        return Err(format!("{scenario} did not pass: {:?}", cell.outcome));
    }
    let clean = failing(&rules::judge(&cell.observed, &Options::default()))?;
    if clean.is_empty() { Ok(cell.observed) } else { Err(format!("{scenario} is not clean: {clean:?}")) }
}

/// The rules that failed, at any level; what the harness put in on purpose is nobody's fault.
pub fn failing(judgement: &Judgement) -> Result<BTreeSet<&'static str>, String> {
    if let Some(broken) = judgement.broken().next() {
        return Err(format!("{} broke: {:?}", broken.rule.id, broken.outcome));
    }
    let failed = judgement.verdicts.iter().filter(|verdict| !verdict.outcome.findings().is_empty());
    Ok(failed.filter(|verdict| !verdict.is_provoked()).map(|verdict| verdict.rule.id).collect())
}

fn signer(sought: Sought<'_>) -> Option<Signer> {
    match sought {
        Sought::Id(id) => PKI.signer(id).cloned(),
        Sought::Certificate(der) => {
            let mut signers = PKI.signer_ids().filter_map(|id| PKI.signer(id));
            signers.find(|signer| signer.certificate == der).cloned()
        }
    }
}
