//! When to colour.

use std::{env, io::IsTerminal};

use clap::ValueEnum;

use crate::report::Paint;

/// As asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Where the stream is a terminal that can show them and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// What that comes to on a stream.
    pub fn on(self, stream: &impl IsTerminal) -> Paint {
        let wanted = match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
                stream.is_terminal() && !forbidden && !dumb
            }
        };
        if wanted { Paint::Colored } else { Paint::Plain }
    }
}
