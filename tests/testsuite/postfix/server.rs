//! A Postfix of Debian's package on loopback ports, with a configuration and a queue of its own: nothing of the machine's is
//! touched, and it ends with whoever holds it. Root alone can start one: it says so itself, and in a user namespace there is
//! nobody whom its queue could be given to.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use crate::ports::LOOK;

/// How long it may take to listen, or to end, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where it lies in Debian, which is on no ordinary user's path.
const PROGRAM: &str = "/usr/sbin/postfix";

/// Where its master's number stands.
const MASTER: &str = "queue/pid/master.pid";

/// Runs it for as long as somebody holds the other end of standard input: whoever is killed holds nothing any more.
const KEPT: &str = r#"{ "$0" -c "$1" start-fg; kill $$; } & read -r _; kill $(cat "$2"); wait"#;

/// What it is called by other hosts, and by its certificate.
pub const HOST: &str = "mta.bravo.example";

/// Its daemons, as Debian has them but for `chroot`: this queue holds no copies of the machine's files.
const DAEMONS: &str = "\
cleanup   unix  n - n -     0 cleanup
qmgr      unix  n - n 300   1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -     - trivial-rewrite
bounce    unix  - - n -     0 bounce
defer     unix  - - n -     0 bounce
trace     unix  - - n -     0 bounce
verify    unix  - - n -     1 verify
proxymap  unix  - - n -     - proxymap
smtp      unix  - - n -     - smtp
relay     unix  - - n -     - smtp
showq     unix  n - n -     - showq
error     unix  - - n -     - error
retry     unix  - - n -     - error
virtual   unix  - n n -     - virtual
anvil     unix  - - n -     1 anvil
scache    unix  - - n -     1 scache
postlog   unix-dgram n - n - 1 postlogd
";

/// A folder where one can be started.
pub struct Place {
    folder: TempDir,
    /// Who runs it.
    owner: (u32, u32),
}

/// A running one.
pub struct Postfix {
    place: Place,
    child: Child,
}

impl Place {
    /// A folder with the certificate that it will show, where it is installed and may be started. Where it must be (in CI) its
    /// absence is a failure.
    pub fn prepared() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let lacking = match (Path::new(PROGRAM).exists(), fs::metadata(at).unwrap().uid(), account("postfix")) {
            (false, ..) | (_, _, None) => "Postfix is not installed (Debian: postfix)",
            (true, 0, Some(owner)) => {
                fs::set_permissions(at, fs::Permissions::from_mode(0o755)).unwrap();
                let key = KeyPair::generate().unwrap();
                let certificate = CertificateParams::new([HOST.to_owned()]).unwrap().self_signed(&key).unwrap();
                fs::write(at.join("cert.pem"), certificate.pem()).unwrap();
                fs::write(at.join("key.pem"), key.serialize_pem()).unwrap();
                return Some(Self { folder, owner });
            }
            _ => "Postfix is started by root alone",
        };
        assert!(std::env::var_os("CI").is_none(), "{lacking}, and CI must have it");
        eprintln!("skipped: {lacking}");
        None
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its certificate, PEM, which nobody else has issued.
    pub fn certificate(&self) -> PathBuf {
        self.path().join("cert.pem")
    }

    /// Starts it with these lines of `main.cf` and of `master.cf`, which make it listen on these ports. `/etc/postfix` is the
    /// folder.
    pub fn start(self, main: &str, master: &str, ports: &[u16]) -> Postfix {
        let at = self.path().to_owned();
        let shown = at.display();
        for folder in ["etc", "queue", "data"] {
            fs::create_dir(at.join(folder)).unwrap();
        }
        chown(at.join("data"), Some(self.owner.0), Some(self.owner.1)).unwrap();
        let own = format!(
            "compatibility_level = 3.6\nqueue_directory = {shown}/queue\ndata_directory = {shown}/data\n\
             maillog_file = {shown}/log\nmaillog_file_prefixes = {shown}\nmyhostname = {HOST}\nmydestination =\n\
             local_recipient_maps =\nalias_maps =\nalias_database =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             smtpd_peername_lookup = no\nsmtpd_tls_cert_file = {shown}/cert.pem\nsmtpd_tls_key_file = {shown}/key.pem\n\
             smtpd_tls_security_level = may\nsmtp_tls_security_level = may\nnotify_classes =\n"
        );
        let here = |text: &str| text.replace("/etc/postfix", &shown.to_string());
        fs::write(at.join("etc/main.cf"), own + &here(main)).unwrap();
        fs::write(at.join("etc/master.cf"), here(master) + DAEMONS).unwrap();
        let output = fs::File::create(at.join("output")).unwrap();
        let mut command = Command::new("sh");
        command.arg("-c").arg(KEPT).arg(PROGRAM).arg(at.join("etc")).arg(at.join(MASTER)).stdin(Stdio::piped());
        let child = command.stdout(output.try_clone().unwrap()).stderr(output).spawn().unwrap();
        let mut server = Postfix { place: self, child };
        server.listening(ports);
        server
    }
}

impl Postfix {
    /// What it wrote of what it did.
    pub fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.place.path().join(name)).unwrap_or_default();
        read("output") + &read("log")
    }

    fn listening(&mut self, ports: &[u16]) {
        let deadline = Instant::now() + PATIENCE;
        for port in ports {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_err() {
                if let Some(status) = self.child.try_wait().unwrap() {
                    panic!("Postfix ended: {status}\n{}", self.log());
                }
                assert!(Instant::now() < deadline, "Postfix does not listen\n{}", self.log());
                thread::sleep(LOOK);
            }
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(LOOK);
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            let master = fs::read_to_string(self.place.path().join(MASTER)).unwrap_or_default();
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", master.trim())]).status();
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Numbers of a user of this machine and of its group.
pub fn account(name: &str) -> Option<(u32, u32)> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = fields.find(|fields| fields[0] == name)?;
    Some((found.get(2)?.parse().ok()?, found.get(3)?.parse().ok()?))
}
