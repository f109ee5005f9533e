//! A small table, as text in columns or as Markdown.

use std::fmt::Write as _;

/// Rows under a head; the first column holds words, the others numbers.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(head: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { head: head.into_iter().map(|word| word.to_string()).collect(), rows: Vec::new() }
    }

    /// Adds a row: its name, then its numbers.
    pub fn row(&mut self, name: impl Into<String>, numbers: impl IntoIterator<Item = String>) {
        self.rows.push([name.into()].into_iter().chain(numbers).collect());
    }

    /// In columns.
    pub fn text(&self) -> String {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| lines().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        lines().fold(String::new(), |mut text, line| {
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                let done = if column == 0 { write!(text, "{cell:<width$}") } else { write!(text, "  {cell:>width$}") };
                done.expect("a string takes it");
            }
            text + "\n"
        })
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> =
            (0..self.head.len()).map(|column| if column == 0 { "---" } else { "---:" }.to_owned()).collect();
        line(&self.head) + &line(&rule) + &self.rows.iter().map(|row| line(row)).collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_table_is_the_same_in_both_forms() {
        let mut table = Table::new(["level", "clauses"]);
        table.row("MUST", ["210".to_owned()]);
        table.row("all of them", ["7".to_owned()]);
        assert_eq!(table.text(), "level        clauses\nMUST             210\nall of them        7\n");
        assert_eq!(table.markdown(), "| level | clauses |\n| --- | ---: |\n| MUST | 210 |\n| all of them | 7 |\n");
    }
}
