//! A target file made ready: files and secrets that it names are read, and what is missing is told with its place.

mod channels;
mod records;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use tokio::sync::Mutex;

use super::{
    External,
    file::{self, Auth, Document},
    pace::Pace,
    reader::Source,
    target::Point,
};
use crate::{
    bounded,
    evidence::IncomingTls,
    net::{AuthMechanism, Credentials, MailboxLogin, Security},
    scenario::send::ClientTls,
    shown::path_text,
    smime::Wanted,
    yaml::{
        Problem, Secret,
        locate::{Path as Down, Step},
    },
};

/// Bytes of a file that a target file names, at most.
const LARGEST: u64 = 16 << 20;

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
        let incoming_point = self.point(
            &at(&["incoming"]),
            (&incoming.host, incoming.port, incoming.server_name.as_ref()),
            match incoming.tls {
                IncomingTls::Starttls => Security::StartTls,
                IncomingTls::Implicit => Security::Implicit,
                IncomingTls::Offered => Security::WhenOffered,
                IncomingTls::None => Security::Plain,
            },
            &incoming.trust.clone().unwrap_or_default(),
        );
        let of_hosts = incoming.login.as_ref().map(|login| Credentials {
            user: login.user.clone(),
            password: self.secret(&at(&["incoming", "login"]), Some(&login.password)),
            mechanism: AuthMechanism::Plain,
        });
        let incoming = Point { login: of_hosts, ..incoming_point };
        let (mut logins, mut sources) = (BTreeMap::new(), BTreeMap::new());
        let users = document.users.iter().map(|(key, user)| ("users", key.as_str(), user));
        let users = users.chain(document.secondary.iter().map(|(key, user)| ("secondary", key.as_str(), user)));
        for (map, key, user) in users.chain(document.states.all().map(|(key, user)| ("states", key, user))) {
            let path = at(&[map, key]);
            let password = self.secret(&path, user.password.as_ref());
            let address = user.address.to_ascii_lowercase();
            let login = MailboxLogin { user: user.login.clone().unwrap_or_else(|| user.address.clone()), password };
            let mechanism = match document.submission.auth {
                Auth::Plain => AuthMechanism::Plain,
                Auth::Login => AuthMechanism::Login,
                Auth::Xoauth2 => AuthMechanism::XOAuth2,
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
        let virus_store = document.virus_store.as_ref().and_then(|store| match (&store.maildir, &store.command) {
            (Some(maildir), _) => Some(Source::Maildir(path_text(&self.folder.join(maildir)))),
            (None, Some(words)) => Some(Source::Command(words.clone(), self.folder.clone())),
            (None, None) => None,
        });
        let records = self.records(&document);
        let anchors = self.materials(&at(&["anchors"]), &document.anchors, Wanted::Certificates);
        let lists = self.materials(&at(&["lists"]), &document.lists, Wanted::RevocationLists);
        let pace = Pace::new(document.messages_per_minute);
        let readers = Mutex::default();
        External {
            name,
            submission,
            incoming,
            logins,
            sources,
            virus_store,
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

    fn secret(&mut self, user: &Down, secret: Option<&Secret>) -> String {
        let Some(secret) = secret else { return String::new() };
        secret.read(&self.folder).unwrap_or_else(|none| {
            let path = below(user, "password");
            self.tell(&none.key.map_or_else(|| path.clone(), |key| below(&path, key)), none.why);
            String::new()
        })
    }

    /// What files hold, PEM or DER, all of it of the sort wanted.
    fn materials(&mut self, path: &Down, files: &[PathBuf], wanted: Wanted) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let path = [path.clone(), vec![Step::Item(index)]].concat();
            let Some(bytes) = self.file(&path, file) else { continue };
            match wanted.of_file(bytes) {
                Ok(found) => all.extend(found.iter().map(|der| der.to_vec())),
                Err(problem) => self.tell(&path, format!("{}: {problem}", path_text(file))),
            }
        }
        all
    }
}

fn below(path: &Down, key: &str) -> Down {
    [path.clone(), vec![key.into()]].concat()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        directory::{Provider, export},
        evidence::Direction,
        target::Targets,
    };

    /// Loads a target file written into a folder beside a certificate, a secret and a target that is right but for `wrong`.
    fn loaded(right: &str, wrong: &str) -> Result<External, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let pki = crate::pki::Pki::load().unwrap();
        fs::write(folder.path().join("ca.pem"), pki.tls_root_pem()).unwrap();
        fs::write(folder.path().join("signing.der"), pki.certificate("alfa").unwrap()).unwrap();
        fs::write(folder.path().join("secret"), "per-prova\r\n").unwrap();
        fs::write(folder.path().join("empty"), "").unwrap();
        let listed = Provider {
            dn: "providerName=ACME,o=postacert".to_owned(),
            name: "ACME".to_owned(),
            mail_receipt: "r@x.example".to_owned(),
            managed_domains: vec!["x.example".to_owned()],
            ..Provider::default()
        };
        fs::write(folder.path().join("p.ldif"), export::ldif(&[listed].into_iter().collect())).unwrap();
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
            target.remarks()[..1],
            ["acme: the certificate of its incoming point: unverified, as the target file says"]
        );
        assert!(!format!("{target:?}").contains("per-prova"));
    }

    #[test]
    fn two_pairs_play_at_the_same_time_where_they_share_neither_a_gateway_nor_a_port() {
        let mut targets = Targets::default();
        for (name, head) in [
            ("acme", "provider: ACME"),
            ("acme-by-pop3", "provider: ACME\ncounterpart: {incoming: 1, posta: 2}"),
            ("beta", "provider: BETA\ncounterpart: {incoming: 1, posta: 2}"),
            ("gamma", "provider: GAMMA\ncounterpart: {incoming: 3, second-incoming: 4, posta: 2526}"),
        ] {
            targets.insert(External { name: name.to_owned(), ..loaded("provider: ACME", head).unwrap() });
        }
        let pair = |(sender, receiver): (&str, &str)| Direction::new(sender, receiver);
        for (one, other, are_apart) in [
            (("alfa", "bravo"), ("alfa", "bravo"), true),
            (("alfa", "acme"), ("alfa", "bravo"), true),
            (("alfa", "acme"), ("beta", "alfa"), true),
            (("alfa", "acme"), ("acme", "alfa"), false),
            (("alfa", "acme"), ("alfa", "acme-by-pop3"), false),
            (("acme", "beta"), ("alfa", "beta"), false),
            // Strangers to each other, whose counterparts would listen on one port.
            (("alfa", "acme"), ("gamma", "alfa"), false),
        ] {
            assert_eq!(targets.are_apart(&pair(one), &pair(other)), are_apart, "{one:?} {other:?}");
            assert_eq!(targets.are_apart(&pair(other), &pair(one)), are_apart, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_its_place() {
        for (right, wrong, told) in [
            ("ca: ca.pem", "ca: none.pem", "acme.yaml:3:43: none.pem cannot be read"),
            ("ca: ca.pem", "ca: empty", "empty holds no certificate in PEM"),
            ("ca: ca.pem", "fingerprint: abc", "64 hexadecimal digits"),
            ("{file: secret}", "{env: PEC_TEST_NOT_SET_ANYWHERE}", "PEC_TEST_NOT_SET_ANYWHERE is not set"),
            ("[signing.der]", "[secret]", "secret: no certificates in it"),
            ("{file: secret}", "{file: empty}", "the secret there is empty"),
            ("[signing.der]", "[]", "at least one certificate"),
            ("{certificates: [signing.der]}", "{ldif: secret}", "no directory"),
            ("{certificates: [signing.der]}", "{ldif: p.ldif}", "is not among those that p.ldif lists: x.example"),
            ("{certificates: [signing.der]}", "{ldif: p.ldif}", "`mailReceipt` in p.ldif is r@x.example"),
            ("Mario@acme", "../../etc/Mario@acme", "which no path may"),
        ] {
            let found = loaded(right, wrong).unwrap_err();
            assert!(found.iter().any(|one| one.contains(told)), "{wrong}: {found:?}");
        }
    }
}
