//! What is in a bundle, and of what it tells.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diff::RuleSet;

/// The form of the manifest; others are not read.
const FORM: u32 = 1;

/// `bundle.json`: what a bundle is of, and every member of it but the manifest itself, its signature and its time stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of this manifest: 1.
    pub form: u32,
    /// The program that played the run.
    pub suite: String,
    /// Its version.
    pub version: String,
    /// The rules that the run was judged by.
    pub rules: RuleSet,
    /// When it began, where it tells.
    pub started: Option<Timestamp>,
    /// Whether everything was played that was planned.
    pub complete: bool,
    /// Every member, in the order of their names.
    pub members: Vec<Entry>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name in the bundle: `run/junit.xml`.
    pub name: String,
    /// Octets of it.
    pub size: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Of a run: by what program, which rules, when, whether to its end.
    pub fn new(version: String, rules: RuleSet, started: Option<Timestamp>, complete: bool) -> Self {
        let suite = env!("CARGO_PKG_NAME").to_owned();
        Self { form: FORM, suite, version, rules, started, complete, members: Vec::new() }
    }

    /// As it stands in the bundle.
    pub fn octets(&self) -> Vec<u8> {
        let mut octets = serde_json::to_vec_pretty(self).expect("a manifest is JSON");
        octets.push(b'\n');
        octets
    }

    /// Reads one; the error says what is wrong with it.
    pub fn read(octets: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(octets).map_err(|error| format!("its manifest: {error}"))?;
        if manifest.form != FORM {
            return Err(format!("the form of its manifest is {}, and {FORM} is read", manifest.form));
        }
        if !manifest.members.is_sorted_by(|one, other| one.name < other.name) {
            return Err("its manifest names a member twice, or not in order".to_owned());
        }
        match manifest.members.iter().find(|member| !is_name(&member.name)) {
            Some(member) => Err(format!("its manifest names a member `{}`", member.name)),
            None => Ok(manifest),
        }
    }
}

/// Whether a member may be called so: a way down, on every system alike, that climbs nowhere.
pub(super) fn is_name(name: &str) -> bool {
    let is_step = |step: &str| !matches!(step, "" | "." | "..");
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    name.len() <= 1024 && name.chars().all(is_plain) && name.contains('/') && name.split('/').all(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_leads_down_and_nowhere_else() {
        assert!(is_name("run/evidence/delivery/complete/alfa-bravo/messages/001-x.eml"));
        for wrong in
            ["", "bundle.json", "/run/x", "run//x", "run/", "../x", "run/../x", "run/./x", "run\\x/y", "c:/x", "run/\n"]
        {
            assert!(!is_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_manifest_reads_back_and_one_that_is_odd_is_refused() {
        let rules = RuleSet { count: 1, digest: "sha256:0".to_owned() };
        let mut manifest = Manifest::new("0.1.0".to_owned(), rules, None, true);
        let entry = |name: &str| Entry { name: name.to_owned(), size: 0, sha256: String::new() };
        manifest.members = vec![entry("run/a"), entry("run/b")];
        assert_eq!(Manifest::read(&manifest.octets()), Ok(manifest.clone()));
        for members in [["run/b", "run/a"], ["run/a", "run/a"], ["run/a", "run/../b"]] {
            manifest.members = members.map(entry).into();
            assert!(Manifest::read(&manifest.octets()).is_err(), "{members:?}");
        }
    }
}
