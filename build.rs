//! Compiles what is added by a file into the program: scenarios and faults below `scenarios/`; what each family of rules
//! is about, which its file says first; the words that the program itself says of mail; and, in a release build, the commit that it is built from.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn main() {
    let scenarios = Files::below("scenarios", "yaml");
    let (faults, scenarios): (Vec<_>, Vec<_>) = scenarios.0.into_iter().partition(|(id, _)| id.starts_with("faults/"));
    let themes = Files::below("scenarios", "md");
    write("suite.rs", &(texts("SUITE", "scenario", &scenarios) + &texts("THEMES", "theme's README", &themes.0)));
    write("faults.rs", &texts("FAULTS", "fault", &faults));
    write("about.rs", &Files::below("src/rules/families", "rs").about());
    write("vocabulary.rs", &vocabulary());
    // Where one works on it, every commit would compile it once more.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        commit();
    }
}

/// Tells the program its commit; nothing where the sources are no checkout.
fn commit() {
    let (Some(head), Some(commit)) = (git(&["rev-parse", "--git-path", "logs/HEAD"]), git(&["rev-parse", "HEAD"]))
    else {
        return;
    };
    println!("cargo::rerun-if-changed={head}");
    println!("cargo::rustc-env=PEC_COMMIT={commit}");
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// Files of a folder by their path in it, without the extension, in order.
struct Files(Vec<(String, PathBuf)>);

impl Files {
    fn below(folder: &str, extension: &str) -> Self {
        println!("cargo::rerun-if-changed={folder}");
        let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join(folder);
        let mut found = Vec::new();
        collect(&root, "", extension, &mut found);
        found.sort();
        Self(found)
    }

    /// What each file of a module is about, by its path: the first words of its documentation.
    fn about(&self) -> String {
        // What several families share has no rules.
        let about = self.0.iter().filter(|(_, path)| source(path).contains("static RULES:"));
        let about =
            about.fold(String::new(), |code, (id, path)| code + &format!("({id:?}, {:?}),\n", first_words(path)));
        format!("/// What each family is about.\npub static ABOUT: &[(&str, &str)] = &[\n{about}];\n")
    }
}

/// Rooms that have something to say of mail, and of what was played or checked.
const SPEAKING: [&str; 14] = [
    "archive",
    "check",
    "directory",
    "evidence",
    "known",
    "message",
    "net",
    "norm",
    "results",
    "rules",
    "runner",
    "scenario",
    "smime",
    "target",
];

/// Every word of two letters or more in what those rooms say, tests aside: what a redacted report may say in clear.
fn vocabulary() -> String {
    let mut words = BTreeSet::new();
    for room in SPEAKING {
        let files = Files::below(&format!("src/{room}"), "rs").0;
        let is_for_tests = |id: &str| id.split('/').any(|step| step == "sample" || step.ends_with("tests"));
        for (_, path) in files.into_iter().filter(|(id, _)| !is_for_tests(id)) {
            let source = source(&path);
            for text in texts_in(source.split("#[cfg(test)]").next().unwrap_or_default()) {
                let found = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1);
                words.extend(found.map(str::to_lowercase));
            }
        }
    }
    format!("/// Words, in order.\npub static WORDS: &[&str] = &{:?};\n", words.into_iter().collect::<Vec<_>>())
}

/// The string literals of a source.
fn texts_in(source: &str) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(next) = source[at..].find(['"', '/', '\'']) {
        let (before, rest) = source.split_at(at + next);
        at += next;
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(quote) = ["'\"'", "'\\\"'"].into_iter().find(|quote| rest.starts_with(quote)) {
            at += quote.len();
        } else if let Some(inside) = rest.strip_prefix('"') {
            let marks = before.len() - before.trim_end_matches('#').len();
            let is_raw = before[..before.len() - marks].ends_with('r');
            let escaped = |end: usize| inside[..end].bytes().rev().take_while(|octet| *octet == b'\\').count() % 2 == 1;
            let close = format!("\"{}", "#".repeat(if is_raw { marks } else { 0 }));
            let end = inside.match_indices(&close).map(|(end, _)| end).find(|end| is_raw || !escaped(*end));
            let end = end.unwrap_or(inside.len());
            // What an escape stands for is no part of a word.
            found.push(inside[..end].replace("\\n", " ").replace("\\r", " ").replace("\\t", " "));
            at += (1 + end + close.len()).min(rest.len());
        } else {
            at += 1;
        }
    }
    found
}

fn source(path: &Path) -> String {
    fs::read_to_string(path).expect("a file that was listed can be read")
}

/// The first paragraph of a module's documentation.
fn first_words(path: &Path) -> String {
    let source = source(path);
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A static with each file's id and text.
fn texts(name: &str, what: &str, files: &[(String, PathBuf)]) -> String {
    let mut code = format!("/// Every {what}: id and text.\npub static {name}: &[(&str, &str)] = &[\n");
    for (id, path) in files {
        writeln!(code, "({id:?}, include_str!({:?})),", path.display().to_string()).expect("a string takes it");
    }
    code + "];\n"
}

fn collect(folder: &Path, prefix: &str, extension: &str, found: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let name = entry.file_name().into_string().expect("names are ASCII");
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), extension, found);
        } else if let Some(stem) = name.strip_suffix(&format!(".{extension}")) {
            found.push((format!("{prefix}{stem}"), path));
        }
    }
}

fn write(name: &str, code: &str) {
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join(name);
    fs::write(out, code).expect("OUT_DIR is writable");
}
