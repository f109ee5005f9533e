//! A Dovecot of Debian's packages on loopback, with a throw-away configuration: IMAP and POP3 over a Maildir, and submission to
//! a relay. It runs as an ordinary user, whoever runs the tests, and ends with them however they end.

use std::{
    fs,
    io::ErrorKind,
    net::Ipv4Addr,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pec_conformance::{
    evidence::Service,
    net::{Destination, Foreign, MailboxServer, MailboxTls, Security, Trusted},
};
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::ports;

/// How long the server may take to listen, however busy the machine is.
const START: Duration = Duration::from_mins(1);

/// A user whose password is the second.
pub const USER: (&str, &str) = ("mario@acme.example", "per-prova-3");

/// What tokens are signed with that it takes.
pub const KEY: &[u8] = b"una chiave che nessun altro conosce";

/// Where the server lies in Debian, which is on no ordinary user's path.
const PROGRAMS: [&str; 2] = ["/usr/sbin/dovecot", "dovecot"];

/// Where its submission service lies, which is another package.
const SUBMISSION: &str = "/usr/lib/dovecot/submission";

/// A running server.
pub struct Dovecot {
    folder: TempDir,
    /// Where the users' Maildirs are, each called by its address.
    mail: PathBuf,
    child: Child,
    ports: Ports,
    certificate: rcgen::Certificate,
    /// Who runs it, where root runs the tests.
    owner: Option<(u32, u32)>,
}

/// Where it listens.
#[derive(Clone, Copy)]
struct Ports {
    imap: u16,
    imaps: u16,
    pop3: u16,
    pop3s: u16,
    submission: Option<u16>,
}

/// Which of its doors.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    Imap,
    Imaps,
    Pop3,
    Pop3s,
}

/// The program, where it is at hand. Where it must be (in CI) its absence is a failure.
fn program() -> Option<&'static str> {
    let found = PROGRAMS.into_iter().find(|program| {
        !matches!(Command::new(program).arg("--version").output(), Err(error) if error.kind() == ErrorKind::NotFound)
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "dovecot is not installed, and CI must have it");
        eprintln!("skipped: dovecot is not installed (Debian: dovecot-imapd dovecot-pop3d)");
    }
    found
}

impl Dovecot {
    /// Starts one for the one user, where there is one.
    pub async fn start() -> Option<Self> {
        Self::start_over(None, &[USER]).await
    }

    /// Starts one for users with their passwords over a folder of Maildirs that somebody else delivers to, which `mail` may
    /// write in; without, over one of its own.
    pub async fn start_over(mail: Option<PathBuf>, users: &[(&str, &str)]) -> Option<Self> {
        Self::started(mail, users, None).await
    }

    /// Starts one for the one user that hands what he submits to a host at this port.
    pub async fn start_submitting_to(relay: u16) -> Option<Self> {
        if program().is_some() && !Path::new(SUBMISSION).exists() {
            assert!(std::env::var_os("CI").is_none(), "dovecot-submissiond is not installed, and CI must have it");
            eprintln!("skipped: dovecot-submissiond is not installed");
            return None;
        }
        Self::started(None, &[USER], Some(relay)).await
    }

    async fn started(mail: Option<PathBuf>, users: &[(&str, &str)], relay: Option<u16>) -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::set_permissions(at, fs::Permissions::from_mode(0o755)).unwrap();
        for inner in ["run", "state"] {
            fs::create_dir(at.join(inner)).unwrap();
        }
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "imap.bravo.example".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        fs::write(at.join("cert.pem"), certificate.pem()).unwrap();
        fs::write(at.join("key.pem"), key.serialize_pem()).unwrap();
        let users = users.iter().map(|(user, password)| format!("{user}:{{plain}}{password}\n"));
        fs::write(at.join("users"), users.collect::<String>()).unwrap();
        let root = fs::metadata(at).unwrap().uid() == 0;
        let owner = root.then(|| owner_of("/var/mail").unwrap());
        let mail = mail.unwrap_or_else(|| {
            let own = at.join("mail");
            fs::create_dir(&own).unwrap();
            give(&own, owner);
            own
        });
        for own in [at.to_owned(), at.join("run"), at.join("state")] {
            give(&own, owner);
        }
        // By `azp`, `alg` and `kid` of a token.
        let keys = at.join("keys/default/HS256");
        fs::create_dir_all(&keys).unwrap();
        fs::write(keys.join("default"), BASE64_STANDARD.encode(KEY)).unwrap();
        let [imap, imaps, pop3, pop3s] = [(); 4].map(|()| ports::free());
        let ports = Ports { imap, imaps, pop3, pop3s, submission: relay.map(|_| ports::free()) };
        let shown = at.display();
        let tokens = format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={shown}/keys/\nusername_attribute = sub\n"
        );
        fs::write(at.join("tokens.conf"), tokens).unwrap();
        let submission = ports.submission.zip(relay).map(submission).unwrap_or_default();
        fs::write(at.join("dovecot.conf"), configuration(at, &mail, ports, owner) + &submission).unwrap();
        let log = fs::File::create(at.join("output")).unwrap();
        let child = command(program, owner)
            .args(["-F", "-c"])
            .arg(at.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { folder, mail, child, ports, certificate, owner };
        server.listening().await;
        Some(server)
    }

    /// A door, and the certificate that it shows trusted.
    pub fn door(&self, door: Door) -> MailboxServer {
        self.door_trusting(door, &Trusted::Authorities(vec![self.certificate.der().clone()]))
    }

    /// A door, and somebody trusted there.
    pub fn door_trusting(&self, door: Door, trusted: &Trusted) -> MailboxServer {
        let (port, tls) = match door {
            Door::Imap => (self.ports.imap, MailboxTls::Upgraded),
            Door::Imaps => (self.ports.imaps, MailboxTls::Implicit),
            Door::Pop3 => (self.ports.pop3, MailboxTls::Upgraded),
            Door::Pop3s => (self.ports.pop3s, MailboxTls::Implicit),
        };
        MailboxServer {
            host: "localhost".to_owned(),
            port,
            name: "imap.bravo.example".to_owned(),
            tls,
            trust: Arc::clone(&trusted.client_config().unwrap()),
            patience: Duration::from_secs(30),
        }
    }

    /// Where users hand messages over; the certificate that it shows there is trusted.
    pub fn submission(&self) -> Destination {
        let trusted = Trusted::Authorities(vec![self.certificate.der().clone()]);
        Destination {
            address: (Ipv4Addr::LOCALHOST, self.ports.submission.expect("it was started with a relay")).into(),
            host: "localhost".to_owned(),
            service: Service::Submission,
            security: Security::StartTls,
            trust: Some(Foreign { tls: trusted.client_config().unwrap(), login: None }),
        }
    }

    /// Its certificate.
    pub fn certificate(&self) -> &rcgen::Certificate {
        &self.certificate
    }

    /// The user's Maildir.
    pub fn maildir(&self) -> PathBuf {
        self.mail.join(USER.0)
    }

    /// Delivers a message as a delivery agent does: written whole, then moved to `new`.
    pub fn deliver(&self, name: &str, message: &str) {
        let maildir = self.maildir();
        for inner in ["", "new", "cur", "tmp"] {
            let folder = maildir.join(inner);
            if !folder.exists() {
                fs::create_dir(&folder).unwrap();
                give(&folder, self.owner);
            }
        }
        let (tmp, new) = (maildir.join("tmp").join(name), maildir.join("new").join(name));
        fs::write(&tmp, message).unwrap();
        give(&tmp, self.owner);
        fs::rename(tmp, new).unwrap();
    }

    async fn listening(&mut self) {
        let deadline = Instant::now() + START;
        let Ports { imap, imaps, pop3, pop3s, submission } = self.ports;
        for port in [imap, imaps, pop3, pop3s].into_iter().chain(submission) {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                let output = || fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
                let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                if let Some(status) = self.child.try_wait().unwrap() {
                    panic!("dovecot ended: {status}\n{}{}", output(), log());
                }
                assert!(Instant::now() < deadline, "dovecot does not listen\n{}{}", output(), log());
                tokio::time::sleep(ports::LOOK).await;
            }
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its master ends its children when it is asked to, and not when it is killed.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let deadline = Instant::now() + START;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(ports::LOOK);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody unprivileged who owns mail on this machine: Debian's `mail`.
pub fn owner_of(path: &str) -> Option<(u32, u32)> {
    let gid = fs::metadata(path).ok()?.gid();
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let uid = fields.filter(|fields| fields.first() == Some(&"mail")).find_map(|fields| fields.get(2)?.parse().ok())?;
    Some((uid, gid))
}

/// A program that somebody runs, and that is asked to end when the test ends, be it by SIGKILL.
fn command(program: &str, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM");
    if let Some((uid, gid)) = owner {
        command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()]);
    }
    command.arg(program);
    command
}

fn give(path: &Path, owner: Option<(u32, u32)>) {
    if let Some((uid, gid)) = owner {
        chown(path, Some(uid), Some(gid)).unwrap();
    }
}

/// What it needs to take mail from users and hand it on.
fn submission((port, relay): (u16, u16)) -> String {
    format!(
        "protocols = imap pop3 submission\nsubmission_relay_host = 127.0.0.1\nsubmission_relay_port = {relay}\n\
         service submission-login {{\n  chroot =\n  inet_listener submission {{\n    port = {port}\n  }}\n}}\n"
    )
}

fn configuration(at: &Path, mail: &Path, ports: Ports, owner: Option<(u32, u32)>) -> String {
    let (at, mail) = (at.display(), mail.display());
    let Ports { imap, imaps, pop3, pop3s, .. } = ports;
    // Without root's rights everything runs as whoever started it.
    let [me, us] = ["-un", "-gn"].map(|what| {
        String::from_utf8(command("id", owner).arg(what).output().unwrap().stdout).unwrap().trim().to_owned()
    });
    format!(
        "protocols = imap pop3\nlisten = 127.0.0.1\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\n\
         auth_mechanisms = plain login xoauth2\ndisable_plaintext_auth = yes\nssl = yes\nssl_cert = <{at}/cert.pem\n\
         ssl_key = <{at}/key.pem\nmail_location = maildir:{mail}/%u\nfirst_valid_uid = 1\n\
         service imap-login {{\n  service_count = 0\n  inet_listener imap {{\n    port = {imap}\n  }}\n  inet_listener imaps {{\n    port = {imaps}\n  }}\n}}\n\
         service pop3-login {{\n  service_count = 0\n  inet_listener pop3 {{\n    port = {pop3}\n  }}\n  inet_listener pop3s {{\n    port = {pop3s}\n  }}\n}}\n\
         passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {at}/tokens.conf\n}}\n\
         passdb {{\n  driver = passwd-file\n  mechanisms = plain login\n  args = scheme=plain {at}/users\n}}\n\
         userdb {{\n  driver = static\n  args = home={mail}/%u\n}}\n\
         default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {us}\n\
         service anvil {{\n  chroot =\n}}\nservice imap-login {{\n  chroot =\n}}\nservice pop3-login {{\n  chroot =\n}}\n"
    )
}
