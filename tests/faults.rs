//! The proof of the rules: each fault of `scenarios/faults`, made in recorded clean evidence and judged again, is reported
//! by exactly the rules it names, which blame whoever made it; every rule reports some fault. What real providers do and
//! must not be reported is there too, with no findings. The kill table is a snapshot.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    path::Path,
    process::ExitCode,
    sync::{Arc, LazyLock, OnceLock},
};

use libtest_mimic::{Arguments, Failed, Trial};
use pec_conformance::{
    evidence::{Evidence, Party},
    fault::{self, Fault, Sought},
    pki::Pki,
    rules::{self, Judgement, Options, Outcome},
    runner::{CellOutcome, Direction, How, play},
    scenario::suite,
    smime::Signer,
};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));
static PKI: LazyLock<Arc<Pki>> = LazyLock::new(|| Pki::load().expect("the test PKI can be issued"));
/// What no edit of composed bytes can make; proved by the library's own tests (`rules::tests`).
const BEYOND_EDITS: [&str; 5] = [
    "certificate/trusted",
    "certificate/version",
    "choreography/sound-not-wrapped",
    "directory/signer-listed",
    "signature/digest",
];

static DIRECTIONS: [(&str, &str); 2] = [("alfa", "bravo"), ("bravo", "alfa")];

/// The recorded evidence of a scenario in a direction, or why there is none.
type Recorded = Arc<OnceLock<Result<Evidence, String>>>;

/// Rules that report a fault and whom they blame; `None` where the fault cannot be made in a direction.
type Reports = Result<Option<Reported>, String>;

#[derive(Clone, PartialEq, Eq)]
struct Reported {
    rules: BTreeSet<&'static str>,
    blamed: BTreeSet<Party>,
    /// Who is to be blamed; nobody in particular where what is edited is nobody's.
    culprits: BTreeSet<Party>,
}

struct Proof {
    faults: BTreeMap<String, Fault>,
    recordings: HashMap<(String, usize), Recorded>,
    reports: HashMap<(String, usize), OnceLock<Reports>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/faults");
    let faults = match fault::load(&folder) {
        Ok(faults) => faults,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let cases = || faults.iter().flat_map(|(id, fault)| (0..DIRECTIONS.len()).map(move |at| (id, fault, at)));
    let proof = Arc::new(Proof {
        recordings: cases().map(|(_, fault, at)| ((fault.on.scenario.clone(), at), Recorded::default())).collect(),
        reports: cases().map(|(id, _, at)| ((id.clone(), at), OnceLock::new())).collect(),
        faults: faults.clone(),
    });
    let mut trials: Vec<Trial> = cases()
        .map(|(id, _, at)| {
            let (proof, id, (sender, receiver)) = (proof.clone(), id.clone(), DIRECTIONS[at]);
            Trial::test(format!("{id} {sender}->{receiver}"), move || proof.is_caught(&id, at))
        })
        .collect();
    let table = proof.clone();
    trials.push(Trial::test("kill table", move || table.matches_snapshot()));
    trials.push(Trial::test("every rule kills", move || proof.leaves_no_rule_unproved()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

impl Proof {
    /// The reports on a fault are exactly those it declares.
    fn is_caught(&self, id: &str, at: usize) -> Result<(), Failed> {
        let fault = &self.faults[id];
        let declared = fault.findings_in(&direction_name(at));
        let declared = declared.map(|rules| rules.iter().map(String::as_str).collect::<BTreeSet<_>>());
        let reported = self.report(id, at).map_err(Failed::from)?;
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
        Err(format!("{}\n  declared {}\n  reported {}", fault.title, list(declared), list(rules)).into())
    }

    fn report(&self, id: &str, at: usize) -> Reports {
        self.reports[&(id.to_owned(), at)].get_or_init(|| self.judge(&self.faults[id], at)).clone()
    }

    fn judge(&self, fault: &Fault, at: usize) -> Reports {
        if fault.findings_in(&direction_name(at)).is_none() {
            return Ok(None);
        }
        let recorded = &self.recordings[&(fault.on.scenario.clone(), at)];
        let evidence = recorded.get_or_init(|| record(&fault.on.scenario, at)).as_ref()?;
        let edited = fault::apply_to_evidence(fault, evidence, &signer).map_err(|error| error.to_string())?;
        let judgement = rules::judge(&edited, &Options::default());
        let culprits = match &fault.blames[..] {
            [] => fault::culprit(fault, evidence).map_err(|error| error.to_string())?.into_iter().collect(),
            blamed => blamed.iter().copied().collect(),
        };
        Ok(Some(Reported { rules: failing(&judgement)?, blamed: blamed(&judgement), culprits }))
    }

    /// Which fault is reported by which rules.
    fn matches_snapshot(&self) -> Result<(), Failed> {
        let mut table = String::new();
        for (id, fault) in &self.faults {
            writeln!(table, "{id}: {}", fault.title)?;
            let reports: Vec<Reports> = (0..DIRECTIONS.len()).map(|at| self.report(id, at)).collect();
            for (at, report) in reports.iter().enumerate() {
                if at > 0 && rules_of(report) == rules_of(&reports[0]) {
                    continue;
                }
                if reports.iter().any(|other| rules_of(other) != rules_of(report)) {
                    writeln!(table, "  {}:", direction_name(at))?;
                }
                match report {
                    Ok(Some(reported)) => reported.rules.iter().try_for_each(|rule| writeln!(table, "  - {rule}"))?,
                    Ok(None) => writeln!(table, "  cannot be made")?,
                    Err(error) => return Err(format!("{id}: {error}").into()),
                }
            }
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("kill-table", table));
        Ok(())
    }

    fn leaves_no_rule_unproved(&self) -> Result<(), Failed> {
        let mut idle: BTreeSet<&str> =
            rules::all().map(|rule| rule.id).filter(|id| !BEYOND_EDITS.contains(id)).collect();
        for id in self.faults.keys() {
            for at in 0..DIRECTIONS.len() {
                if let Some(reported) = self.report(id, at).map_err(|error| format!("{id}: {error}"))? {
                    idle.retain(|rule| !reported.rules.contains(rule));
                }
            }
        }
        if idle.is_empty() {
            return Ok(());
        }
        Err(format!("{} rules report no fault:\n  {}", idle.len(), idle.into_iter().collect::<Vec<_>>().join("\n  "))
            .into())
    }
}

fn rules_of(reports: &Reports) -> Option<&BTreeSet<&'static str>> {
    Some(&reports.as_ref().ok()?.as_ref()?.rules)
}

/// Whom the findings blame.
fn blamed(judgement: &Judgement) -> BTreeSet<Party> {
    let mut blamed = BTreeSet::new();
    for verdict in judgement.verdicts.iter().filter(|verdict| !verdict.is_provoked()) {
        if let Outcome::Fail(findings) = &verdict.outcome {
            blamed.extend(findings.iter().map(|finding| finding.blame.unwrap_or(verdict.blame)));
        }
    }
    blamed
}

fn direction_name(at: usize) -> String {
    let (sender, receiver) = DIRECTIONS[at];
    format!("{sender}-{receiver}")
}

/// Plays a scenario and keeps its evidence; it must be clean, or a fault in it proves nothing.
fn record(scenario: &str, at: usize) -> Result<Evidence, String> {
    let suite = suite(&rules::ids()).map_err(|error| error.to_string())?;
    let found = suite.scenarios.iter().find(|found| found.id == scenario);
    let found = found.ok_or_else(|| format!("there is no scenario {scenario}"))?;
    let (sender, receiver) = DIRECTIONS[at];
    let cell = RUNTIME.block_on(play(found, &Direction::new(sender, receiver), &How::default()));
    if cell.outcome != CellOutcome::Passed {
        return Err(format!("{scenario} did not pass: {:?}", cell.outcome));
    }
    let clean = failing(&rules::judge(&cell.observed, &Options::default()))?;
    if clean.is_empty() { Ok(cell.observed) } else { Err(format!("{scenario} is not clean: {clean:?}")) }
}

/// The rules that failed, at any level; what the harness put in on purpose is nobody's fault.
fn failing(judgement: &Judgement) -> Result<BTreeSet<&'static str>, String> {
    if let Some(broken) = judgement.broken().next() {
        return Err(format!("{} broke: {:?}", broken.rule.id, broken.outcome));
    }
    let failed = judgement.verdicts.iter().filter(|verdict| matches!(verdict.outcome, Outcome::Fail(_)));
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
