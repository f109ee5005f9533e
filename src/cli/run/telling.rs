//! What a run comes to, told in every report and kept on disk, whether it was just played or is put together of its parts.

use std::{collections::BTreeSet, path::Path, time::Duration};

use super::{
    Format,
    folder::{Folder, FolderError, Written},
};
use crate::{
    cli::{
        CliError, Exit,
        ci::{self, System},
        error::warn,
        known::{Declared, Settled},
        stderr::say,
        stdout::Stdout,
    },
    known::Extent,
    redact::Redactor,
    report::{JsonStream, Progress, Reports, RuleSet, Style, Terminal},
    results::{Cell, CellOutcome, Closing, Ending, Event, PlayTally, Totals},
    rules,
    shown::path_text,
};

/// How a run is told.
pub struct Manner {
    /// What is printed.
    pub format: Format,
    /// In which language, and how.
    pub style: Style,
    /// Which CI system is told too.
    pub system: System,
    /// What takes out of everything what is somebody's, where that is wanted.
    pub redactor: Option<Redactor>,
}

/// A run under way, as it is told.
pub struct Telling {
    reports: Reports,
    folder: Option<Folder>,
    written: Option<Written>,
    exit: Exit,
    declared: Declared,
    tally: PlayTally,
    /// Whether evidence is to be kept of what fails.
    keeps_evidence: bool,
    /// The ids of scenarios that must have been played.
    required: BTreeSet<String>,
    redactor: Option<Redactor>,
}

impl Telling {
    /// Makes the folder ready and opens every report.
    pub fn begin(path: &Path, manner: Manner, declared: Declared, tally: PlayTally) -> Result<Self, CliError> {
        let Manner { format, style, system, redactor } = manner;
        let mut reports = Reports::default();
        reports.add("progress", Progress::on_stderr(style.language));
        let (mut exit, mut written) = (Exit::Conforming, None);
        let folder = match Folder::prepare(path) {
            Ok(folder) => Some(folder),
            Err(FolderError::Io(problem)) => {
                warn(&format!(
                    "nothing can be written to {}: {problem}; the run goes on without reports and evidence",
                    path_text(path)
                ));
                exit = Exit::Trouble;
                None
            }
            Err(refused) => return Err(CliError::Folder(refused)),
        };
        if let Some(folder) = &folder {
            written = Some(folder.open(&mut reports, system).map_err(CliError::NoRuntime)?);
            if let Some(earlier) = &folder.earlier {
                say(&format!("what an earlier run left is kept in {}\n", path_text(earlier)));
            }
        }
        ci::summarised(system, &mut reports);
        let terminal = || Terminal::new(Stdout::open(), style);
        match format {
            Format::Terminal if system == System::Github => reports.add("stdout", ci::annotated(Box::new(terminal()))),
            Format::Terminal => reports.add("stdout", terminal()),
            Format::Json => reports.add("stdout", JsonStream::new(Stdout::open(), RuleSet::of(rules::all()))),
        }
        Ok(Self {
            reports,
            folder,
            written,
            exit,
            declared,
            tally,
            keeps_evidence: false,
            required: BTreeSet::new(),
            redactor,
        })
    }

    /// These must have been played.
    pub fn require(&mut self, scenarios: BTreeSet<String>) {
        self.required = scenarios;
    }

    /// Where evidence goes from now on, which is kept; nowhere without a folder.
    pub fn keep_evidence(&mut self) -> Option<std::path::PathBuf> {
        let evidence = self.folder.as_ref().map(Folder::evidence);
        self.keeps_evidence = evidence.is_some();
        evidence
    }

    /// Something happened.
    pub fn event(&mut self, mut event: Event<'_>) {
        if let Event::Finished(cell) = &mut event {
            self.declared.cell(cell);
            self.tally.count(cell);
        }
        if let Some(redactor) = &mut self.redactor {
            redactor.event(&mut event);
        }
        if let Event::Finished(cell) = &event {
            self.cell(cell);
        }
        self.reports.event(&event);
    }

    /// Takes note of a cell and its evidence.
    fn cell(&mut self, cell: &Cell) {
        if let CellOutcome::Skipped(reason) = &cell.outcome
            && self.required.contains(&cell.scenario)
        {
            warn(&format!("{} was to be played: {reason}", cell.scenario));
            self.exit = self.exit.worse(Exit::Nothing);
        }
        let Some(written) = &mut self.written else { return };
        match &cell.evidence {
            Some(folder) => written.add(folder),
            // A failure without its evidence: the verdict stands, and something is wrong with the disk.
            None if self.keeps_evidence && cell.outcome == CellOutcome::Failed => {
                self.exit = self.exit.worse(Exit::Trouble);
            }
            None => {}
        }
    }

    /// How many plays there are none of.
    pub fn not_played(&self) -> usize {
        self.tally.not_played
    }

    /// It is over: closes every report; what the process exits with. `whole` is whether everything that could have been asked
    /// was to be.
    pub fn close(mut self, ending: Ending, took: Duration, whole: bool) -> Exit {
        let is_there = self.written.as_ref().is_none_or(|written| written.gone().is_empty());
        let kept = if is_there { self.exit } else { self.exit.worse(Exit::Trouble) };
        let extent = Extent { asked_all: whole && ending == Ending::Complete, names_all: true };
        let tally = self.tally;
        let Settled { exit: settled, words, reckoning } =
            self.declared.close(extent, others(&tally, ending), tally.failed > 0);
        let exit = settled.worse(kept);
        self.reports.close(|broken| {
            let exit = if broken.is_empty() { exit } else { exit.worse(Exit::Trouble) };
            let words = words.clone().filter(|_| exit == settled).unwrap_or_else(|| exit.of_run().to_owned());
            let (totals, known) = (Totals::Plays(tally.clone()), reckoning.clone());
            Closing { totals, ending, exit: (exit.code(), words), known, took }
        });
        for (name, problem) in self.reports.broken() {
            warn(&format!("{name} could not be written: {problem}"));
        }
        let gone = self.written.as_ref().map(Written::gone_after_all).unwrap_or_default();
        for path in &gone {
            warn(&format!("{} is not where it was written: it was moved or deleted meanwhile", path_text(path)));
        }
        if self.reports.broken().is_empty() && gone.is_empty() { exit } else { exit.worse(Exit::Trouble) }
    }
}

/// What a run comes to, what failed left aside.
fn others(tally: &PlayTally, ending: Ending) -> Exit {
    let mut exit = Exit::Conforming;
    if !tally.exercised_anything() {
        exit = exit.worse(Exit::Nothing);
    }
    if tally.misconfigured > 0 {
        exit = exit.worse(Exit::Usage);
    }
    if tally.error > tally.misconfigured || tally.broken_rules > 0 || ending == Ending::Interrupted {
        exit = exit.worse(Exit::Trouble);
    }
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_follows_what_was_counted() {
        let tally =
            |passed, failed, error, skipped| PlayTally { passed, failed, error, skipped, ..PlayTally::default() };
        let verdict = |tally: &PlayTally, ending| {
            let others = others(tally, ending);
            if tally.failed > 0 { others.worse(Exit::NonConforming) } else { others }
        };
        let complete = |tally: PlayTally| verdict(&tally, Ending::Complete);
        assert_eq!(complete(tally(2, 0, 0, 1)), Exit::Conforming);
        assert_eq!(complete(tally(2, 1, 0, 0)), Exit::NonConforming);
        assert_eq!(complete(tally(2, 1, 1, 0)), Exit::Trouble);
        assert_eq!(complete(tally(0, 0, 0, 3)), Exit::Nothing);
        assert_eq!(complete(tally(0, 0, 1, 0)), Exit::Trouble);
        assert_eq!(complete(PlayTally { broken_rules: 1, ..tally(1, 0, 0, 0) }), Exit::Trouble);
        assert_eq!(complete(PlayTally { misconfigured: 1, ..tally(1, 1, 1, 0) }), Exit::Usage);
        assert_eq!(verdict(&tally(1, 1, 0, 0), Ending::Interrupted), Exit::Trouble);
        assert_eq!(verdict(&tally(1, 1, 0, 0), Ending::FailFast), Exit::NonConforming);
    }
}
