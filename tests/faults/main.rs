//! The proof of the rules: each fault of `scenarios/faults`, made in recorded clean evidence and judged again, is reported
//! by exactly the rules it names, which blame whoever made it; every rule reports some fault alone, or is said to refine
//! another. What real providers do and must not be reported is there too, with no findings. `docs/kill-table.md` shows it.

mod live;
mod loose;
mod page;
mod proof;
mod table;

use std::{collections::BTreeSet, path::Path, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use pec_conformance::fault;
use proof::{DIRECTIONS, Proof};

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
    let cases = || faults.keys().flat_map(|id| (0..DIRECTIONS.len()).map(move |at| (id, at)));
    let proof = Arc::new(Proof::new(faults.clone()));
    let mut trials: Vec<Trial> = cases()
        .map(|(id, at)| {
            let (proof, id, (sender, receiver)) = (proof.clone(), id.clone(), DIRECTIONS[at]);
            Trial::test(format!("{id} {sender}->{receiver}"), move || proof.is_caught(&id, at))
        })
        .collect();
    for scenario in faults.values().map(|fault| &fault.on.scenario).collect::<BTreeSet<_>>() {
        for (at, (sender, receiver)) in DIRECTIONS.into_iter().enumerate() {
            let (proof, scenario) = (proof.clone(), scenario.clone());
            let name = format!("clean as files: {scenario} {sender}->{receiver}");
            trials.push(Trial::test(name, move || loose::is_clean(&proof, &scenario, at)));
        }
    }
    let mut whole = |name: &str, check: fn(&Proof) -> Result<(), Failed>| {
        let proof = proof.clone();
        trials.push(Trial::test(name, move || check(&proof)));
    };
    whole("no rule is missing", table::no_rule_is_missing);
    whole("without any one rule faults escape", table::every_rule_is_needed);
    whole("transactions are judged on loose files", loose::rules_are_proved);
    whole("kill table", page::is_fresh);
    libtest_mimic::run(&arguments, trials).exit_code()
}
