//! In which form a command prints what it has to say.

use clap::ValueEnum;

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

/// What most commands can print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// Pages and lines for people.
    #[default]
    Text,
    /// JSON, a line for each thing.
    Json,
}
