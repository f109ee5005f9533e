//! Exit codes: the one list, read by `--help`, the README and whoever runs this in a pipeline.

use std::{fmt::Write as _, process::ExitCode};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Something was exercised and nothing was wrong.
    Conforming,
    /// The norm, or an expectation of a scenario, was broken; or an answer that was required is no.
    NonConforming,
    /// The command line, a configuration or a scenario is wrong.
    Usage,
    /// A target out of reach, the harness itself, a report that could not be written, an interrupted run.
    Trouble,
    /// Nothing was selected, or nothing was exercised.
    Nothing,
    /// An answer that was required cannot be told.
    Untold,
}

impl Exit {
    /// Every code, in the order of their numbers.
    pub const ALL: [Exit; 6] =
        [Exit::Conforming, Exit::NonConforming, Exit::Usage, Exit::Trouble, Exit::Nothing, Exit::Untold];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Conforming => 0,
            Exit::NonConforming => 1,
            Exit::Usage => 2,
            Exit::Trouble => 3,
            Exit::Nothing => 4,
            Exit::Untold => 5,
        }
    }

    /// What the number says, as `--help` and the README print it.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Conforming => {
                "conforming; of `check`: no violation found, and every required answer is yes; of `diff`: nothing is \
                 worse; of `serve`: ended when it was told to"
            }
            Exit::NonConforming => {
                "non-conformity, or a declared deviation that does not hold; of `diff`: something is worse"
            }
            Exit::Usage => "usage, configuration or scenario error",
            Exit::Trouble => {
                "infrastructure: a target out of reach, the harness itself, a report not written, an interrupted run"
            }
            Exit::Nothing => "nothing selected or nothing exercised",
            Exit::Untold => "a required answer cannot be told",
        }
    }

    /// What a run says when it ends so.
    pub fn of_run(self) -> &'static str {
        match self {
            Exit::Conforming => "conforming",
            Exit::NonConforming => "non-conformity",
            _ => self.meaning(),
        }
    }

    /// What a check says when it ends so: nobody saw what was not given, so it never says that all is well.
    pub fn of_check(self) -> &'static str {
        if self == Exit::Conforming { "no violation found" } else { self.of_run() }
    }

    /// The one that counts where several apply: 2, 3, 4, 1, then 5, so that trouble never reads as a verdict.
    #[must_use]
    pub fn worse(self, other: Exit) -> Exit {
        let weight = |exit| match exit {
            Exit::Conforming => 0,
            Exit::Untold => 1,
            Exit::NonConforming => 2,
            Exit::Nothing => 3,
            Exit::Trouble => 4,
            Exit::Usage => 5,
        };
        if weight(other) > weight(self) { other } else { self }
    }

    /// The list for `--help`.
    pub fn help() -> String {
        let mut help = String::from("Exit codes (where several apply: 2, 3, 4, 1, then 5):\n");
        for exit in Exit::ALL {
            writeln!(help, "  {}  {}", exit.code(), exit.meaning()).expect("a string takes all that is written");
        }
        help
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn trouble_never_reads_as_a_verdict() {
        let order = [Exit::Conforming, Exit::Untold, Exit::NonConforming, Exit::Nothing, Exit::Trouble, Exit::Usage];
        for (i, better) in order.iter().enumerate() {
            for worse in &order[i..] {
                assert_eq!((better.worse(*worse), worse.worse(*better)), (*worse, *worse));
            }
        }
    }

    #[test]
    fn help_lists_every_code_in_order() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5]);
        assert!(Exit::ALL.iter().all(|exit| Exit::help().contains(&format!(
            "  {}  {}\n",
            exit.code(),
            exit.meaning()
        ))));
    }

    #[test]
    fn a_check_never_says_that_all_is_well() {
        assert!(Exit::ALL.iter().all(|exit| !exit.of_check().starts_with("conforming")));
    }
}
