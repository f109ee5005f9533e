//! What was observed, without what is somebody's.

use super::{Redactor, text::Known};
use crate::{
    evidence::{Evidence, Observation, Seen},
    message::Mail,
};

/// Header fields by which messages of certified mail are told; of others nothing is left.
const KEPT: [&str; 4] = ["X-Ricevuta", "X-TipoRicevuta", "X-Trasporto", "X-VerificaSicurezza"];

impl Redactor {
    pub(super) fn evidence(&self, evidence: &mut Evidence, known: &Known) {
        if evidence.gateways.is_empty() {
            evidence.title = self.path(&evidence.title);
        }
        for observation in &mut evidence.observations {
            self.observation(observation);
        }
        for line in evidence.dialogues.iter_mut().flat_map(|dialogue| &mut dialogue.lines) {
            line.text = self.text(&line.text);
        }
        evidence.logs.clear();
        for announced in &mut evidence.announced {
            announced.subject = self.text_around(&announced.subject, known);
        }
    }

    fn observation(&self, observation: &mut Observation) {
        match &mut observation.seen {
            Seen::File { path } => *path = self.path(path),
            Seen::Mailbox { address, .. } => *address = self.address(address),
            Seen::Submitted { .. } | Seen::Wire { .. } | Seen::VirusStore { .. } => {}
        }
        if let Some(path) = &mut observation.path {
            path.from = if path.from.is_empty() { String::new() } else { self.address(&path.from) };
            for address in &mut path.to {
                *address = self.address(address);
            }
        }
        observation.bytes = self.header(&observation.bytes).into();
    }

    /// What of a message tells its kind.
    fn header(&self, message: &[u8]) -> Vec<u8> {
        let mut kept = String::new();
        if let Ok(mail) = Mail::read(header_of(message).to_vec()) {
            for name in KEPT {
                if let Some(value) = mail.field(name) {
                    kept.extend([name, ": ", &self.text(&value).replace(['\r', '\n'], " "), "\r\n"]);
                }
            }
        }
        (kept + "\r\n").into_bytes()
    }
}

/// The header, as far as it is looked at.
fn header_of(message: &[u8]) -> &[u8] {
    const LONGEST: usize = 64 << 10;
    let header = &message[..message.len().min(LONGEST)];
    memchr::memmem::find(header, b"\r\n\r\n").map_or(header, |end| &header[..end + 4])
}
