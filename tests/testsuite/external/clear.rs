//! Incoming points without TLS, or that need not have it: what that breaks is found and charged to them, and plays go on.

use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use serde_json::Value;

use super::{
    BRAVO, FLAWED, SETTLING,
    meeting::two_that_meet_by,
    staging::{Counterpart, Provider, Staging, addresses, at_once},
    wrong,
};

/// What mail in clear between providers breaks.
const BROKEN: [&str; 2] = ["session/providers-secured", "session/starttls-announced"];

/// What a run came to.
struct Came {
    code: i32,
    /// In one line.
    text: String,
    /// The rules that were broken, with who is blamed.
    broken: BTreeSet<(String, String)>,
    /// Whether whatever is expected came, in every play.
    is_met: bool,
}

/// A gateway elsewhere whose incoming point does this of STARTTLS, and whose target file says that, plays a role.
fn played(provider: Provider, starttls: &str, tls: &str, role: &str, ids: &[&str]) -> Came {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let gateway = staging.serve_with("bravo", provider, counterpart, &format!("starttls: {starttls}\n"));
    says(&staging.target("acme", provider, addresses(&gateway), "bravo", counterpart, SETTLING), tls);
    came_as(&staging, role, ids)
}

/// A target file says this of its incoming point.
fn says(file: &Path, tls: &str) {
    let page = fs::read_to_string(file).unwrap();
    let (before, incoming) = page.split_once("\nincoming: {").unwrap();
    let (incoming, behind) = incoming.split_once('\n').unwrap();
    let (point, trust) = incoming.split_once(", trust: ").unwrap();
    let trust = if tls == "none" { "}".to_owned() } else { format!(", trust: {trust}") };
    fs::write(file, format!("{before}\nincoming: {{{point}, tls: {tls}{trust}\n{behind}")).unwrap();
}

fn came_as(staging: &Staging, role: &str, ids: &[&str]) -> Came {
    let as_role = format!("--{role}");
    let came = came(staging, &[&[&as_role, "acme.yaml"], ids].concat());
    assert_eq!(staging.cells("reports").len(), ids.len(), "{}", came.text);
    came
}

fn came(staging: &Staging, words: &[&str]) -> Came {
    let (code, text) = staging.run(&[&["run"], words].concat());
    let cells = staging.cells("reports");
    let mut broken = BTreeSet::new();
    for verdict in cells.iter().flat_map(|cell| cell["findings"].as_array().unwrap()) {
        for finding in verdict["findings"].as_array().unwrap() {
            let [rule, blamed] =
                [&verdict["rule"], &finding["blame"]["name"]].map(|it| it.as_str().unwrap().to_owned());
            broken.insert((rule, blamed));
        }
    }
    let is_met = cells.iter().all(|cell| cell["unmet"].as_array().unwrap().is_empty());
    Came { code, text: text.split_whitespace().collect::<Vec<_>>().join(" "), broken, is_met }
}

fn of_acme(rules: &[&str]) -> BTreeSet<(String, String)> {
    rules.iter().map(|rule| ((*rule).to_owned(), "acme".to_owned())).collect()
}

/// What they hand to each other nobody sees: what their files say of it is told, and what their points show is judged.
#[test]
fn two_gateways_elsewhere_without_tls_play_each_other_and_each_is_charged_with_its_own_point() {
    at_once(["none", "offered"], |tls| {
        let staging = Staging::new();
        let _two = two_that_meet_by(&staging, BRAVO, ("starttls: withheld\n", "opportunistic"));
        let files = ["uno.yaml", "due.yaml"];
        for file in files {
            says(&staging.path().join(file), tls);
        }
        let came = came(&staging, &["delivery/complete", "session/starttls-announced", "--among", &files.join(",")]);
        assert_eq!(came.code, 1, "{tls}\n{}", came.text);
        for cell in staging.cells("reports") {
            let is_complete = cell["scenario"] == "delivery/complete";
            assert_eq!(cell["outcome"], if is_complete { "passed" } else { "failed" }, "{tls}\n{cell:#}");
            let unmet = cell["unmet"].as_array().unwrap();
            assert_eq!(unmet.is_empty(), is_complete, "{tls}\n{cell:#}");
            let is_receivers = |one: &Value| one["blame"]["name"] == cell["direction"]["receiver"];
            assert!(unmet.iter().all(is_receivers), "{tls}\n{cell:#}");
        }
        let announced = |name: &str| ("session/starttls-announced".to_owned(), name.to_owned());
        assert_eq!(came.broken, ["uno", "due"].map(announced).into(), "{tls}\n{}", came.text);
        assert_eq!(staging.applied("reports", "session/providers-secured"), 0, "nobody saw it");
        for name in ["uno", "due"] {
            assert!(came.text.contains(&format!("{name}: mail goes to its incoming point")), "{tls}\n{}", came.text);
        }
    });
}

#[test]
fn a_gateway_that_says_it_has_no_tls_is_played_in_clear_and_charged_with_that_alone() {
    at_once(["receiver", "sender"], |role| {
        let ids = ["delivery/complete", "non-delivery/unknown-mailbox", "ordinary/from-ordinary-wrapped"];
        let came = played(BRAVO, "withheld", "none", role, &ids);
        assert_eq!(came.code, 1, "{role}\n{}", came.text);
        assert!(came.is_met, "{role}\n{}", came.text);
        assert_eq!(came.broken, of_acme(&BROKEN), "{role}\n{}", came.text);
        let heading = "acme: mail goes to its incoming point in clear, as the target file says";
        assert!(came.text.contains(heading), "{role}\n{}", came.text);
    });
}

#[test]
fn tls_that_need_not_be_is_used_where_it_is_offered_and_asked_for_where_it_is_not() {
    at_once([("offered", 0, &[][..]), ("withheld", 1, &BROKEN)], |(starttls, code, broken)| {
        let came = played(BRAVO, starttls, "offered", "receiver", &["delivery/complete"]);
        assert_eq!(came.code, code, "{starttls}\n{}", came.text);
        assert!(came.is_met, "{starttls}\n{}", came.text);
        assert_eq!(came.broken, of_acme(broken), "{starttls}\n{}", came.text);
    });
}

/// What else it does wrong is seen as well as over TLS.
#[test]
fn what_a_gateway_in_clear_does_wrong_beside_is_named() {
    let came = played(FLAWED, "withheld", "none", "receiver", &["delivery/complete"]);
    assert_eq!(came.code, 1, "{}", came.text);
    assert!(came.broken.is_superset(&of_acme(&[BROKEN[0], BROKEN[1], "headers/reference"])), "{:?}", came.broken);
    assert!(came.broken.iter().all(|(_, blamed)| blamed == "acme"), "{:?}", came.broken);
}

#[test]
fn a_gateway_of_another_make_is_played_in_clear_too() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let Some(wrong) = wrong::Wrong::start(staging.path(), "bare", addresses(&bravo)) else { return };
    let file = staging.target("acme", BRAVO, wrong.addresses(), "bravo", counterpart, SETTLING);
    says(&file, "none");
    let page = fs::read_to_string(&file).unwrap();
    fs::write(file, page.replacen("{ca: bravo/public/tls-root.pem}", "{unverified: true}", 1)).unwrap();
    let came = came_as(&staging, "receiver", &["delivery/complete"]);
    assert_eq!((came.code, came.is_met), (1, true), "{}", came.text);
    assert_eq!(came.broken, of_acme(&BROKEN), "{}", came.text);
}

/// Nothing is sent before the file and the gateway agree.
#[test]
fn smoke_tells_what_an_incoming_point_without_tls_breaks_and_what_its_file_has_wrong() {
    for (starttls, tls, code, told) in [
        ("withheld", "none", 1, "WRONG   the incoming point offers no STARTTLS, and takes mail in clear"),
        ("withheld", "offered", 1, "WRONG   the incoming point offers no STARTTLS, and takes mail in clear"),
        ("offered", "offered", 0, "ok      the incoming point secures the channel: TLSv1"),
        ("offered", "none", 2, "file    the incoming point offers STARTTLS, and `tls: none` in the target file"),
    ] {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let gateway = staging.serve_with("bravo", BRAVO, counterpart, &format!("starttls: {starttls}\n"));
        says(&staging.target("acme", BRAVO, addresses(&gateway), "bravo", counterpart, SETTLING), tls);
        let (found, text) = staging.run(&["smoke", "acme.yaml"]);
        assert_eq!(found, code, "{starttls} {tls}\n{text}");
        assert!(text.contains(told), "{told}\n{text}");
    }
}

/// Where the harness's own limits are may be no verdict on anybody.
#[test]
fn what_the_harness_cannot_speak_is_out_of_reach_and_charged_to_nobody() {
    at_once(["old", "anonymous", "mutual"], |way| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        let Some(wrong) = wrong::Wrong::start(staging.path(), way, addresses(&bravo)) else { return };
        let file = staging.target("acme", BRAVO, wrong.addresses(), "bravo", counterpart, SETTLING);
        let page = fs::read_to_string(&file).unwrap().replace("{ca: bravo/public/tls-root.pem}", "{unverified: true}");
        fs::write(file, page).unwrap();
        let (code, text) = staging.run(&["smoke", "acme.yaml"]);
        assert!(code == 3 && text.contains("the channel could not be secured"), "{way}\n{text}");
        let came = came_as(&staging, "receiver", &["delivery/complete"]);
        assert_eq!(came.code, 3, "{way}\n{}", came.text);
        assert!(
            came.text.contains("TLS did not come about between mx.alfa.example and mx.bravo.example"),
            "{}",
            came.text
        );
        assert!(!came.text.contains("to blame"), "{way}\n{}", came.text);
    });
}

/// Where it is the target that calls, whose limits those are is told as little: whether it tried once or again and again.
#[test]
fn a_target_that_calls_and_gets_no_tls_is_out_of_reach_and_charged_with_nothing() {
    let ways = [("serve", "1h"), ("serve", "1s"), ("dated", "1s"), ("distrustful", "1s")];
    let cases = ways.map(|(way, retry)| ["sender", "receiver"].map(|role| (way, retry, role))).concat();
    at_once(<[_; 8]>::try_from(cases).unwrap(), |(way, retry, role)| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let mut bravo = staging.serve_with("bravo", BRAVO, counterpart, &format!("retries: [{retry}]\n"));
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, counterpart.incoming));
        // It wants a certificate of another name, or a host of another make between the two hands on what it takes.
        let mut relay = None;
        let name = if way == "serve" {
            bravo.order(&format!("route alfa.example {here} mx.other.example"));
            BRAVO.host
        } else {
            let Some(started) = wrong::Wrong::start(staging.path(), way, [here; 2]) else { return };
            let [_, incoming] = relay.insert(started).addresses();
            bravo.order(&format!("route alfa.example {incoming} wrong.example opportunistic"));
            "wrong.example"
        };
        let more = format!("settling: {{deadline: 8s, silence: 1s, poll: 100ms}}\nnames: [{name}]\n");
        staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &more);
        let came = came_as(&staging, role, &["delivery/complete"]);
        let told = format!("TLS did not come about between {name} and mx.alfa.example");
        assert_eq!(came.code, 3, "{way} {retry} {role}\n{}", came.text);
        assert!(came.text.contains(&told), "{told}\n{way} {retry} {role}\n{}", came.text);
        assert!(!came.text.contains("to blame"), "{way} {retry} {role}\n{}", came.text);
    });
}
