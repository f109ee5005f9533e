//! Where what a page leads to lies: what a run left beside it, and the plays, which stand in the page or in files of their own.

use std::path::Path;

use crate::{
    report::uri,
    shown::{shown, shown_path},
};

/// The page that everything of a run begins at.
const REPORT: &str = "report.html";
/// The folder of plays that have files of their own, beside it.
pub const PLAYS: &str = "plays";

/// Where plays are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plays {
    /// In sections of the one page.
    Here,
    /// In a file each: there are too many for one page.
    Apart,
}

/// Where a page lies, by what leads from it to the others.
pub(super) struct Home<'a> {
    /// The folder of the run.
    folder: &'a Path,
    /// The way there from the page, to which others are added.
    up: String,
    plays: Plays,
}

/// Something on the disk that the page leads to.
pub(super) struct Link {
    pub href: String,
    pub name: String,
}

/// Where a play is told of.
pub(super) struct Place {
    /// The name of its section.
    pub anchor: String,
    /// What leads there.
    pub href: String,
    /// As people read it.
    pub name: String,
}

impl<'a> Home<'a> {
    /// Of the page that everything begins at, which lies in `folder`.
    pub fn new(folder: &'a Path, plays: Plays) -> Self {
        Self { folder, up: String::new(), plays }
    }

    /// Of a page that leads to no play, and to nothing beside it.
    pub fn alone() -> Self {
        Self::new(Path::new(""), Plays::Here)
    }

    /// Of the page that tells of a play, by the way to its evidence.
    pub fn of_play(folder: &'a Path, plays: Plays, way: &str) -> Self {
        let up = match plays {
            Plays::Here => String::new(),
            Plays::Apart => "../".repeat(way.split('/').count()),
        };
        Self { folder, up, plays }
    }

    /// To a file or folder of the run.
    pub fn link(&self, path: &Path) -> Link {
        let path = path.strip_prefix(self.folder).unwrap_or(path);
        Link { href: format!("{}{}", self.up, uri(path)), name: shown_path(path) }
    }

    /// To a play, by the way to its evidence.
    pub fn place(&self, way: &str) -> Place {
        let anchor = uri(Path::new(way));
        let href = match self.plays {
            Plays::Here => format!("#{anchor}"),
            Plays::Apart => format!("{}{PLAYS}/{anchor}.html#{anchor}", self.up),
        };
        Place { anchor, href, name: shown(way) }
    }

    /// Back to all of it.
    pub fn back(&self) -> String {
        if self.up.is_empty() { "#".to_owned() } else { format!("{}{REPORT}", self.up) }
    }

    /// To the folder of what all pages of plays share.
    pub fn shared(&self) -> String {
        format!("{}{PLAYS}/", self.up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_from_a_play_begins_where_it_is_told_of() {
        let (run, way) = (Path::new("reports"), "delivery/complete/a b-bravo");
        let evidence = run.join("evidence").join(way);
        for (plays, place, file, back) in [
            (Plays::Here, "#delivery/complete/a%20b-bravo", "evidence/delivery/complete/a%20b-bravo", "#"),
            (
                Plays::Apart,
                "../../../plays/delivery/complete/a%20b-bravo.html#delivery/complete/a%20b-bravo",
                "../../../evidence/delivery/complete/a%20b-bravo",
                "../../../report.html",
            ),
        ] {
            let home = Home::of_play(run, plays, way);
            assert_eq!((&*home.place(way).href, &*home.link(&evidence).href, &*home.back()), (place, file, back));
        }
    }
}
