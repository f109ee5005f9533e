//! Who a gateway is and whom it trusts, from what its configuration says.

use std::{
    fs, io,
    net::{SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rustls::{ClientConfig, sign::CertifiedKey};

use super::{
    ServeError,
    certificates::{self, Held, Roots, Shown},
    config::{ClockSetting, Config, DialectName, Mx, Route, RouteTls},
};
use crate::{
    bounded::{self, MIB},
    clock::{Clock, Machine},
    directory::{Directory, DirectoryFile, export},
    evidence::Service,
    gateway::{self, Keys, MailboxSettings, Password, Profile},
    net::{Destination, Foreign, MailHosts, Security, Trusted},
    pki::{self, Pki, tls},
    smime::{SignatureState, Signer, Trust},
};

/// Octets of a directory at most: that of all providers takes some 20 MB.
const LARGEST: u64 = 256 * MIB;

/// How long a name server may be waited for at each attempt.
const LONGEST_LOOKUP: SignedDuration = SignedDuration::from_mins(1);

/// Sessions with one host at a time.
const CHANNELS: usize = 4;

/// What a configuration comes to.
pub struct Place {
    /// The folder that its paths are taken from.
    folder: PathBuf,
    config: Config,
    pki: Option<Arc<Pki>>,
    /// Who it is.
    pub profile: Profile,
    /// Its clock.
    pub clock: Clock,
}

impl Place {
    /// Makes sense of a configuration whose paths are taken from `folder`.
    pub fn of(config: Config, folder: &Path) -> Result<Self, ServeError> {
        let clock = Clock::running(match config.clock {
            None | Some(ClockSetting { ahead: None, at: None }) => Machine::default(),
            Some(ClockSetting { ahead: Some(span), at: None }) => Machine::set_to(Machine::default().now() + span.0),
            Some(ClockSetting { ahead: None, at: Some(instant) }) => Machine::set_to(instant),
            Some(_) => return Err(ServeError::wrong("clock", "give either `ahead` or `at`")),
        });
        let mut profile = match config.dialect {
            DialectName::Alfa => Profile::alfa(),
            DialectName::Bravo => Profile::bravo(),
            DialectName::Delta => Profile::delta(),
            DialectName::Flawed => Profile::flawed(),
        };
        let mut newcomer = None;
        if let Some(facts) = &config.provider {
            if facts.domains.is_empty() {
                return Err(ServeError::wrong("provider", "it needs one domain at least"));
            }
            profile.provider.clone_from(&facts.name);
            profile.host.clone_from(&facts.host);
            profile.domains.clone_from(&facts.domains);
            profile.secondary_domain.clone_from(&facts.domains[0]);
            profile.address.clone_from(&facts.address);
            profile.receipt_mailbox.clone_from(&facts.service_mailbox);
            pki::NEWCOMER.clone_into(&mut profile.signer);
            pki::NEWCOMER.clone_into(&mut profile.tls);
            newcomer = Some(pki::Newcomer {
                name: facts.name.clone(),
                service: facts.address.clone(),
                hosts: vec![facts.host.clone()],
            });
        }
        profile.mailboxes = mailboxes(&config, folder)?;
        profile.channels = CHANNELS;
        profile.upgrade = config.starttls;
        profile.bind = gateway::Bind {
            address: config.bind,
            submission: config.ports.submission,
            submissions: config.ports.submissions,
            incoming: config.ports.incoming,
        };
        if !config.retries.is_empty() {
            profile.retries = config.retries.iter().map(|span| span.0).collect();
        }
        let pki = if config.test_pki {
            let day = Some(clock.now().to_zoned(TimeZone::UTC).date());
            Some(Pki::ordered(&pki::Order { day, newcomer })?)
        } else {
            None
        };
        Ok(Self { folder: folder.to_owned(), config, pki, profile, clock })
    }

    /// Where users fetch their mail, if anywhere.
    pub fn pop3(&self) -> Option<SocketAddr> {
        self.config.ports.pop3.map(|port| (self.config.bind, port).into())
    }

    /// The folder that it keeps everything in.
    pub fn data(&self) -> PathBuf {
        self.folder.join(&self.config.data)
    }

    /// What it signs and secures its channels with: by TLS certificates of its own, as `shown`, or those of the test PKI.
    pub fn keys(&self, shown: Option<&Arc<Shown>>) -> Result<Keys, ServeError> {
        let test = self.pki.as_ref().map(|pki| Keys::of_test(pki, Machine::default(), &self.profile)).transpose();
        let test = test.map_err(|error| ServeError::wrong("test-pki", &error.to_string()))?;
        let signer = match (self.signer()?, &test) {
            (Some(signer), _) => signer,
            (None, Some(keys)) => keys.signer.clone(),
            (None, None) => return Err(ServeError::lacking("signing", "a signing certificate and its key")),
        };
        let others = test.as_ref().map(|keys| keys.others.clone()).unwrap_or_default();
        // It calls others with the roots that it was given: see [`Place::client_tls`].
        let tls = match (shown, test) {
            (Some(shown), _) => tls::server_showing(shown.clone())
                .map(Arc::new)
                .map_err(|error| ServeError::wrong("tls", &error.to_string()))?,
            (None, Some(test)) => test.tls,
            (None, None) => return Err(ServeError::lacking("tls", "a TLS certificate and its key")),
        };
        Ok(Keys { signer, tls, calling: None, others })
    }

    /// What it signs with by files of its own, as they are now.
    pub fn signer(&self) -> Result<Option<Signer>, ServeError> {
        let Some(files) = &self.config.signing else { return Ok(None) };
        let (certificate, key) = (self.folder.join(&files.certificate), self.folder.join(&files.key));
        let signer = certificates::signer(&certificate, &key);
        signer.map(Some).map_err(|problem| ServeError::wrong("signing", &problem))
    }

    /// Its own TLS certificate as it is now, if it has one.
    pub fn certificate(&self) -> Result<Option<CertifiedKey>, ServeError> {
        let Some(tls) = &self.config.tls else { return Ok(None) };
        match (&tls.certificate, &tls.key) {
            (Some(certificate), Some(key)) => {
                certificates::server(&self.folder.join(certificate), &self.folder.join(key))
                    .map(Some)
                    .map_err(|problem| ServeError::wrong("tls", &problem))
            }
            (None, None) => Ok(None),
            _ => Err(ServeError::wrong("tls", "give both `certificate` and `key`")),
        }
    }

    /// Whom it trusts when it calls others, as it is now.
    pub fn client_tls(&self) -> Result<Arc<ClientConfig>, ServeError> {
        let mut roots = Roots::default();
        if let Some(pki) = &self.pki {
            roots.add(pki.tls_root()).map_err(|problem| ServeError::wrong("test-pki", &problem))?;
        }
        let anchors = self.config.tls.as_ref().map_or(&[][..], |tls| &tls.anchors);
        roots.read_all(&self.folder, anchors).map_err(|problem| ServeError::wrong("tls", &problem))?;
        if roots.is_empty() {
            let problem = "`anchors` is missing: give the roots that other hosts' certificates are held to, or \
                           `test-pki: true`";
            return Err(ServeError::wrong("tls", problem));
        }
        roots
            .client(self.profile.choices.peer_names)
            .map(Arc::new)
            .map_err(|problem| ServeError::wrong("tls", &problem))
    }

    /// Roots and revocation lists of signatures, as they are now.
    pub fn trust(&self) -> Result<Trust, ServeError> {
        let test = self.pki.as_ref().map(|pki| pki.trust()).unwrap_or_default();
        let read = |key: &'static str, paths: &[PathBuf], of: fn(&Path) -> Held| {
            let mut found = Vec::new();
            for path in paths {
                found.extend(of(&self.folder.join(path)).map_err(|problem| ServeError::wrong(key, &problem))?);
            }
            Ok::<_, ServeError>(found)
        };
        let anchors = read("anchors", &self.config.anchors, certificates::certificates)?;
        let lists = read("lists", &self.config.lists, certificates::lists)?;
        let anchors = if anchors.is_empty() { test.anchors().to_vec() } else { anchors };
        if anchors.is_empty() {
            return Err(ServeError::lacking("anchors", "the roots of signatures"));
        }
        Ok(Trust::new(anchors, if lists.is_empty() { test.crls().to_vec() } else { lists }))
    }

    /// The providers' directory, LDIF or in its signature, as it is now; it must list this provider.
    pub fn directory(&self) -> Result<Vec<u8>, ServeError> {
        let ldif = match (&self.config.directory, &self.pki) {
            (Some(path), _) => {
                let path = self.folder.join(path);
                let wrong = |problem: &dyn std::fmt::Display| {
                    ServeError::wrong("directory", &format!("{}: {problem}", crate::shown::path_text(&path)))
                };
                let file = bounded::read(&path, LARGEST).map_err(|error| wrong(&error))?;
                let opened = DirectoryFile::open(&file);
                if opened.signature.as_ref().is_some_and(|signature| signature.state != SignatureState::Valid) {
                    return Err(wrong(&"its signature does not hold; `check` on the file tells more"));
                }
                file
            }
            (None, Some(pki)) => export::ldif(&gateway::directory_of(pki, &self.profile)),
            (None, None) => return Err(ServeError::lacking("directory", "the providers' directory")),
        };
        let directory = Directory::read(&ldif).map_err(|error| ServeError::wrong("directory", &error.to_string()))?;
        let own = |domain: &String| directory.managing(domain).next().is_some();
        if let Some(unlisted) = self.profile.domains.iter().find(|domain| !own(domain)) {
            let problem = format!("it lists no provider that manages {unlisted}, a domain of this gateway");
            return Err(ServeError::wrong("directory", &problem));
        }
        if let Some(files) = &self.config.signing {
            let signing = self.folder.join(&files.certificate);
            let own = certificates::own(&signing).map_err(|problem| ServeError::wrong("signing", &problem))?;
            if directory.signing_with(&own).next().is_none() {
                let problem =
                    format!("no provider in it signs with the certificate in {}", crate::shown::path_text(&signing));
                return Err(ServeError::wrong("directory", &problem));
            }
        }
        Ok(ldif)
    }

    /// Where mail for other domains goes, each host looked up.
    pub fn routes(&self) -> Result<Vec<(String, Destination)>, ServeError> {
        let routes = self.config.routes.iter().map(|(domain, route)| {
            let mut roots = Roots::default();
            roots.read_all(&self.folder, &route.anchors)?;
            let trust = match route.tls {
                _ if roots.is_empty() => None,
                RouteTls::Required => Some(Arc::new(roots.client(self.profile.choices.peer_names)?)),
                RouteTls::Opportunistic => {
                    let why =
                        "`anchors` vouch for a channel that is `required`; one that is `opportunistic` asks for nobody";
                    return Err(format!("{domain}: {why}"));
                }
            };
            Ok((domain.to_ascii_lowercase(), destination(route, trust)?))
        });
        routes.collect::<Result<_, String>>().map_err(|problem| ServeError::wrong("routes", &problem))
    }

    /// Whom it asks for the hosts of other domains, if anybody.
    pub fn exchangers(&self) -> Result<Option<MailHosts>, ServeError> {
        let Some(Mx { server, port, timeout }) = &self.config.mx else { return Ok(None) };
        if timeout.is_some_and(|span| span.0 > LONGEST_LOOKUP) {
            return Err(ServeError::wrong("mx", "`timeout` is a minute at most: mail waits meanwhile"));
        }
        // Spans are positive.
        let timeout = timeout.map(|span| span.0.unsigned_abs());
        let hosts = match (server.as_str(), server.parse::<SocketAddr>()) {
            ("system", _) => MailHosts::by_system(*port, timeout),
            (_, Ok(server)) => MailHosts::by_server(server, *port, timeout),
            (_, Err(_)) => Err(format!("`{server}` is neither `system` nor the address and port of a name server")),
        };
        hosts.map(Some).map_err(|problem| ServeError::wrong("mx", &problem))
    }

    /// Writes what clients and other gateways need to know of it into a folder: its directory and, of the test PKI, the roots
    /// and revocation lists.
    pub fn publish(&self, folder: &Path, directory: &[u8]) -> Result<(), ServeError> {
        let write = || {
            fs::create_dir_all(folder)?;
            if let Some(pki) = &self.pki {
                pki.write_trust(folder)?;
            }
            Ok::<_, io::Error>(())
        };
        write().map_err(|problem| ServeError::Data { path: folder.to_owned(), problem })?;
        let opened = DirectoryFile::open(directory);
        let write = |name: &str, octets: Option<&[u8]>| {
            let path = folder.join(name);
            let written = match octets {
                Some(octets) => fs::write(&path, octets),
                // Of another day, when it was signed.
                None if path.exists() => fs::remove_file(&path),
                None => Ok(()),
            };
            written.map_err(|problem| ServeError::Data { path, problem })
        };
        write("directory.ldif.p7m", opened.signature.is_some().then_some(directory))?;
        write("directory.ldif", Some(opened.ldif()))
    }

    /// The files that are read again when they change.
    pub fn watched(&self) -> Vec<PathBuf> {
        let Config { directory, lists, anchors, tls, signing, routes, .. } = &self.config;
        let signing = signing.iter().flat_map(|files| [&files.certificate, &files.key]);
        let tls = tls.iter().flat_map(|tls| tls.certificate.iter().chain(&tls.key).chain(&tls.anchors));
        let routes = routes.values().flat_map(|route| &route.anchors);
        let paths = directory.iter().chain(lists).chain(anchors).chain(tls).chain(signing).chain(routes);
        paths.map(|path| self.folder.join(path)).collect()
    }
}

/// Where a route leads; `trust` says whom to trust there, where that is not whom elsewhere. An opportunistic one trusts anybody.
pub fn destination(route: &Route, trust: Option<Arc<ClientConfig>>) -> Result<Destination, String> {
    let (host, _) = route.to.rsplit_once(':').ok_or_else(|| format!("`{}` is not `host:port`", route.to))?;
    let mut found =
        route.to.to_socket_addrs().map_err(|error| format!("`{}` cannot be looked up: {error}", route.to))?;
    let address: SocketAddr = found.next().ok_or_else(|| format!("`{}` has no address", route.to))?;
    let (service, security, trust) = match route.tls {
        RouteTls::Required => (Service::Incoming, Security::StartTls, trust),
        RouteTls::Opportunistic => {
            let anybody = Trusted::Anybody.client_config().map_err(|error| error.to_string())?;
            (Service::Ordinary, Security::WhenOffered, Some(anybody))
        }
    };
    Ok(Destination {
        address,
        host: route.name.clone().unwrap_or_else(|| host.to_owned()),
        service,
        security,
        trust: trust.map(|tls| Foreign { tls, login: None }),
    })
}

fn mailboxes(config: &Config, folder: &Path) -> Result<Vec<MailboxSettings>, ServeError> {
    let settings = config.users.iter().map(|(local, user)| {
        let wrong = |problem: &str| ServeError::wrong("users", &format!("{local}: {problem}"));
        if local.is_empty() || local.contains(|c: char| !c.is_ascii_graphic() || "@<>".contains(c)) {
            return Err(wrong("not the local part of an address"));
        }
        let password = user.password.read(folder).map_err(|none| wrong(&format!("no password: {}", none.why)))?;
        let password = Some(Password::new(password));
        Ok(MailboxSettings { ordinary: user.ordinary, password, ..MailboxSettings::new(local, user.state) })
    });
    settings.collect()
}

/// When a file last changed, and how long it was then; `None` where it is not there.
pub fn stamp(path: &Path) -> Option<(Timestamp, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((Timestamp::try_from(metadata.modified().ok()?).ok()?, metadata.len()))
}
