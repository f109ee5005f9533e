//! What one complete transaction costs, and what judging its evidence costs.

#![expect(missing_docs, reason = "criterion's macros make public functions")]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use pec_conformance::{
    evidence::Direction,
    results::CellOutcome,
    rules::{self, Options},
    runner::{self, How},
    scenario,
};

fn transaction(criterion: &mut Criterion) {
    let suite = scenario::suite(&rules::ids()).expect("the suite loads");
    let complete = suite.scenarios.iter().find(|scenario| scenario.id == "delivery/complete");
    let complete = Arc::clone(complete.expect("delivery/complete is in the suite"));
    let direction = Direction::new("alfa", "bravo");
    let how = How::default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    // The first one also warms the test PKI.
    let cell = runtime.block_on(runner::play(&complete, &direction, &how));
    assert_eq!(cell.outcome, CellOutcome::Passed);

    criterion.bench_function("play and judge delivery/complete", |bench| {
        bench.iter(|| runtime.block_on(runner::play(&complete, &direction, &how)));
    });
    criterion.bench_function("judge the evidence of delivery/complete", |bench| {
        bench.iter(|| rules::judge(black_box(&cell.observed), &Options::default()));
    });
}

criterion_group!(benches, transaction);
criterion_main!(benches);
