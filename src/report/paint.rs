//! Colour at the terminal, or none.

/// What a piece of text is, from which its colour follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A passed cell.
    Good,
    /// A violation, a failed cell.
    Bad,
    /// A warning, trouble, something skipped.
    Odd,
    /// A label, of less weight than what it labels.
    Faint,
    /// A heading.
    Strong,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// ANSI colours.
    Colored,
    /// Text only.
    Plain,
}

impl Paint {
    /// `text` in the colour of `ink`.
    pub fn dye(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Good => "32",
            Ink::Bad => "1;31",
            Ink::Odd => "33",
            Ink::Faint => "2",
            Ink::Strong => "1",
        };
        match self {
            Paint::Colored => format!("\x1b[{code}m{text}\x1b[0m"),
            Paint::Plain => text.to_owned(),
        }
    }
}
