//! How something is to be judged and told: what stands behind `?` in the address, or in the fields of a form.

use axum::http::{HeaderMap, StatusCode, header};
use clap::ValueEnum;
use jiff::Timestamp;

use super::Refusal;
use crate::{
    evidence::View,
    norm::AsOf,
    report::Format,
    results::{Question, Strictness},
};

/// The options of `check` by the same names.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// In which format it is told.
    pub format: Option<Format>,
    /// What an upload that is one file is called.
    pub name: Option<String>,
    /// Whose mailboxes the messages are from.
    pub views: Vec<View>,
    /// Answers that must be yes.
    pub require: Vec<Question>,
    /// When the messages arrived.
    pub at: Option<Timestamp>,
    /// By the norm of which day.
    pub as_of: AsOf,
    /// What fails besides violations.
    pub strictness: Strictness,
}

/// Formats by their media types, the one that is told where nobody cares first.
const TYPES: [(&str, Format); 9] = [
    ("application/x-ndjson", Format::Json),
    ("application/json", Format::Json),
    ("application/jsonl", Format::Json),
    ("text/html", Format::Html),
    ("application/sarif+json", Format::Sarif),
    ("application/xml", Format::Gitb),
    ("text/xml", Format::Gitb),
    ("text/plain", Format::Text),
    ("text/markdown", Format::Markdown),
];

/// The media type that a format is sent as.
pub(super) fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/x-ndjson",
        Format::Html => "text/html; charset=utf-8",
        Format::Sarif => "application/sarif+json",
        Format::Gitb | Format::Junit => "application/xml",
        Format::Text => "text/plain; charset=utf-8",
        Format::Markdown => "text/markdown; charset=utf-8",
    }
}

impl Asked {
    /// By what the address says.
    pub(super) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        pairs.into_iter().try_for_each(|(name, value)| asked.set(name, value))?;
        Ok(asked)
    }

    /// Takes an option in; one without a value says nothing.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let wrong = |words: String| Refusal::mistaken(format!("{name}={value}: {words}"));
        let each = || value.split(',').map(str::trim);
        if value.is_empty() {
            return Ok(());
        }
        match name {
            "format" => self.format = Some(word(value).map_err(wrong)?),
            "name" => self.name = Some(value.to_owned()),
            "view" => {
                let views = each().map(|view| view.parse::<View>().map_err(|error| error.to_string()));
                self.views = views.collect::<Result<_, _>>().map_err(wrong)?;
            }
            "require" => self.require = each().map(word).collect::<Result<_, _>>().map_err(wrong)?,
            "at" => {
                let instant =
                    value.parse().map_err(|_| wrong("an instant such as 2026-03-02T08:30:00Z is wanted".into()));
                self.at = Some(instant?);
            }
            "as-of" => {
                let day = value.parse().map_err(|_| wrong("a day such as 2026-03-02 is wanted".into()));
                self.as_of = AsOf::Day(day?);
            }
            "strict" => self.strictness = word(value).map_err(wrong)?,
            _ => {
                let known = "format, name, view, require, at, as-of and strict";
                return Err(Refusal::mistaken(format!("there is no option {name}; there are {known}")));
            }
        }
        Ok(())
    }

    /// The format that was asked for by name, else the one that is liked best of those that are accepted.
    pub(super) fn format_for(&self, headers: &HeaderMap) -> Result<Format, Refusal> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|it| it.to_str().ok()).collect();
        let accept = if accept.is_empty() { "*/*".to_owned() } else { accept.join(",") };
        liked(&accept)
            .find_map(|range| TYPES.iter().find(|(it, _)| covers(range, it)).map(|(_, format)| *format))
            .ok_or_else(|| {
                let known: Vec<&str> = TYPES.iter().map(|(it, _)| *it).collect();
                Refusal::new(StatusCode::NOT_ACCEPTABLE, format!("what there is: {}", known.join(", ")))
            })
    }
}

/// The reader's language, of the two that there are.
pub(super) fn language(headers: &HeaderMap) -> &'static str {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let known = |tag: &str| match tag.split('-').next().unwrap_or_default() {
        "it" => Some("it"),
        "en" => Some("en"),
        _ => None,
    };
    liked(&accept.to_ascii_lowercase()).find_map(known).unwrap_or("en")
}

/// What a header such as `Accept` lists, what is liked best first (RFC 9110 12.4.2); what has the weight 0 is
/// not liked.
fn liked(list: &str) -> impl Iterator<Item = &str> {
    let weighed = list.split(',').filter_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let value = parts.next().filter(|value| !value.is_empty())?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |weight| weight.parse().ok())?;
        (weight > 0.0).then_some((weight, value))
    });
    let mut weighed: Vec<(f32, &str)> = weighed.collect();
    weighed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    weighed.into_iter().map(|(_, value)| value)
}

fn covers(range: &str, media_type: &str) -> bool {
    range == "*/*"
        || range.eq_ignore_ascii_case(media_type)
        || range.strip_suffix("/*").is_some_and(|kind| media_type.split('/').next() == Some(kind))
}

fn word<T: ValueEnum>(value: &str) -> Result<T, String> {
    T::from_str(value, true).map_err(|_| {
        let words = T::value_variants().iter().filter_map(T::to_possible_value);
        let words: Vec<String> = words.map(|it| it.get_name().to_owned()).collect();
        format!("one of {} is wanted", words.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())])
    }

    #[test]
    fn what_is_accepted_decides_where_nobody_says_otherwise() {
        let format = |accept| Asked::default().format_for(&accepting(accept)).ok();
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(format(browser), Some(Format::Html));
        assert_eq!(format("*/*"), Some(Format::Json));
        assert_eq!(format("application/sarif+json"), Some(Format::Sarif));
        assert_eq!(format("text/html;q=0.1, application/xml"), Some(Format::Gitb));
        assert_eq!(format("text/html;q=0, text/*"), Some(Format::Html), "one that is named is no bound on a range");
        assert_eq!(format("image/png"), None);
        assert_eq!(Asked::default().format_for(&HeaderMap::new()).unwrap(), Format::Json);
        let named = Asked::of([("format", "gitb")]).unwrap();
        assert_eq!(named.format_for(&accepting(browser)).unwrap(), Format::Gitb);
    }

    #[test]
    fn an_option_is_one_of_check_or_refused_with_what_is_wanted() {
        let asked =
            Asked::of([("view", "sender,recipient"), ("require", "intact"), ("strict", "notes"), ("at", "")]).unwrap();
        assert_eq!((asked.views.len(), asked.require.len(), asked.strictness), (2, 1, Strictness::Notes));
        for (name, value, wanted) in [
            ("format", "pdf", "gitb"),
            ("view", "mine", "sender"),
            ("require", "all", "intact"),
            ("at", "yesterday", "2026-03-02T08:30:00Z"),
            ("as-of", "x", "2026-03-02"),
            ("trust", "/etc", "there is no option trust"),
        ] {
            let words = Asked::of([(name, value)]).unwrap_err().to_string();
            assert!(words.contains(wanted), "{words}");
        }
    }

    #[test]
    fn italian_is_spoken_to_who_prefers_it() {
        let language = |accept: &'static str| {
            language(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accept.parse().unwrap())]))
        };
        assert_eq!(language("it-IT,it;q=0.9,en;q=0.8"), "it");
        assert_eq!(language("de,en;q=0.3,it;q=0.5"), "it");
        assert_eq!(language("en-GB,it;q=0.5"), "en");
        assert_eq!(language("fr"), "en");
    }
}
