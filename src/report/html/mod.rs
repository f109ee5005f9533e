//! A page for people, in one file that asks for nothing else: `report.html`.
//!
//! Templates beside this file escape whatever they are given; a Content-Security-Policy lets nothing load and nothing run but
//! the style and the script that are part of this program. What the page holds is bounded, and it says what was left out.

mod changes;
mod checks;
mod entry;
mod filters;
mod finding;
mod folder;
mod held;
mod home;
mod matrix;
mod norm;
mod play;
mod plays;
mod sequence;
mod spool;
mod start;
mod tale;
mod texts;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

pub use self::{
    changes::{Change, Changes, Often},
    folder::Folder,
    home::PLAYS,
    start::Start,
};

use self::{
    checks::Gathered,
    plays::PlaysPage,
    texts::{Both, both},
};
use super::{Report, RuleSet};
use crate::{
    language::Language,
    results::{Event, Work},
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes the page when everything is over.
pub struct Html<W> {
    out: W,
    folder: PathBuf,
    rules: RuleSet,
    page: Page,
    /// Tells what changed since the run before, once everything else of this one is written.
    since: Option<Since>,
}

/// Tells what changed since the run before.
pub type Since = Box<dyn Fn() -> Option<Changes> + Send>;

enum Page {
    /// What is done is not known yet.
    Blank,
    Plays(Box<PlaysPage>),
    Checks(Box<Gathered>),
}

impl<W: Write> Html<W> {
    /// A page on `out`, which lies in `folder`: what it links to is named from there.
    pub fn new(out: W, folder: PathBuf, rules: RuleSet) -> Self {
        Self { out, folder, rules, page: Page::Blank, since: None }
    }

    /// The same, which tells what changed since the run before.
    #[must_use]
    pub fn since(self, since: Since) -> Self {
        Self { since: Some(since), ..self }
    }
}

impl<W: Write> Report for Html<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match (event, &mut self.page) {
            (Event::Opened(opening), page) => {
                *page = match opening.work {
                    Work::Plays { .. } => Page::Plays(Box::new(PlaysPage::new(opening, self.folder.clone()))),
                    Work::Check { .. } => Page::Checks(Box::new(Gathered::new(opening, None)?)),
                };
                return Ok(());
            }
            (Event::Closed(closing), Page::Plays(page)) => {
                let changes = self.since.as_ref().and_then(|since| since());
                page.write(&mut self.out, closing, &self.rules, changes.as_ref())?;
            }
            (Event::Closed(closing), Page::Checks(page)) => page.write(&mut self.out, closing)?,
            (Event::Finished(cell), Page::Plays(page)) => return page.add(cell),
            (event, Page::Checks(page)) => return page.add(event),
            _ => return Ok(()),
        }
        self.out.flush()
    }
}

/// What every page has around what it tells.
struct Frame {
    /// The language of the page until its script has chosen one.
    language: &'static str,
    suite: &'static str,
    version: &'static str,
    started: String,
    /// The same to be read: in Italian legal time.
    began: Both,
    style: &'static str,
    script: &'static str,
    policy: String,
    /// The way to the folder that style and script lie in, where they do not stand in the page.
    linked: Option<String>,
}

impl Frame {
    fn new(started: Timestamp) -> Self {
        let (suite, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let when = started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Self {
            language: "en",
            suite,
            version,
            began: both(|language| match language {
                Language::Italian => language.instant(started).into(),
                Language::English => when.clone().into(),
            }),
            started: when,
            style: STYLE,
            script: SCRIPT,
            policy: format!("{}; form-action 'none'", policy(&[STYLE], &[SCRIPT])),
            linked: None,
        }
    }

    /// The same for a page of several, whose style and scripts lie in a folder.
    fn linking(self, folder: String) -> Self {
        // `'self'` is the folder's server; from the disk a page has no origin, and all that it may load are files.
        let own = "'self' file:";
        let policy =
            format!("default-src 'none'; style-src {own}; script-src {own}; base-uri 'none'; form-action 'none'");
        Self { policy, linked: Some(folder), ..self }
    }
}

/// A Content-Security-Policy that lets nothing load, and nothing apply or run but these, named by their digests.
fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let hashes = |texts: &[&str]| -> String {
        let hash = |text: &&str| format!(" 'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())));
        texts.iter().map(hash).collect()
    };
    format!("default-src 'none'; style-src{}; script-src{}; base-uri 'none'", hashes(styles), hashes(scripts))
}

/// Something that was counted, large.
struct Figure {
    class: &'static str,
    count: usize,
    /// Of how many that is.
    of: Option<usize>,
    /// By the name of its text.
    what: &'static str,
}

/// A class, a count, and the name of a text.
type Counted = (&'static str, usize, &'static str);

impl Figure {
    /// What is told in any case, and behind it what is nobody's concern unless it is there.
    fn all<const A: usize, const S: usize>(always: [Counted; A], seldom: [Counted; S]) -> Vec<Self> {
        let there = seldom.into_iter().filter(|(_, count, _)| *count > 0);
        always.into_iter().chain(there).map(Self::of).collect()
    }

    fn of((class, count, what): Counted) -> Self {
        // What is not there alarms nobody.
        Self { class: if count > 0 { class } else { "" }, count, of: None, what }
    }

    /// What the text behind it agrees with.
    fn many(&self) -> usize {
        self.of.unwrap_or(self.count)
    }
}

/// JSON that stands in a script element: whatever is in its strings, nothing ends the element or begins a comment.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// A length of time in a few signs.
fn took(took: std::time::Duration) -> String {
    match took.as_millis() {
        short @ 0..1000 => format!("{short} ms"),
        long => format!("{}.{} s", long / 1000, long % 1000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn page() -> String {
        let mut out = Vec::new();
        let mut html = Html::new(&mut out, "reports".into(), RuleSet::of(&samples::RULES));
        for event in samples::run() {
            html.event(&event).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_comes_from_a_message_is_text_and_acts_nowhere() {
        let page = page();
        assert!(page.contains(r"&lt;/failure>]]>&amp;\u{1b}[31mred"), "{page}");
        assert!(!page.contains(['\x1b', '\u{202e}', '\r', '\u{9b}', '\0']));
        assert_eq!(page.matches("<script").count(), 2, "the program's own, and its data");
    }

    #[test]
    fn everything_that_was_played_has_its_section_and_its_letter() {
        let page = page();
        assert_eq!(page.matches("<section class=\"page play\"").count(), 5);
        assert_eq!(page.matches("data-play=").count(), 5);
        assert!(page.contains(r#"href="evidence/delivery/complete/flawed-alfa""#), "links begin at the page");
        assert!(page.contains("run delivery/complete --sender flawed --receiver alfa"));
    }

    #[test]
    fn more_plays_than_a_page_has_room_for_have_a_file_each() {
        let folder = tempfile::tempdir().unwrap();
        let mut events = samples::run();
        if let Event::Opened(opening) = &mut events[0]
            && let Work::Plays { planned, .. } = &mut opening.work
        {
            *planned = 3000;
        }
        let mut out = Vec::new();
        let mut html = Html::new(&mut out, folder.path().to_owned(), RuleSet::of(&samples::RULES));
        for event in &events {
            html.event(event).unwrap();
        }
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page.matches("<section class=\"page play\"").count(), 0);
        let leads = regex::Regex::new(r##"href="(plays/[^"#]*)#([^"]*)""##).unwrap();
        let leads: std::collections::BTreeSet<[&str; 2]> =
            leads.captures_iter(&page).map(|found| found.extract::<2>().1).collect();
        assert_eq!(leads.len(), 5, "{leads:?}");
        for [file, section] in leads {
            let play = std::fs::read_to_string(folder.path().join(file)).unwrap();
            assert_eq!(play.matches("<section class=\"page play\"").count(), 1);
            assert!(play.contains(&format!("id=\"{section}\"")), "{file}: {section}");
            assert!(play.contains(r#"<a href="../../../report.html">"#) && !play.contains(['\x1b', '\u{202e}', '\0']));
            assert!(
                folder.path().join("plays/script.js").is_file() && play.contains(r#"src="../../../plays/script.js""#)
            );
        }
    }

    #[test]
    fn data_ends_no_script() {
        assert_eq!(in_script(r#"{"a":"</script><!--"}"#), r#"{"a":"\u003c/script>\u003c!--"}"#);
    }

    #[test]
    fn every_text_that_the_page_names_is_there() {
        let page = page();
        let said = regex::Regex::new("<span lang=it>([^<]*)</span><span lang=en>([^<]*)</span>").unwrap();
        let ids: Vec<&str> = said
            .captures_iter(&page)
            .map(|it| it.extract::<2>().1)
            .filter(|it| it[0] == it[1] && it[0].contains('-'))
            .map(|it| it[0])
            .collect();
        assert!(ids.is_empty(), "told by their ids: {ids:?}");
    }
}
