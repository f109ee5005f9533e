//! Wrong scenarios are refused with their place and what would be right.

use super::*;
use crate::yaml::Problem;

const RULES: &[&str] = &["structure/signed", "structure/mixed"];

/// A scenario that is right, to be made wrong in one way.
const RIGHT: &str = "\
title: A message crosses
clauses: [RFC6109-3.1.4-headers]
given:
  mailboxes:
    anna@receiver: {ordinary-mail: wrap}
steps:
  - send: {id: contract, from: mario@sender, to: [anna@receiver]}
  - advance: 12h
  - inject:
      envelope: {id: forged, from: mario@sender, to: [anna@receiver]}
      edit: {signature: strip}
  - expect:
      mario@sender:
        - {avvenuta-consegna: contract, for: anna@receiver}
  - expect-findings:
      forged: [structure/signed]
";

fn problems(source: &str) -> Vec<Problem> {
    Scenario::read("x", "scenarios/x.yaml", source, RULES).err().unwrap_or_default()
}

#[test]
fn the_right_one_is_right() {
    assert!(problems(RIGHT).is_empty(), "{:?}", problems(RIGHT));
}

#[test]
fn each_mistake_is_shown_where_it_is_with_what_would_be_right() {
    let first = "from: mario@sender, to: [anna@receiver]}\n  - adv";
    let second = |send: &str| format!("{send}\n  - adv");
    for (from, to, caret, right) in [
        ("title: A", "titel: A", "titel", "did you mean `title`?"),
        ("title: A message crosses", "title: ''", "''", "one sentence"),
        ("-headers]", "-heaters]", "RFC6109", "did you mean `RFC6109-3.1.4-headers`?"),
        ("-headers]", "-headers, RFC6109-3.1.4-headers]", "RFC6109-3.1.4-headers]", "twice"),
        ("anna@receiver: {ord", "carla@posta: {ord", "carla", "only those of `sender` and `receiver`"),
        ("ordinary-mail: wrap", "ordinary-mail: wrapp", "wrapp", "did you mean `wrap`?"),
        ("given:\n", "given:\n  posta: {unknown-users: bonce}\n", "bonce", "did you mean `bounce`?"),
        (first, &second("from: mario@sender, to: [anna@receiver], headers: {X: {y: z}}}"), "{X", "a list of texts"),
        ("  - send:", "  - sned:", "sned", "did you mean `send`?"),
        (first, &second("from: mario@sendr, to: [anna@receiver]}"), "mario@sendr", "did you mean `sender`?"),
        (first, &second("from: marco@sender, to: [anna@receiver]}"), "marco", "did you mean `mario`?"),
        (first, &second("from: mario@sender, to: []}"), "{id: contract", "add `to: [anna@receiver]`"),
        (first, &second("from: mario@sender, too: [anna@receiver]}"), "too", "did you mean `to`?"),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], attach: [{name: a, size: 3 KB}]}"),
            "3 KB",
            "`20 kB`",
        ),
        (first, &second("from: mario@sender, to: [anna@receiver], attach: [{name: a}]}"), "{name: a", "one of `size`"),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], attach: [{name: a, name-as: raw}]}"),
            "raw",
            "`raw-utf8`",
        ),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], attach: [{name: €, name-as: raw-latin1, text: a}]}"),
            "€",
            "ISO-8859-1 has not",
        ),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], attach: [{name: a, received: {accettazione: x}}]}"),
            "x}}]",
            "nothing has been sent yet",
        ),
        (
            first,
            &second(
                "from: mario@sender, to: [anna@receiver], attach: [{name: a, mail: {subject: a, text: a, attach: \
                 [{name: b, fills: 1 MB}]}}]}",
            ),
            "{name: b",
            "an attached message holds",
        ),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], attach: [{name: a, fills: 1 B}, {name: b, fills: 1 B}]}"),
            "[{name: a",
            "only one",
        ),
        (first, &second("from: mario@sender, to: [anna@receiver], encoding: 8bit}"), "8bit", "no difference"),
        (first, &second("from: mario@sender, to: [anna@receiver], encoding: 7bit}"), "7bit", "`8bit`"),
        (first, &second("from: mario@sender, to: [anna@receiver], in-capitals: [to]}"), "to]", "`rcpt-to`"),
        (first, &second("from: mario@sender, to: [anna@receiver], sign: twice}"), "twice", "`detached`"),
        ("  mailboxes:\n", "  sender: {certificate: new}\n  mailboxes:\n", "new", "`renewed`"),
        ("  mailboxes:\n", "  receiver: {environment: second}\n  mailboxes:\n", "second}", "`secondary`"),
        ("id: contract", "id: Contract 1", "Contract 1", "lower-case letters"),
        (
            "  - advance",
            "  - dialogue: {with: anna@receiver, lines: [{say: A, answer: 250}]}\n  - advance",
            "anna",
            "nobody talks",
        ),
        (
            "  - advance",
            "  - dialogue: {with: access-point@sender, lines: [{say: A}]}\n  - advance",
            "[{say",
            "can fail",
        ),
        (
            "  - advance",
            "  - dialogue: {with: access-point@sender, lines: [{answer: 250}]}\n  - advance",
            "{answer",
            "begin with `say`",
        ),
        (
            "  - advance",
            "  - dialogue: {with: access-point@sender, lines: [{say: A, answer: 250}, {}]}\n  - advance",
            "{}",
            "`say`, `login` or `answer`",
        ),
        (
            "  - advance",
            "  - dialogue: {with: access-point@sender, lines: [{say: A, login: mario@sender, answer: 2xx}]}\n  - advance",
            "{say",
            "one of `say` and `login`",
        ),
        (
            "  - advance",
            "  - dialogue: {with: access-point@sender, lines: [{say: A, answer: 99}]}\n  - advance",
            "99",
            "`5xx`",
        ),
        ("advance: 12h", "advance: twelve", "twelve", "`12h`"),
        ("advance: 12h", "change: {}", "{}", "nothing changes"),
        ("advance: 12h", "change: {restarted: [reciever]}", "reciever", "`receiver`"),
        ("advance: 12h", "change: {restarted: [sender, sender]}", "sender]", "twice"),
        ("advance: 12h", "change: {receiver: {antivirus: never}}", "never", "`off`"),
        ("advance: 12h", "change: {receiver: {starttls: withheld}}", "starttls", "unknown key"),
        ("advance: 12h", "change: {mailboxes: {carla@posta: {state: full}}}", "carla", "only those of `sender`"),
        ("advance: 12h", "change: {revoked: sender}", "sender}", "from 3 March 2026 on"),
        (
            "advance: 12h",
            "change: {domain-moves: {from: receiver, to: sender}}",
            "receiver, to",
            "`receiver: {environment: secondary}`",
        ),
        (first, &second("from: mario@sender, to: [anna@second-receiver]}"), "anna@second", "`second-receiver: {}`"),
        ("mario@sender:\n", "virus-store@second-receiver:\n", "virus", "`second-receiver: {}`"),
        ("advance: 12h", "change: {restarted: [second-receiver]}", "second", "`second-receiver: {}`"),
        ("advance: 12h", "change: {revoked: second-receiver}", "second", "`second-receiver: {}`"),
        ("advance: 12h", "again: contrct", "contrct", "did you mean `contract`?"),
        ("advance: 12h", "together: [{id: a, from: mario@sender, to: [anna@receiver]}]", "[{id: a", "two messages"),
        (
            "advance: 12h",
            "together: [{id: a, from: mario@sender, to: [anna@receiver]}, {id: a, from: mario@sender, to: [anna@receiver]}]",
            "a, from: mario@sender, to: [anna@receiver]}]",
            "already the name",
        ),
        (first, &second("from: mario@sender, to: [anna@receiver], tls: ssl}"), "ssl", "`implicit`"),
        (first, &second("from: mario@sender, to: [anna@receiver], auth: cram}"), "cram", "`login`"),
        (first, &second("from: mario@sender, to: [anna@receiver], copies: 0}"), "0}", "1 to 500"),
        (first, &second("from: carla@posta, to: [anna@receiver], auth: login}"), "login}", "an access point only"),
        ("given:\n", "given:\n  receiver: {loses-replies: 10}\n", "10}", "at most 9"),
        ("given:\n", "given:\n  receiver: {tls-name: other}\n", "other}", "`another`"),
        ("given:\n", "given:\n  receiver: {keeps-viruses-for: long}\n", "long}", "`12h`"),
        ("{signature: strip}", "{signature: strip}\n      transactions: one-each", "one-each", "two in `to`"),
        ("for: anna@receiver}", "for: anna@receiver, times: 1}", "{avvenuta", "leave it out for one"),
        ("id: forged", "id: contract", "contract, from: mario@sender, to: [anna@receiver]}\n", "already the name"),
        ("forged, from: mario@sender", "forged, from: anna@receiver", "anna@receiver, to", "at `sender`"),
        (
            "      envelope: {id: forged, from: mario@sender, to: [anna@receiver]}\n",
            "",
            "edit",
            "one of `envelope` and `notification`",
        ),
        (
            "envelope: {id: forged, from: mario@sender, to: [anna@receiver]}",
            "notification: {id: forged, kind: avvenuta-consegna, by: bystander, for: anna@receiver}",
            "{id: forged",
            "Give `about`",
        ),
        (
            "envelope: {id: forged, from: mario@sender, to: [anna@receiver]}",
            "notification: {id: forged, kind: avvenuta-consegna, by: bystander, about: contrct, for: anna@receiver}",
            "contrct",
            "did you mean `contract`?",
        ),
        (
            "envelope: {id: forged, from: mario@sender, to: [anna@receiver]}",
            "notification: {id: forged, kind: avvenuta-consegna, by: bystander, from: carla@posta, for: anna@receiver}",
            "carla@posta",
            "somebody at `sender` or `receiver`",
        ),
        ("{signature: strip}", "{signature: strip}\n      times: 0", "0", "between once and 9"),
        ("{signature: strip}", "{signature: strip}\n      signed: {digest: md5}", "md5", "`sha-1`"),
        ("signature: strip", "signature: stripp", "stripp", "did you mean `strip`?"),
        (
            "mario@sender:\n",
            "mario@sender:\n        - {accettazione: contrct}\n",
            "contrct",
            "did you mean `contract`?",
        ),
        ("      mario@sender:\n", "      marco@sender:\n", "marco", "did you mean `mario`?"),
        ("avvenuta-consegna", "avvenuta-consegne", "avvenuta", "did you mean `avvenuta-consegna`?"),
        ("for: anna@receiver}", "for: luca@receiver}", "luca", "which goes to `anna@receiver`"),
        (
            "{avvenuta-consegna: contract, for: anna@receiver}",
            "{refused: contract}",
            "{refused",
            "`access-point@sender`",
        ),
        ("      forged: [", "      contract: [", "contract: [", "was sent, not injected"),
        ("given:\n", "given:\n  receiver: {loses: [consegna]}\n", "consegna]", "unknown word"),
        (
            "given:\n",
            "given:\n  receiver: {delays: {accettazione: 1h}}\n",
            "accettazione",
            "only what goes over a wire",
        ),
        ("      forged: [", "      forget: [", "forget", "did you mean `forged`?"),
        ("structure/signed", "structure/sined", "structure", "did you mean `structure/signed`?"),
        ("title: A message crosses\n", "title: A message crosses\ntitle: Again\n", "title: Again", "twice"),
        (
            first,
            &second("from: mario@sender, to: [anna@receiver], from: anna@receiver}"),
            "from: anna",
            "`from` stands here twice",
        ),
        ("  - send: {id", "  - send\n  - send: {id", "send\n", "a word with nothing behind it"),
        (first, &second("from: mario@sender, to: anna@receiver}"), "anna@receiver}", "a list, as `[...]`"),
        (
            first,
            &second("from: mario@sender, to: [nobody@receiver]}"),
            "nobody",
            "`sconosciuto` is a mailbox that does not exist",
        ),
        (
            first,
            &second("from: carla@posta, to: [x@nowhere.example]}"),
            "[x@nowhere",
            "no host has `x@nowhere.example`",
        ),
        ("given:\n  mailboxes:\n    anna@receiver: {ordinary-mail: wrap}\n", "given: yes\n", "yes", "a map of keys"),
    ] {
        assert!(RIGHT.contains(from), "{from}");
        let source = RIGHT.replacen(from, to, 1);
        let problems = problems(&source);
        let problem = problems.first().unwrap_or_else(|| panic!("`{to}` is not refused"));
        let told = format!("{} {}", problem.message, problem.help.clone().unwrap_or_default());
        assert!(told.contains(right), "`{to}`: {told}");
        let lines: Vec<&str> = source.split_inclusive('\n').collect();
        let shown = lines[problem.line - 1].get(problem.column - 1..).unwrap_or_default();
        assert!(shown.starts_with(caret), "`{to}` is shown at `{shown}`: {told}");
    }
}

#[test]
fn what_editors_add_and_what_they_take_for_booleans_does_no_harm() {
    assert!(problems(&format!("\u{feff}{RIGHT}")).is_empty());
    for (word, right) in [("off", true), ("false", true), ("on", true), ("true", true), ("never", false)] {
        let source = RIGHT.replace("given:\n", &format!("given:\n  sender: {{antivirus: {word}}}\n"));
        assert_eq!(problems(&source).is_empty(), right, "{word}");
    }
    for (source, told) in [("", "is empty"), ("\u{feff}\n", "is empty"), ("just text\n", "a scenario, with `title`")] {
        assert!(problems(source)[0].message.contains(told), "{source:?}: {:?}", problems(source));
    }
}

#[test]
fn a_single_file_is_a_suite_and_a_file_by_another_ending_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.yaml");
    std::fs::write(&file, RIGHT).unwrap();
    assert_eq!(load_dir(&file, RULES).unwrap().scenarios[0].id, "one");
    for other in ["two.yml", "three.YAML"] {
        std::fs::write(folder.path().join(other), RIGHT).unwrap();
    }
    let Err(LoadError::Files { problems }) = load_dir(folder.path(), RULES) else { panic!("not told") };
    assert_eq!(problems.len(), 2);
    assert!(problems.iter().all(|problem| problem.message.contains("rename it")));
}

#[test]
fn a_scenario_that_cannot_fail_is_refused() {
    let cut = RIGHT.split("  - expect:").next().unwrap();
    assert!(problems(cut)[0].message.contains("end with `expect`"));
}

#[test]
fn every_mistake_is_told_at_once() {
    let source = RIGHT.replace("id: forged", "id: contract").replace("for: anna@", "for: luca@");
    assert_eq!(problems(&source).len(), 3, "{:?}", problems(&source));
}

#[test]
fn broken_yaml_is_drawn_with_a_caret() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.yaml"), "title: [\n").unwrap();
    let error = load_dir(folder.path(), RULES).unwrap_err();
    let mut drawn = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .render_report(&mut drawn, &error)
        .unwrap();
    assert!(drawn.contains("x.yaml:") && drawn.contains("title: ["), "{drawn}");
}

#[test]
fn a_folder_is_read_with_ids_by_path_and_without_faults() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    assert!(matches!(load_dir(folder.path(), RULES), Err(LoadError::Empty { .. })));
    write("faults/x.yaml", "not a scenario");
    write("README.md", "nor this");
    assert!(matches!(load_dir(folder.path(), RULES), Err(LoadError::Empty { .. })));
    write("a/b/right.yaml", RIGHT);
    let suite = load_dir(folder.path(), RULES).unwrap();
    assert_eq!(suite.scenarios.iter().map(|scenario| scenario.id.as_str()).collect::<Vec<_>>(), ["a/b/right"]);
    assert!(matches!(load_dir(&folder.path().join("nowhere"), RULES), Err(LoadError::Folder { .. })));
}

#[test]
fn the_suite_in_the_program_is_the_one_in_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let ids = |suite: Suite| suite.scenarios.iter().map(|scenario| scenario.id.clone()).collect::<Vec<_>>();
    let rules = crate::rules::ids();
    assert_eq!(ids(suite(&rules).unwrap()), ids(load_dir(&folder, &rules).unwrap()));
}

#[test]
fn the_schema_knows_every_step_and_refuses_other_keys() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], false);
    let steps = schema["$defs"]["Step"]["oneOf"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["required"][0].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["send", "together", "inject", "again", "dialogue", "change", "advance", "expect", "either", "expect-findings"]
    );
    assert_eq!(schema["$defs"]["Expected"]["oneOf"].as_array().unwrap().len(), What::all().count());
}
