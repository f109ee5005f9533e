//! `bundle` and `verify-bundle`: a run in one file, to be handed to somebody else, and what such a file proves.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use walkdir::WalkDir;

use super::{CliError, Exit, run::REPORT_NAMES, stdout::Stdout, trust::Given};
use crate::{
    bounded::{self, MIB},
    bundle::{self, Bundle, BundleError, Contents, Manifest, Octets, Seals, pack, stamped_octets},
    clock::Machine,
    diff,
    evidence::disk::EVIDENCE,
    hexadecimal,
    report::{PLAYS, counted},
    rules::Answer,
    shown::{path_text, shown, shown_path},
    smime::{Signer, TimeStamp, Wanted, key, timestamp},
    target::external,
};

/// Octets of a key, a certificate or a time stamp at most.
const LARGEST: u64 = MIB;

/// Arguments of `bundle`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that a run was written to; or a bundle of one, to be signed or stamped.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Target files to put in beside the run: without comments and without what programs are called with.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    target: Vec<PathBuf>,
    /// Sign with this certificate: PEM, those of its issuers behind it.
    #[arg(long, value_name = "PEM", requires = "key")]
    certificate: Option<PathBuf>,
    /// Its key, of RSA or EC (P-256, P-384): PEM, also encrypted.
    #[arg(long, value_name = "PEM", requires = "certificate")]
    key: Option<PathBuf>,
    /// The environment variable that holds the key's password.
    #[arg(long, value_name = "NAME", requires = "key")]
    password_env: Option<String>,
    /// The file that holds it, in its first line.
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// Write here what a time-stamping authority is asked (RFC 3161).
    #[arg(long, value_name = "TSQ")]
    query: Option<PathBuf>,
    /// Put in what it answered, or its token alone: it must be of this bundle.
    #[arg(long, value_name = "TSR")]
    token: Option<PathBuf>,
}

/// Packs.
pub fn bundle(args: &Args) -> Result<Exit, CliError> {
    let (mut contents, mut manifest) = contents(args)?;
    let mut seals = match &contents {
        Contents::Bundle(bundle) => bundle.seals.clone(),
        Contents::Run(_) => Seals::default(),
    };
    contents.listed(&mut manifest)?;
    let octets = manifest.octets();
    if let (Some(certificate), Some(key)) = (&args.certificate, &args.key) {
        if seals.signature.is_some() {
            return Err(BundleError::Sealed("the bundle is signed already").into());
        }
        if seals.token.is_some() {
            return Err(BundleError::Sealed("the bundle is stamped already: it is signed first, then stamped").into());
        }
        seals.signature = Some(signer(certificate, key, args)?.sign_untimed(&octets));
    }
    let (name, stamped) = stamped_octets(&octets, &seals);
    let question = timestamp::query(stamped);
    let digest = hexadecimal::sha256(stamped);
    if let Some(file) = &args.token {
        if seals.token.is_some() {
            return Err(BundleError::Sealed("the bundle is stamped already").into());
        }
        seals.token = Some(token(file, name, stamped)?);
    }
    let is_stamped = seals.token.is_some();
    pack(contents, &manifest, &seals, &args.output)?;
    // What was written is read: nobody is handed what does not verify.
    let written = Bundle::open(&args.output)?;
    if !written.faults.is_empty() || written.octets != octets {
        return Err(CliError::Internal("what was packed does not read back".to_owned()));
    }
    if let Some(path) = &args.query {
        fs::write(path, question).map_err(|problem| CliError::Unwritten { path: path.clone(), problem })?;
    }
    let signed = if seals.signature.is_some() { "yes" } else { "no (--certificate, --key)" };
    let stamped = if is_stamped {
        "yes".to_owned()
    } else {
        format!("no; what is to be stamped is {name}, SHA-256 {digest} (--query, --token)")
    };
    let (file, many) = (shown_path(&args.output), manifest.members.len());
    let told = format!("bundle   {file}: {many} members\nsigned   {signed}\nstamped  {stamped}\n");
    Stdout::print(&told)?;
    Ok(Exit::Conforming)
}

/// What is packed, and what it is of.
fn contents(args: &Args) -> Result<(Contents, Manifest), CliError> {
    if args.run.is_file() {
        if !args.target.is_empty() {
            return Err(BundleError::Sealed("target files are put in when a run is packed, not later").into());
        }
        let bundle = Bundle::open(&args.run)?;
        if let Some(fault) = bundle.faults.first() {
            let problem = format!("it is not whole: {fault}; `verify-bundle` tells more");
            return Err(BundleError::NoBundle { path: args.run.clone(), problem }.into());
        }
        let manifest = bundle.manifest.clone();
        return Ok((Contents::Bundle(Box::new(bundle)), manifest));
    }
    let run = diff::read(&args.run)?;
    let manifest = Manifest::new(run.version, run.rule_set, run.started, run.is_complete);
    let mut members: Vec<(String, Octets)> = Vec::new();
    for path in files(&args.run)? {
        let way = path.strip_prefix(&args.run).unwrap_or(&path);
        let steps: Vec<String> = way.iter().map(|step| path_text(step.as_ref())).collect();
        members.push((format!("run/{}", steps.join("/")), Octets::File(path)));
    }
    for path in &args.target {
        let public = external::public(path).map_err(CliError::Configuration)?;
        let name = path.file_name().map(|name| path_text(name.as_ref())).unwrap_or_default();
        let name = format!("targets/{name}");
        if members.iter().any(|(other, _)| *other == name) {
            return Err(BundleError::Sealed("two target files have the same name").into());
        }
        members.push((name, Octets::Held(public.into_bytes())));
    }
    Ok((Contents::Run(members), manifest))
}

/// The reports and the evidence of a run: what else lies in its folder is not of it.
fn files(run: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut files: Vec<PathBuf> = REPORT_NAMES.iter().map(|name| run.join(name)).filter(|path| path.exists()).collect();
    for folder in [PLAYS, EVIDENCE].map(|name| run.join(name)).into_iter().filter(|folder| folder.is_dir()) {
        for entry in WalkDir::new(&folder) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(&folder).to_owned();
                CliError::Unreadable { path, problem: io::Error::from(error) }
            })?;
            if !entry.file_type().is_dir() {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}

fn signer(certificate: &Path, key: &Path, args: &Args) -> Result<Signer, CliError> {
    let held = |path: &Path| {
        bounded::read(path, LARGEST).map_err(|problem| CliError::Unreadable { path: path.to_owned(), problem })
    };
    let password = match (&args.password_env, &args.password_file) {
        (Some(name), _) => {
            let unset = || CliError::Signer(format!("the environment variable {name} is not set, or no text"));
            Some(env::var(name).map_err(|_| unset())?)
        }
        (None, Some(path)) => {
            let text = bounded::read_text(path, LARGEST)
                .map_err(|problem| CliError::Unreadable { path: path.clone(), problem })?;
            Some(text.lines().next().unwrap_or_default().to_owned())
        }
        (None, None) => None,
    };
    let chain = Wanted::Certificates.of_file(held(certificate)?);
    let chain = chain.map_err(|problem| CliError::Signer(format!("{}: {problem}", path_text(certificate))))?;
    let chain = chain.iter().map(|der| der.to_vec()).collect();
    key::signer(chain, &held(key)?, password.as_deref())
        .map_err(|error| CliError::Signer(format!("{}: {error}", path_text(key))))
}

/// The token in a file, which must be of what is to be stamped.
fn token(file: &Path, name: &str, stamped: &[u8]) -> Result<Vec<u8>, CliError> {
    let read = bounded::read(file, LARGEST);
    let octets = read.map_err(|problem| CliError::Unreadable { path: file.to_owned(), problem })?;
    let stamp = TimeStamp::read(&octets).map_err(BundleError::Token)?;
    if stamp.is_over(stamped) {
        Ok(stamp.token)
    } else {
        let told = format!("it is of something else than {name}: `bundle --query` writes what is to be asked");
        Err(BundleError::Token(told).into())
    }
}

/// Arguments of `verify-bundle`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The bundle.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder of trusted roots and revocation lists (PEM or DER): of who signed it, and of who stamped it.
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// What it must be, with commas: without, what is not there is only told.
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    require: Vec<Seal>,
}

/// What a bundle may be beside whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Seal {
    /// By somebody trusted.
    Signed,
    /// By a trusted authority.
    Stamped,
}

/// Tells what a bundle proves.
pub fn verify(args: &VerifyArgs) -> Result<Exit, CliError> {
    let mut given = Given::default();
    if let Some(path) = &args.trust {
        given.trust(path)?;
    }
    let trust = args.trust.is_some().then_some(&given.trust);
    let Bundle { manifest, octets, seals, faults, .. } = Bundle::open(&args.file)?;
    let stamped = bundle::stamped(&octets, &seals, trust);
    let at = stamped.as_ref().and_then(|(_, at)| *at).unwrap_or_else(|| Machine::default().now());
    let signed = bundle::signed(&octets, &seals, trust, at);

    let Manifest { suite, version, rules, started, complete, members, .. } = &manifest;
    let mut told = vec![format!(
        "bundle   {}: a run of {} {}, by {} rules, {}{}\n",
        shown_path(&args.file),
        shown(suite),
        shown(version),
        rules.count,
        shown(&rules.digest),
        started.map(|at| format!(", begun {at}")).unwrap_or_default()
    )];
    if !complete {
        told.push("         the run was broken off\n".to_owned());
    }
    let whole = match faults.len() {
        0 => Answer::Yes(format!("{} members, each as the manifest says", members.len())),
        wrong => Answer::No(format!("{} not as the manifest says", counted(wrong, "member"))),
    };
    told.push(line("whole", Some(&whole)));
    told.extend(faults.iter().map(|fault| format!("         {fault}\n")));
    let stamped = stamped.map(|(answer, _)| answer);
    let mut exit = exit(&whole);
    for (seal, name, answer) in [(Seal::Signed, "signed", signed), (Seal::Stamped, "stamped", stamped)] {
        told.push(line(name, answer.as_ref()));
        exit = exit.worse(match &answer {
            Some(answer) => self::exit(answer),
            None if args.require.contains(&seal) => Exit::NonConforming,
            None => Exit::Conforming,
        });
    }
    let words = match exit {
        Exit::Conforming => "nothing is wrong",
        Exit::Untold => "something cannot be told",
        _ => "something is wrong",
    };
    told.push(format!("result   {words} (exit code {})\n", exit.code()));
    Stdout::print(&told.concat())?;
    Ok(exit)
}

fn line(name: &str, answer: Option<&Answer>) -> String {
    match answer {
        None => format!("{name:<8} by nobody\n"),
        Some(answer) => format!("{name:<8} {}: {}\n", answer.word(), shown(answer.why())),
    }
}

fn exit(answer: &Answer) -> Exit {
    match answer {
        Answer::Yes(_) => Exit::Conforming,
        Answer::No(_) => Exit::NonConforming,
        Answer::CannotTell(_) => Exit::Untold,
    }
}
