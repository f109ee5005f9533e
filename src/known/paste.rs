//! What is not declared yet, as entries that fit into the file.

use std::fmt::Write as _;

use jiff::{ToSpan, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{evidence::Role, shown::acts};

/// Something that failed and that no entry declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct New {
    /// The rule; `None` for expectations that were not met.
    pub rule: Option<String>,
    /// The scenarios in which it failed; none where it failed in each that asked.
    pub scenarios: Vec<String>,
    /// Who answers for it.
    pub subject: String,
    /// In which role, where one is known.
    pub role: Option<Role>,
}

impl New {
    /// The entry, to which a reason and an owner are to be added; without them the file is refused.
    pub(super) fn yaml(&self, today: Date) -> String {
        let expires = today.checked_add(90.days()).unwrap_or(today);
        let mut entry = String::from("  - ");
        let mut line = |key: &str, value: &str| {
            let indent = if entry.ends_with("- ") { "" } else { "    " };
            writeln!(entry, "{indent}{key}: {value}").expect("a string takes all that is written");
        };
        if let Some(rule) = &self.rule {
            line("rule", &scalar(rule));
        }
        if !self.scenarios.is_empty() {
            let scenarios: Vec<String> = self.scenarios.iter().map(|id| scalar(id)).collect();
            line("scenarios", &format!("[{}]", scenarios.join(", ")));
        }
        line("subject", &scalar(&self.subject));
        if let Some(role) = self.role {
            line("role", &role.to_string());
        }
        line("reason", "\"\"");
        line("owner", "\"\"");
        line("expires", &expires.to_string());
        entry
    }
}

/// A word as it is, anything else in quotes; nothing in it acts on a terminal.
fn scalar(text: &str) -> String {
    // YAML takes some words for something else.
    let other = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text);
    let first = text.starts_with(|c: char| c.is_ascii_lowercase());
    if first
        && !other
        && text.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"/-".contains(&octet))
    {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if acts(c) => {
                write!(quoted, "\\U{:08X}", u32::from(c)).expect("a string takes all that is written");
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_yaml_whatever_a_provider_is_called() {
        let subject = "Gestore \"X\": S.p.A. \u{202e}\n\u{1b}[2J \\ è";
        let new = New { rule: Some("text/when".into()), scenarios: Vec::new(), subject: subject.into(), role: None };
        let entry = new.yaml("2026-03-02".parse().unwrap());
        assert!(!entry.replace('\n', "").contains(acts), "{entry}");
        let read: Vec<serde_json::Value> = serde_yaml::from_str(&entry).unwrap();
        assert_eq!(read[0]["subject"], subject);
        assert_eq!((&read[0]["rule"], &read[0]["expires"]), (&"text/when".into(), &"2026-05-31".into()));
    }

    #[test]
    fn a_word_that_yaml_reads_as_something_else_is_quoted() {
        for word in ["true", "null", "no", "yes", "12", "", "~", "a b"] {
            let read: serde_json::Value = serde_yaml::from_str(&scalar(word)).unwrap();
            assert_eq!(read, word, "{}", scalar(word));
        }
    }
}
