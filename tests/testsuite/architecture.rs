//! The rooms of the house and who may know whom: read from what each room's files import, tests aside.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use regex::Regex;
use walkdir::WalkDir;

/// Each room with those that it may know. What is not listed is refused, and so is what is listed and not used.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("bounded", &[]),
    ("hexadecimal", &[]),
    ("shown", &[]),
    ("yaml", &["bounded", "shown"]),
    ("norm", &[]),
    ("clock", &[]),
    // Texts; whose they are it does not know.
    ("language", &["clock"]),
    ("message", &[]),
    ("smime", &["hexadecimal"]),
    ("state", &[]),
    ("threads", &[]),
    ("evidence", &["bounded", "hexadecimal", "message"]),
    ("directory", &["hexadecimal", "smime"]),
    ("pki", &["clock", "hexadecimal", "smime"]),
    ("net", &["evidence", "state"]),
    ("fault", &["directory", "evidence", "message", "smime"]),
    ("rules", &["clock", "directory", "evidence", "message", "norm", "smime"]),
    // It reads as the rules do, and makes and judges without them.
    ("gateway", &["clock", "directory", "evidence", "fault", "message", "net", "pki", "smime", "state"]),
    // Data: it knows what may be written in it, and nobody who plays it.
    ("scenario", &["bounded", "evidence", "fault", "message", "norm", "shown", "state", "yaml"]),
    (
        "target",
        &[
            "bounded",
            "clock",
            "directory",
            "evidence",
            "fault",
            "gateway",
            "message",
            "net",
            "pki",
            "scenario",
            "shown",
            "smime",
            "state",
            "yaml",
        ],
    ),
    (
        "runner",
        &[
            "clock",
            "directory",
            "evidence",
            "fault",
            "gateway",
            "hexadecimal",
            "message",
            "norm",
            "results",
            "rules",
            "scenario",
            "shown",
            "smime",
            "state",
            "target",
            "threads",
        ],
    ),
    // What a run or a check came to, and nobody who runs or checks.
    // What a provider declares: data, and what became of it.
    ("known", &["bounded", "evidence", "shown", "yaml"]),
    ("results", &["directory", "evidence", "known", "message", "norm", "rules"]),
    (
        "report",
        &[
            "bounded",
            "clock",
            "evidence",
            "hexadecimal",
            "known",
            "language",
            "norm",
            "results",
            "rules",
            "shown",
            "smime",
        ],
    ),
    ("archive", &["bounded", "directory", "evidence", "message", "smime"]),
    // What someone holds, judged without anything that makes or plays.
    ("check", &["archive", "directory", "evidence", "message", "results", "rules", "smime"]),
    // Two runs, by what they left.
    ("diff", &["report", "results", "shown"]),
    // The parts of one, by what they left; judged again, and played by nobody.
    ("merge", &["diff", "evidence", "hexadecimal", "norm", "report", "results", "rules", "shown"]),
    // What is uploaded, handed to whoever judges it.
    ("page", &["bounded", "clock", "evidence", "norm", "report", "results", "shown"]),
    // What is somebody's, taken out of events before they are told.
    ("redact", &["evidence", "hexadecimal", "message", "results", "rules", "shown", "smime"]),
    // A run in one file: packed, and looked at again.
    ("bundle", &["archive", "diff", "hexadecimal", "rules", "shown", "smime"]),
    // A gateway as a program; nobody plays or judges there.
    (
        "serve",
        &[
            "bounded",
            "clock",
            "directory",
            "evidence",
            "gateway",
            "hexadecimal",
            "message",
            "net",
            "pki",
            "shown",
            "smime",
            "state",
            "yaml",
        ],
    ),
    // What there is, not what is done with it.
    ("catalogue", &["fault", "message", "norm", "rules", "scenario", "yaml"]),
    (
        "cli",
        &[
            "archive",
            "bounded",
            "bundle",
            "catalogue",
            "check",
            "clock",
            "diff",
            "directory",
            "evidence",
            "fault",
            "hexadecimal",
            "known",
            "language",
            "merge",
            "message",
            "norm",
            "page",
            "redact",
            "report",
            "results",
            "rules",
            "runner",
            "scenario",
            "serve",
            "shown",
            "smime",
            "target",
            "threads",
            "yaml",
        ],
    ),
];

/// What must stay out of a room's reach, by whatever way.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("rules", &["gateway", "runner", "target", "net", "fault", "scenario", "report", "cli"]),
    ("archive", &["gateway", "runner", "target", "net", "report", "cli", "rules", "results"]),
    ("gateway", &["rules", "runner", "target", "scenario", "report", "cli"]),
    ("serve", &["rules", "runner", "target", "scenario", "report", "cli"]),
    ("scenario", &["rules", "runner", "target", "gateway", "net", "report", "cli"]),
    ("runner", &["report", "cli"]),
    ("report", &["runner", "target", "gateway", "net", "cli"]),
    ("archive", &["runner", "target", "gateway", "net", "report", "cli"]),
    ("check", &["runner", "target", "gateway", "net", "report", "cli"]),
    ("merge", &["runner", "target", "gateway", "net", "cli"]),
    ("page", &["runner", "target", "gateway", "net", "check", "cli"]),
];

/// What is done with what someone holds, and what it must stay away from.
const CHECKING: (&str, &[&str]) = ("cli/check", &["runner", "target", "gateway", "net"]);

#[test]
fn every_room_knows_those_below_it_and_nobody_else() {
    let house = House::read();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        MAY_KNOW.iter().map(|(room, known)| (*room, known.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for room in &house.rooms {
        let Some(allowed) = allowed.get(room.as_str()) else {
            wrong.push(format!("src/{room} is a room that MAY_KNOW does not list"));
            continue;
        };
        for ((_, known), file) in house.arrows.iter().filter(|((from, _), _)| from == room) {
            if !allowed.contains(known.as_str()) {
                wrong.push(format!("{room} may not know {known}: {file}"));
            }
        }
        for unused in allowed.iter().filter(|known| !house.knows(room, known)) {
            wrong.push(format!("{room} may know {unused} and does not: take it off the list"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn judging_reaches_nothing_that_makes_or_plays() {
    let house = House::read();
    for (room, forbidden) in MUST_NOT_REACH {
        let reached = house.reach(room);
        for other in *forbidden {
            assert!(house.rooms.contains(*other), "there is no room {other}");
            assert!(!reached.contains(*other), "{room} reaches {other} by way of {reached:?}");
        }
    }
}

/// `println!` and `eprintln!` panic where a stream is closed or full; what is written goes through `cli::stdout` and
/// `cli::stderr`.
#[test]
fn nothing_is_printed_by_what_panics() {
    let printing = Regex::new(r"\be?print(ln)?!").unwrap();
    let house = House::read();
    let files: Vec<&str> =
        house.files.iter().filter(|(_, text)| printing.is_match(text)).map(|(name, _)| name.as_str()).collect();
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn checking_reaches_nothing_that_makes_or_plays() {
    let house = House::read();
    let (file, forbidden) = CHECKING;
    let named = named(file, &house.files[file]);
    assert!(named.contains("check"), "{file} checks");
    for room in named.iter().filter(|room| house.rooms.contains(*room) && *room != "cli") {
        let reached = house.reach(room);
        for other in forbidden {
            assert!(room != other && !reached.contains(*other), "{file} reaches {other} by way of {room}");
        }
    }
}

/// What tells today's date: a test that moves the machine's clock moves it for everything.
#[test]
fn the_machines_clock_is_read_in_one_place() {
    let reading = Regex::new(r"\b(SystemTime|(Timestamp|Zoned|UnixTime|OffsetDateTime|Utc|Local)::now)\b").unwrap();
    let reads = |text: &str| reading.is_match(text);
    let house = House::read();
    let files: Vec<&str> = house.files.iter().filter(|(_, text)| reads(text)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, ["clock"]);
}

/// The rooms, and the arrows between them with a file that shows each.
struct House {
    files: BTreeMap<String, String>,
    rooms: BTreeSet<String>,
    arrows: BTreeMap<(String, String), String>,
}

impl House {
    fn read() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for entry in WalkDir::new(&source) {
            let path = entry.unwrap().into_path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&source).unwrap().with_extension("");
                let name = name.to_str().unwrap().replace('\\', "/");
                files.insert(name.trim_end_matches("/mod").to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
        files.retain(|name, _| name != "main" && name != "lib");
        let tests: Vec<String> = files.iter().flat_map(|(name, text)| test_modules(name, text)).collect();
        files.retain(|name, _| !tests.iter().any(|test| name == test || name.starts_with(&format!("{test}/"))));

        let rooms: BTreeSet<String> = files.keys().map(|name| room(name).to_owned()).collect();
        let mut arrows = BTreeMap::new();
        for (name, text) in &files {
            for known in named(name, text) {
                if known != room(name) && rooms.contains(&known) {
                    arrows.insert((room(name).to_owned(), known), format!("src/{name}"));
                }
            }
        }
        Self { files, rooms, arrows }
    }

    fn knows(&self, room: &str, other: &str) -> bool {
        self.arrows.contains_key(&(room.to_owned(), other.to_owned()))
    }

    /// Every room that one knows, or knows of through others.
    fn reach(&self, room: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![room.to_owned()];
        while let Some(room) = open.pop() {
            for (_, known) in self.arrows.keys().filter(|(from, _)| *from == room) {
                if reached.insert(known.clone()) {
                    open.push(known.clone());
                }
            }
        }
        reached
    }
}

/// The room that a file stands in: `rules` of `rules/html/tags`.
fn room(name: &str) -> &str {
    name.split('/').next().unwrap()
}

/// The modules that a file declares for tests only.
fn test_modules(name: &str, text: &str) -> Vec<String> {
    static DECLARED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"#\[cfg\(test\)\]\s*(?:pub(?:\(\w+\))?\s+)?mod\s+(\w+);").unwrap());
    DECLARED.captures_iter(text).map(|found| format!("{name}/{}", &found[1])).collect()
}

/// The modules of the crate's root that a file names: by `crate::`, or by climbing up to it with `super::`.
fn named(name: &str, text: &str) -> BTreeSet<String> {
    static TESTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#\[cfg\(test\)\]\s*mod\s+\w+\s*\{").unwrap());
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"//.*").unwrap());
    static UPWARDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:crate::|(?:super::)+)").unwrap());
    let text = TESTS.split(text).next().unwrap();
    let text = COMMENT.replace_all(text, "");
    let depth = name.split('/').count();
    UPWARDS
        .find_iter(&text)
        .filter(|found| found.as_str() == "crate::" || found.as_str().matches("super").count() >= depth)
        .flat_map(|found| first_names(&text[found.end()..]))
        .collect()
}

/// The first name of a path, or of each in a group: `a` and `b` of `{a::{c, d}, b}`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name: &String| !name.is_empty());
    names
}

#[test]
fn names_are_read_from_every_way_to_write_them() {
    let text = "
        use crate::{\n    gateway::{self, Lab}, rules,\n    net::Reply,\n};
        fn f() { crate::runner::run(); super::super::report::shown(\"\") } // crate::cli
        #[cfg(test)]
        mod tests { use crate::target; }";
    let expected = ["gateway", "net", "report", "rules", "runner"];
    assert_eq!(named("message/mail", text).into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(test_modules("a/b", "#[cfg(test)]\npub(crate) mod sample;\nmod real;"), ["a/b/sample"]);
}
