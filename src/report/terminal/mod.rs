//! The page at the terminal, of a run or of a check.

mod checks;
mod known;
mod plays;
mod submissions;
mod words;

use std::io::{self, Write};

use super::{Report, Style};
use crate::results::{Event, Work};

pub(super) use checks::what;

use checks::ChecksPage;
use plays::PlaysPage;

/// Writes the page: of plays when the run is over, of what is checked a line as soon as it is judged.
pub struct Terminal<W: Write>(Page<W>);

enum Page<W: Write> {
    /// What is done is not known yet.
    Blank(Option<W>, Style),
    Plays(PlaysPage<W>),
    Checks(ChecksPage<W>),
}

impl<W: Write> Terminal<W> {
    /// A page on `out`.
    pub fn new(out: W, style: Style) -> Self {
        Self(Page::Blank(Some(out), style))
    }
}

impl<W: Write> Report for Terminal<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let (Page::Blank(out, style), Event::Opened(opening)) = (&mut self.0, event)
            && let Some(out) = out.take()
        {
            self.0 = match opening.work {
                Work::Plays { .. } => Page::Plays(PlaysPage::new(out, *style, opening)),
                Work::Check { .. } => Page::Checks(ChecksPage::new(out, *style, opening)),
            };
        }
        match &mut self.0 {
            Page::Blank(..) => Ok(()),
            Page::Plays(page) => page.event(event),
            Page::Checks(page) => page.event(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Paint, samples};

    fn page(paint: Paint) -> String {
        let mut out = Vec::new();
        let mut terminal = Terminal::new(&mut out, Style { paint, ..Style::FILE });
        for event in samples::run() {
            terminal.event(&event).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_page_tells_everything_about_a_failure() {
        insta::assert_snapshot!(page(Paint::Plain));
    }

    #[test]
    fn nothing_from_a_message_acts_on_the_terminal() {
        assert!(!page(Paint::Plain).contains(['\x1b', '\u{202e}', '\r', '\u{9b}', '\0']));
    }

    #[test]
    fn colours_change_no_word() {
        let colored = page(Paint::Colored);
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once("\x1b[") {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        assert_eq!(plain + rest, page(Paint::Plain));
        assert_ne!(colored, page(Paint::Plain));
    }
}
