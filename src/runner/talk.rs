//! A scenario's `dialogue`: what a client that keeps to no rule says, and whether it is answered as it must be.

use super::{
    mail,
    progress::{Misheard, Said, Talk, Told},
    stage::Stage,
};
use crate::{
    evidence::{self, PlayId},
    scenario::{
        dialogue::{Dialogue, Line},
        locate::Path,
        words::{CLOSED, Mailbox},
    },
    target::{Heard, TargetError, Utterance},
};

impl Stage<'_> {
    pub(super) async fn dialogue(&self, dialogue: &Dialogue, at: &Path) -> Result<(), TargetError> {
        if let Some(id) = &dialogue.id {
            self.progress().known.learn(&mail::msgid_of(id, self.world.play()), id);
        }
        let address = |mailbox: &Mailbox| self.world.address(mailbox);
        let script: Vec<Utterance> =
            dialogue.lines.iter().map(|line| utterance(line, &address, self.world.play())).collect();
        let heard = self.world.converse(&dialogue.with, &script).await?;
        let mut talk = Talk { with: dialogue.with.clone(), lines: Vec::new() };
        for (index, (line, heard)) in dialogue.lines.iter().zip(heard).enumerate() {
            if let (Some(answers), Some(heard)) = (&line.answer, &heard) {
                let below = |key: &str| [at.clone(), vec!["lines".into(), index.into(), key.into()]].concat();
                let misheard = |path: Path, expected: String| Misheard {
                    path,
                    place: dialogue.with.clone(),
                    expected,
                    found: words(heard),
                };
                if !answers.admit(code(heard)) {
                    self.progress().misheard.push(misheard(below("answer"), format!("the answer {answers}")));
                } else if let Some(keyword) = line.offers.as_ref().filter(|keyword| !offers(heard, keyword)) {
                    self.progress()
                        .misheard
                        .push(misheard(below("offers"), format!("an answer that offers {keyword}")));
                }
            }
            let answer = heard.map(|heard| code(&heard).to_owned());
            talk.lines.push(Said { words: said(line), answer });
        }
        self.progress().told.push(Told::Talked(talk));
        Ok(())
    }
}

fn utterance(line: &Line, address: &dyn Fn(&Mailbox) -> String, play: &PlayId) -> Utterance {
    match (&line.login, &line.say) {
        (Some(user), _) => Utterance::Login { user: address(user) },
        (None, Some(say)) => {
            let words = mail::of_play(&mail::with_addresses(say, address), play);
            Utterance::Words { bytes: format!("{words}\r\n").into_bytes(), listens: line.answer.is_some() }
        }
        (None, None) => Utterance::Words { bytes: Vec::new(), listens: true },
    }
}

fn said(line: &Line) -> Option<String> {
    match (&line.login, &line.say) {
        (Some(user), _) => Some(format!("AUTH as {user}")),
        (None, say) => say.as_ref().map(|say| say.escape_debug().to_string().replace("\\\"", "\"")),
    }
}

/// What was heard, in the word that an answer is expected by.
fn code(heard: &Heard) -> &str {
    match heard {
        Heard::Reply(lines) => lines.last().map_or("", |line| line.get(..3).unwrap_or(line)),
        Heard::Closed => CLOSED,
        Heard::Nothing => "nothing",
    }
}

fn words(heard: &Heard) -> String {
    match heard {
        Heard::Reply(lines) => lines.join(" / "),
        Heard::Closed => "the connection closed".to_owned(),
        Heard::Nothing => "no answer in time".to_owned(),
    }
}

/// Whether the reply to EHLO offers this.
fn offers(heard: &Heard, keyword: &str) -> bool {
    let Heard::Reply(lines) = heard else { return false };
    evidence::offers(lines.iter().map(String::as_str), keyword)
}
