//! The files of texts, read once each. They are part of the program: tests read them all.

use std::{borrow::Cow, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::Language;

/// A file of texts: its name, and what is in it.
pub(super) type File = (&'static str, &'static str);

/// Texts that are in English as well as in Italian, of which there are the same in both.
pub(super) const ENGLISH: [File; 12] = [
    ("page", include_str!("en/page.ftl")),
    ("terminal", include_str!("en/terminal.ftl")),
    ("commands", include_str!("en/commands.ftl")),
    ("explain", include_str!("en/explain.ftl")),
    ("answers", include_str!("en/answers.ftl")),
    ("archives", include_str!("en/archives.ftl")),
    ("findings", include_str!("en/findings.ftl")),
    ("looked", include_str!("en/looked.ftl")),
    ("plays", include_str!("en/plays.ftl")),
    ("scenarios", include_str!("en/scenarios.ftl")),
    ("tale", include_str!("en/tale.ftl")),
    ("themes", include_str!("en/themes.ftl")),
];

/// The same in Italian.
pub(super) const ITALIAN: [File; 12] = [
    ("page", include_str!("it/page.ftl")),
    ("terminal", include_str!("it/terminal.ftl")),
    ("commands", include_str!("it/commands.ftl")),
    ("explain", include_str!("it/explain.ftl")),
    ("answers", include_str!("it/answers.ftl")),
    ("archives", include_str!("it/archives.ftl")),
    ("findings", include_str!("it/findings.ftl")),
    ("looked", include_str!("it/looked.ftl")),
    ("plays", include_str!("it/plays.ftl")),
    ("scenarios", include_str!("it/scenarios.ftl")),
    ("tale", include_str!("it/tale.ftl")),
    ("themes", include_str!("it/themes.ftl")),
];

/// Which of these files hold phrases: what other parts of the program say in English.
pub(super) const PHRASES: [&str; 8] =
    ["answers", "archives", "findings", "looked", "plays", "scenarios", "tale", "themes"];

/// What the rules ask, in Italian.
pub(super) const RULES: [File; 3] = [
    ("certificates", include_str!("it/rules/certificates.ftl")),
    ("choreography", include_str!("it/rules/choreography.ftl")),
    ("messages", include_str!("it/rules/messages.ftl")),
];

/// What the clauses say, in Italian.
pub(super) const CLAUSES: [File; 4] = [
    ("model", include_str!("it/clauses/model.ftl")),
    ("points", include_str!("it/clauses/points.ftl")),
    ("formats", include_str!("it/clauses/formats.ftl")),
    ("others", include_str!("it/clauses/others.ftl")),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: [LazyLock<Bundle>; 2] =
    [LazyLock::new(|| bundle(Language::Italian, &ITALIAN)), LazyLock::new(|| bundle(Language::English, &ENGLISH))];

/// Apart from the rest: a rule may be called like anything.
static KEYED: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Italian, &[&RULES[..], &CLAUSES].concat()));

/// A text with what is put into it.
pub(super) fn text(language: Language, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let bundle = match language {
        Language::Italian => &BUNDLES[0],
        Language::English => &BUNDLES[1],
    };
    let pattern = bundle.get_message(id)?.value()?;
    Some(bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned())
}

/// What a rule asks or a clause says in Italian, or one of the attributes of that.
pub(super) fn keyed(id: &str, attribute: Option<&str>) -> Option<Cow<'static, str>> {
    let message = KEYED.get_message(&key(id))?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    Some(KEYED.format_pattern(pattern, None, &mut Vec::new()))
}

/// The id of a rule or a clause as that of a text, which has neither slash nor point.
pub(super) fn key(id: &str) -> String {
    id.replace(['/', '.'], "_")
}

/// What is read of a file: all of it, which a test holds.
pub(super) fn resource(source: &str) -> FluentResource {
    match FluentResource::try_new(source.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    }
}

fn bundle(language: Language, files: &[File]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(language.name().parse().into_iter().collect());
    // What it would put around arguments turns the line round.
    bundle.set_use_isolating(false);
    for (_, source) in files {
        bundle.add_resource_overriding(resource(source));
    }
    bundle
}
