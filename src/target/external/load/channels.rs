//! Where a target is reached, over which channel, and who vouches for it.

use std::{path::Path, sync::Arc, time::Duration};

use rustls::ClientConfig;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use super::{Load, below};
use crate::{
    net::{ImapLogin, MailboxServer, MailboxTls, Security, Trusted},
    scenario::send::ClientTls,
    shown::path_text,
    target::external::{
        file::{ImapAuth, Mailboxes, Trust, User},
        reader::Source,
        target::Point,
    },
    yaml::locate::Path as Down,
};

/// How long a mailbox server is waited for, each time.
const PATIENCE: Duration = Duration::from_secs(30);

impl Load {
    pub(super) fn point(
        &mut self,
        path: &Down,
        at: (&str, u16, Option<&String>),
        security: Security,
        trust: &Trust,
    ) -> Point {
        let (host, port, name) = at;
        let (trust, remark) = self.trust(&below(path, "trust"), trust);
        let name = name.map_or(host, String::as_str).to_owned();
        Point { host: host.to_owned(), port, name, security, trust, remark, login: None }
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
        // A machine's bundle holds certificates of many makes: TLS takes those that it understands.
        let found = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).map(CertificateDer::into_owned);
        let found: Vec<_> = found.collect();
        if found.is_empty() && self.mistakes.last().is_none_or(|(told, _)| told != path) {
            self.tell(path, format!("{} holds no certificate in PEM", path_text(file)));
        }
        Trusted::Authorities(found)
    }

    pub(super) fn source(&mut self, path: &Down, looked: &Mailboxes, user: &User) -> Option<Source> {
        if let Some(imap) = &looked.imap {
            let server = self.server(
                &below(path, "imap"),
                (&imap.host, imap.port, imap.server_name.as_ref()),
                (imap.tls, [143, 993]),
                &imap.trust,
            );
            let by = match imap.auth {
                ImapAuth::Login => ImapLogin::Password,
                ImapAuth::Xoauth2 => ImapLogin::Token,
            };
            return Some(Source::Imap(server, imap.folder.clone(), by));
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
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    let nibbles: Option<Vec<u8>> =
        digits.iter().map(|digit| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let octets: Vec<u8> =
        nibbles?.chunks(2).map(|pair| pair.iter().fold(0, |octet, nibble| octet << 4 | nibble)).collect();
    octets.try_into().ok().filter(|_| digits.len() == 64)
}
