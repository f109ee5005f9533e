//! The tale of a play, as far as it must be the same whoever plays it: what is told of a play inside, whose clock stands
//! still and whose every wire is seen, and of one with a gateway elsewhere. Both tales are projected; those of plays inside
//! are held to their snapshots whole, in `tests/scenarios`, and never by this.
//!
//! What is left out, and nothing else:
//! - **instants** are told by equality and order. Those within a quarter of an hour of each other are one moment, `t0`, `t1`
//!   in order; what a message tells of its own moment is `=` where it is the very same second as its Date, and told by how
//!   many seconds it differs where it is not; a message dated a minute before what it speaks of was answered says so;
//! - the **zone's** letters behind a Date: today may be summer;
//! - the **hours waited** at the end for late notices, and that nothing came in them: whose clock cannot be moved, is not
//!   waited for;
//! - **sessions** between hosts of which one side only shows its end: those that reach the gateway elsewhere from a host
//!   that is not the harness's own. They are what the mailboxes then hold.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};

/// Who is elsewhere.
#[derive(Clone, Copy)]
pub struct Elsewhere<'a>(pub &'a str);

/// Seconds that an answer to what is put in may take: that instant is told, and a gateway dates by an earlier one.
const ANSWER: i64 = 60;
/// Seconds between instants of one moment at most.
const MOMENT: i64 = 15 * 60;

static INSTANT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"T\+(-?[0-9hms-]+)\b").unwrap());
static ZONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\((CET|CEST)\)").unwrap());
static PUT_IN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^At T\+(\S+), `([^`]+)` is put in").unwrap());
static HEADING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\S+ receives [a-z-]+ (\S+)").unwrap());
static DATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^  Date: T\+(\S+)").unwrap());

/// A tale projected.
pub fn projected(tale: &str, elsewhere: Elsewhere<'_>) -> String {
    // An instant that only such a session tells is no moment of the tale: how often a host tries again, the clock says.
    let unseen = format!(" -> {}, ", elsewhere.0);
    let is_seen = |line: &&str| !(line.starts_with("  ") && line.contains(&unseen) && !line.starts_with("  harness"));
    let tale = tale.replace("The clock moves on by 25h.\n\nNothing arrives.", "Nothing arrives.");
    let tale = tale.lines().filter(is_seen).collect::<Vec<_>>().join("\n");
    let moments = moments(&tale);
    let mut put_in: BTreeMap<String, i64> = BTreeMap::new();
    let mut told = Vec::new();
    for paragraph in tale.trim_end().split("\n\n") {
        if let Some(captures) = PUT_IN.captures(paragraph) {
            put_in.entry(captures[2].to_owned()).or_insert(seconds(&captures[1]));
        }
        let own = DATE.captures(paragraph).map(|captures| seconds(&captures[1]));
        let about = HEADING.captures(paragraph).map(|captures| captures[1].trim_end_matches(',').to_owned());
        let asked = about.and_then(|about| put_in.get(&about).copied());
        let is_early = own.zip(asked).is_some_and(|(own, asked)| own < asked - ANSWER);
        let named = INSTANT.replace_all(paragraph, |captures: &Captures<'_>| {
            let at = seconds(&captures[1]);
            match own {
                Some(own) if at == own => format!("{}=", moments[&at]),
                Some(own) => format!("{}{:+}s", moments[&own], at - own),
                None => moments[&at].clone(),
            }
        });
        let early = if is_early { "\n  before it was put in" } else { "" };
        told.push(ZONE.replace_all(&named, "(zone)").into_owned() + early);
    }
    let wires = told.iter().position(|paragraph| paragraph.starts_with("On the wires:"));
    if let Some(wires) = wires {
        let mut lines: Vec<&str> = told[wires].lines().collect();
        // They stand in the order of their instants, which is not the same where all of them are one.
        lines[1..].sort_unstable();
        told[wires] = lines.join("\n");
    }
    told.join("\n\n") + "\n"
}

/// What each instant of a tale is called.
fn moments(tale: &str) -> BTreeMap<i64, String> {
    let mut all: Vec<i64> = INSTANT.captures_iter(tale).map(|captures| seconds(&captures[1])).collect();
    all.sort_unstable();
    all.dedup();
    let (mut number, mut before) = (0, None);
    let named = all.into_iter().map(|at| {
        if before.is_some_and(|before| at - before > MOMENT) {
            number += 1;
        }
        before = Some(at);
        (at, format!("t{number}"))
    });
    named.collect()
}

/// `22h30m`, `-1h-2s`, `0`, in seconds.
fn seconds(span: &str) -> i64 {
    let (mut all, mut number) = (0, String::new());
    for letter in span.chars() {
        let unit = match letter {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => {
                number.push(letter);
                continue;
            }
        };
        all += number.parse::<i64>().unwrap_or_default() * unit;
        number.clear();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: &str = "A tale\n\nAt T+0, `a` is put in at access-point@sender: mario@sender to anna@receiver.\n  everything accepted\n\n\
        anna@receiver receives posta-certificata a\n  Date: T+0 (CET)\n    data: T+0\n    oggetto: A\n\n\
        mario@sender receives preavviso-errore-consegna a, 12 hours\n  Date: T+12h\n    data: T+12h\n\n\
        The clock moves on by 25h.\n\nNothing arrives.\n\nOn the wires:\n  sender -> receiver, T+0, posta-certificata a\n";
    const OUTSIDE: &str = "A tale\n\nAt T+6423h1m, `a` is put in at access-point@sender: mario@sender to anna@receiver.\n  everything accepted\n\n\
        anna@receiver receives posta-certificata a\n  Date: T+6423h1m2s (CEST)\n    data: T+6423h1m2s\n    oggetto: A\n\n\
        mario@sender receives preavviso-errore-consegna a, 12 hours\n  Date: T+6435h1m4s\n    data: T+6435h1m4s\n\n\
        Nothing arrives.\n\nOn the wires:\n";

    #[test]
    fn what_must_differ_does_not_and_what_must_not_does() {
        let outside = |tale: &str| projected(tale, Elsewhere("receiver"));
        let inside = outside(INSIDE);
        assert_eq!(outside(OUTSIDE), inside);
        // What nobody sees, seen once more between.
        let again = INSIDE.replace(
            "  sender -> receiver, T+0,",
            "  sender -> receiver, T+0, turned away\n  sender -> receiver, T+6h,",
        );
        assert_eq!(outside(&again), inside);
        for (right, wrong) in [
            // A fact that is another.
            ("oggetto: A", "oggetto: B"),
            // Instants of one message that are not one.
            ("data: T+6423h1m2s", "data: T+6423h1m3s"),
            // Certified before it was sent.
            ("T+6423h1m2s", "T+6422h59m59s"),
            // A notice that comes at once.
            ("T+6435h1m4s", "T+6423h1m4s"),
            // The two messages' instants swapped.
            ("Date: T+6423h1m2s (CEST)\n    data: T+6423h1m2s", "Date: T+6435h1m4s (CEST)\n    data: T+6435h1m4s"),
            // A message more.
            ("Nothing arrives.", "anna@receiver receives posta-certificata a"),
        ] {
            assert!(OUTSIDE.contains(right), "{right}");
            assert_ne!(outside(&OUTSIDE.replace(right, wrong)), inside, "{wrong}");
        }
    }
}
