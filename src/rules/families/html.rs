//! The HTML version of the readable text (RFC 6109 4.3.1): what it refers to, and what runs in it.

use crate::norm::{Level, clauses::formats};

use crate::rules::tags::{Tag, tags};
use crate::rules::{Check, Context, Finding, Piece, Rule, applies::generated, at, context::MessageSubject};

/// Elements that make a mail program load something to show or play.
const REFERRING: [&str; 15] = [
    "audio", "base", "bgsound", "frame", "iframe", "image", "img", "link", "picture", "source", "style", "svg",
    "track", "video", "math",
];

/// Attributes that name something to load.
const REFERENCES: [&str; 7] = ["background", "dynsrc", "face", "lowsrc", "poster", "src", "srcset"];

/// Elements that run something.
const ACTIVE: [&str; 4] = ["applet", "embed", "object", "script"];

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "html/no-references",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_REFERENCES],
        question: "Does the HTML go without images, sounds, fonts and style sheets?",
        consequence: "What the user sees depends on something outside the text, and loading it tells who read when.",
        check: Check::Message {
            applies: has_html,
            check: |subject, _, findings| {
                let html = html(subject).unwrap_or_default();
                findings.extend(tags(&html).filter(refers).map(|tag| shown(&tag, "no such reference")));
            },
        },
    },
    Rule {
        id: "html/no-active-content",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_ACTIVE],
        question: "Does the HTML go without scripts, plug-ins and other active content?",
        consequence: "Certified mail becomes a way to run code at the user's, or is shown differently to each.",
        check: Check::Message {
            applies: has_html,
            check: |subject, _, findings| {
                let html = html(subject).unwrap_or_default();
                findings.extend(tags(&html).filter(runs).map(|tag| shown(&tag, "no active content")));
            },
        },
    },
];

fn has_html(subject: &MessageSubject<'_>, context: &Context<'_>) -> bool {
    generated(subject, context) && html(subject).is_some()
}

fn html(subject: &MessageSubject<'_>) -> Option<String> {
    subject.mail().text(subject.message.parts.html.as_ref()?)
}

fn refers(tag: &Tag) -> bool {
    let loads = |(name, value): &(String, String)| {
        let value = value.to_ascii_lowercase();
        REFERENCES.contains(&&**name)
            || value.trim_start().starts_with("cid:")
            || (name == "style" && ["url(", "@import", "font-family"].iter().any(|style| value.contains(style)))
    };
    REFERRING.contains(&&*tag.name) || (!ACTIVE.contains(&&*tag.name) && tag.attributes.iter().any(loads))
}

fn runs(tag: &Tag) -> bool {
    let runs = |(name, value): &(String, String)| {
        // Browsers ignore blanks and control characters inside the scheme.
        let value: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let value = value.to_ascii_lowercase();
        name.starts_with("on") || value.starts_with("javascript:") || value.starts_with("vbscript:")
    };
    ACTIVE.contains(&&*tag.name) || tag.attributes.iter().any(runs)
}

fn shown(tag: &Tag, expected: &str) -> Finding {
    let attributes = tag.attributes.iter().map(|(name, value)| format!("{name}=\"{value}\""));
    let words: Vec<String> = std::iter::once(tag.name.clone()).chain(attributes).collect();
    Finding::new(expected, format!("<{}>", words.join(" ")), at::part(Piece::Html))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> (usize, usize) {
        (tags(html).filter(refers).count(), tags(html).filter(runs).count())
    }

    #[test]
    fn plain_markup_and_links_refer_to_nothing_and_run_nothing() {
        assert_eq!(
            found("<html><body><h3 align=center>Ricevuta</h3><br/><a href='https://alfa.example'>x</a>"),
            (0, 0)
        );
        assert_eq!(found("<!-- <img src=x> --><p title=\"<script>\">ora 10 < 11</p>"), (0, 0));
    }

    #[test]
    fn what_loads_is_found_inside_and_outside_the_message() {
        for html in [
            "<IMG SRC=\"cid:logo\">",
            "<link rel=stylesheet href=https://alfa.example/a.css>",
            "<style>p{}</style>",
            "<font face=Arial>",
            "<table background='https://alfa.example/b.png'>",
            "<p style=\"background: url(x)\">",
        ] {
            assert_eq!(found(html), (1, 0), "{html}");
        }
    }

    #[test]
    fn what_runs_is_found_however_it_is_written() {
        for html in [
            "<script src=x>if (a < b) { '<img>' }</script>",
            "<a href=\"java&#115;cript:alert(1)\">",
            "<a href=' java\nscript:x'>",
            "<body onload=x>",
            "<object data=x>",
        ] {
            assert_eq!(found(html), (0, 1), "{html}");
        }
    }
}
