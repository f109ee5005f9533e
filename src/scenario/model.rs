//! A scenario file, as typed. Unknown keys are refused; what the types cannot tell is in the `check` beside it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    change::Change,
    dialogue::Dialogue,
    expected::Expected,
    given::Given,
    inject::Inject,
    send::Send,
    words::{ClauseRef, LegalInstant, Place, Span},
};

/// A scenario: what is given, what is done, and what every mailbox then holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(expecting = "a scenario, with `title`, `clauses` and `steps`,")]
#[schemars(title = "A scenario of pec-conformance")]
pub struct Document {
    /// One sentence: what happens, and who holds what afterwards.
    pub title: String,
    /// The clauses it is about.
    #[schemars(length(min = 1))]
    pub clauses: Vec<ClauseRef>,
    /// For selection.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The legal clock at the first step.
    #[serde(default)]
    #[schemars(with = "Option<LegalInstant>")]
    pub starts: LegalInstant,
    /// What differs from two healthy gateways.
    #[serde(default)]
    #[schemars(with = "Option<Given>")]
    pub given: Given,
    /// What happens, in order.
    #[serde(with = "serde_yaml::with::singleton_map_recursive")]
    #[schemars(with = "Vec<Step>", length(min = 1))]
    pub steps: Vec<Step>,
}

/// Something done, or something that must hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A user's client sends a message: through the provider's access point, or from the ordinary mail host.
    Send(Box<Send>),
    /// Users send these at the same moment, through sessions side by side.
    Together(Vec<Send>),
    /// The harness puts an envelope or a notification on the wire, in a provider's place, wrong or rare in one way.
    Inject(Box<Inject>),
    /// What was sent or injected under this id is handed over once more, octet for octet.
    Again(String),
    /// A client that keeps to no rule talks to a point, line by line.
    Dialogue(Dialogue),
    /// Something changes, once nothing is under way.
    Change(Box<Change>),
    /// The legal clock moves on.
    Advance(Span),
    /// When nothing more can come, what is new since the step before: exactly this, and nothing anywhere else.
    Expect(Expectation),
    /// The norm leaves a choice: one of these holds.
    Either(Vec<Alternative>),
    /// The rules report exactly these on what the harness made wrong on purpose: by the name of what was injected, or sent
    /// where `given` makes a gateway break the norm; by `incoming-point@receiver` on its sessions. Notes need not be listed.
    ExpectFindings(BTreeMap<String, Vec<String>>),
}

/// What is new, by place.
pub type Expectation = BTreeMap<Place, Vec<Expected>>;

/// One way the norm allows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Alternative {
    /// What the gateways chose, as the report says it.
    pub when: String,
    /// What is new then.
    pub expect: Expectation,
}
