//! What became of what is declared: what does not hold, and what is new, ready to be pasted.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    known::{Deviation, Reckoning, Standing, Stands},
    report::{Ink, Style, shown},
};

/// Entries told one by one, and entries to paste.
const TOLD: usize = 50;

/// What the page says of it; `today` is the day that new entries' expiry counts from.
pub(super) fn section(reckoning: &Reckoning, today: Date, style: Style) -> String {
    let mut text = String::new();
    let failing: Vec<&Stands> = reckoning.entries.iter().filter(|entry| entry.standing.fails()).collect();
    if !failing.is_empty() {
        let head = style.say("tty-declared-not-so").with("file", shown(&reckoning.file)).to_string();
        text.extend(["\n", &style.paint.dye(Ink::Strong, &head), "\n"]);
    }
    for entry in failing.iter().take(TOLD) {
        let place = format!("{}:{}", shown(&reckoning.file), entry.line);
        let rule = entry.deviation.rule.as_deref().map_or_else(|| style.say("tty-expectations").to_string(), shown);
        let line = style.say("tty-deviation").with("rule", rule).with("subject", shown(&entry.deviation.subject));
        let line = line.with("place", place).with("why", why(entry, style)).to_string();
        text.extend(["  ", &style.wrapped(&line, 4), "\n"]);
    }
    text += &more(failing.len(), style);
    if !reckoning.new.is_empty() {
        text.extend(["\n", &style.heading("tty-not-declared"), "\n"]);
        let few = Reckoning { new: reckoning.new.iter().take(TOLD).cloned().collect(), ..Reckoning::default() };
        text += &few.to_paste(today);
        text += &more(reckoning.new.len(), style);
    }
    text
}

/// The counts, for the totals.
pub(super) fn counts(reckoning: &Reckoning, style: Style) -> String {
    let standing = |standing: Standing| reckoning.entries.iter().filter(|entry| entry.standing == standing).count();
    let failing = reckoning.entries.iter().filter(|entry| entry.standing.fails()).count();
    let counts = style.say("tty-declared-counts").with("failures", style.count("failure", reckoning.declared));
    let counts = counts.with("undeclared", reckoning.undeclared);
    let counts = counts.with("entries", style.count("entry", reckoning.entries.len()));
    let counts = counts.with("found", standing(Standing::Found)).with("unasked", standing(Standing::NotAsked));
    counts.with("failing", failing).to_string()
}

/// The day of an instant. Report knows no legal time; a day more or less is nothing to a proposal.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn more(all: usize, style: Style) -> String {
    match all.saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("  {}\n", style.say("tty-more-json").with("more", more)),
    }
}

fn why(entry: &Stands, style: Style) -> String {
    let Deviation { scenarios, expires, owner, .. } = &entry.deviation;
    match entry.standing {
        Standing::NotFound if scenarios.is_empty() => style.say("tty-deviation-gone").to_string(),
        Standing::NotFound => {
            let scenarios: Vec<String> = entry.not_in.iter().take(TOLD).map(|id| shown(id)).collect();
            style.say("tty-deviation-gone-in").with("scenarios", scenarios.join(", ")).to_string()
        }
        Standing::Expired => {
            let expired = style.say("tty-deviation-expired").with("day", expires.to_string());
            expired.with("times", style.count("time", entry.times)).with("owner", shown(owner)).to_string()
        }
        Standing::Unknown => style.say("tty-deviation-unknown").to_string(),
        Standing::Found | Standing::NotAsked => String::new(),
    }
}
