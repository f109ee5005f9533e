//! Files of YAML that people write: read whole into a type, and what is wrong with one drawn with line, column and caret.

mod depth;
mod excerpt;
pub mod locate;
mod plain;
mod problem;
mod secret;
mod span;
mod suggest;

use serde::de::DeserializeOwned;

pub use problem::Problem;
pub use secret::{NoSecret, Secret};
pub use span::Span;
pub use suggest::{likeness, nearest, unknown};

use depth::{DEEPEST, too_deep};

/// What a file says, else what is wrong with it; `wanted` tells what belongs into an empty one, such as "a scenario has a `title` and `steps`".
pub fn read<T: DeserializeOwned>(file: &str, source: &str, wanted: &str) -> Result<T, Vec<Problem>> {
    if source.trim().is_empty() {
        return Err(vec![Problem::of_file(file, &format!("is empty: {wanted}"))]);
    }
    if let Some(line) = too_deep(source) {
        return Err(vec![Problem::on_line(file, source, line, &format!("nested deeper than {DEEPEST} levels"))]);
    }
    serde_path_to_error::deserialize(serde_yaml::Deserializer::from_str(source))
        .map_err(|error| vec![Problem::of_yaml(file, source, &error)])
}

/// A file's text without the mark (U+FEFF) that some editors begin every file with, and that says nothing here.
pub fn unmarked(source: &str) -> &str {
    source.strip_prefix('\u{feff}').unwrap_or(source)
}
