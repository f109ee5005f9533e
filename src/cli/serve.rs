//! `serve`: a reference gateway as a program of its own.

use std::{
    fmt, io,
    io::{BufRead as _, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;
use tokio::{sync::mpsc, time::MissedTickBehavior};

use super::{
    CliError, Exit,
    error::warn,
    signals::{Asked, Served},
    stdout::Stdout,
};
use crate::{
    bounded::{self, MIB},
    serve::{Config, Order, ServeError, Serving, demo},
    shown::path_text,
    threads, yaml,
};

/// Octets of a configuration at most.
const LARGEST: u64 = MIB;
/// Octets of a line of control at most.
const LONGEST: u64 = 4096;
/// Events a core that wait for the disk at a time: the journal writes them together.
const WAITING: usize = 8;
/// How often it is looked whether a file has changed.
const LOOK: Duration = Duration::from_secs(1);
/// After so many looks what was kept for 30 months is forgotten: once an hour.
const LOOKS: u32 = 3600;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The gateway, described: `schema gateway` prints the form of such a file.
    #[arg(value_name = "FILE", required_unless_present = "demo", conflicts_with = "demo")]
    file: Option<PathBuf>,
    /// Serve a gateway to try mail programs with, kept in a folder: its ports, accounts and CA file are printed, and a first
    /// message is sent and received.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "pec-demo")]
    demo: Option<PathBuf>,
    /// Be told things while it runs, a line each: `advance 12h` moves its clock, `route DOMAIN HOST:PORT [NAME]`, `reread`,
    /// `stop`; each is answered by a line, `advance` once what was due is done. The end of the lines is a `stop`.
    #[arg(long, value_enum, value_name = "FROM")]
    control: Option<Control>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Control {
    /// Standard input.
    Stdin,
}

/// A line on stdout.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Listening { service: &'static str, address: SocketAddr },
    Account { user: String, password: &'a str },
    Ca { file: String },
    FirstMessage { from: &'a str, to: &'a str, answer: String },
    Ready { now: Timestamp, data: String },
    Done { control: &'a str, now: Timestamp },
    Failed { control: &'a str, why: String },
    Reread { now: Timestamp },
    Stopped { now: Timestamp },
}

/// Serves until it is told to stop.
pub fn serve(args: &Args) -> Result<Exit, CliError> {
    let path = match (&args.file, &args.demo) {
        (_, Some(folder)) => demo::configuration(folder)
            .map_err(|problem| CliError::Serve(ServeError::Data { path: folder.clone(), problem }))?,
        (Some(file), None) => file.clone(),
        (None, None) => return Err(CliError::Internal("neither a file nor a demo".to_owned())),
    };
    let unreadable = |problem| CliError::Unreadable { path: path.clone(), problem };
    let source = bounded::read_text(&path, LARGEST).map_err(unreadable)?;
    let (file, source) = (path_text(&path), yaml::unmarked(&source));
    let wanted = "a gateway has a `dialect` and a folder for its `data`";
    let config: Config = yaml::read(&file, source, wanted).map_err(CliError::Configuration)?;
    let wrong = |error: ServeError| match error.drawn(&file, source) {
        Ok(problem) => CliError::Configuration(vec![problem]),
        Err(error) => CliError::Serve(error),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let runtime = threads::runtime(cores, cores * WAITING).map_err(CliError::NoRuntime)?;
    let served = runtime.block_on(async {
        let signals = Served::catch().map_err(CliError::NoRuntime)?;
        let serving = Serving::start(config, folder).await.map_err(wrong)?;
        tell_start(&serving)?;
        if args.demo.is_some() {
            show(&serving, folder).await?;
        }
        tell(&Line::Ready { now: serving.now(), data: path_text(&serving.data()) })?;
        run(serving, signals, args.control).await
    });
    // Whoever reads standard input cannot be told to stop.
    runtime.shutdown_background();
    served
}

fn tell_start(serving: &Serving) -> Result<(), CliError> {
    for (service, address) in serving.listening() {
        tell(&Line::Listening { service, address })?;
    }
    Ok(())
}

/// Tells who can log in and whom to trust, and lets one write to the other.
async fn show(serving: &Serving, folder: &Path) -> Result<(), CliError> {
    let mut passwords = Vec::new();
    for user in demo::USERS {
        let path = folder.join(format!("{user}.secret"));
        let secret = bounded::read_text(&path, LARGEST).map_err(|problem| CliError::Unreadable { path, problem })?;
        tell(&Line::Account { user: serving.address(user), password: secret.trim_end() })?;
        passwords.push(secret);
    }
    tell(&Line::Ca { file: path_text(&serving.data().join("public/tls-root.pem")) })?;
    let [from, to] = demo::USERS.map(|user| serving.address(user));
    let answer = serving.first_message(&from, passwords[0].trim_end(), &to).await.map_err(CliError::Serve)?;
    tell(&Line::FirstMessage { from: &from, to: &to, answer })
}

async fn run(mut serving: Serving, mut signals: Served, control: Option<Control>) -> Result<Exit, CliError> {
    let mut told = control.map(|Control::Stdin| lines()).transpose().map_err(CliError::NoRuntime)?;
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        let asked = tokio::select! {
            asked = signals.next() => asked.unwrap_or(Asked::Stop),
            line = next(&mut told) => match line {
                Some(line) => match obey(&mut serving, &line).await? {
                    Some(asked) => asked,
                    None => continue,
                },
                None => Asked::Stop,
            },
            _ = look.tick() => {
                if let Some(trouble) = serving.broken() {
                    return Err(CliError::Serve(trouble));
                }
                looks = looks.wrapping_add(1);
                if looks.is_multiple_of(LOOKS) {
                    serving.keep_no_longer();
                }
                match serving.reread_if_changed() {
                    Ok(true) => tell(&Line::Reread { now: serving.now() })?,
                    Ok(false) => {}
                    Err(error) => warn(&format!("{error}; the gateway goes on by what it had")),
                }
                continue;
            }
        };
        match asked {
            Asked::Reread => match serving.reread() {
                Ok(()) => tell(&Line::Reread { now: serving.now() })?,
                Err(error) => warn(&format!("{error}; the gateway goes on by what it had")),
            },
            Asked::Stop => break,
        }
    }
    let now = serving.now();
    serving.stop().await;
    tell(&Line::Stopped { now })?;
    Ok(Exit::Conforming)
}

/// Does what a line says and answers it; what is left to be done.
async fn obey(serving: &mut Serving, line: &str) -> Result<Option<Asked>, CliError> {
    let failed = |why: &dyn fmt::Display| tell(&Line::Failed { control: line, why: why.to_string() });
    match line.parse::<Order>() {
        Ok(Order::Advance(span)) => serving.advance(span).await,
        Ok(Order::Route(domain, destination)) => serving.route(&domain, &destination),
        Ok(Order::Reread) => {
            if let Err(error) = serving.reread() {
                return failed(&error).map(|()| None);
            }
        }
        Ok(Order::Stop) => return Ok(Some(Asked::Stop)),
        Err(problem) => return failed(&problem).map(|()| None),
    }
    tell(&Line::Done { control: line, now: serving.now() })?;
    Ok(None)
}

/// The next line; never one where none can come.
async fn next(told: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match told {
        Some(told) => told.recv().await,
        None => std::future::pending().await,
    }
}

/// The lines of standard input, one behind the other; what is no text or far too long ends them.
fn lines() -> io::Result<mpsc::Receiver<String>> {
    let (sender, receiver) = mpsc::channel(1);
    thread::Builder::new().name("control".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut line = String::new();
            match input.by_ref().take(LONGEST).read_line(&mut line) {
                Ok(read) if read > 0 && line.ends_with('\n') => {
                    if sender.blocking_send(line.trim_end().to_owned()).is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    })?;
    Ok(receiver)
}

fn tell(line: &Line<'_>) -> Result<(), CliError> {
    let text = serde_json::to_string(line).map_err(|error| CliError::Internal(error.to_string()))?;
    Stdout::print(&(text + "\n"))
}
