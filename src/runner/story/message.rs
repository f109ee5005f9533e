//! One message as the tale tells it: its fields, its signature, its parts, and what it certifies.

use super::{super::names::Names, Teller};
use crate::{
    clock::LegalTime,
    message::{Entity, Mail, Message},
    smime::{Signature, SignatureState},
};

impl Teller {
    pub(super) fn message(&mut self, message: &Message) {
        let certified = message.daticert.as_ref().and_then(|reading| reading.data.as_ref());
        // An anomaly envelope certifies nothing: the moment its text tells is that of its Date.
        let dated = || Names::instant(&message.mail.field("Date")?);
        let instant = certified.and_then(crate::message::Daticert::instant).or_else(dated);
        for header in &message.mail.root.headers {
            let value = match header.name.to_ascii_lowercase().as_str() {
                "received" => "(trace)".to_owned(),
                "content-type" => message.mail.root.content_type.clone(),
                "date" => self.names.date(&message.mail.unfolded(header)),
                _ => self.names.text(&message.mail.decoded(header)),
            };
            self.line(1, format!("{}: {value}", header.name));
        }
        if let Some(signed) = &message.signed {
            let summary = self.signature(message, signed);
            self.line(1, format!("signature: {summary}"));
        }
        self.tree(&message.mail, &message.mail.root, 1);
        self.certification(message);
        if let Some(text) = message.parts.plain.as_ref().and_then(|plain| message.mail.text(plain)) {
            for line in text.lines() {
                let line = match instant {
                    Some(instant) => self.names.moment(line, &LegalTime::at(instant)),
                    None => line.to_owned(),
                };
                let line = self.names.text(&line);
                self.line(1, format!("| {line}").trim_end());
            }
        }
    }

    fn signature(&mut self, message: &Message, signed: &crate::message::Signed) -> String {
        let Some(cms) = &signed.cms else { return "unreadable".to_owned() };
        let signature = Signature::verify(cms, message.mail.bytes(&signed.content.span));
        let state = match &signature.state {
            SignatureState::Valid => "valid".to_owned(),
            SignatureState::DigestDiffers { .. } => "the content is not what was signed".to_owned(),
            SignatureState::ValueWrong => "not the signer's".to_owned(),
            SignatureState::NoSignerCertificate => "without the signer's certificate".to_owned(),
            SignatureState::ContentAbsent { .. } => "without what it signs".to_owned(),
            SignatureState::Unsupported(what) => format!("not verifiable: {what}"),
            SignatureState::Malformed(_) => "broken".to_owned(),
        };
        let form = if signature.indefinite { "BER" } else { "DER" };
        let Some(signer) = &signature.signer else { return format!("{state}, {}, {form}", signature.digest) };
        let at = signature.signing_time.unwrap_or(self.now);
        let path = match self.trust.check(signer, &signature.certificates, at) {
            Ok(()) => "trusted".to_owned(),
            Err(error) => format!("not trusted: {error}"),
        };
        let listed = self.directory.as_ref().and_then(|directory| directory.signing_with(signer).next());
        let listed = match listed {
            Some(provider) => format!("listed for {}", self.names.text(&provider.name)),
            None => "in no directory".to_owned(),
        };
        let claimed = signature
            .signing_time
            .map_or("no signing time".to_owned(), |at| format!("signed at {}", self.names.time(at)));
        format!("{state}, {}, {form}, {claimed}, signer {path}, {listed}", signature.digest)
    }

    fn tree(&mut self, mail: &Mail, entity: &Entity, depth: usize) {
        let name = entity.file_name().map(|name| format!(" {}", self.names.text(name))).unwrap_or_default();
        let disposition = entity.disposition.as_deref().map(|kind| format!(", {kind}")).unwrap_or_default();
        self.line(depth, format!("{}{name} ({}{disposition})", entity.content_type, entity.encoding));
        for child in &entity.children {
            self.tree(mail, child, depth + 1);
        }
        if entity.content_type == "message/rfc822"
            && let Some(inside) = mail.nested(entity)
        {
            for name in ["Message-ID", "X-Riferimento-Message-ID", "Subject"] {
                if let Some(header) = inside.root.header(name) {
                    let value = self.names.text(&inside.decoded(header));
                    self.line(depth + 1, format!("{name}: {value}"));
                }
            }
            // Bounded by the reader: it stops at its own depth, and a message inside is told once.
            if depth < 6 {
                self.tree(&inside, &inside.root, depth + 1);
            }
        }
    }

    fn certification(&mut self, message: &Message) {
        let Some(reading) = &message.daticert else { return };
        let Some(data) = &reading.data else { return self.line(1, "certification data: not readable") };
        let when = match data.instant() {
            Some(instant) if LegalTime::at(instant).zona() == data.zona => self.names.time(instant),
            _ => format!("{} {} {}", data.giorno, data.ora, data.zona),
        };
        let recipients: Vec<String> =
            data.destinatari.iter().map(|to| format!("{} ({})", self.names.text(&to.address), to.tipo)).collect();
        let mut facts = vec![
            ("tipo", Some(format!("{}, errore {}", data.tipo, data.errore))),
            ("mittente", Some(data.mittente.clone())),
            ("destinatari", Some(recipients.join(", "))),
            ("risposte", Some(data.risposte.clone())),
            ("oggetto", data.oggetto.clone()),
            ("gestore-emittente", Some(data.gestore_emittente.clone())),
            ("data", Some(when)),
            ("identificativo", Some(data.identificativo.clone())),
            ("msgid", data.msgid.clone()),
            ("ricevuta", data.ricevuta.clone()),
            ("consegna", data.consegna.clone()),
        ];
        facts.extend(data.ricezione.iter().map(|to| ("ricezione", Some(to.clone()))));
        facts.push(("errore-esteso", data.errore_esteso.clone()));
        self.line(1, "certification data");
        for (name, value) in facts {
            if let Some(value) = value {
                let value = self.names.text(&value);
                self.line(2, format!("{name}: {value}"));
            }
        }
        for error in &reading.invalid {
            self.line(2, format!("against the DTD at {}: {}", error.path, error.found));
        }
    }
}
