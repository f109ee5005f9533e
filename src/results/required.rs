//! Answers that someone requires (`--require`), and how often they are not yes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Event;
use crate::rules::Answer;

/// One of the four questions about what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Whether the signature holds over the bytes.
    Intact,
    /// Whether a listed provider signed it.
    Origin,
    /// Whether it is as the norm wants it.
    Form,
    /// Whether everything of its submission is there that could have been seen (with --view).
    Complete,
}

/// How a required answer came out, over everything that was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Required {
    /// How often it is yes.
    pub yes: usize,
    /// How often it is no.
    pub no: usize,
    /// How often it cannot be told.
    pub cannot_tell: usize,
}

impl Question {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Question::Intact => "intact",
            Question::Origin => "origin",
            Question::Form => "form",
            Question::Complete => "complete",
        }
    }
}

impl Required {
    fn count(&mut self, answer: &Answer) {
        *match answer {
            Answer::Yes(_) => &mut self.yes,
            Answer::No(_) => &mut self.no,
            Answer::CannotTell(_) => &mut self.cannot_tell,
        } += 1;
    }

    /// Whether it was asked of nothing: then it is not yes either.
    pub fn is_unasked(self) -> bool {
        self == Self::default()
    }
}

/// Counts what an event answers of the questions that are required.
pub fn require(required: &mut BTreeMap<Question, Required>, event: &Event<'_>) {
    let answered = |question: Question| match (question, event) {
        (Question::Complete, Event::Submission(submission)) => Some(submission.complete.clone()),
        (Question::Complete, _) => None,
        (_, Event::Checked(checked)) => match &checked.lone {
            Some(alone) => Some(match question {
                Question::Intact => alone.answers.intact.clone(),
                Question::Origin => alone.answers.origin.clone(),
                Question::Form | Question::Complete => alone.answers.form.clone(),
            }),
            None if checked.evidence.observations.is_empty() => None,
            None => Some(Answer::CannotTell("the evidence of a run is judged as a whole".to_owned())),
        },
        _ => None,
    };
    for (question, required) in required {
        if let Some(answer) = answered(*question) {
            required.count(&answer);
        }
    }
}
