//! `docs/kill-table.md`: which fault is reported by which rules. `INSTA_UPDATE=always cargo test --test faults` writes it anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
};

use libtest_mimic::Failed;
use pec_conformance::fault::{Edit, Fault};

use super::{
    live::{self, Live},
    loose,
    proof::{DIRECTIONS, Proof, direction_name},
    table::{Row, rows},
};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kill-table.md");

const PREFACE: &str = "# Kill table

A rule is believed when it catches what it claims to catch. This page shows it: every fault of `scenarios/faults`, made in
clean evidence that was recorded between alfa and bravo, signed again and judged again, in both directions; and every
scenario in which a live peer is wrong on purpose. `cargo test` fails when a fault survives, when a rule reports what a
fault did not declare or blames another than its maker, when a rule reports no fault, and when a rule reports none alone
without a reason.

`INSTA_UPDATE=always cargo test --test faults` writes this page; without it the same test fails when the page is stale.
";

/// The page says what is so.
pub fn is_fresh(proof: &Proof) -> Result<(), Failed> {
    let page = page(proof)?;
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        return fs::write(PAGE, page).map_err(|error| format!("{PAGE}: {error}").into());
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    if written == page {
        return Ok(());
    }
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (written.lines().collect(), page.lines().collect());
    let gone = old.difference(&new).map(|line| format!("\n- {line}"));
    let come = new.difference(&old).map(|line| format!("\n+ {line}"));
    let lines: String = gone.chain(come).collect();
    Err(format!("docs/kill-table.md is stale; INSTA_UPDATE=always writes it anew{lines}").into())
}

fn page(proof: &Proof) -> Result<String, String> {
    let rows = rows(proof)?;
    let live = live::all()?;
    let mut page = PREFACE.to_owned();
    totals(&mut page, proof, &rows, &live)?;
    page +=
        "\n## Rules\n\nEach rule with the faults that would escape without it, and those that others report too.\n\n";
    page += "| Rule | Question | Reported by it alone | Reported by others too |\n| --- | --- | --- | --- |\n";
    for Row { rule, alone, shared, refines } in &rows {
        let reason = refines.iter().map(|(_, refines)| format!("none: refines `{}`: {}", refines.of, refines.because));
        let alone = if alone.is_empty() { reason.collect::<Vec<_>>().join("; ") } else { list(alone) };
        line(&mut page, &[format!("`{}`", rule.id), rule.question.to_owned(), alone, list(shared)]);
    }
    page += "\n## Faults in recorded evidence\n\n| Fault | What is wrong | Reported by |\n| --- | --- | --- |\n";
    for (id, fault) in proof.faults.iter().filter(|(_, fault)| !is_tolerated(fault)) {
        line(&mut page, &[format!("`{id}`"), fault.title.clone(), reported(proof, id)?]);
    }
    page += "\n## What must not be reported\n\nWhat real providers do, or what is right and rare.\n\n";
    page += "| Control | What is unusual |\n| --- | --- |\n";
    for (id, fault) in proof.faults.iter().filter(|(_, fault)| is_tolerated(fault)) {
        line(&mut page, &[format!("`{id}`"), fault.title.clone()]);
    }
    page += "\n## What loose files do not show\n\n";
    page += "Every other rule on the messages of a submission reports a fault also where no more is at hand than what lies in\n";
    page += "mailboxes, as files. These need more:\n\n| Rule | What it needs |\n| --- | --- |\n";
    for (rule, needs) in loose::NEEDS_MORE {
        line(&mut page, &[format!("`{rule}`"), (*needs).to_owned()]);
    }
    page += "\n## Live peers\n\nScenarios in which the harness, a client or a gateway is wrong or out of order on purpose, in the\n";
    page += "scenario's own words, and how the other side must react; and what the rules report.\n\n";
    page += "| Scenario | Planted | Reaction | Reported by |\n| --- | --- | --- | --- |\n";
    for Live { id, reaction, planted, findings } in &live {
        let planted: Vec<String> = planted.iter().map(|planted| format!("`{planted}`")).collect();
        line(&mut page, &[format!("`{id}`"), planted.join("; "), reaction.clone(), list(findings)]);
    }
    Ok(page)
}

fn totals(page: &mut String, proof: &Proof, rows: &[Row<'_>], live: &[Live]) -> Result<(), String> {
    let controls = proof.faults.values().filter(|fault| is_tolerated(fault)).count();
    let alone = rows.iter().filter(|row| !row.alone.is_empty()).count();
    let mut mechanisms: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (id, fault) in proof.faults.iter().filter(|(_, fault)| !is_tolerated(fault)) {
        *mechanisms.entry((mechanism(&fault.edit)?, reported(proof, id)?)).or_default() += 1;
    }
    let figures = [
        ("rules", rows.len()),
        ("of them, report some fault alone", alone),
        ("of them, refine another rule, for a reason given", rows.len() - alone),
        ("faults in recorded evidence", proof.faults.len() - controls),
        ("of them, distinct mechanisms", mechanisms.len()),
        ("controls that must not be reported", controls),
        ("faults of live peers", live.len()),
    ];
    page.push_str("\n| | |\n| --- | ---: |\n");
    for (what, number) in figures {
        line(page, &[what.to_owned(), number.to_string()]);
    }
    page.push_str("\nTwo faults are one mechanism where the same kind of edit (`daticert set`, `copy drop`) is reported by the same rules.\n");
    Ok(())
}

/// What kind of edit it is: the first words of its grammar.
fn mechanism(edit: &Edit) -> Result<String, String> {
    let value = serde_json::to_value(edit).map_err(|error| error.to_string())?;
    let words = std::iter::successors(Some(&value), |value| value.as_object()?.values().next());
    let word = |value: &serde_json::Value| {
        value.as_str().map(str::to_owned).or_else(|| value.as_object()?.keys().next().cloned())
    };
    Ok(words.take(2).filter_map(word).collect::<Vec<_>>().join(" "))
}

fn is_tolerated(fault: &Fault) -> bool {
    fault.findings.is_empty()
}

/// The rules that report a fault; each direction by itself where they differ.
fn reported(proof: &Proof, id: &str) -> Result<String, String> {
    let directions: Vec<String> = (0..DIRECTIONS.len())
        .map(|at| {
            let reported = proof.report(id, at).as_ref().map_err(|error| format!("{id}: {error}"))?;
            Ok(reported.as_ref().map_or("cannot be made".to_owned(), |reported| list(&reported.rules)))
        })
        .collect::<Result<_, String>>()?;
    if directions.iter().all(|other| *other == directions[0]) {
        return Ok(directions[0].clone());
    }
    let each = directions.iter().enumerate().map(|(at, rules)| format!("{}: {rules}", direction_name(at)));
    Ok(each.collect::<Vec<_>>().join("; "))
}

fn list<T: AsRef<str>>(names: &BTreeSet<T>) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn line(page: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).expect("a string takes it");
}
