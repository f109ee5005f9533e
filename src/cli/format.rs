//! Arguments that several commands have: in which form what they have to say is printed, and what fails besides violations.

use clap::ValueEnum;

use crate::results::Strictness;

/// The argument `--format`, with the forms that a command knows.
#[derive(Debug, clap::Args)]
pub struct Printed<F: ValueEnum + Default + Send + Sync + 'static> {
    // What clap keeps of a default value it keeps once for all `F`.
    /// What is printed [default: the first of these].
    #[arg(long, value_enum, global = true)]
    format: Option<F>,
}

impl<F: ValueEnum + Default + Send + Sync + 'static> Printed<F> {
    /// The form that was asked for, or the usual one.
    pub fn format(&self) -> F {
        self.format.clone().unwrap_or_default()
    }
}

impl Printed<TextOrJson> {
    /// Whether what is printed is for people.
    pub fn is_text(&self) -> bool {
        self.format() == TextOrJson::Text
    }
}

/// What most commands can print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// Pages and lines for people.
    #[default]
    Text,
    /// JSON, a line for each thing.
    Json,
}

/// The argument `--strict`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Strict {
    /// Let warnings count too; with `--strict=notes` notes as well.
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "warnings"
    )]
    strict: Option<Strictness>,
}

impl Strict {
    /// What fails; by default violations alone.
    pub fn strictness(self) -> Strictness {
        self.strict.unwrap_or_default()
    }
}
