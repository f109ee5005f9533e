//! What became of what is declared: what does not hold, and what is new, ready to be pasted.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    known::{Reckoning, Standing, Stands},
    report::{Ink, Paint, counted, shown, wrapped},
};

/// Entries told one by one, and entries to paste.
const TOLD: usize = 50;

/// What the page says of it; `today` is the day that new entries' expiry counts from.
pub(super) fn section(reckoning: &Reckoning, today: Date, paint: Paint) -> String {
    let mut text = String::new();
    let failing: Vec<&Stands> = reckoning.entries.iter().filter(|entry| entry.standing.fails()).collect();
    if !failing.is_empty() {
        let head = format!("Declared in {} and not so, which fails too", shown(&reckoning.file));
        text.extend(["\n", &paint.dye(Ink::Strong, &head), "\n"]);
    }
    for entry in failing.iter().take(TOLD) {
        let place = format!("{}:{}", shown(&reckoning.file), entry.line);
        let line = format!("{} ({}): {}", named(entry), place, why(entry));
        text.extend(["  ", &wrapped(&line, 4), "\n"]);
    }
    text += &more(failing.len());
    if !reckoning.new.is_empty() {
        let head = "Not declared: what is accepted for a while goes under `deviations:`, with a reason and an owner";
        text.extend(["\n", &paint.dye(Ink::Strong, head), "\n"]);
        let few = Reckoning { new: reckoning.new.iter().take(TOLD).cloned().collect(), ..Reckoning::default() };
        text += &few.to_paste(today);
        text += &more(reckoning.new.len());
    }
    text
}

/// The counts, for the totals.
pub(super) fn counts(reckoning: &Reckoning) -> String {
    let standing = |standing: Standing| reckoning.entries.iter().filter(|entry| entry.standing == standing).count();
    let failing = reckoning.entries.iter().filter(|entry| entry.standing.fails()).count();
    format!(
        "{} declared, {} not; {} = {} found + {} not asked for + {failing} that fail",
        counted(reckoning.declared, "failure"),
        reckoning.undeclared,
        if reckoning.entries.len() == 1 {
            "1 entry".to_owned()
        } else {
            format!("{} entries", reckoning.entries.len())
        },
        standing(Standing::Found),
        standing(Standing::NotAsked),
    )
}

/// The day of an instant. Report knows no legal time; a day more or less is nothing to a proposal.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn more(all: usize) -> String {
    match all.saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("  and {more} more: --format json tells of each\n"),
    }
}

fn named(entry: &Stands) -> String {
    let of = match &entry.deviation.rule {
        Some(rule) => shown(rule),
        None => "expectations".to_owned(),
    };
    format!("{of} of {}", shown(&entry.deviation.subject))
}

fn why(entry: &Stands) -> String {
    match entry.standing {
        Standing::NotFound if entry.deviation.scenarios.is_empty() => {
            "it was looked for and is not there any more: take the entry out".to_owned()
        }
        Standing::NotFound => {
            let scenarios: Vec<String> = entry.not_in.iter().take(TOLD).map(|id| shown(id)).collect();
            format!("it is not there in {}: take them out of the entry", scenarios.join(", "))
        }
        Standing::Expired => format!(
            "it expired on {}, and was found {} since: mend it, or let {} decide anew",
            entry.deviation.expires,
            counted(entry.times, "time"),
            shown(&entry.deviation.owner)
        ),
        Standing::Unknown => "nobody bears that name here: mend the subject, or take the entry out".to_owned(),
        Standing::Found | Standing::NotAsked => String::new(),
    }
}
