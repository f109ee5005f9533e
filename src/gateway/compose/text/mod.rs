//! The readable text (RFC 6109 4.3.1): for people, in Italian, with every fact that daticert.xml certifies.

mod alfa;
mod bravo;

use std::fmt::Write as _;

use crate::clock::LegalTime;

use super::{Certified, Dialect, Notice, transfer::Latin1};

/// A text before it is plain or HTML: a title and lines, none with a line end or control character inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Readable {
    title: String,
    lines: Vec<String>,
}

/// The text of a notification; `errore_esteso` is what daticert.xml says of the error, or empty.
pub(super) fn notification(
    dialect: Dialect,
    about: &Certified,
    notice: &Notice<'_>,
    errore_esteso: &str,
    at: &LegalTime,
) -> Readable {
    match dialect {
        Dialect::Alfa | Dialect::Delta => alfa::notification(about, notice, errore_esteso, at),
        Dialect::Bravo => bravo::notification(about, notice, errore_esteso, at),
    }
}

pub(super) fn transport_envelope(dialect: Dialect, about: &Certified, at: &LegalTime) -> Readable {
    match dialect {
        Dialect::Alfa | Dialect::Delta => alfa::transport_envelope(about, at),
        Dialect::Bravo => bravo::transport_envelope(about, at),
    }
}

pub(super) fn anomaly(
    dialect: Dialect,
    subject: &str,
    sender: &str,
    recipients: &[String],
    error: &str,
    at: &LegalTime,
) -> Readable {
    match dialect {
        Dialect::Alfa | Dialect::Delta => alfa::anomaly(subject, sender, recipients, error, at),
        Dialect::Bravo => bravo::anomaly(subject, sender, recipients, error, at),
    }
}

impl Readable {
    fn new(title: &str, lines: impl IntoIterator<Item = String>) -> Self {
        Self { title: title.to_owned(), lines: lines.into_iter().map(|line| one_line(&line)).collect() }
    }

    /// The text of the text/plain part.
    pub(super) fn plain(&self) -> String {
        let mut text = format!("{}\r\n\r\n", self.title);
        for line in &self.lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text
    }

    /// The same as HTML: no styles, images or scripts (4.3.1). Letters beyond Latin-1 survive here as references.
    pub(super) fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut html =
            format!("<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<h3>{title}</h3>\r\n<hr>\r\n");
        for line in &self.lines {
            html.push_str(&escaped(line));
            html.push_str("<br>\r\n");
        }
        html.push_str("</body>\r\n</html>\r\n");
        html
    }

    /// The same as a table of one fact a cell, with nothing between the cells.
    pub(super) fn table(&self) -> String {
        let title = escaped(&self.title);
        let mut html = format!("<html><head><title>{title}</title></head><body><table><tr><th>{title}</th></tr>");
        for line in &self.lines {
            html.push_str("<tr>");
            for word in line.split_inclusive(": ") {
                write!(html, "<td>{}</td>", escaped(word.trim_end()))
                    .expect("a string takes all that is written to it");
            }
            html.push_str("</tr>\r\n");
        }
        html.push_str("</table></body></html>\r\n");
        html
    }
}

/// What mail brought cannot begin a line of its own: a Subject must not be able to add recipients to the text.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ if Latin1::of(letter).is_none() => {
                write!(html, "&#{};", u32::from(letter)).expect("a string takes all that is written to it");
            }
            _ => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_says_the_same_as_plain_with_nothing_active() {
        let readable = Readable::new("Prova", ["<script>alert(\"€\")</script>\r\nb".to_owned()]);
        assert_eq!(readable.plain(), "Prova\r\n\r\n<script>alert(\"€\")</script>  b\r\n");
        let html = readable.html();
        assert!(html.contains("&lt;script&gt;alert(&quot;&#8364;&quot;)&lt;/script&gt;  b<br>"), "{html}");
    }
}
