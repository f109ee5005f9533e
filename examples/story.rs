//! tmp
use pec_conformance::{runner::*, scenario::*};
fn main() {
    let s = suite().unwrap().select(&Selection { ids: std::env::args().skip(1).collect(), ..Default::default() }).unwrap();
    let run = run(&Plan::new(s), &mut |_| {});
    for c in run.cells {
        println!("=== {} {:?} {:?} {:?}", c.scenario, c.direction, c.outcome, c.choices);
        for u in &c.unmet { println!("UNMET {u:?}"); }
        for v in &c.judgement.verdicts { if !v.rule.id.contains("directory/req") { println!("VERDICT {} {:?} {} {:?} {:?}", v.rule.id, v.rule.level, v.subject, v.blame, v.outcome); } }
        println!("{}", c.story);
    }
    eprintln!("{:?}", run.took);
}
