//! What the page says in its own words, in Italian and in English: both stand in the page, and its language shows one.
//!
//! Project Fluent holds the texts, a file per language. What comes from a message or from the norm is not among them.

use std::{collections::HashMap, fmt, sync::LazyLock};

use fluent_bundle::{FluentResource, concurrent::FluentBundle};

/// The languages, as `<html lang>` names them, and their texts.
const LANGUAGES: [(&str, &str); 2] = [("it", include_str!("it.ftl")), ("en", include_str!("en.ftl"))];

/// Every text, by its id, in the order of the languages.
static TEXTS: LazyLock<HashMap<String, [String; 2]>> = LazyLock::new(|| {
    let [italian, english] = LANGUAGES.map(|(language, source)| texts(language, source));
    english
        .into_iter()
        .map(|(id, english)| {
            let italian = italian.get(&id).cloned().unwrap_or_default();
            (id, [italian, english])
        })
        .collect()
});

/// A text in both languages, as HTML: an element for each, of which the page's style shows the one of its language.
pub struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [italian, english] = in_both(&self.0);
        write!(f, "<span lang=it>{}</span><span lang=en>{}</span>", escaped(italian), escaped(english))
    }
}

/// What it writes is HTML, and nothing in it comes from outside.
impl askama::filters::HtmlSafe for Said {}

/// The text with this id.
pub fn say(id: impl fmt::Display) -> Said {
    Said(id.to_string())
}

/// The same for what holds no elements, such as an option: attributes that the page's script goes by.
pub fn say_in_attributes(id: impl fmt::Display) -> Attributes {
    Attributes(id.to_string())
}

/// Attributes with a text in both languages.
pub struct Attributes(String);

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [italian, english] = in_both(&self.0).map(escaped);
        write!(f, "data-it=\"{italian}\" data-en=\"{english}\"")
    }
}

impl askama::filters::HtmlSafe for Attributes {}

/// The text with this id in Italian and in English; where there is none its id, which a test looks for.
pub fn in_both(id: &str) -> [&str; 2] {
    TEXTS.get(id).map_or([id, id], |both| [&both[0], &both[1]])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The texts of a language, by their ids. Its file is part of the program: a test reads both.
fn texts(language: &str, source: &str) -> HashMap<String, String> {
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
    // What it would put around arguments turns the line round.
    bundle.set_use_isolating(false);
    let ids: Vec<String> = ids(&resource).map(str::to_owned).collect();
    bundle.add_resource_overriding(resource);
    let value = |id: String| {
        let pattern = bundle.get_message(&id)?.value()?;
        let text = bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned();
        Some((id, text))
    };
    ids.into_iter().filter_map(value).collect()
}

fn ids(resource: &FluentResource) -> impl Iterator<Item = &str> {
    resource.entries().filter_map(|entry| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use regex::Regex;

    use super::*;
    use crate::message::Kind;

    fn ids_of(source: &str) -> Vec<String> {
        let resource = FluentResource::try_new(source.to_owned()).expect("the file is Fluent");
        ids(&resource).map(str::to_owned).collect()
    }

    #[test]
    fn no_text_is_missing_in_either_language_and_none_stands_twice() {
        let [italian, english] = LANGUAGES.map(|(_, source)| ids_of(source));
        assert_eq!(italian, english, "the same texts in the same order");
        assert_eq!(italian.iter().collect::<BTreeSet<_>>().len(), italian.len());
        for (id, both) in TEXTS.iter() {
            assert!(both.iter().all(|text| !text.trim().is_empty()), "{id}");
        }
        for kind in Kind::ALL {
            assert_eq!(in_both(&format!("kind-{}", kind.word()))[1], kind.title());
        }
    }

    /// What is said by a name that is put together, such as `kind-{}`, is looked for by its beginning.
    #[test]
    fn every_text_that_is_asked_for_is_there_and_every_one_is_asked_for() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/html");
        let asked = Regex::new(r#"say(?:_in_attributes)?\("([a-z0-9-]+)"\)"#).unwrap();
        let always = Regex::new("<span[^>]* lang=\"").unwrap();
        let named = Regex::new(r#""([a-z0-9-]+)""#).unwrap();
        let put_together = Regex::new(r#""([a-z-]+-)\{"#).unwrap();
        let (mut whole, mut begun, mut any) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "rs" || it == "html") && !path.ends_with("texts.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let words = |pattern: &Regex| -> Vec<String> {
                    pattern.captures_iter(&text).map(|found| found[1].to_owned()).collect()
                };
                assert!(
                    !always.is_match(&text),
                    "{}: a span that names its language is shown in that one alone",
                    path.display()
                );
                whole.extend(words(&asked));
                any.extend(words(&named));
                begun.extend(words(&put_together));
            }
        }
        let missing: Vec<_> = whole.iter().filter(|id| !TEXTS.contains_key(*id)).collect();
        assert!(missing.is_empty(), "asked for, and not there: {missing:?}");
        let is_used = |id: &str| any.contains(id) || begun.iter().any(|start| id.starts_with(start.as_str()));
        let unused: Vec<_> = TEXTS.keys().filter(|id| !is_used(id)).collect();
        assert!(unused.is_empty(), "nobody asks for {unused:?}");
    }

    #[test]
    fn a_text_is_html_whatever_it_holds() {
        assert_eq!(escaped("l'<a> & \"b\""), "l'&lt;a> &amp; &quot;b&quot;");
        assert_eq!(say("passed").to_string(), "<span lang=it>superate</span><span lang=en>passed</span>");
    }
}
