//! Gateways elsewhere that know the way to each other.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use walkdir::WalkDir;

use super::{
    SETTLING, silent,
    staging::{ALFA, BRAVO, Counterpart, FLAWED, Provider, Staging, addresses},
};
use crate::{ports, serve::program::Program};

/// Gateways elsewhere that know the way to each other, alfa as `uno.yaml` and another as `due.yaml`, with the ports of each
/// one's counterpart.
fn two_that_meet(staging: &Staging, due: Provider) -> [(Program, Counterpart); 2] {
    two_that_meet_by(staging, due, ("", ""))
}

/// The same, with lines more in the configuration of each, and a word more on the way of each to the other.
pub fn two_that_meet_by(staging: &Staging, due: Provider, (more, how): (&str, &str)) -> [(Program, Counterpart); 2] {
    let (of_uno, of_due) = (Counterpart::free(), Counterpart::free());
    let mut uno = staging.serve_with("alfa", ALFA, of_uno, more);
    let mut other = staging.serve_with(due.dialect, due, of_due, more);
    for domain in due.domains {
        uno.order(format!("route {domain} {} {} {how}", other.address("incoming"), due.host).trim_end());
    }
    for domain in ALFA.domains {
        other.order(format!("route {domain} {} {} {how}", uno.address("incoming"), ALFA.host).trim_end());
    }
    staging.target("uno", ALFA, addresses(&uno), "alfa", of_uno, SETTLING);
    staging.target("due", due, addresses(&other), due.dialect, of_due, SETTLING);
    [(uno, of_uno), (other, of_due)]
}

#[test]
fn two_gateways_elsewhere_play_each_other() {
    let staging = Staging::new();
    let _two = two_that_meet(&staging, BRAVO);
    let (code, text) = staging.run(&["run", "delivery/complete", "--among", "uno.yaml,due.yaml"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("plays     2 = 2 passed"), "{text}");
}

/// What one of two elsewhere never handed to the other, or the other lost, nobody sees: nobody is charged with it.
#[test]
fn what_is_lost_between_two_gateways_elsewhere_is_blamed_on_nobody() {
    let staging = Staging::new();
    let [(mut uno, _), _due] = two_that_meet(&staging, BRAVO);
    let silent = silent::Silent::start(staging.path());
    uno.order(&format!("route bravo.example {} {}", silent.addresses()[1], BRAVO.host));
    for name in ["uno.yaml", "due.yaml"] {
        let file = staging.path().join(name);
        let page = fs::read_to_string(&file).unwrap().replace("{deadline: 1m,", "{deadline: 4s,");
        fs::write(file, page).unwrap();
    }
    let (code, text) = staging.run(&["run", "delivery/complete", "--sender", "uno.yaml", "--receiver", "due.yaml"]);
    assert_eq!(code, 1, "{text}");
    let cells = staging.cells("reports");
    let unmet = cells[0]["unmet"].as_array().unwrap();
    assert_eq!(unmet.len(), 3, "{text}");
    let findings = cells[0]["findings"].as_array().unwrap().iter();
    let findings = findings.flat_map(|verdict| verdict["findings"].as_array().unwrap());
    for one in unmet.iter().chain(findings) {
        assert_eq!(one["blame"]["party"], "undetermined", "{one:#}");
    }
    assert!(!text.contains("to blame     uno") && !text.contains("to blame     due"), "{text}");
}

/// Who is inside and who is elsewhere play each other, every ordered pair of them, and one report tells of all.
#[test]
fn gateways_elsewhere_and_inside_play_each_other_in_parts_that_are_merged() {
    let staging = Staging::new();
    let mut two = two_that_meet(&staging, FLAWED);
    for (gateway, counterpart) in &mut two {
        gateway.order(&format!("route delta.example 127.0.0.1:{} mx.delta.example", counterpart.incoming));
    }
    let words = ["run", "delivery/complete", "--among", "delta,uno.yaml,due.yaml"];
    let mut told = Vec::new();
    for part in ["1/2", "2/2"] {
        let reports = part.replace('/', "-");
        told.push(staging.run(&[&words[..], &["--shard", part, "--reports", &reports]].concat()));
    }
    assert!(told.iter().all(|(_, text)| text.contains("plays     3 = ")), "{told:?}");

    let (code, text) = staging.run(&["merge", "1-2"]);
    assert!(code == 2 && text.contains("part 2/2 is missing"), "{text}");
    let (code, text) = staging.run(&["merge", "1-2", "1-2", "2-2"]);
    assert!(code == 2 && text.contains("part 1/2 is in 1-2 too"), "{text}");
    let (code, text) = staging.run(&["merge", "1-2", "--incomplete", "--reports", "half"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("+ 3 not played"), "{text}");
    let (code, text) = staging.run(&["merge", "2-2", "1-2", "--reports", "whole"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("plays     6 = 2 passed + 4 failed"), "{text}");
    assert!(text.contains("to blame     due, as receiver") && !text.contains("to blame     uno"), "{text}");
    assert_eq!(staging.cells("whole").len(), 6);
    let stream = fs::read_to_string(staging.path().join("whole/run.jsonl")).unwrap();
    assert!(stream.starts_with("{\"type\":\"header\"") && stream.contains("\"type\":\"footer\""), "{stream}");
    let junit = fs::read_to_string(staging.path().join("whole/junit.xml")).unwrap();
    assert!(junit.contains("tests=\"6\" failures=\"4\""), "{junit}");
    // What is told of the parts together is what was told of each, the evidence too.
    let (code, text) = staging.run(&["check", "whole/evidence"]);
    assert_eq!(code, 1, "{text}");
    // Another run's part is none of this one's; evidence that was changed is none of anybody's.
    let (_, text) = staging.run(&[&words[..], &["--strict", "--shard", "2/2", "--reports", "strict"]].concat());
    assert!(text.contains("plays     3 = "), "{text}");
    let (code, text) = staging.run(&["merge", "1-2", "strict"]);
    assert!(code == 2 && text.contains("strict: it is no part of the run that 1-2 is of"), "{text}");
    let evidence = staging.path().join("2-2/evidence");
    let is_message = |path: &std::path::Path| path.extension().is_some_and(|extension| extension == "eml");
    let message =
        WalkDir::new(evidence).into_iter().map(|entry| entry.unwrap().into_path()).find(|path| is_message(path));
    fs::write(message.unwrap(), "changed").unwrap();
    let (code, text) = staging.run(&["merge", "1-2", "2-2", "--reports", "changed"]);
    assert!(code == 2 && text.contains("was changed"), "{text}");
}

/// Nobody can play where the two do not show the same time: that is no verdict, and what helps is told.
#[test]
fn two_gateways_elsewhere_whose_clocks_differ_are_out_of_play_until_they_are_set() {
    let (staging, pki) = (Staging::new(), pec_conformance::pki::Pki::load().unwrap());
    fs::create_dir_all(staging.path().join("public")).unwrap();
    fs::write(staging.path().join("public/tls-root.pem"), pki.tls_root_pem()).unwrap();
    let ldif =
        pec_conformance::directory::export::ldif(&pec_conformance::gateway::directory_with(&pki, std::iter::empty()));
    fs::write(staging.path().join("public/directory.ldif"), ldif).unwrap();
    let nobody = [SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free())); 2];
    let tomorrow = "clock: [sh, -c, \"date -u -d tomorrow +%FT%TZ # %s\"]\n";
    let stubborn = "clock: [sh, -c, \"date -u +%FT%TZ # %s\"]\n";
    staging.target("acme", BRAVO, nobody, ".", Counterpart::free(), tomorrow);
    for (more, told) in [("", "unless `clock` in its target file says how"), (stubborn, "does not move it that far")] {
        staging.target("beta", ALFA, nobody, ".", Counterpart::free(), more);
        let (code, text) =
            staging.run(&["run", "delivery/complete", "--sender", "beta.yaml", "--receiver", "acme.yaml"]);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, 3, "{text}");
        assert!(line.contains("beta: its clock is") && line.contains("behind that of acme"), "{text}");
        assert!(line.contains(told) && line.contains("set that of acme back"), "{text}");
    }
}
