//! What stands in the way of a command, and the exit code it means.

use std::{fmt, io, path::PathBuf};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::{Exit, color::Color, run::FolderError, stderr::say};
use crate::{
    archive::{LeftOut, Why},
    bundle::BundleError,
    catalogue::CatalogueError,
    diff::StreamError,
    evidence::disk::DiskError,
    merge::MergeError,
    norm::AsOf,
    report::Paint,
    scenario::{LoadError, SelectionError},
    serve::ServeError,
    shown::{path_text, shown},
    target::{TargetError, Trouble},
    yaml::Problem,
};

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CliError {
    /// The suite.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scenarios(#[from] LoadError),
    /// What is declared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Deviations(#[from] crate::known::LoadError),
    /// What was selected from it.
    #[error(transparent)]
    #[diagnostic(help(
        "a scenario is named by id or glob, folder, file, clause or section: `list`, `list clauses` and `list tags` show them"
    ))]
    Selection(#[from] SelectionError),
    /// What must be played is not of that.
    #[error("of what is selected to be played, {0} (--require-played)")]
    #[diagnostic(help("select it too, by its id or folder before the options"))]
    Required(SelectionError),
    /// The folder for the reports is somebody else's, or another run's.
    #[error(transparent)]
    #[diagnostic(help("name another folder with `--reports DIR`, or move what is in the way"))]
    Folder(FolderError),
    /// What is handed out to a provider's system.
    #[error(transparent)]
    Handout(crate::target::external::HandoutError),
    /// A target that does not start.
    #[error("nothing was played: {0}")]
    Target(TargetError),
    /// A target file's name is taken.
    #[error(
        "{}: reports call a target by its file's name, and `{name}` is a gateway inside this program",
        path_text(file)
    )]
    #[diagnostic(help("give the file another name"))]
    TargetName {
        /// Which.
        file: PathBuf,
        /// The name.
        name: String,
    },
    /// One gateway cannot be both.
    #[error("`{0}` cannot play both the sender and the receiver")]
    #[diagnostic(help("name two of: {}", crate::target::NAMES.join(", ")))]
    SameTarget(String),
    /// Whether everything is there is a question of who looked.
    #[error("`--require complete` needs `--view`")]
    #[diagnostic(help(
        "say whose mailboxes the messages are from, such as `--view sender`: only then is what is not there missing"
    ))]
    CompleteWithoutView,
    /// A path given on the command line.
    #[error("cannot read {}: {problem}", path_text(path))]
    #[diagnostic(help("paths are taken from the folder that the command is run in"))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// Something in the way of `check` that is none of what is judged, or could not be read.
    #[error("{}: {}", .0.name, .0.why)]
    #[diagnostic(help("{}", left_out_help(&.0.why)))]
    LeftOut(LeftOut),
    /// A message that cannot be read after all.
    #[error("{name}: not a mail message: {problem}")]
    #[diagnostic(help("give messages as they were received"))]
    NotMail {
        /// Which.
        name: String,
        /// Why.
        problem: String,
    },
    /// A part of a message, by itself.
    #[error("{name}: {what} by itself")]
    #[diagnostic(help("it is judged inside the message it belongs to; `inspect` shows it"))]
    Part {
        /// Which.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// Evidence on disk that does not hold what its manifest says, or cannot be read.
    #[error(transparent)]
    #[diagnostic(help("evidence is judged only as it was gathered: run again, or check its messages one by one"))]
    Evidence(#[from] DiskError),
    /// A run that cannot be compared.
    #[error(transparent)]
    #[diagnostic(help("give the folder that a run wrote to, or its run.jsonl"))]
    Stream(#[from] StreamError),
    /// Parts of a run that do not go together.
    #[error("nothing was put together: {0}")]
    #[diagnostic(help(
        "give the folder of every part of one run, each once; `--incomplete` takes those that there are, as of a run that was \
         broken off"
    ))]
    Merge(#[from] MergeError),
    /// A part lies where the whole is to.
    #[error("{} holds one of the parts", path_text(.0))]
    #[diagnostic(help("name another folder with `--reports DIR`"))]
    MergedInto(PathBuf),
    /// No bundle, or none that was asked for.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Evidence is messages, whole.
    #[error("a redacted run keeps no evidence: it is messages, whole")]
    #[diagnostic(help("leave `--evidence` away, or tell all with `--redact=no`"))]
    RedactedEvidence,
    /// `merge` judges evidence again.
    #[error("a part of a run is put together from its evidence, which a redacted one does not keep")]
    #[diagnostic(help("give `--redact=no` to each part and keep them to yourself, and `--redact` to `merge`"))]
    RedactedPart,
    /// No key for pseudonyms.
    #[error("nothing is redacted: {0}")]
    Redaction(String),
    /// Nobody to sign.
    #[error("nothing was signed: {0}")]
    #[diagnostic(help("a certificate and its RSA key are wanted, in PEM; the password in a variable or a file"))]
    Signer(String),
    /// The kept reference cannot be found, or lacks what is asked for.
    #[error("{0}")]
    Reference(String),
    /// Mistakes in a configuration file.
    #[error("nothing was started: the configuration is wrong")]
    Configuration(Vec<Problem>),
    /// A gateway that cannot be served, or not any more.
    #[error("{0}")]
    #[diagnostic(help("nothing was lost: what was accepted is in the folder of its data"))]
    Serve(ServeError),
    /// Nothing to trust.
    #[error("{} holds no certificate to trust: {problem}", path_text(path))]
    #[diagnostic(help(
        "expected a folder with the certificates of trusted roots, and revocation lists, in PEM or DER"
    ))]
    Trust {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// The providers' directory.
    #[error("{} is not a providers' directory: {problem}", path_text(path))]
    #[diagnostic(help("the directory is given as LDIF (RFC 6109 4.5), by itself or in its signature"))]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// An id that nothing has.
    #[error("nothing has the id `{id}`")]
    #[diagnostic(help("{}", near_help(near)))]
    Unknown {
        /// As given.
        id: String,
        /// Ids that are near, the nearest first.
        near: Vec<String>,
    },
    /// A day before the norm.
    #[error("no clause is in force as of {0}")]
    #[diagnostic(help("the oldest are those of 2 November 2005"))]
    NothingInForce(AsOf),
    /// No thread or no descriptor to begin with.
    #[error("nothing can be played: {0}")]
    #[diagnostic(help("a run needs some 30 open files and a thread per core: see `ulimit -n` and `ulimit -u`"))]
    NoRuntime(io::Error),
    /// An address that cannot be listened on.
    #[error("cannot listen on {address}: {problem}")]
    #[diagnostic(help("name another with `--port` or `--bind`"))]
    Listening {
        /// Which.
        address: std::net::SocketAddr,
        /// Why.
        problem: io::Error,
    },
    /// A folder that takes no files.
    #[error("cannot write into {}: {problem}", path_text(path))]
    #[diagnostic(help("name a folder that can be written to"))]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// stdout cannot be written.
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    /// What may happen and never should.
    #[error("internal error: {0}")]
    Internal(String),
}

fn near_help(near: &[String]) -> String {
    let lists =
        "`list rules`, `list clauses`, `list scenarios` and `list faults` show every id, `list terms` every term";
    if near.is_empty() { lists.to_owned() } else { format!("did you mean `{}`? {lists}", near.join("` or `")) }
}

fn left_out_help(why: &Why) -> &'static str {
    match why {
        Why::Unreadable(_) => "paths are taken from the folder that the command is run in",
        Why::NotCertificate(_) => "certificates are given as PEM or DER",
        Why::TooLarge(_) | Why::Beyond(_) | Why::TooDeep(_) => "everything up to the bound was judged",
        Why::CutOff | Why::BeforeTheFirst(_) => "what the mailbox holds besides is judged",
        _ => {
            "give messages as they were received, mailboxes (mbox, Maildir), directories (LDIF, also signed), certificates \
             (PEM, DER), zips and folders of these, or the evidence of an earlier run"
        }
    }
}

impl From<LeftOut> for CliError {
    fn from(left_out: LeftOut) -> Self {
        Self::LeftOut(left_out)
    }
}

impl From<CatalogueError> for CliError {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::Scenarios(error) => error.into(),
            CatalogueError::Faults(error) => CliError::Internal(error.to_string()),
        }
    }
}

impl CliError {
    /// The exit code it means.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Selection(error) | CliError::Required(error) if !matches!(error, SelectionError::Glob { .. }) => {
                Exit::Nothing
            }
            CliError::Scenarios(LoadError::Empty { .. })
            | CliError::LeftOut(LeftOut { why: Why::NothingInside, .. })
            | CliError::NothingInForce(_) => Exit::Nothing,
            CliError::Target(error) if error.trouble == Trouble::Configuration => Exit::Usage,
            CliError::Handout(_)
            | CliError::Target(_)
            | CliError::NoRuntime(_)
            | CliError::Serve(_)
            | CliError::Listening { .. }
            | CliError::Unwritten { .. }
            | CliError::Bundle(BundleError::Unwritten { .. } | BundleError::Changed(_))
            | CliError::Stdout(_)
            | CliError::Internal(_) => Exit::Trouble,
            _ => Exit::Usage,
        }
    }

    /// Shows it on stderr.
    pub fn show(&self, color: Color) {
        let theme = match color.on(&io::stderr()) {
            Paint::Colored => GraphicalTheme::unicode(),
            Paint::Plain => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
        let draw = |diagnostic: &dyn Diagnostic| {
            let (spelt, mut picture) = (Spelt(diagnostic), String::new());
            match handler.render_report(&mut picture, &spelt) {
                Ok(()) => say(&picture),
                Err(_) => say(&format!("{spelt}\n")),
            }
        };
        let problems = match self {
            CliError::Configuration(problems) | CliError::Scenarios(LoadError::Files { problems }) => problems,
            CliError::Deviations(error) => &error.problems,
            _ => return draw(self),
        };
        for problem in problems.iter().take(DRAWN) {
            draw(problem);
        }
        if problems.len() > DRAWN {
            say(&format!("and {} more\n", problems.len() - DRAWN));
        }
        say(&format!("{self}\n"));
    }
}

/// As many mistakes are drawn; the others are counted.
const DRAWN: usize = 20;

/// An error whose words are fit to be shown: names, arguments and what files say may all be hostile. What is drawn of a
/// source is [`Problem`]'s to keep so.
#[derive(Debug)]
struct Spelt<'d>(&'d dyn Diagnostic);

impl fmt::Display for Spelt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0.to_string()))
    }
}

impl std::error::Error for Spelt<'_> {}

impl Diagnostic for Spelt<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(shown(&self.0.help()?.to_string())))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}

/// A warning on stderr: the command goes on.
pub fn warn(text: &str) {
    say(&format!("warning: {}\n", shown(text)));
}
