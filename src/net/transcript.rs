//! What was said in a session, line by line, secrets taken out.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::evidence::{Dialogue, DialogueLine, Party, Service, Speaker};

/// Longest line kept; what a peer says beyond it is cut, for a transcript is for people.
const LINE: usize = 1000;

/// Most lines kept of one session.
const LINES: usize = 20_000;

/// A session's lines, growing while it lasts. Clones share them.
#[derive(Clone)]
pub struct Transcript(Arc<Mutex<Said>>);

struct Said {
    service: Service,
    client: Option<String>,
    tls: Option<String>,
    unsecured: Option<String>,
    lines: Vec<DialogueLine>,
}

impl Transcript {
    /// An empty transcript of a session with `service`.
    pub fn new(service: Service) -> Self {
        Self(Arc::new(Mutex::new(Said { service, client: None, tls: None, unsecured: None, lines: Vec::new() })))
    }

    /// The service spoken to.
    pub fn service(&self) -> Service {
        self.said().service
    }

    /// The name the client gave with EHLO or HELO, if it came so far.
    pub fn client(&self) -> Option<String> {
        self.said().client.clone()
    }

    /// TLS version, once the channel was secured.
    pub fn tls(&self) -> Option<String> {
        self.said().tls.clone()
    }

    /// Why TLS did not come about, where both ends wanted it.
    pub fn unsecured(&self) -> Option<String> {
        self.said().unsecured.clone()
    }

    /// The lines so far, between the two parties given.
    pub fn dialogue(&self, from: Party, to: Party) -> Dialogue {
        let said = self.said();
        Dialogue { from, to, service: said.service, tls: said.tls.clone(), lines: said.lines.clone() }
    }

    /// Whether this is the same session as `other`.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The lines so far as `C: ...` and `S: ...`, for messages to people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.said().lines {
            text.push_str(if line.by == Speaker::Client { "C: " } else { "S: " });
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }

    pub(super) fn say(&self, by: Speaker, text: &str) {
        let mut said = self.said();
        if said.lines.len() == LINES {
            return;
        }
        let secured = said.tls.is_some();
        let text = text.chars().take(LINE).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
        said.lines.push(DialogueLine { by, secured, text: text.collect() });
    }

    pub(super) fn secured(&self, version: Option<rustls::ProtocolVersion>) {
        let name = match version {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2".to_owned(),
            other => format!("{other:?}"),
        };
        self.said().tls = Some(name);
    }

    pub(super) fn not_secured(&self, why: &str) {
        self.said().unsecured = Some(why.to_owned());
    }

    pub(super) fn named(&self, client: &str) {
        self.said().client = Some(client.to_owned());
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
