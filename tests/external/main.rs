//! Gateways in processes of their own, played against by target files: as they would be if somebody else had built them.

mod page;
#[path = "../ports/mod.rs"]
mod ports;
#[expect(dead_code, reason = "what the tests of `serve` alone need of it")]
#[path = "../serve/program.rs"]
mod program;
mod silent;
mod staging;
mod wrong;

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use staging::{ALFA, BRAVO, Counterpart, FLAWED, Staging, addresses};
use walkdir::WalkDir;

/// What needs no fault and no movable clock: of each theme, and each way of waiting.
const PLAYED: [&str; 6] = [
    "delivery/complete",
    "delivery/concise",
    "non-delivery/unknown-mailbox",
    "non-acceptance/from-differs",
    "ordinary/from-ordinary-wrapped",
    "session/starttls-announced",
];

/// As long as is waited in tests: what must come, comes however busy the machine is.
const SETTLING: &str = "settling: {deadline: 1m, silence: 1s, poll: 1s}\n";

#[test]
fn a_gateway_elsewhere_takes_either_role_as_one_inside_does() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let played: BTreeMap<String, String> = PLAYED.map(|id| (id.to_owned(), "passed".to_owned())).into();
    for role in ["--receiver", "--sender"] {
        let mut words = vec!["run", role, "acme.yaml", "--reports", role.trim_start_matches('-'), "--strict"];
        words.extend(PLAYED);
        let (code, text) = staging.run(&words);
        assert_eq!(code, 0, "{role}\n{text}");
        assert_eq!(staging.outcomes(role.trim_start_matches('-')), played, "{role}\n{text}");
        assert!(text.contains("a sentinel that came through both ways and 1s of silence"), "{text}");
        // A mailbox that is full is one of the target's own; what it lacks is told, with what would help.
        let (code, text) = staging.run(&[
            "run",
            "non-delivery/*",
            "timeout/*",
            "ordinary/infected-discarded",
            role,
            "acme.yaml",
            "--reports",
            "more",
        ]);
        let expected = if role == "--receiver" { "passed" } else { "skipped" };
        assert_eq!(code, 0, "{text}");
        if role == "--receiver" {
            assert_eq!(staging.outcomes("more")["non-delivery/full-mailbox"], expected, "{text}");
        }
        assert!(text.contains("`clock` in its target file could say how"), "{text}");
        assert!(text.contains("only with `--allow infected`"), "{text}");
        assert!(text.contains("conforming in ") && text.contains(" skipped (exit code 0)"), "{text}");
    }
    // What had to be played and was not is told by the exit code.
    let (code, text) = staging.run(&[
        "run",
        "timeout/*",
        "delivery/complete",
        "--receiver",
        "acme.yaml",
        "--require-played",
        "timeout/*",
    ]);
    assert_eq!(code, 4, "{text}");
    for entry in WalkDir::new(staging.path()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() && !["secret", "mario.secret"].contains(&&*entry.file_name().to_string_lossy()) {
            let bytes = fs::read(entry.path()).unwrap();
            let shown = String::from_utf8_lossy(&bytes);
            assert!(!shown.contains(program::PASSWORD), "{} holds the password", entry.path().display());
        }
    }
}

/// Every scenario that needs no fault and no clock that can be moved is played, and ends as it does inside.
#[test]
#[ignore = "takes ten minutes: .ci/long runs it"]
fn the_whole_suite_is_played_in_either_role() {
    /// So many of the suite need neither.
    const PLAYABLE: usize = 80;
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    for role in ["receiver", "sender"] {
        let as_role = format!("--{role}");
        let (code, text) =
            staging.run(&["run", &as_role, "acme.yaml", "--reports", role, "--allow", "infected,flooding,smuggling"]);
        assert_eq!(code, 0, "{role}\n{text}");
        let passed = staging.outcomes(role).values().filter(|outcome| *outcome == "passed").count();
        assert!(passed >= PLAYABLE, "{passed} as {role}\n{text}");
    }
}

#[test]
fn two_gateways_elsewhere_play_each_other() {
    let staging = Staging::new();
    let (of_alfa, of_bravo) = (Counterpart::free(), Counterpart::free());
    let (mut alfa, mut bravo) = (staging.serve("alfa", ALFA, of_alfa), staging.serve("bravo", BRAVO, of_bravo));
    for domain in BRAVO.domains {
        alfa.order(&format!("route {domain} {} {}", bravo.address("incoming"), BRAVO.host));
    }
    for domain in ALFA.domains {
        bravo.order(&format!("route {domain} {} {}", alfa.address("incoming"), ALFA.host));
    }
    staging.target("uno", ALFA, addresses(&alfa), "alfa", of_alfa, SETTLING);
    staging.target("due", BRAVO, addresses(&bravo), "bravo", of_bravo, SETTLING);
    let (code, text) = staging.run(&["run", "delivery/complete", "--among", "uno.yaml,due.yaml"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("plays     2 = 2 passed"), "{text}");
}

#[test]
fn what_a_gateway_elsewhere_does_wrong_is_named_and_it_is_blamed() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let flawed = staging.serve("flawed", FLAWED, counterpart);
    staging.target("acme", FLAWED, addresses(&flawed), "flawed", counterpart, SETTLING);
    let (code, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("violation headers/reference") && text.contains("to blame     acme, as receiver"), "{text}");
    assert!(!text.contains("to blame     alfa"), "{text}");
}

#[test]
fn a_target_that_takes_everything_and_delivers_nothing_is_blamed_and_nothing_hangs() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let silent = silent::Silent::start(staging.path());
    let more = "settling: {deadline: 4s, silence: 1s, poll: 1s}\n";
    staging.target("acme", BRAVO, silent.addresses(), "data", counterpart, more);
    for role in ["--receiver", "--sender"] {
        let (code, text) =
            staging.run(&["run", "delivery/complete", role, "acme.yaml", "--reports", role.trim_start_matches('-')]);
        assert_eq!(code, 1, "{role}\n{text}");
        assert!(text.contains("to blame     acme") && !text.contains("to blame     alfa"), "{role}\n{text}");
    }
    let (code, text) = staging.run(&["smoke", "acme.yaml"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("WRONG   a wrong password is taken"), "{text}");
}

/// What a gateway of another make that goes wrong in this way comes to, in each role: exit code, and page in one line.
fn told_of(way: &str) -> Option<[(i32, String); 2]> {
    let told = ["--receiver", "--sender"].map(|role| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        let wrong = wrong::Wrong::start(staging.path(), way, addresses(&bravo))?;
        let settling = "settling: {deadline: 8s, silence: 1s, poll: 1s}\n";
        let file = staging.target("acme", BRAVO, wrong.addresses(), "bravo", counterpart, settling);
        let page = fs::read_to_string(&file).unwrap().replace("{ca: bravo/public/tls-root.pem}", "{unverified: true}");
        fs::write(&file, page).unwrap();
        let (code, text) = staging.run(&["run", "delivery/complete", role, "acme.yaml"]);
        Some((code, text.split_whitespace().collect::<Vec<_>>().join(" ")))
    });
    let [Some(receiver), Some(sender)] = told else { return None };
    Some([receiver, sender])
}

#[test]
fn a_slow_gateway_of_another_make_conforms() {
    for (code, text) in told_of("slow").into_iter().flatten() {
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("unverified, as the target file says"), "{text}");
    }
}

#[test]
fn a_gateway_of_another_make_that_takes_everything_and_delivers_nothing_is_blamed() {
    for (code, text) in told_of("hollow").into_iter().flatten() {
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("to blame acme") && !text.contains("to blame alfa"), "{text}");
    }
}

#[test]
fn what_a_gateway_of_another_make_puts_off_or_breaks_off_is_told_and_it_is_blamed() {
    for (way, told) in [
        ("busy", ["mx.bravo.example said `451 4.3.0 Come again`", "found 451 Come again"]),
        ("drops", ["closed the connection without an answer", "expected an SMTP session that is held to its end"]),
    ] {
        for ((code, text), told) in told_of(way).into_iter().flatten().zip(told) {
            assert_eq!(code, 1, "{way}\n{text}");
            assert!(text.contains(told), "{way}\n{text}");
            assert!(text.contains("to blame acme") && !text.contains("to blame alfa"), "{way}\n{text}");
        }
    }
}

#[test]
fn a_target_that_is_down_is_out_of_reach_and_no_verdict() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let silent = silent::Silent::start(staging.path());
    drop(silent);
    let closed = [(); 2].map(|()| SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free())));
    staging.target("acme", BRAVO, closed, "data", counterpart, SETTLING);
    for words in [&["run", "delivery/complete", "--receiver", "acme.yaml"][..], &["smoke", "acme.yaml"]] {
        let (code, text) = staging.run(words);
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("is out of reach"), "{text}");
    }
}

#[test]
fn a_target_file_that_is_wrong_starts_nothing() {
    let staging = Staging::new();
    fs::write(staging.path().join("acme.yaml"), "provider: ACME\ndomain: [acme.example]\n").unwrap();
    for words in [&["run", "--receiver", "acme.yaml"][..], &["smoke", "acme.yaml"], &["routes", "acme.yaml"]] {
        let (code, text) = staging.run(words);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("acme.yaml:2:1") && text.contains("unknown key `domain`"), "{text}");
    }
    let (code, text) = staging.run(&["run", "--receiver", "acme"]);
    assert!(code == 2 && text.contains("files that end in `.yaml`"), "{text}");
}

/// The page for providers, with its files, ports and commands: each command ends well.
#[test]
fn what_the_page_for_providers_says_runs() {
    let staging = Staging::new();
    let (counterpart, own) = (Counterpart::free(), Counterpart::free());
    let ports =
        [("12587", own.posta), ("12525", own.incoming), ("22525", counterpart.incoming), ("22526", counterpart.posta)];
    let here =
        |text: &str| ports.iter().fold(text.to_owned(), |text, (shown, free)| text.replace(shown, &free.to_string()));
    fs::write(staging.path().join("password.txt"), program::PASSWORD).unwrap();
    for (name, text) in page::blocks("file") {
        fs::write(staging.path().join(name), here(&text)).unwrap();
    }
    let file = fs::read_to_string(staging.path().join("staging.yaml")).unwrap();
    let _served = program::Program::start(staging.path(), "bravo", &file.replacen("data: bravo\n", "", 1));
    staging.follows_the_page();
}

#[test]
fn a_target_that_is_well_is_told_so_and_given_what_it_needs() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let (code, text) = staging.run(&["smoke", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    for sentence in [
        "the incoming point secures the channel: TLSv1",
        "mario logs in",
        "a wrong password is refused",
        "the mailbox of giulia@bravo.example can be read",
        "a message from alfa to acme arrived",
        "a message from acme to alfa arrived",
        "its clock shows this machine's time",
    ] {
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }

    let before = bravo.data.join("log");
    let records =
        || fs::read_dir(&before).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap().len()).sum::<usize>();
    let logged = records();
    let (code, text) = staging.run(&["run", "delivery/*", "--receiver", "acme.yaml", "--dry-run"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("delivery/complete alfa -> acme: contract from mario@alfa.example to anna@bravo.example"),
        "{text}"
    );
    assert_eq!(records(), logged, "nothing was sent");

    let (code, text) = staging.run(&["routes", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    let port = counterpart.incoming;
    for line in [
        format!("alfa.example  127.0.0.1:{port}  mx.alfa.example  STARTTLS always"),
        format!("alfa.example  smtp:[127.0.0.1]:{port}"),
        format!("[127.0.0.1]:{port}  secure match=mx.alfa.example:mx.delta.example"),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }

    let (code, text) = staging.run(&["directory", "export", "handout", "--target", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = staging.run(&["check", "handout/directory.ldif.p7m", "handout/alfa.cer"]);
    assert_eq!(code, 0, "{text}");
    let ldif = fs::read_to_string(staging.path().join("handout/directory.ldif")).unwrap();
    assert_eq!(ldif.matches("providerName: Bravo Recapiti").count(), 2, "each environment once");
}
