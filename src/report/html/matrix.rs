//! The matrix of a run: a row for each scenario, a column for each ordered pair, a letter that leads to the play.

use std::collections::{BTreeMap, BTreeSet};

use super::{home::Home, plays::Play};
use crate::{evidence::Direction, report::shown};

/// How a play may end, by its letter.
pub(super) const OUTCOMES: [(&str, &str); 4] = [("p", "passed"), ("F", "failed"), ("E", "error"), ("s", "skipped")];

/// All of it.
pub(super) struct Matrix<'a> {
    pub columns: Vec<Column>,
    pub themes: Vec<Theme<'a>>,
}

pub(super) struct Column {
    pub sender: String,
    pub receiver: String,
}

/// Rows below a heading.
pub(super) struct Theme<'a> {
    pub name: &'a str,
    pub rows: Vec<Row<'a>>,
}

pub(super) struct Row<'a> {
    scenario: &'a str,
    /// The scenario within its theme.
    pub name: &'a str,
    pub title: &'a str,
    pub cells: Vec<Option<MatrixCell>>,
}

pub(super) struct MatrixCell {
    pub outcome: &'static str,
    pub letter: &'static str,
    pub href: String,
    pub number: usize,
}

impl<'a> Matrix<'a> {
    /// Of these plays, in their order. `planned` are the ordered pairs that were to be played; any beside them that was comes
    /// after.
    pub fn of(planned: &[Direction], plays: &'a BTreeMap<(String, Direction), Play>, home: &Home<'_>) -> Self {
        let mut columns: Vec<&Direction> = planned.iter().collect();
        let others: BTreeSet<&Direction> =
            plays.keys().map(|(_, direction)| direction).filter(|way| !planned.contains(way)).collect();
        columns.extend(others);
        let mut themes: Vec<Theme<'_>> = Vec::new();
        for (number, ((scenario, direction), play)) in plays.iter().enumerate() {
            let (theme, name) = scenario.split_once('/').unwrap_or(("", scenario));
            if themes.last().is_none_or(|before| before.name != theme) {
                themes.push(Theme { name: theme, rows: Vec::new() });
            }
            let Some(theme) = themes.last_mut() else { continue };
            if theme.rows.last().is_none_or(|row| row.scenario != scenario) {
                let cells = columns.iter().map(|_| None).collect();
                theme.rows.push(Row { scenario, name, title: &play.title, cells });
            }
            let Some(row) = theme.rows.last_mut() else { continue };
            let letter = OUTCOMES.iter().find(|(_, word)| *word == play.outcome).map_or("", |(letter, _)| letter);
            if let Some(at) = columns.iter().position(|column| *column == direction) {
                let href = home.place(&play.way).href;
                row.cells[at] = Some(MatrixCell { outcome: play.outcome, letter, href, number });
            }
        }
        let column = |way: &&Direction| Column { sender: shown(&way.sender), receiver: shown(&way.receiver) };
        Self { columns: columns.iter().map(column).collect(), themes }
    }
}
