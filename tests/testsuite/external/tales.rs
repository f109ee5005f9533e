//! Plays with a gateway elsewhere beside the same plays inside, as their snapshots tell them: verdict and tale.

use std::{fs, path::Path, sync::Arc};

use pec_conformance::{
    evidence::Direction,
    results::CellOutcome,
    rules,
    runner::{How, Risk, play},
    scenario::{Selection, suite},
    target::{External, Targets},
};
use tokio::runtime::Runtime;

use super::projection::{Elsewhere, projected};

/// What plays came to.
#[derive(Default)]
pub struct Came {
    /// How many passed.
    pub passed: usize,
    /// Why others were not played, by scenario.
    pub skipped: Vec<String>,
    /// What did not end, or is not told, as inside.
    pub otherwise: Vec<String>,
}

/// What cannot be told alike: how many messages of a burst are so alike, seconds included, that they are told as one; and how
/// many octets a message has, whose Date is of another day.
const TOLD_OTHERWISE: [&str; 2] = ["delivery/burst", "non-acceptance/over-the-limit"];

/// Plays these scenarios, all of them where none is named, with a target that is bravo's gateway, in a role.
pub fn played(target: &Path, role: &str, ids: &[&str]) -> Came {
    let external = External::load(target).unwrap();
    let name = external.name.clone();
    let mut targets = Targets::default();
    targets.insert(external);
    let how = How {
        targets: Arc::new(targets),
        allowed: [Risk::Infected, Risk::Flooding, Risk::Smuggling].into(),
        ..How::default()
    };
    let (direction, inside) = match role {
        "receiver" => (Direction::new("alfa", name), "alfa-bravo"),
        _ => (Direction::new(name, "alfa"), "bravo-alfa"),
    };
    let selection = Selection { names: ids.iter().map(ToString::to_string).collect(), ..Selection::default() };
    let scenarios = suite(&rules::ids()).unwrap().select(&selection).unwrap();
    let runtime = Runtime::new().unwrap();
    let mut came = Came::default();
    for scenario in scenarios {
        let cell = runtime.block_on(play(&scenario, &direction, &how));
        let unmet = cell.unmet.iter().map(|unmet| format!("expected {}, found {}", unmet.expected, unmet.found));
        match &cell.outcome {
            CellOutcome::Skipped(reason) => {
                came.skipped.push(format!("{}: {reason}", scenario.id));
                continue;
            }
            CellOutcome::Passed => came.passed += 1,
            ended => {
                came.otherwise.push(format!("{} as {role}: {ended:?}: {}", scenario.id, unmet.collect::<String>()));
                continue;
            }
        }
        let name = format!("tests/snapshots/{}-{inside}.snap", scenario.id.replace('/', "-"));
        let snapshot = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&name)).unwrap();
        let [_, _, tale] = snapshot.splitn(3, "---\n").collect::<Vec<_>>()[..] else { panic!("{name} has no header") };
        let [inside, outside] = [tale, &cell.story].map(|tale| projected(tale, Elsewhere(role)));
        if inside != outside && !TOLD_OTHERWISE.contains(&&*scenario.id) {
            came.otherwise.push(format!(
                "{} as {role} is told otherwise:\n{}",
                scenario.id,
                difference(&inside, &outside)
            ));
        }
    }
    came
}

/// The first lines that differ, with those before them.
fn difference(inside: &str, outside: &str) -> String {
    let (inside, outside): (Vec<&str>, Vec<&str>) = (inside.lines().collect(), outside.lines().collect());
    let same = inside.iter().zip(&outside).take_while(|(one, other)| one == other).count();
    let from = same.saturating_sub(2);
    let some =
        |lines: &[&str]| lines.iter().skip(from).take(8).map(|line| ["    ", line, "\n"].concat()).collect::<String>();
    format!("  inside\n{}  elsewhere\n{}", some(&inside), some(&outside))
}
