//! The tale of a scenario as a reader of the norm would tell it: step by step, who got which message, and what is in it.
//!
//! It is the same from run to run and from machine to machine: identifiers, times, domains and providers are told by
//! names that keep equal things equal, and what arrives in parallel is told in the norm's order. A value is only replaced
//! by a name where it has the shape of what the name says; any other is told as it is.

mod message;

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::Timestamp;
use regex::Regex;

use super::{
    expect::{self, Arrival},
    gather::Gathered,
    names::{Names, span},
    progress::{Progress, PutIn, Talk, Told},
    reading::read,
    stage::Stage,
};
use crate::{
    directory::Directory,
    evidence::{Evidence, Party, Seen},
    scenario::words::Mailbox,
    shown::spelt,
    smime::Trust,
};

/// The field of a notification that differs between messages alike.
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| Regex::new("Message-ID: <id [0-9]+>").expect("a valid pattern"));

/// Tells what happened.
pub fn tell(stage: &Stage<'_>, gathered: &Gathered) -> String {
    let mut progress = stage.progress();
    let evidence = &gathered.evidence;
    let Stage { scenario, world, .. } = stage;
    let given = scenario.given.mailboxes.keys().filter(|mailbox| matches!(mailbox, Mailbox::At { .. }));
    let mailboxes = given.map(|mailbox| (world.address(mailbox), mailbox.to_string()));
    let mut teller = Teller {
        names: Names::new(evidence, &progress.known, scenario.starts, world.play(), mailboxes),
        directory: evidence.directories.last().and_then(|version| Directory::read(&version.ldif).ok()),
        trust: Trust::new(evidence.anchors.iter().cloned(), evidence.crls.iter().cloned()),
        now: scenario.starts,
        lines: vec![scenario.title.clone()],
        alike: BTreeMap::new(),
        repeated: None,
    };
    let told = std::mem::take(&mut progress.told);
    for piece in &told {
        teller.piece(piece, &progress);
    }
    teller.wires(evidence, &mut progress);
    progress.told = told;
    teller.lines.join("\n") + "\n"
}

struct Teller {
    names: Names,
    directory: Option<Directory>,
    trust: Trust,
    now: Timestamp,
    lines: Vec<String>,
    /// Messages told, but for recipient and Message-ID; with the first one's heading, and how many there were.
    alike: BTreeMap<String, (String, usize)>,
    /// The last message's paragraph, and how often it came again.
    repeated: Option<(Vec<String>, usize)>,
}

impl Teller {
    fn piece(&mut self, piece: &Told, progress: &Progress) {
        match piece {
            Told::PutIn { index, more } => self.put_in(&progress.put_in[*index], *more),
            Told::Advanced(by) => {
                self.now += *by;
                self.paragraph(format!("The clock moves on by {}.", span(*by)));
            }
            Told::Changed(sentences) => {
                self.paragraph("From now on:".to_owned());
                for sentence in sentences {
                    self.line(1, sentence);
                }
            }
            Told::Talked(talk) => self.talk(talk),
            Told::Chose(way) => self.paragraph(format!("The norm leaves a choice. Taken: {way}")),
            Told::Arrived(arrivals) => self.arrivals(arrivals),
        }
    }

    fn put_in(&mut self, put_in: &PutIn, more: usize) {
        let (from, to) =
            (self.path(&put_in.path.from), put_in.path.to.iter().map(|to| self.path(to)).collect::<Vec<_>>());
        let at = self.names.time(put_in.at);
        self.paragraph(format!("At {at}, `{}` is put in at {}: {from} to {}.", put_in.id, put_in.place, to.join(", ")));
        let answer = self.names.text(&expect::words(&put_in.answer));
        self.line(1, answer);
        if more > 0 {
            self.line(1, format!("and so are {more} more like it"));
        }
    }

    fn talk(&mut self, talk: &Talk) {
        self.paragraph(format!("A client talks to {}.", talk.with));
        for said in &talk.lines {
            if let Some(words) = &said.words {
                self.line(1, format!("> {words}"));
            }
            if let Some(answer) = &said.answer {
                self.line(1, format!("< {answer}"));
            }
        }
    }

    fn arrivals(&mut self, arrivals: &[Arrival]) {
        if arrivals.is_empty() {
            return self.paragraph("Nothing arrives.".to_owned());
        }
        let mut in_order: Vec<&Arrival> = arrivals.iter().collect();
        in_order.sort_by_cached_key(|arrival| {
            let words = arrival.reading.words(&|address| self.names.shown(address));
            // What several providers tell alike, in the order of their names: whose word comes first, nobody decides.
            let provider = arrival.reading.provider().map(|provider| self.names.shown(provider));
            (arrival.place.clone(), arrival.reading.what, words, provider, arrival.index)
        });
        for arrival in in_order {
            let words = arrival.reading.words(&|address| self.names.shown(address));
            let heading = format!("{} receives {words}", arrival.place);
            self.paragraph(heading.clone());
            let Some(message) = &arrival.reading.message else { continue };
            let from = self.lines.len();
            self.message(message);
            self.abridge(from, heading, arrival);
            self.fold(from);
        }
    }

    /// Of many messages alike, a reader wants the first few: what is told from line `from` on gives way to a reference
    /// where so many were told before that differ from it in recipient and Message-ID alone.
    fn abridge(&mut self, from: usize, heading: String, arrival: &Arrival) {
        const TOLD: usize = 3;
        let one = arrival.reading.consegna.as_deref().map(|to| self.names.shown(to));
        let tale = self.lines[from..].iter().map(|line| match &one {
            // Where more than sender and recipient are named, it is a list, the same for all.
            Some(one) if line.matches('@').count() <= 2 => line.replace(one, "<one>"),
            _ => line.clone(),
        });
        let tale = tale.collect::<Vec<_>>().join("\n");
        let tale = MESSAGE_ID.replace(&tale, "Message-ID: <id>").into_owned();
        let alike = self.alike.entry(tale).or_insert_with(|| (heading, 0));
        alike.1 += 1;
        if alike.1 > TOLD {
            let reference = format!("as told above, where {}", alike.0);
            self.lines.truncate(from);
            self.line(1, reference);
        }
    }

    /// A paragraph that tells no more than the one before it is counted there; its heading stands before line `from`.
    fn fold(&mut self, from: usize) {
        if self.lines.len() != from + 1 {
            return;
        }
        let told = self.lines.split_off(from - 2);
        let repeats = self.repeated.as_ref().is_some_and(|(before, _)| *before == told);
        if repeats && let Some((_, times)) = &mut self.repeated {
            *times += 1;
            let line = format!("  and {times} more like it");
            if *times > 1 {
                self.lines.pop();
            }
            self.lines.push(line);
        } else {
            self.lines.extend(told.clone());
            self.repeated = Some((told, 0));
        }
    }

    /// What crossed the wires, in the norm's order rather than that of arrival.
    fn wires(&mut self, evidence: &Evidence, progress: &mut Progress) {
        let mut crossings: Vec<_> = evidence
            .observations
            .iter()
            .filter_map(|observation| {
                let Seen::Wire { from, to } = &observation.seen else { return None };
                let reading = read(&observation.bytes, &mut progress.known);
                let words = reading.words(&|address| self.names.shown(address));
                let path = observation.path.clone().unwrap_or_default();
                let to_all: Vec<String> = path.to.iter().map(|to| self.path(to)).collect();
                let what = format!("{words}, from {} to {}", self.path(&path.from), to_all.join(", "));
                let way = format!("{} -> {}", party(*from), party(*to));
                Some((observation.at, way, reading.what, format!("{}, {what}", self.names.time(observation.at))))
            })
            .collect();
        crossings.sort();
        self.paragraph("On the wires:".to_owned());
        let lines: Vec<String> = crossings.into_iter().map(|(_, way, _, what)| format!("{way}, {what}")).collect();
        for alike in lines.chunk_by(|one, other| one == other) {
            match alike {
                [one, _, _, _, ..] => self.line(1, format!("{one}, {} times", alike.len())),
                few => few.iter().for_each(|line| self.line(1, line)),
            }
        }
    }

    fn path(&self, address: &str) -> String {
        if address.is_empty() { "<>".to_owned() } else { self.names.shown(address) }
    }

    fn paragraph(&mut self, line: String) {
        self.lines.push(String::new());
        self.lines.push(line);
    }

    fn line(&mut self, depth: usize, line: impl AsRef<str>) {
        // A tale is read, on a terminal or in a file: nothing in it acts.
        self.lines.push(format!("{}{}", "  ".repeat(depth), spelt(line.as_ref().trim_end())));
    }
}

fn party(party: Party) -> String {
    party.to_string()
}
