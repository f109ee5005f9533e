fn main() {
    let suite = pec_conformance::scenario::suite().unwrap();
    let ids: Vec<String> = std::env::args().skip(1).collect();
    let s = suite.select(&pec_conformance::scenario::Selection { ids, ..Default::default() }).unwrap();
    let plan = pec_conformance::runner::Plan::new(s);
    let run = pec_conformance::runner::run(&plan, &mut |_| {});
    for c in run.cells { println!("=== {} {:?} {:?} {:?}\n{}", c.scenario, c.direction, c.outcome, c.choices, c.story); }
    eprintln!("{:?}", run.took);
}
