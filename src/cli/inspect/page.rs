//! An anatomy as a page for people. Whatever came from outside is escaped.

use crate::{
    language::Said,
    report::{Ink, Style, shown},
};

use super::{
    anatomy::{Anatomy, DaticertFields, DirectoryParts, MessageParts, Part, SignatureParts, Thing},
    certificate::CertificateFields,
};

/// The page.
pub fn page(anatomy: &Anatomy, style: Style) -> String {
    let mut page = Page { text: String::new(), style };
    let what = match &anatomy.thing {
        Thing::Message(message) => match message.kind {
            Some(kind) => style.language.say(format!("kind-{}", kind.word())),
            None => style.say("inspect-mail"),
        },
        Thing::Daticert(_) => style.say("inspect-daticert"),
        Thing::Signature(_) => style.say("inspect-signature-alone"),
        Thing::Certificates { .. } => style.say("inspect-certificates"),
        Thing::Directory(_) => style.say("inspect-directory"),
        Thing::Unreadable { .. } => style.say("inspect-unreadable"),
    };
    let name = style.paint.dye(Ink::Strong, &shown(&anatomy.name));
    let head = style.say("inspect-head").with("name", name).with("what", what.to_string());
    page.line(&head.with("octets", anatomy.octets.to_string()).to_string());
    page.field("sha256", &anatomy.sha256);
    match &anatomy.thing {
        Thing::Message(message) => page.message(message),
        Thing::Daticert(data) => page.daticert(data),
        Thing::Signature(signature) => page.signature(signature),
        Thing::Certificates { certificates } => page.certificates(certificates),
        Thing::Directory(directory) => page.directory(directory),
        Thing::Unreadable { problem } => page.row("inspect-problem", problem),
    }
    page.text
}

struct Page {
    text: String,
    style: Style,
}

impl Page {
    fn head(&mut self, text: &Said<'_>) {
        self.text.push('\n');
        self.line(&self.style.paint.dye(Ink::Strong, &text.to_string()));
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A value under the name that it has in what is shown.
    fn field(&mut self, label: &str, value: &str) {
        const LABEL: usize = 22;
        let label = shown(label);
        let blanks = " ".repeat(LABEL.saturating_sub(label.chars().count()).max(1));
        let label = self.style.paint.dye(Ink::Faint, &label);
        self.line(&format!("  {label}{blanks}{}", shown(value)));
    }

    fn maybe_field(&mut self, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(label, value);
        }
    }

    /// A value, by the id of its label.
    fn row(&mut self, label: &'static str, value: &str) {
        let label = self.style.say(label).to_string();
        self.field(&label, value);
    }

    fn said(&mut self, label: &'static str, value: &Said<'_>) {
        self.row(label, &value.to_string());
    }

    /// What this program says of it.
    fn phrase(&mut self, label: &'static str, value: &str) {
        let told = self.style.language.phrase(value).into_owned();
        self.row(label, &told);
    }

    fn maybe(&mut self, label: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.phrase(label, value);
        }
    }

    fn message(&mut self, message: &MessageParts) {
        let style = self.style;
        for limit in &message.limits {
            self.phrase("inspect-not-read", limit);
        }
        self.head(&style.say("inspect-header"));
        for field in &message.header {
            self.field(&format!("{:>7} {}", field.at, field.name), &field.value);
        }
        self.head(&style.say("inspect-parts"));
        for part in &message.parts {
            self.part(part);
        }
        if let Some((start, end)) = message.signed {
            self.head(&style.say("inspect-signature"));
            let octets = style.say("inspect-covers-octets").with("from", start.to_string());
            self.said("inspect-covers", &octets.with("to", end.to_string()));
        }
        if let Some(signature) = &message.signature {
            self.signature(signature);
        } else if message.signed.is_some() {
            self.said("inspect-holds", &style.say("inspect-holds-unreadable"));
        }
        self.head(&style.say("inspect-times"));
        for time in &message.times {
            let instant = match time.instant {
                Some(instant) => style.language.instant(instant),
                None => style.say("inspect-unreadable").to_string(),
            };
            let apart = time.apart.map(|seconds| format!(" {seconds:+} s")).unwrap_or_default();
            let told = style.say("inspect-time").with("instant", instant + &apart);
            let told = told.with("written", time.written.as_str()).to_string();
            self.field(&style.language.phrase(time.from), &told);
        }
        if let Some(data) = &message.daticert {
            self.text.push('\n');
            self.line(&style.paint.dye(Ink::Strong, "daticert.xml"));
            self.daticert(data);
        }
    }

    fn part(&mut self, part: &Part) {
        let style = self.style;
        let depth = if part.place.is_empty() { 0 } else { part.place.split('.').count() };
        let place = if part.place.is_empty() { style.say("inspect-whole").to_string() } else { part.place.clone() };
        let named = part.file_name.as_ref().map(|name| format!(", \"{name}\"")).unwrap_or_default();
        let charset = part.charset.as_ref().map(|charset| format!("; charset={charset}")).unwrap_or_default();
        let disposition = part.disposition.as_ref().map(|disposition| format!(", {disposition}")).unwrap_or_default();
        let role = part.role.map(|role| format!(": {}", style.language.phrase(role))).unwrap_or_default();
        let what = format!("{}{charset}, {}{disposition}{named}{role}", part.content_type, part.encoding);
        let label = format!("{}{place}", "  ".repeat(depth.min(10)));
        let told = style.say("inspect-part").with("from", format!("{:>8}", part.at));
        self.field(&label, &told.with("to", format!("{:>8}", part.end)).with("what", what).to_string());
    }

    fn signature(&mut self, signature: &SignatureParts) {
        let style = self.style;
        self.phrase("inspect-holds", &signature.holds);
        let cms = style.say(if signature.encapsulated { "inspect-cms-inside" } else { "inspect-cms" });
        let cms = cms.with("encoding", signature.encoding).with("octets", signature.octets.to_string());
        self.said("inspect-structure", &cms);
        for (number, signer) in signature.signers.iter().enumerate() {
            self.head(&style.say("inspect-signer").with("number", number + 1));
            self.row("inspect-named", &signer.named);
            self.row("inspect-algorithms", &format!("{}, {}", signer.digest, signer.algorithm));
            self.digest("inspect-signed-digest", signer.signed_digest.as_deref(), "inspect-no-attributes");
            self.digest("inspect-computed-digest", signer.computed_digest.as_deref(), "inspect-no-content");
            self.maybe("inspect-signing-time", signer.signing_time.as_deref());
        }
        self.certificates(&signature.certificates);
        if signature.unreadable_certificates > 0 {
            let inside = style.say("inspect-unreadable-inside").with("count", signature.unreadable_certificates);
            self.said("inspect-unreadable", &inside);
        }
    }

    fn digest(&mut self, label: &'static str, digest: Option<&str>, why_none: &'static str) {
        match digest {
            Some(digest) => self.row(label, digest),
            None => self.said(label, &self.style.say(why_none)),
        }
    }

    fn certificates(&mut self, certificates: &[CertificateFields]) {
        let style = self.style;
        for (number, certificate) in certificates.iter().enumerate() {
            self.head(&style.say("inspect-certificate").with("number", number + 1));
            self.row("inspect-subject", &certificate.subject);
            self.row("inspect-issuer", &certificate.issuer);
            self.row("inspect-serial", &certificate.serial);
            let span = style.say("inspect-valid-span").with("from", &*certificate.not_before);
            self.said("inspect-valid", &span.with("to", &*certificate.not_after));
            self.row("inspect-version", &certificate.version.to_string());
            self.row("inspect-key", &certificate.key);
            self.row("inspect-signed-with", &certificate.signature);
            self.field("sha1", &certificate.sha1);
            self.field("sha256", &certificate.sha256);
            for extension in &certificate.extensions {
                let name = if extension.name == "extension" { &extension.oid } else { extension.name };
                let value = style.language.phrase(&extension.value);
                let critical = style.say("inspect-critical").with("value", &*value);
                let told = if extension.critical { critical.to_string() } else { value.to_string() };
                self.field(name, &told);
            }
        }
    }

    fn daticert(&mut self, fields: &DaticertFields) {
        self.maybe("inspect-not-well-formed", fields.malformed.as_deref());
        self.maybe("inspect-not-read", fields.limit.as_deref());
        if fields.doctype {
            self.said("inspect-doctype", &self.style.say("inspect-doctype-declared"));
        }
        for departure in &fields.invalid {
            self.phrase("inspect-against-dtd", departure);
        }
        let Some(data) = &fields.data else { return };
        self.field("tipo", &data.tipo);
        self.field("errore", &data.errore);
        self.field("mittente", &data.mittente);
        for recipient in &data.destinatari {
            self.field("destinatari", &format!("{} ({})", recipient.address, recipient.tipo));
        }
        self.field("risposte", &data.risposte);
        self.maybe_field("oggetto", data.oggetto.as_deref());
        self.field("gestore-emittente", &data.gestore_emittente);
        self.field("data", &format!("{} {} {}", data.giorno, data.ora, data.zona));
        self.field("identificativo", &data.identificativo);
        self.maybe_field("msgid", data.msgid.as_deref());
        self.maybe_field("ricevuta", data.ricevuta.as_deref());
        self.maybe_field("consegna", data.consegna.as_deref());
        for recipient in &data.ricezione {
            self.field("ricezione", recipient);
        }
        self.maybe_field("errore-esteso", data.errore_esteso.as_deref());
    }

    fn directory(&mut self, directory: &DirectoryParts) {
        let style = self.style;
        self.maybe("inspect-problem", directory.problem.as_deref());
        self.head(&style.say("inspect-providers").with("number", directory.providers.len()));
        for provider in &directory.providers {
            let unit = provider.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
            let told = style.say("inspect-provider").with("domains", provider.domains.to_string());
            let told = told.with("certificates", provider.certificates.to_string());
            let told = told.with("receipts", provider.mail_receipt.as_str()).to_string();
            self.field(&format!("{}{unit}", provider.name), &told);
        }
        if let Some(signature) = &directory.signature {
            self.head(&style.say("inspect-signature"));
            self.signature(signature);
        }
    }
}
