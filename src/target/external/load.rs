//! A target file made ready: files and secrets that it names are read, and what is missing is told with its place.

use std::{
    collections::BTreeMap,
    env, fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tokio::sync::Mutex;

use super::{
    Settling,
    file::{self, Counterpart, Document, Mailboxes, Secret, Trust, User},
    pace::Pace,
    reader::{Reader, Source, printed},
};
use crate::{
    bounded,
    clock::Machine,
    directory::{Directory, Provider},
    evidence::Service,
    net::{AuthMechanism, Credentials, Destination, MailboxLogin, MailboxServer, MailboxTls, Security, Trusted},
    scenario::{
        send::{ClientAuth, ClientTls},
        words::{SERVICE, Span},
    },
    shown::path_text,
    smime::{Certificate, Material, Sort},
    target::TargetError,
    yaml::{
        Problem,
        locate::{Path as Down, Step},
    },
};

/// Bytes of a file that a target file names, at most.
const LARGEST: u64 = 16 << 20;

/// How long a mailbox server is waited for, each time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody's gateway, ready to be played against.
pub struct External {
    /// Its name in reports: its file's, without `.yaml`.
    pub name: String,
    /// What its file says.
    pub(super) document: Document,
    /// Where users hand messages over.
    pub(super) submission: Point,
    /// Where hosts hand messages over.
    pub(super) incoming: Point,
    /// Who may log in, by address in small letters.
    pub(super) logins: BTreeMap<String, Credentials>,
    /// What shows each mailbox, by address in small letters.
    pub(super) sources: BTreeMap<String, (Source, MailboxLogin)>,
    /// Its records in the directory.
    pub(in crate::target) records: Vec<Provider>,
    /// Authorities behind its signatures, DER.
    pub(in crate::target) anchors: Vec<Vec<u8>>,
    /// Their revocation lists, DER.
    pub(in crate::target) lists: Vec<Vec<u8>>,
    /// The readers of its mailboxes, kept from play to play: sessions are dear.
    pub(super) readers: Mutex<BTreeMap<String, Box<dyn Reader>>>,
    /// How far its clock is ahead of the machine's, where it can be moved and was asked.
    ahead: std::sync::Mutex<Option<SignedDuration>>,
    /// The folder of its file, from which paths are taken and commands run.
    pub(super) folder: PathBuf,
    /// How many messages go to it in a minute.
    pub(in crate::target) pace: Pace,
}

/// A service of it.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub host: String,
    pub port: u16,
    /// The name that its certificate must bear.
    pub name: String,
    pub security: Security,
    pub trust: Arc<ClientConfig>,
    /// How far its certificate was looked at, where that is not the usual way.
    pub remark: Option<String>,
}

impl Point {
    /// The point as it is reached at an address.
    pub fn at(&self, address: SocketAddr, service: Service) -> Destination {
        let Self { name, security, trust, .. } = self;
        Destination { address, host: name.clone(), service, security: *security, trust: Some(trust.clone()) }
    }
}

impl External {
    /// Reads a target file and whatever it names; else everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        let shown = path_text(path);
        let source = bounded::read_text(path, file::LARGEST)
            .map_err(|error| vec![Problem::of_file(&shown, &format!("cannot be read: {error}"))])?;
        let document = Document::read(&shown, &source)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut load = Load { folder, mistakes: Vec::new() };
        let name = path.file_stem().map(|stem| path_text(stem.as_ref())).unwrap_or_default();
        let target = load.target(name, document);
        if load.mistakes.is_empty() {
            return Ok(target);
        }
        let told = load.mistakes.iter().map(|(path, message)| Problem::at(&shown, &source, path, message.as_str()));
        Err(told.collect())
    }

    /// Whether nobody else uses its mailboxes.
    pub(in crate::target) fn is_exclusive(&self) -> bool {
        self.document.exclusive
    }

    /// How far its clock is ahead of the machine's: where it can be moved, it is asked once; else it goes as the machine's.
    pub(in crate::target) async fn ahead(&self, machine: Machine) -> Result<SignedDuration, TargetError> {
        let known = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(ahead) => Ok(ahead),
            None => self.move_clock(0, machine).await,
        }
    }

    /// Moves its clock ahead by so many seconds; how far it is ahead of the machine's then.
    pub(super) async fn move_clock(&self, seconds: i64, machine: Machine) -> Result<SignedDuration, TargetError> {
        let Some(command) = &self.document.clock else { return Ok(SignedDuration::ZERO) };
        let words: Vec<String> = command.iter().map(|word| word.replace("%s", &seconds.to_string())).collect();
        let line = printed(&words, &self.folder).await?;
        let shown: Timestamp = line.trim().parse().map_err(|error| {
            TargetError::configuration(format!(
                "{}: the command of `clock` prints `{line}`, which is not the instant that its clock shows: {error}",
                self.name
            ))
        })?;
        // What it shows is told a moment later; whole seconds are as near as two clocks are.
        let ahead = SignedDuration::from_secs(shown.duration_since(machine.now()).as_secs());
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        Ok(ahead)
    }

    /// Where the other side listens for it.
    pub(in crate::target) fn counterpart(&self) -> &Counterpart {
        &self.document.counterpart
    }

    /// How long is waited for what comes to it.
    pub(in crate::target) fn settling(&self) -> Settling {
        let file::Settling { deadline, silence, poll } = self.document.settling;
        // Bounded by the check of the file.
        let real = |span: Span| Duration::try_from(span.0).unwrap_or_default();
        Settling { deadline: real(deadline), silence: real(silence), poll: real(poll) }
    }

    /// How it is shown to whom it concerns what of its certificates nobody vouched for.
    pub fn remarks(&self) -> Vec<String> {
        let points = [("submission", &self.submission), ("incoming point", &self.incoming)];
        let told = points.into_iter().filter_map(|(what, point)| {
            Some(format!("{}: the certificate of its {what}: {}", self.name, point.remark.as_ref()?))
        });
        told.collect()
    }
}

impl fmt::Debug for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("name", &self.name).finish_non_exhaustive()
    }
}

struct Load {
    /// Paths in the file are taken from its own folder.
    folder: PathBuf,
    mistakes: Vec<(Down, String)>,
}

impl Load {
    fn target(&mut self, name: String, document: Document) -> External {
        let at = |keys: &[&str]| keys.iter().map(|key| Step::from(*key)).collect::<Down>();
        let (submission, incoming) = (&document.submission, &document.incoming);
        let security = match submission.tls {
            ClientTls::Starttls => Security::StartTls,
            ClientTls::Implicit => Security::Implicit,
        };
        let submission = self.point(
            &at(&["submission"]),
            (&submission.host, submission.port, submission.server_name.as_ref()),
            security,
            &submission.trust,
        );
        let incoming = self.point(
            &at(&["incoming"]),
            (&incoming.host, incoming.port, incoming.server_name.as_ref()),
            Security::StartTls,
            &incoming.trust,
        );
        let (mut logins, mut sources) = (BTreeMap::new(), BTreeMap::new());
        let users = document.users.iter().map(|(key, user)| ("users", key.as_str(), user));
        for (map, key, user) in users.chain(document.states.all().map(|(key, user)| ("states", key, user))) {
            let path = at(&[map, key]);
            let password = self.secret(&path, user.password.as_ref());
            let address = user.address.to_ascii_lowercase();
            let login = MailboxLogin { user: user.login.clone().unwrap_or_else(|| user.address.clone()), password };
            let mechanism = match document.submission.auth {
                ClientAuth::Plain => AuthMechanism::Plain,
                ClientAuth::Login => AuthMechanism::Login,
            };
            let credentials = Credentials { user: login.user.clone(), password: login.password.clone(), mechanism };
            logins.insert(address.clone(), credentials);
            let looked = match &user.mailbox {
                Some(own) => (own, [path, vec!["mailbox".into()]].concat()),
                None => (&document.mailboxes, at(&["mailboxes"])),
            };
            if let Some(source) = self.source(&looked.1, looked.0, user) {
                sources.insert(address, (source, login));
            }
        }
        let records = self.records(&document);
        let anchors = self.materials(&at(&["anchors"]), &document.anchors, Wanted::Certificates);
        let lists = self.materials(&at(&["lists"]), &document.lists, Wanted::Lists);
        let pace = Pace::new(document.messages_per_minute);
        let readers = Mutex::default();
        External {
            name,
            submission,
            incoming,
            logins,
            sources,
            records,
            anchors,
            lists,
            readers,
            pace,
            ahead: std::sync::Mutex::default(),
            folder: self.folder.clone(),
            document,
        }
    }

    fn tell(&mut self, path: &Down, message: impl Into<String>) {
        self.mistakes.push((path.clone(), message.into()));
    }

    fn file(&mut self, path: &Down, named: &Path) -> Option<Vec<u8>> {
        let read = bounded::read(&self.folder.join(named), LARGEST);
        read.map_err(|error| self.tell(path, format!("{} cannot be read: {error}", path_text(named)))).ok()
    }

    fn point(&mut self, path: &Down, at: (&str, u16, Option<&String>), security: Security, trust: &Trust) -> Point {
        let (host, port, name) = at;
        let (trust, remark) = self.trust(&below(path, "trust"), trust);
        let name = name.map_or(host, String::as_str).to_owned();
        Point { host: host.to_owned(), port, name, security, trust, remark }
    }

    fn trust(&mut self, path: &Down, trust: &Trust) -> (Arc<ClientConfig>, Option<String>) {
        let (trusted, remark) = match (&trust.ca, &trust.fingerprint) {
            (Some(file), _) => (self.authorities(&below(path, "ca"), file), None),
            (None, Some(fingerprint)) => {
                let sha256 = sha256(fingerprint);
                if sha256.is_none() {
                    self.tell(&below(path, "fingerprint"), "a SHA-256 has 64 hexadecimal digits");
                }
                (Trusted::Certificate(sha256.unwrap_or_default()), Some("known by its fingerprint alone".to_owned()))
            }
            (None, None) => (Trusted::Anybody, Some("unverified, as the target file says".to_owned())),
        };
        let config = trusted.client_config().or_else(|error| {
            self.tell(path, format!("no TLS is possible with it: {error}"));
            Trusted::Anybody.client_config()
        });
        (config.expect("a client without authorities has nothing that could be wrong"), remark)
    }

    fn authorities(&mut self, path: &Down, file: &Path) -> Trusted {
        let bytes = self.file(path, file).unwrap_or_default();
        let found = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).map(CertificateDer::into_owned);
        let found: Vec<_> = found.collect();
        if found.is_empty() && self.mistakes.last().is_none_or(|(told, _)| told != path) {
            self.tell(path, format!("{} holds no certificate in PEM", path_text(file)));
        }
        Trusted::Authorities(found)
    }

    fn secret(&mut self, user: &Down, secret: Option<&Secret>) -> String {
        let Some(secret) = secret else { return String::new() };
        let path = below(user, "password");
        if let Some(name) = &secret.env {
            return env::var(name).unwrap_or_else(|_| {
                self.tell(&below(&path, "env"), format!("the environment variable {name} is not set"));
                String::new()
            });
        }
        let path = below(&path, "file");
        let bytes = secret.file.as_ref().and_then(|file| self.file(&path, file)).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_else(|_| {
            self.tell(&path, "a password is text in UTF-8");
            String::new()
        });
        text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line)).to_owned()
    }

    fn source(&mut self, path: &Down, looked: &Mailboxes, user: &User) -> Option<Source> {
        if let Some(imap) = &looked.imap {
            let server = self.server(
                &below(path, "imap"),
                (&imap.host, imap.port, imap.server_name.as_ref()),
                (imap.tls, [143, 993]),
                &imap.trust,
            );
            return Some(Source::Imap(server, imap.folder.clone()));
        }
        if let Some(pop3) = &looked.pop3 {
            let server = self.server(
                &below(path, "pop3"),
                (&pop3.host, pop3.port, pop3.server_name.as_ref()),
                (pop3.tls, [110, 995]),
                &pop3.trust,
            );
            return Some(Source::Pop3(server));
        }
        if let Some(maildir) = &looked.maildir {
            if let Some(unfit) = ["/", ".."].iter().find(|part| user.address.contains(**part)) {
                self.tell(path, format!("the address {} has `{unfit}` in it, which no path may", user.address));
                return None;
            }
            return Some(Source::Maildir(path_text(&self.folder.join(maildir))));
        }
        Some(Source::Command(looked.command.clone()?, self.folder.clone()))
    }

    fn server(
        &mut self,
        path: &Down,
        (host, port, name): (&str, Option<u16>, Option<&String>),
        (tls, [upgraded, implicit]): (ClientTls, [u16; 2]),
        trust: &Trust,
    ) -> MailboxServer {
        let (trust, _) = self.trust(&below(path, "trust"), trust);
        let (tls, usual) = match tls {
            ClientTls::Starttls => (MailboxTls::Upgraded, upgraded),
            ClientTls::Implicit => (MailboxTls::Implicit, implicit),
        };
        MailboxServer {
            host: host.to_owned(),
            port: port.unwrap_or(usual),
            name: name.map_or(host, String::as_str).to_owned(),
            tls,
            trust,
            patience: PATIENCE,
        }
    }

    /// Its records: its own, or one made of what the file says.
    fn records(&mut self, document: &Document) -> Vec<Provider> {
        if let Some(file) = &document.listed.ldif {
            let path = vec!["listed".into(), "ldif".into()];
            let Some(bytes) = self.file(&path, file) else { return Vec::new() };
            let read = match Directory::read(&bytes) {
                Ok(read) => read,
                Err(error) => {
                    self.tell(&path, format!("{} is no directory: {error}", path_text(file)));
                    return Vec::new();
                }
            };
            let own: Vec<Provider> = read
                .providers
                .iter()
                .filter(|record| record.name == document.provider)
                .map(|record| (**record).clone())
                .collect();
            if own.is_empty() {
                self.tell(&path, format!("{} has no record of `{}`", path_text(file), document.provider));
            }
            return own;
        }
        let path: Down = vec!["listed".into(), "certificates".into()];
        let files = document.listed.certificates.as_deref().unwrap_or_default();
        let certificates = self.materials(&path, files, Wanted::Certificates);
        if certificates.is_empty() {
            self.tell(&path, "a provider signs with at least one certificate");
        }
        let hashes = certificates.iter().filter_map(|der| Certificate::read(der).ok()).map(|known| known.sha1());
        vec![Provider {
            dn: format!("providerName={},o=postacert", document.provider),
            name: document.provider.clone(),
            mail_receipt: document.users.get(SERVICE).map(|user| user.address.clone()).unwrap_or_default(),
            managed_domains: document.domains.clone(),
            certificate_hashes: hashes.collect(),
            certificates,
            ..Provider::default()
        }]
    }

    /// What files hold, PEM or DER, all of it of the sort wanted.
    fn materials(&mut self, path: &Down, files: &[PathBuf], wanted: Wanted) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let path = [path.clone(), vec![Step::Item(index)]].concat();
            let Some(bytes) = self.file(&path, file) else { continue };
            let before = found.len();
            for material in Material::in_file(bytes) {
                match (material, wanted) {
                    (Ok(Material { der, sort: Sort::Certificate(_) }), Wanted::Certificates)
                    | (Ok(Material { der, sort: Sort::RevocationList }), Wanted::Lists) => found.push(der.to_vec()),
                    (Err(problem) | Ok(Material { sort: Sort::Neither(problem), .. }), _) => {
                        self.tell(&path, format!("{}: {problem}", path_text(file)));
                    }
                    (Ok(_), _) => {}
                }
            }
            if found.len() == before && self.mistakes.last().is_none_or(|(told, _)| *told != path) {
                let what = match wanted {
                    Wanted::Certificates => "certificate",
                    Wanted::Lists => "revocation list",
                };
                self.tell(&path, format!("{} holds no {what}", path_text(file)));
            }
        }
        found
    }
}

#[derive(Clone, Copy)]
enum Wanted {
    Certificates,
    Lists,
}

fn below(path: &Down, key: &str) -> Down {
    [path.clone(), vec![key.into()]].concat()
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    let nibbles: Option<Vec<u8>> =
        digits.iter().map(|digit| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let octets: Vec<u8> =
        nibbles?.chunks(2).map(|pair| pair.iter().fold(0, |octet, nibble| octet << 4 | nibble)).collect();
    octets.try_into().ok().filter(|_| digits.len() == 64)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Loads a target file written into a folder beside a certificate, a secret and a target that is right but for `wrong`.
    fn loaded(right: &str, wrong: &str) -> Result<External, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let pki = crate::pki::Pki::load().unwrap();
        fs::write(folder.path().join("ca.pem"), pki.tls_root_pem()).unwrap();
        fs::write(folder.path().join("signing.der"), pki.certificate("alfa").unwrap()).unwrap();
        fs::write(folder.path().join("secret"), "per-prova\r\n").unwrap();
        fs::write(folder.path().join("empty"), "").unwrap();
        let source = TARGET.replacen(right, wrong, 1);
        assert_eq!(source == TARGET, right == wrong, "{right}");
        let file = folder.path().join("acme.yaml");
        fs::write(&file, source).unwrap();
        External::load(&file).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    const TARGET: &str = "\
provider: ACME
domains: [acme.example]
submission: {host: localhost, trust: {ca: ca.pem}}
incoming: {host: localhost, trust: {unverified: true}}
mailboxes: {maildir: mail/%u}
users:
  mario: {address: Mario@acme.example, password: {file: secret}}
  anna: {address: anna@acme.example, password: {file: secret}}
  luca: {address: luca@acme.example, password: {file: secret}}
  giulia: {address: giulia@acme.example, password: {file: secret}}
  service: {address: ricevute@acme.example}
listed: {certificates: [signing.der]}
";

    #[test]
    fn what_a_target_file_names_is_read() {
        let target = loaded("x", "x").unwrap();
        assert_eq!(target.name, "acme");
        assert_eq!(target.logins["mario@acme.example"].password, "per-prova");
        assert_eq!((target.records.len(), target.records[0].certificate_hashes.len()), (1, 1));
        assert_eq!(target.records[0].mail_receipt, "ricevute@acme.example");
        assert_eq!(
            target.remarks(),
            ["acme: the certificate of its incoming point: unverified, as the target file says"]
        );
        assert!(!format!("{target:?}").contains("per-prova"));
    }

    #[test]
    fn what_is_missing_is_told_with_its_place() {
        for (right, wrong, told) in [
            ("ca: ca.pem", "ca: none.pem", "acme.yaml:3:43: none.pem cannot be read"),
            ("ca: ca.pem", "ca: empty", "empty holds no certificate in PEM"),
            ("ca: ca.pem", "fingerprint: abc", "64 hexadecimal digits"),
            ("{file: secret}", "{env: PEC_TEST_NOT_SET_ANYWHERE}", "PEC_TEST_NOT_SET_ANYWHERE is not set"),
            ("[signing.der]", "[secret]", "secret holds no certificate"),
            ("[signing.der]", "[]", "at least one certificate"),
            ("{certificates: [signing.der]}", "{ldif: secret}", "no directory"),
            ("Mario@acme", "../../etc/Mario@acme", "which no path may"),
        ] {
            let found = loaded(right, wrong).unwrap_err();
            assert!(found.iter().any(|one| one.contains(told)), "{wrong}: {found:?}");
        }
    }
}
