//! A gateway to try mail programs with: two users, certificates of the test PKI, and a first message sent and received.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;

/// Its users; each has the password in the file of its name.
pub const USERS: [&str; 2] = ["mario", "anna"];

/// What such a gateway is.
const YAML: &str = "\
# A gateway to try mail programs with; docs/serve.md says what else may stand here.
dialect: alfa
data: data
test-pki: true
users:
  mario: {password: {file: mario.secret}}
  anna: {password: {file: anna.secret}}
ports: {submission: 0, submissions: 0, incoming: 0, pop3: 0}
";

/// Letters of a password.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Its configuration in a folder, written there with passwords of its own unless there is one.
pub fn configuration(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join("gateway.yaml");
    if path.exists() {
        return Ok(path);
    }
    for user in USERS {
        let mut octets = [0; 16];
        rand::fill(&mut octets).map_err(|_| io::Error::other("the machine has no random numbers"))?;
        let password: String = octets.iter().map(|octet| char::from(LETTERS[usize::from(octet % 32)])).collect();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        writeln!(options.open(folder.join(format!("{user}.secret")))?, "{password}")?;
    }
    fs::write(&path, YAML)?;
    Ok(path)
}

/// The first message.
pub fn message(from: &str, to: &str, date: &str) -> String {
    format!(
        "Date: {date}\r\nFrom: <{from}>\r\nTo: <{to}>\r\nSubject: Prova\r\nMessage-ID: <prova@client.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nUn primo messaggio di posta certificata.\r\n"
    )
}
