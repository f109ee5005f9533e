//! A term of certified mail: what it is called and means in both languages, and where it leads.

use super::page::Page;
use crate::{catalogue::Term, language::Language};

pub fn explain(term: &Term, page: &mut Page) {
    let language = page.style.language;
    let (name, means) = match language {
        Language::Italian => (&term.italian, &term.means.it),
        Language::English => (&term.english, &term.means.en),
    };
    page.head("explain-term", name, means);
    match language {
        Language::Italian => page.row("label-english", &told(&term.english, &term.means.en)),
        Language::English => page.row("label-italian", &told(&term.italian, &term.means.it)),
    }
    if !term.also.is_empty() {
        page.row("label-also", &term.also.join(", "));
    }
    if let Some(kind) = term.kind {
        let (field, value) = kind.header();
        page.row("label-in-mail", &format!("{field}: {value}; Subject: {}", kind.prefix()));
    }
    if let Some(clause) = term.clause() {
        page.clause(clause);
    }
    page.list("label-asked-by", "rule", term.rules().map(|rule| rule.id));
    page.list("label-played-by", "scenario", term.scenarios.iter().map(String::as_str));
}

fn told(name: &str, means: &str) -> String {
    format!("{name}: {means}")
}
