//! A program that fetches a mailbox by whatever means a provider has, and prints where it put it: the path of a Maildir.
//! Not an mbox, whose `From ` lines change messages.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{io::AsyncReadExt, process};

use super::{Maildir, Reader};
use crate::target::{Doing, TargetError};

/// How long the program may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes of its output that are looked at.
const OUTPUT: u64 = 8 << 10;

/// A mailbox that a program shows.
pub struct Command {
    words: Vec<String>,
    folder: PathBuf,
    maildir: Maildir,
}

impl Command {
    /// A mailbox that nobody has looked into; the first word is the program, which runs in a folder.
    pub fn new(words: Vec<String>, folder: PathBuf) -> Self {
        Self { words, folder, maildir: Maildir::new(PathBuf::new()) }
    }

    async fn fetched(&mut self) -> Result<&mut Maildir, TargetError> {
        let path = printed(&self.words, &self.folder).await?;
        Ok(self.maildir.at(self.folder.join(path)))
    }
}

impl Reader for Command {
    fn mark(&mut self) -> Doing<'_, ()> {
        Box::pin(async { self.fetched().await?.mark_now() })
    }

    fn arrived(&mut self) -> Doing<'_, Vec<Vec<u8>>> {
        Box::pin(async { self.fetched().await?.arrived_by_now() })
    }
}

/// The one line that a program prints, run in a folder.
pub(crate) async fn printed(words: &[String], folder: &Path) -> Result<String, TargetError> {
    let text = output(words, folder, OUTPUT).await?;
    match text.lines().collect::<Vec<_>>()[..] {
        [line] if !line.trim().is_empty() => Ok(line.to_owned()),
        _ => Err(failed(words, "prints other than one line")),
    }
}

/// Runs a program in a folder to its end, whatever it prints. What it leaves running may keep what it was given.
pub(crate) async fn done(words: &[String], folder: &Path) -> Result<(), TargetError> {
    let mut child = started(words, folder, Stdio::null)?;
    let status = tokio::time::timeout(PATIENCE, child.wait())
        .await
        .map_err(|_| failed(words, &format!("has not ended within {PATIENCE:?}")))?
        .map_err(|error| failed(words, &error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(words, &status.to_string())) }
}

/// What a program prints, run in a folder, up to so many bytes. It is given no input, and ended where it takes too long.
pub(crate) async fn output(words: &[String], folder: &Path, most: u64) -> Result<String, TargetError> {
    let mut child = started(words, folder, Stdio::piped)?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let run = async {
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let reading = async {
            if let Some(stdout) = &mut stdout {
                stdout.take(most).read_to_end(&mut out).await?;
            }
            // What is not looked at has nowhere to go.
            drop(stdout);
            Ok::<_, std::io::Error>(())
        };
        let complaining = async {
            if let Some(stderr) = &mut stderr {
                stderr.take(OUTPUT).read_to_end(&mut err).await?;
            }
            drop(stderr);
            Ok::<_, std::io::Error>(())
        };
        tokio::try_join!(reading, complaining)?;
        child.wait().await
    };
    let status = tokio::time::timeout(PATIENCE, run)
        .await
        .map_err(|_| failed(words, &format!("has not ended within {PATIENCE:?}")))?
        .map_err(|error| failed(words, &error.to_string()))?;
    if !status.success() {
        let said = String::from_utf8_lossy(&err);
        return Err(failed(words, &format!("{status}; {}", said.lines().next().unwrap_or("it says nothing"))));
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn started(words: &[String], folder: &Path, to: fn() -> Stdio) -> Result<process::Child, TargetError> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(TargetError::configuration("a command without a program"));
    };
    process::Command::new(program)
        .args(arguments)
        .current_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .stdin(Stdio::null())
        .stdout(to())
        .stderr(to())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| TargetError::configuration(format!("the command `{program}` does not start: {error}")))
}

fn failed(words: &[String], what: &str) -> TargetError {
    TargetError::infrastructure(format!("the command `{}`: {what}", words.first().map_or("", String::as_str)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).into()
    }

    #[tokio::test]
    async fn a_program_prints_where_the_mailbox_lies() {
        let folder = tempfile::tempdir().unwrap();
        let put = format!("mkdir -p {0}/new && echo {0}", folder.path().display());
        let mut command = Command::new(shell(&put), PathBuf::new());
        command.mark().await.unwrap();
        std::fs::write(folder.path().join("new/1"), "Subject: x\n\nx\n").unwrap();
        assert_eq!(command.arrived().await.unwrap(), [b"Subject: x\r\n\r\nx\r\n"]);
    }

    #[tokio::test]
    async fn a_program_that_fails_or_says_nothing_of_use_is_told() {
        let told = async |script: &str| printed(&shell(script), Path::new("")).await.unwrap_err().to_string();
        assert!(told("echo no such user >&2; exit 3").await.contains("exit status: 3; no such user"));
        assert!(told("true").await.contains("prints other than one line"));
        assert!(told("echo a; echo b").await.contains("prints other than one line"));
        let none = printed(&["/nowhere/at-all".to_owned()], Path::new("")).await.unwrap_err();
        assert_eq!(none.trouble, crate::target::Trouble::Configuration);
    }
}
