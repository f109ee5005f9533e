//! `run --dry-run`: what would be sent, and to whom.

use crate::{
    cli::{CliError, Exit, stdout::Stdout},
    runner::{Plan, Play, Rehearsal, rehearse},
    shown::shown,
};

/// Prints a line for each message; nothing is sent, and nobody else's gateway is called.
pub fn dry_run(plan: &Plan) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CliError::NoRuntime)?;
    let (mut messages, mut skipped, mut exit) = (0, 0, Exit::Conforming);
    for Play { scenario, direction } in plan.plays() {
        let way = format!("{} {direction}", scenario.id);
        let told = match runtime.block_on(rehearse(scenario, direction, &plan.how)) {
            Ok(Rehearsal::Messages(planned)) => {
                messages += planned.iter().map(|one| one.times).sum::<usize>();
                planned.iter().map(|one| format!("{way}: {one}")).collect()
            }
            Ok(Rehearsal::Skipped(reason)) => {
                skipped += 1;
                vec![format!("{way}: skipped: {reason}")]
            }
            Err(error) => {
                exit = exit.worse(Exit::Trouble);
                vec![format!("{way}: {error}")]
            }
        };
        for line in told {
            Stdout::print(&format!("{}\n", shown(&line)))?;
        }
    }
    Stdout::print(&format!(
        "in all {messages} messages, {skipped} scenarios skipped; beside them, with somebody else's gateway, sentinel messages \
         between its users and the other side's wherever absence is concluded; nothing was sent\n"
    ))?;
    Ok(exit)
}
