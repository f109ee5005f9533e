//! `page`: a web page for who has no terminal, and the same over HTTP.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    thread,
    time::Duration,
};

use clap::builder::RangedU64ValueParser;
use tokio::net::TcpListener;

use super::{
    CliError, Exit,
    check::{self, judge},
    error::warn,
    known::Deviations,
    reference, signals,
    stdout::Stdout,
    trust::Given,
};
use crate::{
    archive::Limits,
    bounded::MIB,
    page::{Bounds, GivenUp, Job, Judge, Page, Refusal, serve},
    report::{Report, Style},
    results::{self, Event},
    rules::Reference,
    threads,
};

/// Octets of a report at most.
const LARGEST: u64 = 1024 * MIB;
/// How long what is being judged is waited for at the end: it breaks off after the message that it is at.
const LAST: Duration = Duration::from_secs(10);

/// Arguments of `page`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port; 0 is any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Show the page in the browser that is usually used.
    #[arg(long)]
    open: bool,
    /// The address to listen on. Whoever reaches it may have messages judged: there is neither password nor TLS.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// A name that the page is reached by, beside `localhost` and addresses; several, with commas.
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    name: Vec<String>,
    /// MiB that one upload may have.
    #[arg(long, value_name = "MIB", default_value_t = Bounds::default().upload / MIB, value_parser = up_to(1 << 20))]
    upload: u64,
    /// MiB that all uploads may have that are being taken or judged.
    #[arg(long, value_name = "MIB", default_value_t = Bounds::default().total / MIB, value_parser = up_to(1 << 20))]
    total: u64,
    /// Checks at once; who comes then is told to come again.
    #[arg(long, value_name = "COUNT", default_value_t = Bounds::default().at_once as u64, value_parser = up_to(1024))]
    at_once: u64,
    /// Seconds that an upload may take, and judging it again.
    #[arg(long, value_name = "SECONDS", default_value_t = Bounds::default().time.as_secs(), value_parser = up_to(86_400))]
    time: u64,
    /// Seconds for which nothing may come of an upload that is under way.
    #[arg(long, value_name = "SECONDS", default_value_t = Bounds::default().silence.as_secs(), value_parser = up_to(86_400))]
    silence: u64,
}

/// A number that bounds something; none is no bound.
fn up_to(most: u64) -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..=most)
}

/// Serves until it is told to stop.
pub fn page(args: &Args) -> Result<Exit, CliError> {
    let at_once = usize::try_from(args.at_once).unwrap_or(usize::MAX);
    let bounds = Bounds {
        upload: args.upload * MIB,
        total: args.total * MIB,
        at_once,
        time: Duration::from_secs(args.time),
        silence: Duration::from_secs(args.silence),
    };
    // They live as long as the program.
    let given: &'static Given = Box::leak(Box::new(reference::kept()?));
    let reference = Box::leak(Box::new(Reference::new(&given.directories, &given.trust)));
    // Whatever is laid down for a check lies in one folder, which is gone at the end even where a check is not.
    let temporary = std::env::temp_dir();
    let folder = tempfile::Builder::new().prefix("pec-conformance-page-").tempdir_in(&temporary);
    let folder = folder.map_err(|problem| CliError::Unwritten { path: temporary, problem })?;
    tempfile::env::override_temp_dir(folder.path())
        .map_err(|other| CliError::Internal(format!("temporary files lie in {} already", other.display())))?;
    let page = Page::new(Desk { given, reference, bounds }, bounds, args.name.clone());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // Each check judges on a thread; the others write down what arrives.
    let runtime = threads::runtime(cores, at_once + cores * 2).map_err(CliError::NoRuntime)?;
    let served = runtime.block_on(async {
        let ended = signals::ended().map_err(CliError::NoRuntime)?;
        let address = SocketAddr::new(args.bind, args.port);
        let listener = TcpListener::bind(address).await.map_err(|problem| CliError::Listening { address, problem })?;
        let address = listener.local_addr().map_err(|problem| CliError::Listening { address, problem })?;
        if !address.ip().is_loopback() {
            warn("whoever reaches this address may have messages judged: there is neither password nor TLS here");
        }
        Stdout::print(&format!("http://{address}/\n"))?;
        if args.open {
            open(address);
        }
        serve(listener, page, ended).await;
        Ok(Exit::Conforming)
    });
    runtime.shutdown_timeout(LAST);
    served
}

/// Has the browser show it. Where there is none, the address is there to be typed in.
fn open(address: SocketAddr) {
    let here = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let url = format!("http://{}/", SocketAddr::new(here, address.port()));
    // A browser may take its time, and its starter with it.
    thread::spawn(move || {
        if let Err(problem) = opener::open_browser(&url) {
            warn(&format!("no browser could be started ({problem}): open {url} in one"));
        }
    });
}

/// Judges as `check` does.
struct Desk {
    given: &'static Given,
    reference: &'static Reference<'static>,
    bounds: Bounds,
}

impl Judge for Desk {
    fn references(&self) -> Vec<results::Reference> {
        self.given.references()
    }

    fn judge(&self, job: &Job, out: &File) -> Result<(), Refusal> {
        let limits = Limits::default();
        let (whole, spooled) = (limits.whole.min(self.bounds.upload), limits.spooled.min(self.bounds.total));
        let asked = check::Asked {
            paths: job.paths.clone(),
            unread: job.unread.clone(),
            base: job.folder.clone(),
            at: job.asked.at,
            as_of: job.asked.as_of,
            views: job.asked.views.clone(),
            strictness: job.asked.strictness,
            require: job.asked.require.clone(),
            limits: Limits { whole, spooled, ..limits },
        };
        let known = Deviations::default();
        let out = BufWriter::new(Bounded { out, left: LARGEST });
        let report = job.asked.format.unwrap_or_default().report(out, Style::FILE, &job.folder);
        let mut report = Breaking { report, given_up: &job.given_up };
        let tell = |event: Event<'_>| report.event(&event);
        let judged = if job.references.is_empty() {
            judge(&asked, self.given, self.reference, &known, tell)
        } else {
            let mut given = self.given.clone();
            for file in &job.references {
                given.add(file).map_err(Refusal::mistaken)?;
            }
            judge(&asked, &given, &Reference::new(&given.directories, &given.trust), &known, tell)
        };
        judged.map(|_| ()).map_err(|error| match error {
            CliError::Stdout(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Refusal::too_large(error.to_string())
            }
            CliError::CompleteWithoutView => {
                Refusal::mistaken("`complete` needs a `view`: whose mailboxes the messages are from")
            }
            error => Refusal::trouble(error.to_string()),
        })
    }
}

/// A report that nobody waits for any more is not written on.
struct Breaking<'a> {
    report: Box<dyn Report + Send + 'a>,
    given_up: &'a GivenUp,
}

impl Report for Breaking<'_> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if self.given_up.is_so() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody waits for it any more"));
        }
        self.report.event(event)
    }
}

/// A file that takes so much and no more.
struct Bounded<'a> {
    out: &'a File,
    left: u64,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            let words = "the report is larger than any that is sent: check fewer messages at once";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
        };
        self.left = left;
        self.out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
