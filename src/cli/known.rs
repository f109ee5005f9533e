//! `--deviations`: what is declared, held against what was found.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;

use super::{CliError, Exit};
use crate::{
    clock::LegalTime,
    evidence::{Evidence, Party},
    known::{Extent, Failing, Known, Ledger, Names, Reckoning, UNDETERMINED},
    results::{Cell, CellOutcome, Checked, Strictness, SubmissionPage, Weighed, answerable, played, weighed},
    rules::{self, Judgement},
};

/// The arguments about known deviations.
#[derive(Debug, Default, clap::Args)]
pub struct Deviations {
    /// Deviations that are known, each with reason, owner and expiry (YAML; `schema deviations`). What is declared stays a
    /// failure, and is marked; what is declared and not found fails too.
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Exit with 0 where everything that fails is declared; what is said stays the same.
    #[arg(long, requires = "deviations")]
    accept_declared: bool,
}

/// What is declared, and what became of it so far.
pub struct Declared {
    known: Arc<Known>,
    ledger: Option<Ledger>,
    accept: bool,
    strictness: Strictness,
}

impl Deviations {
    /// Reads the file. `scenarios` tells which it may name.
    pub fn read(
        &self,
        scenarios: impl FnOnce() -> Result<Vec<String>, CliError>,
        strictness: Strictness,
        now: Timestamp,
    ) -> Result<Declared, CliError> {
        let Some(path) = &self.deviations else {
            return Ok(Declared { known: Arc::default(), ledger: None, accept: false, strictness });
        };
        let rules = rules::ids();
        let scenarios = scenarios()?;
        let scenarios: Vec<&str> = scenarios.iter().map(String::as_str).collect();
        let names = Names { rules: &rules, scenarios: &scenarios };
        let known = Arc::new(Known::read(path, &names, LegalTime::at(now).day())?);
        let ledger = Some(Ledger::new(Arc::clone(&known)));
        Ok(Declared { known, ledger, accept: self.accept_declared, strictness })
    }
}

impl Declared {
    /// Somebody bears this name.
    pub fn knows(&mut self, name: &str) {
        if let Some(ledger) = &mut self.ledger {
            ledger.knows(name);
        }
    }

    /// Takes a play in, and lets it know what is declared.
    pub fn cell(&mut self, cell: &mut Cell) {
        cell.known = Arc::clone(&self.known);
        let Some(ledger) = &mut self.ledger else { return };
        if !matches!(cell.outcome, CellOutcome::Passed | CellOutcome::Failed) {
            return;
        }
        for (role, gateway) in &cell.observed.gateways {
            let scenario = Some(cell.scenario.as_str());
            ledger.asked(&Failing { rule: None, scenario, subject: &gateway.target, role: Some(*role) });
        }
        take_in(ledger, &cell.judgement, &cell.observed, self.strictness);
        for unmet in &cell.unmet {
            match unmet.blame {
                Party::Harness => ledger.failed_beyond(),
                _ => ledger.failed(&unmet.failing(&cell.observed)),
            }
        }
    }

    /// Takes in something that was checked, and lets it know what is declared.
    pub fn checked(&mut self, checked: &mut Checked) {
        checked.known = Arc::clone(&self.known);
        if let Some(ledger) = &mut self.ledger {
            take_in(ledger, &checked.judgement, &checked.evidence, self.strictness);
        }
    }

    /// Takes in what was put together, and lets it know what is declared.
    pub fn submission(&mut self, page: &mut SubmissionPage) {
        page.known = Arc::clone(&self.known);
        let Some(ledger) = &mut self.ledger else { return };
        // What nobody is known to have signed is asked of whoever it was.
        let named = page.providers.iter().map(|provider| Some(provider.as_str()));
        let providers: Vec<Option<&str>> = if page.providers.is_empty() { vec![None] } else { named.collect() };
        for (rule, provider) in
            page.judgement.applied.keys().flat_map(|rule| providers.iter().map(move |it| (rule, it)))
        {
            let (subject, role) = answerable(Party::Undetermined, *provider, &page.evidence);
            ledger.asked(&Failing { rule: Some(rule), scenario: None, subject, role });
        }
        take_in(ledger, &page.judgement, &page.evidence, self.strictness);
    }

    /// A rule was put to a message of a provider, where that is known.
    pub fn asked(&mut self, rule: &str, provider: Option<&str>) {
        if let Some(ledger) = &mut self.ledger {
            let subject = provider.unwrap_or(UNDETERMINED);
            ledger.asked(&Failing { rule: Some(rule), scenario: None, subject, role: None });
        }
    }

    /// How it ends: `others` is what the process would exit with if nothing had failed, `failing` whether something did.
    pub fn close(self, extent: Extent, others: Exit, failing: bool) -> Settled {
        let reckoning = self.ledger.map(|ledger| ledger.close(extent));
        let failed = if failing { others.worse(Exit::NonConforming) } else { others };
        let Some(known) = &reckoning else { return Settled { exit: failed, words: None, reckoning } };
        if known.fails() {
            let exit = others.worse(Exit::NonConforming);
            let words = (exit == Exit::NonConforming).then(|| match (failing, known.all_declared()) {
                (false, _) => "declared deviations that do not hold".to_owned(),
                (true, true) => format!("{}, and declared deviations that do not hold", not_conforming(known)),
                (true, false) => "non-conformity, and declared deviations that do not hold".to_owned(),
            });
            return Settled { exit, words, reckoning };
        }
        let declared = failing && known.all_declared();
        let exit = if declared && self.accept { others } else { failed };
        let told = declared && matches!(others, Exit::Conforming);
        Settled { words: told.then(|| not_conforming(known)), exit, reckoning }
    }
}

/// How a command ends.
pub struct Settled {
    /// What the process exits with.
    pub exit: Exit,
    /// What that says, where it is not what it says without declarations.
    pub words: Option<String>,
    /// What became of what is declared.
    pub reckoning: Option<Reckoning>,
}

fn not_conforming(known: &Reckoning) -> String {
    format!("not conforming, {} declared", known.declared)
}

fn take_in(ledger: &mut Ledger, judgement: &Judgement, evidence: &Evidence, strictness: Strictness) {
    let scenario = played(evidence);
    for (party, rules) in judgement.asked.iter().filter(|(party, _)| **party != Party::Harness) {
        let (subject, role) = answerable(*party, None, evidence);
        for rule in rules {
            ledger.asked(&Failing { rule: Some(rule), scenario, subject, role });
        }
    }
    for it in weighed(judgement, evidence).filter(|it| it.severity().fails(strictness)) {
        match (it, it.failing(evidence)) {
            (_, Some(failing)) => ledger.failed(&failing),
            (Weighed::Missed(_), None) => ledger.failed_beyond(),
            // A rule that broke says nothing of anybody.
            (_, None) => {}
        }
    }
}
