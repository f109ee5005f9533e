//! A scenario's steps, one after the other.

use jiff::SignedDuration;

use super::{progress::Told, stage::Stage, waiting::Awaited};
use crate::{
    scenario::{
        change::Change,
        locate::Step as Down,
        model::{Expectation, Step},
    },
    target::{Need, TargetError},
};

/// How long absence is waited for after the last step: longer than any notice may take (RFC 6109 3.1.6).
const AFTERMATH: SignedDuration = SignedDuration::from_hours(25);

impl Stage<'_> {
    /// Plays every step, then waits until nothing more is due.
    pub async fn play(&self) -> Result<(), TargetError> {
        // What lies there already is not ours.
        self.look().await?;
        self.progress().shelves.values_mut().for_each(|shelf| shelf.messages.clear());
        for (index, step) in self.scenario.steps.iter().enumerate() {
            let at = vec![Down::from("steps"), Down::Item(index)];
            self.progress().at.clone_from(&at);
            match step {
                Step::Send(send) => self.send(send).await?,
                Step::Together(sends) => self.together(sends).await?,
                Step::Inject(inject) => {
                    self.announce(inject.id(), [at, vec!["inject".into()]].concat(), &[]);
                    self.inject(inject).await?;
                }
                Step::Again(id) => self.again(id).await?,
                Step::Dialogue(dialogue) => {
                    self.dialogue(dialogue, &[at, vec!["dialogue".into()]].concat()).await?;
                }
                Step::Change(change) => self.change(change).await?,
                Step::Advance(span) => self.advance(span.0).await?,
                Step::Expect(expectation) => {
                    let arrivals = self.arrivals(Awaited::All(expectation)).await?;
                    self.expect(expectation, &[at, vec!["expect".into()]].concat(), &arrivals);
                }
                Step::Either(alternatives) => {
                    let arrivals = self.arrivals(Awaited::One(alternatives)).await?;
                    self.either(alternatives, &[at, vec!["either".into()]].concat(), &arrivals);
                }
                Step::ExpectFindings(findings) => {
                    for (id, rules) in findings {
                        self.announce(
                            id,
                            [at.clone(), vec!["expect-findings".into(), id.as_str().into()]].concat(),
                            rules,
                        );
                    }
                }
            }
        }
        self.aftermath().await
    }

    /// Nothing more may come than was expected.
    async fn aftermath(&self) -> Result<(), TargetError> {
        match self.world.roles().find_map(|role| self.world.lacks(role, Need::Clock)) {
            None => self.advance(AFTERMATH).await?,
            Some(reason) => self.progress().notes.push(format!("late notices were not waited for: {reason}")),
        }
        let arrivals = self.arrivals(Awaited::Nothing).await?;
        self.world.read_logs().await?;
        self.expect(&Expectation::new(), &vec!["steps".into()], &arrivals);
        self.given_up();
        self.progress().watched_until = Some(self.world.now());
        Ok(())
    }

    async fn change(&self, change: &Change) -> Result<(), TargetError> {
        self.settle().await?;
        self.world.change(change).await?;
        self.progress().told.push(Told::Changed(change.sentences()));
        self.settle().await
    }

    async fn advance(&self, by: SignedDuration) -> Result<(), TargetError> {
        self.settle().await?;
        // Where clocks run, waiting has taken them beyond where the scenario was: that counts in, or twelve hours and the
        // minutes waited before are more than twelve hours.
        let now = self.world.now();
        let wanted = self.progress().reached.unwrap_or(now) + by;
        self.progress().reached = Some(wanted);
        self.world.advance(wanted.duration_since(now).max(SignedDuration::ZERO)).await?;
        self.progress().told.push(Told::Advanced(by));
        self.try_again().await
    }
}
