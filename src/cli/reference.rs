//! `reference`: what messages are judged by, kept in the user's data folder, so that `check` needs no options.
//!
//! Roots and lists lie in `trust/`; directories in `directory/`, their names beginning with the day that they are of.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use etcetera::{BaseStrategy as _, choose_base_strategy};
use jiff::civil::Date;

use super::{CliError, Exit, stdout::Stdout, trust::Given, when};
use crate::{
    language::Language,
    shown::{path_text, shown},
};

/// Arguments of `reference`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Keep roots, revocation lists and directories; one of the same name takes the older one's place.
    Add {
        /// Certificates and lists (PEM, DER), directories (.ldif, .ldif.p7m).
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The day that a directory is of, such as 2026-03-02 [default: that of its signature, where it has one].
        #[arg(long, value_name = "DATE", value_parser = when::day)]
        of: Option<Date>,
    },
    /// Show what is kept, and of which day it is; the same without a word.
    List,
    /// Forget what is kept under these names.
    Remove {
        /// Names, as `reference list` shows them.
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}

/// The beginning of a directory's name, where nobody knows its day.
const UNDATED: &str = "undated";

/// Does what is asked.
pub fn reference(args: &Args, language: Language) -> Result<Exit, CliError> {
    let kept =
        Kept::find().ok_or_else(|| CliError::Reference("this system tells of no data folder of yours".into()))?;
    match &args.action {
        None | Some(Action::List) => kept.list(language)?,
        Some(Action::Add { files, of }) => files.iter().try_for_each(|file| kept.add(file, *of, language))?,
        Some(Action::Remove { names }) => names.iter().try_for_each(|name| kept.remove(name))?,
    }
    Ok(Exit::Conforming)
}

/// What is kept, read; nothing where nothing is.
pub fn kept() -> Result<Given, CliError> {
    let mut given = Given::default();
    let Some(kept) = Kept::find() else { return Ok(given) };
    if !files(&kept.trust())?.is_empty() {
        given.trust(&kept.trust())?;
    }
    // By name is by day, the undated ones last: versions are looked up oldest first, and these say no day.
    let mut directories = files(&kept.directory())?;
    directories.sort_by_key(|path| (day(path).is_some(), path.clone()));
    for path in directories {
        given.directory(&path, day(&path))?;
    }
    Ok(given)
}

/// The folder of what is kept.
struct Kept(PathBuf);

impl Kept {
    fn find() -> Option<Self> {
        Some(Self(choose_base_strategy().ok()?.data_dir().join("pec-conformance").join("reference")))
    }

    fn trust(&self) -> PathBuf {
        self.0.join("trust")
    }

    fn directory(&self) -> PathBuf {
        self.0.join("directory")
    }

    /// Keeps a file, if it is one to go by.
    fn add(&self, file: &Path, of: Option<Date>, language: Language) -> Result<(), CliError> {
        let name = file.file_name().and_then(OsStr::to_str);
        let name = name.ok_or_else(|| CliError::Reference(format!("{}: no name to keep it by", path_text(file))))?;
        let mut given = Given::default();
        let to = match (given.trust_file(file), given.directory(file, of)) {
            (Ok(()), _) => self.trust().join(name),
            (Err(_), Ok(day)) => {
                let day = day.map_or_else(|| UNDATED.to_owned(), |day| day.to_string());
                self.directory().join(format!("{day}-{name}"))
            }
            (Err(trust), Err(directory)) => {
                let nothing = format!("{} is nothing to go by: {trust}; {directory}", path_text(file));
                return Err(CliError::Reference(nothing));
            }
        };
        let folder = to.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder).map_err(|error| wrong(folder, error))?;
        fs::copy(file, &to).map_err(|error| wrong(&to, error))?;
        self.tell(&to, language)
    }

    fn remove(&self, name: &str) -> Result<(), CliError> {
        let plain = Path::new(name).file_name() == Some(OsStr::new(name));
        let kept = [self.trust(), self.directory()].map(|folder| folder.join(name));
        let found = kept.iter().find(|path| plain && path.is_file());
        let found = found.ok_or_else(|| CliError::Reference(format!("nothing is kept as {}", shown(name))))?;
        fs::remove_file(found).map_err(|error| wrong(found, error))
    }

    fn list(&self, language: Language) -> Result<(), CliError> {
        let kept = [files(&self.trust())?, files(&self.directory())?].concat();
        kept.iter().try_for_each(|path| self.tell(path, language))?;
        if kept.is_empty() {
            writeln!(Stdout::open(), "{}", language.say("reference-nothing")).map_err(CliError::Stdout)?;
        }
        Ok(())
    }

    /// A line for a file that is kept.
    fn tell(&self, path: &Path, language: Language) -> Result<(), CliError> {
        let name = path.file_name().map(|name| shown(&name.to_string_lossy())).unwrap_or_default();
        let what = if path.starts_with(self.trust()) {
            let mut given = Given::default();
            given.trust_file(path)?;
            let (anchors, lists) = (given.trust.anchors().len(), given.trust.crls().len());
            let issued = given.references().into_iter().find_map(|reference| reference.of);
            let told = language.say(if issued.is_some() { "reference-issued" } else { "reference-trust" });
            let told = told.with("certificates", language.count("certificate", anchors));
            let told = told.with("lists", language.count("revocation-list", lists));
            told.with("issued", issued.map(|at| language.instant(at)).unwrap_or_default())
        } else {
            match day(path) {
                Some(day) => language.say("reference-directory").with("day", day.to_string()),
                None => language.say("reference-undated"),
            }
        };
        writeln!(Stdout::open(), "{name}: {what}").map_err(CliError::Stdout)
    }
}

/// The day that the name of a directory begins with.
fn day(path: &Path) -> Option<Date> {
    path.file_name()?.to_str()?.get(..10)?.parse().ok()
}

/// The files of a folder, by name; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(folder, error)),
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn wrong(path: &Path, problem: std::io::Error) -> CliError {
    CliError::Unreadable { path: path.to_owned(), problem }
}
