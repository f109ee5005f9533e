//! The HTML version of the readable text (RFC 6109 4.3.1): what it refers to, what runs in it, and what it hides.

use crate::{
    message::html::{
        Page, Tag,
        css::{declarations, resolved},
    },
    norm::{Level, clauses::formats},
};

use crate::rules::{Check, Finding, Piece, Rule, at, context::MessageSubject};

/// Elements that make a mail program load something to show or play.
const REFERRING: [&str; 15] = [
    "audio", "base", "bgsound", "frame", "iframe", "image", "img", "link", "math", "picture", "source", "style", "svg",
    "track", "video",
];

/// Attributes that name something to load.
const REFERENCES: [&str; 9] =
    ["background", "dynsrc", "face", "lowsrc", "ping", "poster", "src", "srcset", "xlink:href"];

/// Functions and rules of CSS that load something.
const LOADING: [&str; 6] = ["url(", "image(", "image-set(", "cross-fade(", "element(", "@import"];

/// Elements that run something, or send what the reader writes.
const ACTIVE: [&str; 6] = ["applet", "embed", "form", "isindex", "object", "script"];

/// What an address begins with that runs what it names, or is a page of its own.
const RUNNING: [&str; 4] = ["javascript:", "vbscript:", "data:", "livescript:"];

/// Of what is wrong in one message this many are shown.
const MOST_SHOWN: usize = 10;

/// The rules.
pub static RULES: &[Rule] = &[
    Rule {
        id: "html/no-references",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_REFERENCES],
        question: "Does the HTML go without images, sounds, fonts and style sheets?",
        consequence: "What the user sees depends on something outside the text, and loading it tells who read when.",
        check: Check::Message(|subject, _| {
            let referring = page(subject)?.tags.iter().filter(|tag| refers(tag));
            Some(referring.take(MOST_SHOWN).map(|tag| shown(tag, "no such reference")).collect())
        }),
    },
    Rule {
        id: "html/no-active-content",
        level: Level::Must,
        clauses: &[&formats::RFC6109_4_3_1_ACTIVE],
        question: "Does the HTML go without scripts, plug-ins and other active content?",
        consequence: "Certified mail becomes a way to run code at the user's, or is shown differently to each.",
        check: Check::Message(|subject, _| {
            let running = page(subject)?.tags.iter().filter(|tag| runs(tag));
            Some(running.take(MOST_SHOWN).map(|tag| shown(tag, "no active content")).collect())
        }),
    },
    Rule {
        id: "html/nothing-hidden",
        // What is hidden tells nobody anything; whether it must not be there the norm does not say.
        level: Level::May,
        clauses: &[&formats::RFC6109_4_3_1_SAME],
        question: "Does the HTML go without text that its style hides from the reader?",
        consequence: "A program that reads the text finds in it what no user was told.",
        check: Check::Message(|subject, _| {
            let hidden = page(subject)?.hidden.iter().take(MOST_SHOWN);
            Some(hidden.map(|text| Finding::new("text that is shown", text, at::part(Piece::Html))).collect())
        }),
    },
];

/// The text/html of what a provider's system signs.
fn page<'a>(subject: &MessageSubject<'a>) -> Option<&'a Page> {
    subject.content()?;
    subject.html().map(|html| &html.page)
}

fn refers(tag: &Tag) -> bool {
    let loads = |(name, value): &(String, String)| match &**name {
        "style" => style_refers(value),
        name => REFERENCES.contains(&name) || address(value).starts_with("cid:"),
    };
    REFERRING.contains(&&*tag.name) || (!ACTIVE.contains(&&*tag.name) && tag.attributes.iter().any(loads))
}

/// Whether a style loads something: an image by any function of CSS, or a font, which the shorthand names last.
fn style_refers(style: &str) -> bool {
    const NO_FONT: [&str; 10] = [
        "caption",
        "icon",
        "inherit",
        "initial",
        "menu",
        "message-box",
        "revert",
        "small-caption",
        "status-bar",
        "unset",
    ];
    let css = resolved(style);
    LOADING.iter().any(|loading| css.contains(loading))
        || declarations(style).iter().any(|(property, value)| match &**property {
            "font-family" | "src" => true,
            "font" => !NO_FONT.contains(&&**value),
            _ => false,
        })
}

fn runs(tag: &Tag) -> bool {
    let runs = |(name, value): &(String, String)| match &**name {
        "src" | "srcset" | "poster" | "background" => address(value).starts_with(RUNNING[0]),
        "style" => ["expression(", "behavior:", "-moz-binding:"]
            .iter()
            .any(|active| resolved(value).split_whitespace().collect::<String>().contains(active)),
        name => {
            let handler = name.len() > 2 && name.starts_with("on");
            handler || name == "formaction" || RUNNING.iter().any(|scheme| address(value).starts_with(scheme))
        }
    };
    ACTIVE.contains(&&*tag.name) || goes_elsewhere(tag) || tag.attributes.iter().any(runs)
}

/// `<meta http-equiv=refresh>` opens another page, without anybody asked.
fn goes_elsewhere(tag: &Tag) -> bool {
    let refresh = tag.attribute("http-equiv").is_some_and(|named| named.trim().eq_ignore_ascii_case("refresh"));
    tag.name == "meta" && refresh
}

/// An address as browsers read it: blanks and control characters in its scheme are ignored.
fn address(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(20).collect::<String>().to_ascii_lowercase()
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
        let tags = Page::read(html).tags;
        (tags.iter().filter(|tag| refers(tag)).count(), tags.iter().filter(|tag| runs(tag)).count())
    }

    #[test]
    fn plain_markup_and_links_refer_to_nothing_and_run_nothing() {
        for html in [
            "<html><body><h3 align=center>Ricevuta</h3><br/><a href='https://alfa.example'>x</a>",
            "<!-- <img src=x> --><p title=\"<script>\">ora 10 < 11</p>",
            "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p style='font-size:12px;color:red'>",
            "<table border=1><tr><td width=10 style='font: inherit; background:#fff'>one</table><p title=x>",
        ] {
            assert_eq!(found(html), (0, 0), "{html}");
        }
    }

    #[test]
    fn what_loads_is_found_inside_and_outside_the_message() {
        for html in [
            "<IMG SRC=\"cid:logo\">",
            "<img src='data:image/png;base64,AAAA'>",
            "<link rel=stylesheet href=https://alfa.example/a.css>",
            "<style>p{}</style>",
            "<font face=Arial>",
            "<table background='https://alfa.example/b.png'>",
            "<p style=\"background: url(x)\">",
            "<p style=\"background: u\\72l(x)\">",
            "<p style=\"font: 12px Arial\">",
            "<p style=\"f\\6fnt-fam/**/ily: Arial\">",
            "<p style=\"background-image: image-set('a.png' 1x)\">",
            "<a href='https://alfa.example' ping='https://bravo.example'>",
            "<td><img src=x>",
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
            "<a href='data:text/html,<script>x</script>'>",
            "<body onload=x>",
            "<object data=x>",
            "<form action='https://alfa.example'>",
            "<button formaction='https://alfa.example'>",
            "<meta http-equiv=\"REFRESH\" content='0; url=https://alfa.example'>",
            "<p style='width: exp/**/ression (alert(1))'>",
            "<details ontoggle=x>",
        ] {
            assert_eq!(found(html), (0, 1), "{html}");
        }
    }
}
