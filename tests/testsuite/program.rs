//! The program as a test starts it, and what it came to.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// What a command came to.
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// An input rebuilt from a public bug report, on invented names, or what those are held against.
pub fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// A command that hears nothing, and for which nothing that somebody keeps with `reference add`
/// decides anything.
pub fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pec-conformance"));
    command
        .args(args)
        .env("LC_ALL", "C")
        .env("XDG_DATA_HOME", "/nowhere")
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

/// Puts a program of these lines of shell there. A child writes it: what this process writes may still be open for writing in
/// a child that another test starts, and cannot be executed then.
#[cfg(unix)]
pub fn script(path: &Path, lines: &str) {
    const WRITE: &str = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod +x \"$0\"";
    let written = Command::new("sh").args(["-c", WRITE]).arg(path).arg(lines).status();
    assert!(written.is_ok_and(|status| status.success()), "{} is written", path.display());
}

/// What it came to, once it has ended.
pub fn done(output: Output) -> Done {
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a command to its end.
pub fn pec(args: &[&str]) -> Done {
    done(program(args).output().expect("the program starts"))
}

impl Done {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        let all = format!("{}{}", self.out, self.err);
        for word in words {
            assert!(all.contains(word), "nothing about `{word}` in:\n{all}");
        }
        self
    }

    #[track_caller]
    pub fn never_says(self, word: &str) -> Self {
        let all = format!("{}{}", self.out, self.err);
        assert!(!all.contains(word), "`{word}` stands in:\n{all}");
        self
    }

    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
    }
}
