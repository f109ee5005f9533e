//! What `--version` says: which program this is, of which commit, and by which rules it judges.

use crate::{report::RuleSet, rules};

/// Version, commit and set of rules, a line each.
pub fn version() -> String {
    let rules = RuleSet::of(rules::all());
    let commit = option_env!("PEC_COMMIT").unwrap_or("not told: a build to work on, or of sources without git");
    let version = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    format!("{version}\ncommit    {commit}\nrules     {}, {}\n", rules.count, rules.digest)
}
