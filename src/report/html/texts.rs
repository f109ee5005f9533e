//! What the page says, in Italian and in English: both stand in the page, and its language shows one.

use std::{
    borrow::{Borrow, Cow},
    fmt,
    sync::LazyLock,
};

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::{language::Language, norm::Clause};

/// A text in both languages, as HTML: an element for each, of which the page's style shows the one of its language.
#[derive(Serialize, Deserialize)]
pub struct Both([String; 2]);

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [italian, english] = &self.0;
        if italian == english {
            // What is in one language alone is the English of another part of the program, or somebody's own words.
            return write!(f, "<bdi lang=en>{}</bdi>", escaped(english));
        }
        write!(f, "<span lang=it>{}</span><span lang=en>{}</span>", marked(italian), marked(english))
    }
}

/// What it writes is HTML, in which whatever comes from outside is escaped.
impl askama::filters::HtmlSafe for Both {}

/// Lines in both languages, as HTML: those that are the same in both stand there once.
pub struct Lines(Vec<[String; 2]>);

impl Lines {
    /// Whatever is said so of each line in each language.
    pub fn of<'a>(lines: &[&'a str], said: impl Fn(Language, &'a str) -> Cow<'a, str>) -> Self {
        let line = |line: &&'a str| Language::ALL.map(|language| said(language, line).into_owned());
        Self(lines.iter().map(line).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for [italian, english] in &self.0 {
            if italian == english {
                writeln!(f, "{}", escaped(english))?;
            } else {
                writeln!(f, "<span lang=it>{}</span><span lang=en>{}</span>", escaped(italian), escaped(english))?;
            }
        }
        Ok(())
    }
}

impl askama::filters::HtmlSafe for Lines {}

/// The text with this id; of what is counted, that of many.
pub fn say(id: impl fmt::Display) -> Spoken {
    Spoken { id: id.to_string(), count: None }
}

/// What stands behind a count of it.
pub fn say_of(id: impl fmt::Display, count: impl Borrow<usize>) -> Spoken {
    Spoken { id: id.to_string(), count: Some(*count.borrow()) }
}

/// A text of the page, as HTML.
pub struct Spoken {
    id: String,
    count: Option<usize>,
}

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [italian, english] = Language::ALL.map(|language| {
            let said = language.say(self.id.as_str());
            let said = if let Some(count) = self.count { said.with("count", count) } else { said };
            marked(&said.to_string())
        });
        write!(f, "<span lang=it>{italian}</span><span lang=en>{english}</span>")
    }
}

impl askama::filters::HtmlSafe for Spoken {}

/// The same for what holds no elements, such as an option: attributes that the page's script goes by.
pub fn say_in_attributes(id: impl fmt::Display) -> Attributes {
    Attributes(id.to_string())
}

/// Attributes with a text in both languages.
pub struct Attributes(String);

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [italian, english] = in_both(&self.0).map(|text| escaped(&text));
        write!(f, "data-it=\"{italian}\" data-en=\"{english}\"")
    }
}

impl askama::filters::HtmlSafe for Attributes {}

/// What another part of the program says in English, in both languages where it is a phrase that is known.
pub fn say_phrase(english: impl AsRef<str>) -> Both {
    both(|language| language.phrase(english.as_ref()))
}

/// What a rule asks.
pub fn say_question(rule: impl AsRef<str>, english: &str) -> Both {
    both(|language| language.question(rule.as_ref(), english))
}

/// What goes wrong where a rule is broken.
pub fn say_consequence(rule: impl AsRef<str>, english: &str) -> Both {
    both(|language| language.consequence(rule.as_ref(), english))
}

/// What a clause says.
pub fn say_clause(clause: &Clause) -> Both {
    both(|language| language.clause(clause.id, clause.says))
}

/// How a clause is read.
pub fn say_reading(clause: &Clause, reading: &str) -> Both {
    both(|language| language.reading(clause.id, reading))
}

/// Why nothing tests a clause.
pub fn say_untested(clause: &Clause, why: &str) -> Both {
    both(|language| language.untested(clause.id, why))
}

/// Whatever is said so in each language.
pub fn both<'a>(said: impl Fn(Language) -> Cow<'a, str>) -> Both {
    Both(Language::ALL.map(|language| said(language).into_owned()))
}

/// The text with this id in Italian and in English.
fn in_both(id: &str) -> [String; 2] {
    Language::ALL.map(|language| language.say(id).to_string())
}

/// A text of this program, in which what is quoted as it stands elsewhere is told apart as such.
fn marked(text: &str) -> String {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new("`([^`\n]+)`").expect("it is a pattern"));
    QUOTED.replace_all(&escaped(text), "<code>$1</code>").into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_told_in_both_languages_where_it_is_known() {
        let told = say_phrase("not delivered 2026-03-02T08:30:00Z: <b>").to_string();
        let italian = "<span lang=it>non consegnato il 02/03/2026 09:30:00 (+0100): &lt;b></span>";
        assert!(told.starts_with(italian) && told.contains("2026-03-02T08:30:00Z: &lt;b></span>"), "{told}");
        assert_eq!(say_phrase("somebody's words").to_string(), "<bdi lang=en>somebody's words</bdi>");
        assert_eq!(say_phrase("</bdi><b>").to_string(), "<bdi lang=en>&lt;/bdi>&lt;b></bdi>");
    }

    #[test]
    fn what_is_quoted_is_told_apart_in_our_own_words() {
        let told = both(|language| if language == Language::English { "a `<b>`, `".into() } else { "un `c`".into() });
        let italian = "<span lang=it>un <code>c</code></span>";
        assert_eq!(told.to_string(), format!("{italian}<span lang=en>a <code>&lt;b></code>, `</span>"));
        assert_eq!(both(|_| "`theirs`".into()).to_string(), "<bdi lang=en>`theirs`</bdi>");
    }

    #[test]
    fn lines_stand_there_once_where_they_are_the_same() {
        let lines = Lines::of(&["Subject: <b>", "certification data"], Language::tale_line).to_string();
        let told = "<span lang=it>dati di certificazione</span><span lang=en>certification data</span>";
        assert_eq!(lines, format!("Subject: &lt;b>\n{told}\n"));
    }

    #[test]
    fn a_text_is_html_whatever_it_holds() {
        assert_eq!(escaped("l'<a> & \"b\""), "l'&lt;a> &amp; &quot;b&quot;");
        assert_eq!(say("passed").to_string(), "<span lang=it>superate</span><span lang=en>passed</span>");
        assert_eq!(say_of("plays", 1).to_string(), "<span lang=it>prova</span><span lang=en>play</span>");
        assert_eq!(say_of("plays", 0).to_string(), "<span lang=it>prove</span><span lang=en>plays</span>");
    }
}
