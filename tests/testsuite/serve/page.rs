//! `docs/clients.md` is true: its files, gateways, commands and orders do what it says, one after the other.

use std::{collections::BTreeMap, fs, path::PathBuf};

use regex::{Captures, Regex};

use super::program::{Program, exit_of, is_installed, shell};

const PAGE: &str = include_str!("../../../docs/clients.md");

/// What a block's mark says, and the block's lines.
fn blocks() -> Vec<(&'static str, &'static str, &'static str)> {
    let marked = PAGE.split("<!-- ").skip(1);
    marked
        .map(|rest| {
            let (mark, rest) = rest.split_once(" -->\n```").unwrap();
            let (word, argument) = mark.split_once(": ").unwrap_or((mark, ""));
            let (block, _) = rest.split_once('\n').unwrap().1.split_once("```").unwrap();
            (word, argument, block)
        })
        .collect()
}

/// The ports that a gateway's file on the page names, by service.
fn ports(yaml: &str) -> Vec<(&str, &str)> {
    let (_, rest) = yaml.split_once("ports: {").unwrap();
    rest.split_once('}').unwrap().0.split(", ").map(|port| port.split_once(": ").unwrap()).collect()
}

/// The page read from its top by somebody whose ports are others.
struct Reader {
    folder: PathBuf,
    served: Vec<Program>,
    /// The ports that really listen, by those on the page.
    ports: BTreeMap<String, String>,
    /// The exit code of the last commands, and what they said.
    last: (Option<i32>, String),
}

impl Reader {
    fn serve(&mut self, command: &str) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let ["pec-conformance", "serve", file, "--control", "stdin"] = words[..] else { panic!("{command}") };
        let path = self.folder.join(file);
        let yaml = fs::read_to_string(&path).unwrap();
        let shown = ports(&yaml);
        let free = shown.iter().fold(yaml.clone(), |yaml, (_, port)| yaml.replace(port, "0"));
        fs::write(&path, free).unwrap();
        let program = Program::of_file(&path);
        for (service, port) in shown {
            self.ports.insert(port.to_owned(), program.address(service).port().to_string());
        }
        self.served.push(program);
    }

    fn run(&mut self, commands: &str, exit: &str) {
        // What was sent before has arrived when the next is called.
        self.order("advance 0s");
        let real = |shown: &Captures<'_>| self.ports.get(&shown[0]).cloned().unwrap_or_else(|| shown[0].to_owned());
        let commands = Regex::new(r"\b\d{4}\b").unwrap().replace_all(commands, real).into_owned();
        self.last = exit_of(shell(&commands).current_dir(&self.folder));
        let expected = if exit.is_empty() { 0 } else { exit.parse().unwrap() };
        assert_eq!(self.last.0, Some(expected), "{commands}\n{}", self.last.1);
    }

    fn order(&mut self, line: &str) {
        self.served.last_mut().unwrap().order(line);
    }
}

#[test]
fn what_the_page_for_clients_says_runs() {
    if !is_installed("python3") || !is_installed("curl") {
        return;
    }
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().to_owned();
    let mut reader = Reader { folder, served: Vec::new(), ports: BTreeMap::new(), last: (None, String::new()) };
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for (word, argument, block) in blocks() {
        *done.entry(word).or_default() += 1;
        match word {
            "file" => fs::write(reader.folder.join(argument), block).unwrap(),
            "serve" => reader.serve(block),
            "run" => reader.run(block, argument),
            "order" => block.lines().for_each(|line| reader.order(line)),
            "prints" => {
                let mut said = reader.last.1.lines().map(str::trim_end);
                for line in block.lines() {
                    assert!(said.any(|other| other == line), "`{line}` is not in its place in\n{}", reader.last.1);
                }
            }
            other => panic!("a block is marked `{other}`"),
        }
    }
    for (word, least) in [("file", 7), ("serve", 2), ("run", 12), ("order", 1), ("prints", 7)] {
        assert!(done.get(word).is_some_and(|count| *count >= least), "{word}: {done:?}");
    }
}
