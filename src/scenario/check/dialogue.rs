//! Dialogues: something is said, and an answer listened to.

use super::{
    super::{dialogue::Dialogue, locate::Path, words::Place},
    Check, Sent, below, way,
};

impl<'d> Check<'d> {
    pub(super) fn dialogue(&mut self, dialogue: &'d Dialogue, at: &Path) {
        if let Some(id) = &dialogue.id {
            self.declare(id, Sent { recipients: None, injected: false }, at);
        }
        let with = below(at, "with".into());
        match &dialogue.with {
            Place::AccessPoint(role) | Place::IncomingPoint(role) => self.plays(*role, with),
            place => {
                let message =
                    format!("nobody talks to `{place}`: name `access-point@sender` or `incoming-point@receiver`");
                self.wrong(with, message);
            }
        }
        if dialogue.lines.iter().all(|line| line.answer.is_none()) {
            self.wrong(
                below(at, "lines".into()),
                "no answer is listened to: write `{say: NOOP, answer: 250}`, so that the dialogue can fail",
            );
        }
        for (index, line) in dialogue.lines.iter().enumerate() {
            let at = [at.clone(), way!["lines", index]].concat();
            match (&line.say, &line.login) {
                (Some(_), Some(_)) => {
                    self.wrong(at.clone(), "one thing is said at a time: give one of `say` and `login`");
                }
                (None, None) if line.answer.is_none() => {
                    self.wrong(at.clone(), "nothing is said and nothing listened to: give `say`, `login` or `answer`");
                }
                (None, None) if index == 0 => {
                    self.wrong(at.clone(), "nothing was said yet that could be answered: begin with `say` or `login`");
                }
                _ => {}
            }
            if let Some(user) = &line.login {
                self.mailbox(user, below(&at, "login".into()));
            }
            if line.answer.is_none() && (line.offers.is_some() || line.login.is_some()) {
                self.wrong(at, "the answer is not listened to: add `answer: 2xx`");
            }
        }
    }
}
