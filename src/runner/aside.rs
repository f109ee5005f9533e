//! What somebody else's gateway shows that is not of the play: it is left alone, and told.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;

use super::{
    absence::is_its_name,
    mail,
    reading::{self, Known, Reading},
    stage::Stage,
};
use crate::{
    evidence::{OtherPlay, PlayId},
    message::{Bytes, Kind},
    scenario::{
        What,
        words::{Host, Mailbox, Place},
    },
    target::Stored,
};

/// Whose a message is that is not of the play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// An earlier play's of this run.
    EarlierPlay,
    /// Another run's, by the mark that it bears.
    AnotherRun,
    /// Somebody's who bears no mark of ours.
    Stranger,
}

/// What was left alone, by whose it is: each message once, wherever it was met.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside(BTreeMap<Whose, BTreeSet<String>>);

impl From<OtherPlay> for Whose {
    fn from(play: OtherPlay) -> Self {
        match play {
            OtherPlay::OfThisRun => Whose::EarlierPlay,
            OtherPlay::OfAnotherRun => Whose::AnotherRun,
        }
    }
}

impl Aside {
    pub fn add(&mut self, whose: Whose, reading: &Reading) {
        let messages = self.0.entry(whose).or_default();
        let id = reading.message.as_ref().and_then(|message| message.mail.field("Message-ID"));
        let unnamed = messages.len().to_string();
        messages.insert(id.unwrap_or(unnamed));
    }

    /// A sentence for each.
    pub fn told(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(whose, messages)| match (whose, messages.len()) {
            (Whose::EarlierPlay, 1) => {
                "one message of an earlier play of this run came late and was left alone, and not judged".to_owned()
            }
            (Whose::EarlierPlay, many) => {
                format!("{many} messages of an earlier play of this run came late and were left alone, and not judged")
            }
            (Whose::AnotherRun, 1) => {
                "one message of another run, as late ones of an earlier run are, was left alone, and not judged".to_owned()
            }
            (Whose::AnotherRun, many) => {
                format!("{many} messages of another run, as late ones of an earlier run are, were left alone, and not judged")
            }
            (Whose::Stranger, 1) => "one message of somebody else's was left alone, and not judged".to_owned(),
            (Whose::Stranger, many) => format!("{many} messages of somebody else's were left alone, and not judged"),
        })
    }
}

/// Whose a message is, where another play than this one explains it.
pub(super) fn of_another_play(bytes: &Bytes, reading: &Reading, play: &PlayId) -> Option<Whose> {
    // What it speaks of the harness's own identifiers tell best: its subject may be that of another play as well, and our own
    // gateway answers what came late too, with its mark of this play.
    if let Some(other) = play.other_at(bytes, mail::CLIENT) {
        return Some(other.into());
    }
    let other = play.other(bytes)?;
    let is_explained = match other {
        OtherPlay::OfThisRun => reading.about.is_some() && play.marks(bytes),
        // A served reference gateway has a mark of its own, whatever it speaks of.
        OtherPlay::OfAnotherRun => reading.about.is_some() || play.marks(bytes),
    };
    (!is_explained).then(|| other.into())
}

impl Stage<'_> {
    /// What of a look into a place is of this play: what bears its mark, or speaks of what was put in. The sentinels are taken
    /// note of and kept out, and so is what strangers brought, and what nothing of the play explains in a mailbox that others
    /// use too.
    pub(super) fn of_this_play(&self, place: &Place, new: Vec<Stored>) -> Vec<Stored> {
        if self.world.settling().is_none() || new.is_empty() {
            return new;
        }
        let role = match place {
            Place::Mailbox(Mailbox::At { host: Host::Gateway(role), .. }) | Place::VirusStore(role) => Some(*role),
            _ => None,
        };
        let strangers = self.world.brought_by_strangers();
        let play = self.world.play();
        let mut progress = self.progress();
        let mut kept = Vec::new();
        for stored in new {
            let reading = reading::read(&stored.bytes, &mut progress.known);
            if strangers.iter().any(|brought| is_or_wraps(&stored, &reading, brought)) {
                progress.waiting.aside.add(Whose::Stranger, &reading);
                continue;
            }
            let Some(role) = role else {
                kept.push(stored);
                continue;
            };
            if let Some(about) = reading.about.as_ref().filter(|about| is_its_name(about)) {
                if reading.what == What::Kind(Kind::PostaCertificata) && !progress.waiting.came.contains(about) {
                    progress.waiting.came.push(about.clone());
                }
            } else if let Some(whose) = of_another_play(&stored.bytes, &reading, play) {
                progress.waiting.aside.add(whose, &reading);
            } else if reading.about.is_none() && !play.marks(&stored.bytes) && !self.world.is_exclusive(role) {
                progress.waiting.aside.add(Whose::Stranger, &reading);
            } else {
                kept.push(stored);
            }
        }
        kept
    }

    /// Whether a message on a wire is another play's, which is taken note of: somebody else's gateway may hand it over late.
    pub(super) fn is_late(&self, bytes: &Bytes, known: &mut Known, aside: &mut Aside) -> bool {
        if self.world.settling().is_none() {
            return false;
        }
        let reading = reading::read(bytes, known);
        let whose = of_another_play(bytes, &reading, self.world.play());
        if let Some(whose) = whose {
            aside.add(whose, &reading);
        }
        whose.is_some()
    }
}

/// Whether a stored message is one that was handed over, or wraps it, whatever hosts put on top.
fn is_or_wraps(stored: &Stored, reading: &Reading, brought: &Bytes) -> bool {
    let is_it =
        |bytes: &[u8]| bytes.strip_suffix(&**brought).is_some_and(|before| memmem::find(before, b"\r\n\r\n").is_none());
    let inside = reading.message.as_ref().and_then(|message| message.original());
    is_it(&stored.bytes) || inside.is_some_and(|inside| is_it(&inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::RunId;

    #[test]
    fn whose_a_message_is_its_marks_tell() {
        let (run, other) = (RunId::random(), RunId::random());
        let (play, earlier, elsewhere, served) = (run.play(), run.play(), other.play(), RunId::random().play());
        let mut known = Known::default();
        known.learn(&format!("contract{play}@client.example"), "contract");
        known.learn_subject("Contratto", "contract");
        let mut whose = |id: &PlayId, referred: Option<&PlayId>, subject: &str| {
            let referred = referred.map(|of| format!("X-Riferimento-Message-ID: <contract{of}@client.example>\r\n"));
            let referred = referred.unwrap_or_default();
            let text =
                format!("Message-ID: <bravo.1{id}.1@bravo.example>\r\n{referred}Subject: {subject}\r\n\r\nx\r\n");
            let bytes = Bytes::from(text.as_bytes());
            let reading = reading::read(&bytes, &mut known);
            of_another_play(&bytes, &reading, &play)
        };
        for (id, referred, subject, expected) in [
            (&play, Some(&play), "x", None),
            (&served, Some(&play), "x", None),
            (&served, None, "Contratto", None),
            (&served, Some(&earlier), "Contratto", Some(Whose::EarlierPlay)),
            (&play, Some(&earlier), "x", Some(Whose::EarlierPlay)),
            (&elsewhere, Some(&elsewhere), "x", Some(Whose::AnotherRun)),
            // The same scenario's of another run, and what our own gateway answers to it.
            (&served, Some(&elsewhere), "Contratto", Some(Whose::AnotherRun)),
            (&play, Some(&elsewhere), "Contratto", Some(Whose::AnotherRun)),
            (&play, Some(&earlier), "Contratto", Some(Whose::EarlierPlay)),
            (&play, Some(&elsewhere), "x", Some(Whose::AnotherRun)),
            (&play, None, "x", None),
        ] {
            assert_eq!(whose(id, referred, subject), expected, "{id} {referred:?} {subject}");
        }
        let mut aside = Aside::default();
        let reading = reading::read(&Bytes::from(&b"Message-ID: <1@a>\r\n\r\n"[..]), &mut known);
        (0..2).for_each(|_| aside.add(Whose::AnotherRun, &reading));
        let told: Vec<String> = aside.told().collect();
        assert_eq!(
            told,
            ["one message of another run, as late ones of an earlier run are, was left alone, and not judged"]
        );
    }
}
