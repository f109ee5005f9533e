//! Gateways in processes of their own, played against by target files: as they would be if somebody else had built them.

mod another_make;
mod clear;
mod clock;
mod meeting;
pub mod page;
#[cfg(unix)]
mod pipeline;
mod projection;
mod silent;
mod smoke;
pub mod staging;
mod strangers;
mod tales;
pub mod wrong;

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use pec_conformance::evidence::SmtpPath;
use staging::{BRAVO, Counterpart, FLAWED, Staging, addresses, at_once};
use walkdir::WalkDir;

use crate::{ports, serve::program};

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
pub const SETTLING: &str = "settling: {deadline: 1m, silence: 1s, poll: 100ms}\n";

#[test]
fn a_gateway_elsewhere_takes_either_role_as_one_inside_does() {
    let played: BTreeMap<String, String> = PLAYED.map(|id| (id.to_owned(), "passed".to_owned())).into();
    at_once(["receiver", "sender"], |role| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
        let as_role = format!("--{role}");
        let words = ["run", &as_role, "acme.yaml", "--reports", role, "--strict"];
        let (code, text) = staging.run(&[&words[..], &PLAYED].concat());
        assert_eq!(code, 0, "{role}\n{text}");
        assert_eq!(staging.outcomes(role), played, "{role}\n{text}");
        assert!(text.contains("a sentinel that came through both ways and 1s of silence"), "{text}");
        holds_no_password(&staging);
    });
}

/// A mailbox that is full is one of the target's own; what it lacks is told, with what would help.
#[test]
fn what_a_gateway_elsewhere_lacks_is_told() {
    at_once(["receiver", "sender"], |role| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
        let as_role = format!("--{role}");
        let words = ["run", "non-delivery/*", "timeout/*", "ordinary/infected-discarded", &as_role, "acme.yaml"];
        let (code, text) = staging.run(&words);
        assert_eq!(code, 0, "{text}");
        if role == "receiver" {
            assert_eq!(staging.outcomes("reports")["non-delivery/full-mailbox"], "passed", "{text}");
        }
        assert!(text.contains("`clock` in its target file could say how"), "{text}");
        assert!(text.contains("only with `--allow infected`"), "{text}");
        assert!(text.contains("conforming in ") && text.contains(" skipped (exit code 0)"), "{text}");
        holds_no_password(&staging);
    });
}

/// Nothing below a folder holds the password but the files that are there for it.
fn holds_no_password(staging: &Staging) {
    for entry in WalkDir::new(staging.path()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() && !["secret", "mario.secret"].contains(&&*entry.file_name().to_string_lossy()) {
            let bytes = fs::read(entry.path()).unwrap();
            let shown = String::from_utf8_lossy(&bytes);
            assert!(!shown.contains(program::PASSWORD), "{} holds the password", entry.path().display());
        }
    }
}

#[test]
fn what_had_to_be_played_and_was_not_is_told_by_the_exit_code() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let played = ["timeout/*", "delivery/complete", "--receiver", "acme.yaml", "--require-played", "timeout/*"];
    let (code, text) = staging.run(&[&["run"], &played[..]].concat());
    assert_eq!(code, 4, "{text}");
}

/// A handful of plays: what is told of each is what is told of it inside.
#[test]
fn what_is_told_of_a_gateway_elsewhere_is_what_is_told_of_one_inside() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    for (role, id) in
        [("receiver", "non-delivery/full-mailbox"), ("receiver", "delivery/complete"), ("sender", "delivery/complete")]
    {
        let came = tales::played(&file, role, &[id]);
        assert!(came.otherwise.is_empty(), "{}", came.otherwise.join("\n"));
        assert_eq!(came.passed, 1, "{:?}", came.skipped);
    }
}

/// Every scenario that needs no fault and no clock that can be moved is played, and ends and is told as it is inside.
#[test]
#[ignore = "takes minutes: .ci/long runs it"]
fn the_whole_suite_is_played_in_either_role() {
    /// So many of the suite need neither.
    const PLAYABLE: usize = 80;
    at_once(["receiver", "sender"], |role| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let bravo = staging.serve("bravo", BRAVO, counterpart);
        let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
        let came = tales::played(&file, role, &[]);
        println!("as {role}: {} passed, {} skipped\n{}", came.passed, came.skipped.len(), came.skipped.join("\n"));
        assert!(came.otherwise.is_empty(), "{}", came.otherwise.join("\n"));
        assert!(came.passed >= PLAYABLE, "{} as {role}", came.passed);
    });
}

#[test]
fn a_clock_that_a_command_moves_plays_what_takes_a_day() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let listening = addresses(&bravo);
    let clock = clock::moved_by_command(bravo);
    let file = staging.target("acme", BRAVO, listening, "bravo", counterpart, &(SETTLING.to_owned() + &clock));
    for (role, id) in [
        ("sender", "timeout/twelve-and-twenty-four-hours"),
        ("sender", "timeout/delivered-after-all"),
        ("receiver", "timeout/envelope-after-second-notice"),
        ("receiver", "timeout/one-provider-late"),
    ] {
        // What takes longer than certificates hold is left out, and leaves those behind it their time.
        let came = tales::played(&file, role, &["virus/purged-early", id]);
        assert!(came.otherwise.is_empty(), "{}", came.otherwise.join("\n"));
        assert_eq!((came.passed, came.skipped.len()), (1, 1), "{:?}", came.skipped);
    }
}

/// Whatever takes hours and needs no fault of the target's: its notices, where it sends, and what it does of late ones, where
/// it receives. What takes longer than the test PKI's certificates hold is left out, and harms nothing behind it.
#[test]
#[ignore = "takes minutes: .ci/long runs it"]
fn everything_that_takes_hours_is_played_in_either_role_where_a_command_moves_the_clock() {
    let ids = tales::that_take_hours();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    at_once([("receiver", 4), ("sender", 16)], |(role, playable)| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let mut bravo = staging.serve("bravo", BRAVO, counterpart);
        let second = ports::free();
        bravo.order(&format!("route delta.example 127.0.0.1:{second} mx.delta.example"));
        let listening = addresses(&bravo);
        let more = SETTLING.to_owned() + &clock::moved_by_command(bravo);
        let file = staging.target("acme", BRAVO, listening, "bravo", counterpart, &more);
        let page = fs::read_to_string(&file).unwrap();
        fs::write(&file, page.replace("counterpart: {", &format!("counterpart: {{second-incoming: {second}, ")))
            .unwrap();
        let came = tales::played(&file, role, &ids);
        println!("as {role}: {} passed, {} skipped\n{}", came.passed, came.skipped.len(), came.skipped.join("\n"));
        assert!(came.otherwise.is_empty(), "{}", came.otherwise.join("\n"));
        assert!(came.passed >= playable, "{} as {role}", came.passed);
        assert!(
            came.skipped.iter().any(|told| told.contains("it takes 914 days by the target's clock"))
                == (role == "sender")
        );
    });
}

/// What the log and the virus store show is judged; what a target file claims and is not so is told.
#[test]
fn what_a_gateway_elsewhere_shows_beside_its_mailboxes_is_judged_too() {
    const PROGRAMS: &str = "start: [touch, started]\nstop: [touch, stopped]\n";
    // It keeps a Maildir for each month: the command puts them together.
    const VIRUS: &str = "virus-store: {command: [sh, -c, \"mkdir -p seen/new; cp bravo/virus/*/new/* seen/new 2>/dev/null; echo seen\"]}\n";
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let shown = |log: &str| format!("{SETTLING}{PROGRAMS}{VIRUS}log: {log}\n");
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &shown("{file: bravo/log}"));
    let (code, text) = staging.run(&["smoke", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    for sentence in ["its log can be read", "its virus store can be looked into"] {
        assert!(text.contains(sentence), "{sentence}\n{text}");
    }
    assert!(["started", "stopped"].iter().all(|file| staging.path().join(file).exists()));
    let played = ["run", "delivery/complete", "virus/kept-in-store", "--receiver", "acme.yaml", "--allow", "infected"];
    let (code, text) = staging.run(&played);
    assert_eq!(code, 0, "{text}");
    assert!(staging.applied("reports", "log/generated-recorded") > 0, "{text}");

    // A log that leaves out what was generated: the rule says so, of whoever keeps it.
    let forgetful = "{command: [sh, -c, 'sed s/consegna-bravo/x/ bravo/log/*.jsonl'], fields: {generated: nothing}}";
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &shown(forgetful));
    let (code, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("log/generated-recorded") && text.contains("to blame     acme, as receiver"), "{text}");
    for (log, code, why) in [
        ("{file: bravo/none}", 3, "its log bravo/none cannot be read"),
        ("{file: bravo/log, fields: {at: time}}", 2, "it has no `time`; `fields` of `log` in the target file"),
    ] {
        staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &shown(log));
        let (found, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
        assert_eq!(found, code, "{text}");
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(why), "{why}\n{text}");
    }
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &format!("{SETTLING}start: [false]\n"));
    let (code, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
    assert!(code == 3 && text.contains("`start`"), "{text}");
}

/// Another receiving provider beside is reached at a port of its own.
#[test]
fn a_gateway_elsewhere_sends_to_two_providers_where_it_knows_a_way_to_each() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let mut bravo = staging.serve("bravo", BRAVO, counterpart);
    let second = ports::free();
    bravo.order(&format!("route delta.example 127.0.0.1:{second} mx.delta.example"));
    let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let page = fs::read_to_string(&file).unwrap();
    let play = |page: &str| {
        fs::write(&file, page).unwrap();
        staging.run(&["run", "delivery/three-providers", "--sender", "acme.yaml", "--strict"])
    };
    let (_, text) = play(&page);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("`second-incoming` below `counterpart` in its target file could be one"), "{text}");
    let (_, text) = play(&page.replace("counterpart: {", &format!("counterpart: {{second-incoming: {second}, ")));
    assert!(text.contains("plays     1 = 1 passed"), "{text}");
    let (code, text) = staging.run(&["routes", "acme.yaml"]);
    let told = format!("delta.example  127.0.0.1:{second}  mx.delta.example  STARTTLS always");
    assert!(code == 0 && text.contains(&told), "{told}\n{text}");
}

/// A run that is broken off tells what it had sent, and to whom: what nobody answered to, and raw lines, too.
#[cfg(unix)]
#[test]
fn a_run_that_is_interrupted_tells_what_was_sent() {
    let smuggled = "what a host may take for a message went line by line to anna@bravo.example, luca@bravo.example at \
                    mx.bravo.example, and may have been taken";
    let from_mario = "went from <mario@alfa.example> to anna@bravo.example at mx.bravo.example, and";
    let taken = format!("{from_mario} was taken");
    let unknown = format!("{from_mario} may have been taken: there was no answer");
    let cases = [("start", COMPLETE, &taken[..]), ("mute", COMPLETE, &unknown), ("start", SMUGGLED, smuggled)];
    at_once(cases, |(way, scenario, told)| {
        let (staging, counterpart) = (Staging::new(), Counterpart::free());
        let silent = match way {
            "mute" => silent::Silent::mute(staging.path()),
            _ => silent::Silent::start(staging.path()),
        };
        let more = "stop: [touch, stopped]\nsettling: {deadline: 10m, silence: 1s, poll: 100ms}\n";
        staging.target("acme", BRAVO, silent.addresses(), "data", counterpart, more);
        fs::create_dir(staging.path().join("suite")).unwrap();
        fs::write(staging.path().join("suite/sent.yaml"), scenario).unwrap();
        let mut command = crate::program::program(&["run", "--scenarios", "suite", "--allow", "smuggling"]);
        command.current_dir(staging.path());
        command.args(["--receiver", "acme.yaml"]).stdout(std::process::Stdio::piped());
        let mut run = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        // Once it has been handed over, nothing comes any more.
        silent.takes_a_message();
        // Once is to let the play end, which it would in ten minutes; two that come at once may count as one.
        while run.try_wait().unwrap().is_none() {
            let _ = std::process::Command::new("kill").arg(run.id().to_string()).status().unwrap();
            std::thread::sleep(ports::LOOK);
        }
        let output = run.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(3), "{way}\n{text}");
        assert!(text.contains("the run was interrupted"), "{way}\n{text}");
        assert!(text.contains(told), "{told}\n{way}\n{text}");
        assert!(staging.path().join("stopped").exists());
    });
}

/// A message that crosses.
#[cfg(unix)]
const COMPLETE: &str = "title: Crosses\nclauses: [RFC6109-3.5-transaction]\nsteps:\n  \
                        - send: {id: a, from: mario@sender, to: [anna@receiver]}\n  \
                        - expect: {anna@receiver: [{posta-certificata: a}]}\n";

/// A message line by line, and something to wait for.
#[cfg(unix)]
const SMUGGLED: &str = "title: Line by line\nclauses: [RFC6109-3.5-transaction]\nsteps:\n  \
                        - dialogue:\n      with: incoming-point@receiver\n      lines:\n        \
                        - {say: EHLO mx.posta.example, answer: 250}\n        \
                        - {say: \"MAIL FROM:<carla@posta>\", answer: 2xx}\n        \
                        - {say: \"RCPT TO:<anna@receiver>\", answer: 2xx}\n        \
                        - {say: \"RCPT TO:<luca@receiver>\", answer: 2xx}\n        \
                        - {say: DATA, answer: 354}\n        \
                        - {say: \"Subject: x\\r\\n\\r\\nx\\r\\n.\", answer: 2xx}\n  \
                        - send: {id: a, from: mario@sender, to: [anna@receiver]}\n  \
                        - expect: {anna@receiver: [{posta-certificata: a}]}\n";

/// What an earlier run left in somebody's queue comes in the middle of another one.
#[test]
fn a_late_message_of_an_earlier_run_is_told_of_and_not_judged() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let relay = format!("{SETTLING}names: [client.example]\n");
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &relay);
    let played = ["run", "delivery/complete", "--sender", "acme.yaml", "--strict=notes", "--reports"];
    let (code, text) = staging.run(&[&played[..], &["earlier"]].concat());
    assert_eq!(code, 0, "{text}");
    let crossed = |entry: walkdir::DirEntry| {
        let is_it = entry.file_name().to_string_lossy().ends_with("posta-certificata-wire-sender-to-receiver.eml");
        is_it.then(|| fs::read(entry.path()).unwrap())
    };
    let envelope = WalkDir::new(staging.path().join("earlier")).into_iter().find_map(|entry| crossed(entry.unwrap()));
    let handed = std::thread::spawn(move || {
        let point = SocketAddr::from((Ipv4Addr::LOCALHOST, counterpart.incoming));
        while std::net::TcpStream::connect(point).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let path = SmtpPath { from: "mario@bravo.example".into(), to: vec!["anna@alfa.example".into()] };
        program::hand_unverified(point, &path, &envelope.unwrap()).is_complete()
    });
    let (code, text) = staging.run(&[&played[..], &["later"]].concat());
    assert!(handed.join().unwrap(), "{text}");
    assert_eq!(code, 0, "{text}");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("of another run, as late ones of an earlier run are,"), "{text}");
}

/// Without a command for its clock no notice is waited for; one that comes is a message like any other.
#[test]
fn a_notice_that_comes_by_itself_is_judged_as_a_message() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let mut bravo = staging.serve("bravo", BRAVO, counterpart);
    let patient = "settling: {deadline: 1m, silence: 5s, poll: 1s}\n";
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, patient);
    let suite = staging.path().join("suite");
    fs::create_dir(&suite).unwrap();
    let silent = "title: A receiver that tells nothing\nclauses: [RFC6109-3.5-transaction]\n\
                  given: {receiver: {loses: [avvenuta-consegna, presa-in-carico]}}\nsteps:\n  \
                  - send: {id: a, from: mario@sender, to: [anna@receiver]}\n  \
                  - expect:\n      mario@sender: [{accettazione: a}]\n      anna@receiver: [{posta-certificata: a}]\n";
    fs::write(suite.join("silent.yaml"), silent).unwrap();
    let (code, text) = std::thread::scope(|scope| {
        let run = scope.spawn(|| staging.run(&["run", "silent", "--scenarios", "suite", "--sender", "acme.yaml"]));
        // Its clock is moved once the message was accepted, and not by the harness.
        while bravo.mailbox("mario@bravo.example").is_empty() && !run.is_finished() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        bravo.order("advance 13h");
        run.join().unwrap()
    });
    assert_eq!(code, 1, "{text}");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("preavviso-errore-consegna") && line.contains("to blame acme, as sender"), "{text}");
    assert!(!line.contains("to blame alfa"), "{text}");
    assert!(staging.applied("reports", "timeout/subject-prefix") > 0, "{text}");
}

/// Who is on the same network may call the ports that the other side listens on.
#[test]
fn strangers_at_the_ports_of_the_other_side_are_told_of_and_nobody_is_judged_by_them() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let strangers = [(counterpart.incoming, "anna@alfa.example"), (counterpart.posta, "carla@posta.example")];
    let answers = strangers.map(|(port, recipient)| strangers::writes_to(port, recipient));
    let (code, text) = staging.run(&["run", "delivery/complete", "--receiver", "acme.yaml"]);
    assert!(answers.iter().all(|answer| answer.recv().unwrap().starts_with("250")), "{text}");
    assert_eq!(code, 0, "{text}");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for host in ["mx.alfa.example", "mx.posta.example"] {
        let told = format!("a stranger at 127.0.0.1 that calls itself scanner.example called {host} without a message");
        assert!(line.contains(&told), "{told}\n{text}");
    }
    assert!(line.contains("one message of somebody else's was left alone"), "{text}");

    // A relay whose name the target file does not have is heard, and told.
    let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, SETTLING);
    let (named, otherwise) = (
        "server-name: mx.bravo.example, trust: {ca: bravo/public/tls-root.pem}",
        "server-name: relay.bravo.example, trust: {unverified: true}",
    );
    let page = fs::read_to_string(&file).unwrap();
    assert_eq!(page.matches(named).count(), 2, "{page}");
    fs::write(&file, page.replace(named, otherwise)).unwrap();
    let (code, text) = staging.run(&["run", "delivery/complete", "--sender", "acme.yaml"]);
    assert_eq!(code, 0, "{text}");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("calls itself mx.bravo.example called mx.alfa.example"), "{text}");
    assert!(line.contains("`names` in its target file should have it"), "{text}");
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
    let more = "settling: {deadline: 4s, silence: 1s, poll: 100ms}\n";
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

#[test]
fn a_secondary_environment_is_played_by_its_users() {
    let (staging, counterpart) = (Staging::new(), Counterpart::free());
    let bravo = staging.serve("bravo", BRAVO, counterpart);
    let user = |name: &str| format!("  {name}: {{address: {name}@studio.bravo.example, password: {{file: secret}}}}\n");
    let more = format!("{SETTLING}secondary:\n{}{}", user("anna"), user("mario"));
    let file = staging.target("acme", BRAVO, addresses(&bravo), "bravo", counterpart, &more);
    let came = tales::played(&file, "receiver", &["delivery/secondary-environment"]);
    assert!(came.otherwise.is_empty(), "{}", came.otherwise.join("\n"));
    assert_eq!(came.passed, 1, "{:?}", came.skipped);
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
        fs::write(staging.path().join(name), here(text)).unwrap();
    }
    let file = fs::read_to_string(staging.path().join("staging.yaml")).unwrap();
    let _served = program::Program::start(staging.path(), "bravo", &file.replacen("data: bravo\n", "", 1));
    staging.follows_the_page();
}
