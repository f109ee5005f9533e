//! What is wrong with a file: drawn with file, line, column and a caret by miette.

use miette::{Diagnostic, SourceSpan};

use super::{
    excerpt::Excerpt,
    locate::{Position, Step, position},
    plain,
    suggest::unknown,
};
use crate::shown::shown;

/// What is wrong with one file, and what would be right.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    #[source_code]
    excerpt: Option<Excerpt>,
    #[label("here")]
    span: Option<SourceSpan>,
    /// What would be right, where the message does not say it.
    #[help]
    pub help: Option<String>,
}

impl Problem {
    /// A problem with the value at `path`.
    pub fn at(file: &str, source: &str, path: &[Step], message: impl Into<String>) -> Self {
        Self::new(file, source, position(source, path), &message.into(), None)
    }

    /// A problem of syntax, or with a value that its type refuses.
    pub fn of_yaml(file: &str, source: &str, error: &serde_path_to_error::Error<serde_yaml::Error>) -> Self {
        let yaml = error.inner();
        let at = yaml.location().map_or_else(Position::default, |at| Position {
            line: at.line(),
            column: at.column(),
            offset: at.index(),
        });
        // The reader repeats position and path in its text; here both are drawn.
        let text = yaml.to_string();
        let text = text.rfind(" at line ").map_or(text.as_str(), |cut| &text[..cut]);
        let message = match text.split_once(": ") {
            Some((path, rest)) if !path.contains([' ', '`']) => rest.to_owned(),
            _ => text.to_owned(),
        };
        if let Some(key) = plain::given_twice(&message) {
            let at = plain::second(source, at.offset, key).map_or(at, |offset| Position::of(source, offset));
            return Self::new(file, source, at, &format!("the key `{key}` stands here twice: keep one"), None);
        }
        let help = did_you_mean(&message).or_else(|| syntax(&message));
        Self::new(file, source, at, &plain::said(&message), help)
    }

    /// A problem with a whole line, from 1.
    pub fn on_line(file: &str, source: &str, line: usize, message: &str) -> Self {
        let offset = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
        Self::new(file, source, Position { line, column: 1, offset }, message, None)
    }

    /// A problem with a file as a whole.
    pub fn of_file(file: &str, message: &str) -> Self {
        Self::new(file, "", Position::default(), message, None)
    }

    fn new(file: &str, source: &str, at: Position, message: &str, help: Option<String>) -> Self {
        // What is missing at the end of the file is shown at the end of what there is.
        let text = source.trim_end();
        let at = match text.char_indices().last() {
            Some((last, _)) if at.offset > last => Position {
                line: text.lines().count(),
                column: text.lines().last().map_or(1, |line| line.chars().count()),
                offset: last,
            },
            _ => at,
        };
        let excerpt = (!text.is_empty()).then(|| Excerpt::of(file, source, at));
        Self {
            file: shown(file),
            line: at.line.max(1),
            column: at.column.max(1),
            // The reader repeats what it did not understand, whole.
            message: shown(message),
            span: excerpt.as_ref().map(Excerpt::span),
            excerpt,
            help,
        }
    }
}

/// The YAML reader's own messages say what it could not do, and not what to look for.
fn syntax(message: &str) -> Option<String> {
    let of_the_reader =
        ["did not find", "could not find", "found ", "mapping values", "block ", "while ", "control char"];
    let help =
        "this is not YAML: look for a bracket, brace or quote left open, a missing `:`, or indentation that differs";
    of_the_reader.iter().any(|start| message.starts_with(start)).then(|| help.to_owned())
}

/// Serde's messages name what was given and everything it could have been, between backticks.
fn did_you_mean(message: &str) -> Option<String> {
    if !(message.starts_with("unknown field") || message.starts_with("unknown variant")) {
        return None;
    }
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (given, known) = words.split_first()?;
    let hint = unknown("key", given, known.iter().copied());
    hint.split_once("; ").map(|(_, hint)| hint.to_owned())
}
