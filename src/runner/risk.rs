//! What a scenario does that nobody's gateway is to meet unasked.

use std::{collections::BTreeSet, fmt};

use jiff::SignedDuration;

use super::stage::Stage;
use crate::scenario::{
    Scenario,
    attachment::Attachment,
    model::Step,
    send::{ClientAuth, ClientTls, Send},
    words::LegalInstant,
};

/// Why a scenario wants to be allowed against somebody else's gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It sends the file that antivirus programs are agreed to detect.
    Infected,
    /// It sends much: more than twenty recipients or messages, or more than eight MiB.
    Flooding,
    /// A client says what could be taken for the end of a message, or of a command, where there is none.
    Smuggling,
}

/// Recipients of one message, or messages of one scenario.
const MANY: usize = 20;
/// Bytes of a file.
const LARGE: usize = 8 << 20;

impl Risk {
    /// What is to be allowed for a scenario.
    pub fn of(scenario: &Scenario) -> BTreeSet<Risk> {
        let mut risks = BTreeSet::new();
        let injected = scenario.steps.iter().filter_map(injected);
        let sends: Vec<&Send> = scenario.sends().chain(injected).collect();
        if sends.iter().any(|send| send.attach.iter().any(is_infected)) {
            risks.insert(Risk::Infected);
        }
        let is_many = scenario.messages() > MANY || sends.iter().any(|send| send.recipients().len() > MANY);
        if is_many || scenario.largest_file() > LARGE {
            risks.insert(Risk::Flooding);
        }
        let lines = scenario.steps.iter().filter_map(|step| match step {
            Step::Dialogue(dialogue) => Some(&dialogue.lines),
            _ => None,
        });
        if lines.flatten().any(|line| line.say.as_ref().is_some_and(|words| words.contains(['\r', '\n']))) {
            risks.insert(Risk::Smuggling);
        }
        risks
    }

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Risk::Infected => "infected",
            Risk::Flooding => "flooding",
            Risk::Smuggling => "smuggling",
        }
    }
}

impl Stage<'_> {
    /// Why this is not to be played against somebody else's gateway; `None` where it may be, or nobody else's plays.
    pub(super) fn forbids(&self, allowed: &BTreeSet<Risk>) -> Option<String> {
        self.world.settling()?;
        if self.scenario.starts != LegalInstant::default().0 {
            return Some("it begins at an instant of its own, and the clocks of others show today".to_owned());
        }
        if self.scenario.sends().any(|send| send.tls == ClientTls::Implicit || send.auth == ClientAuth::Login) {
            return Some("it logs in by another way than the one that a target file names".to_owned());
        }
        let spans = self.scenario.steps.iter().filter_map(|step| match step {
            Step::Advance(span) => Some(span.0),
            _ => None,
        });
        let takes = spans.fold(SignedDuration::ZERO, SignedDuration::saturating_add);
        if !takes.is_zero() && !self.world.is_good_for(takes) {
            let days = takes.as_hours() / 24;
            return Some(format!(
                "it takes {days} days by the target's clock, and the other side's certificates end before: they hold for half a \
                 year from today; where earlier plays have taken most of it, set the clock back"
            ));
        }
        let missing = Risk::of(self.scenario).into_iter().find(|risk| !allowed.contains(risk))?;
        let what = match missing {
            Risk::Infected => "infected messages go",
            Risk::Flooding => "so much goes",
            Risk::Smuggling => "what looks like the end of a message, and is none, goes",
        };
        Some(format!("{what} to somebody else's gateway only with `--allow {missing}`"))
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

fn injected(step: &Step) -> Option<&Send> {
    match step {
        Step::Inject(inject) => inject.envelope.as_ref(),
        _ => None,
    }
}

fn is_infected(attachment: &Attachment) -> bool {
    attachment.virus.is_some() || attachment.mail.as_ref().is_some_and(|mail| mail.attach.iter().any(is_infected))
}
