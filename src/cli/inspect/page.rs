//! An anatomy as a page for people. Whatever came from outside is escaped.

use crate::report::{Ink, Paint, shown};

use super::{
    anatomy::{Anatomy, DaticertFields, DirectoryParts, MessageParts, Part, SignatureParts, Thing},
    certificate::CertificateFields,
};

/// The page.
pub fn page(anatomy: &Anatomy, paint: Paint) -> String {
    let mut page = Page { text: String::new(), paint };
    let what = match &anatomy.thing {
        Thing::Message(message) => message.kind.map_or("mail", crate::message::Kind::title),
        Thing::Daticert(_) => "certification data (daticert.xml)",
        Thing::Signature(_) => "a signature by itself",
        Thing::Certificates { .. } => "certificates",
        Thing::Directory(_) => "a providers' directory",
        Thing::Unreadable { .. } => "unreadable",
    };
    let name = paint.dye(Ink::Strong, &shown(&anatomy.name));
    page.line(&format!("{name}: {what}, {} octets", anatomy.octets));
    page.row("sha256", &anatomy.sha256);
    match &anatomy.thing {
        Thing::Message(message) => page.message(message),
        Thing::Daticert(data) => page.daticert(data),
        Thing::Signature(signature) => page.signature(signature),
        Thing::Certificates { certificates } => page.certificates(certificates),
        Thing::Directory(directory) => page.directory(directory),
        Thing::Unreadable { problem } => page.row("problem", problem),
    }
    page.text
}

struct Page {
    text: String,
    paint: Paint,
}

impl Page {
    fn head(&mut self, text: &str) {
        self.text.push('\n');
        self.line(&self.paint.dye(Ink::Strong, text));
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn row(&mut self, label: &str, value: &str) {
        const LABEL: usize = 22;
        let label = shown(label);
        let blanks = " ".repeat(LABEL.saturating_sub(label.chars().count()).max(1));
        let label = self.paint.dye(Ink::Faint, &label);
        self.line(&format!("  {label}{blanks}{}", shown(value)));
    }

    fn maybe(&mut self, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.row(label, value);
        }
    }

    fn message(&mut self, message: &MessageParts) {
        for limit in &message.limits {
            self.row("not read", limit);
        }
        self.head("header, each field with the octet it begins at");
        for field in &message.header {
            self.row(&format!("{:>7} {}", field.at, field.name), &field.value);
        }
        self.head("parts, each from its header to its end");
        for part in &message.parts {
            self.part(part);
        }
        if let Some((start, end)) = message.signed {
            self.head("signature");
            self.row("covers", &format!("octets {start} to {end}"));
        }
        if let Some(signature) = &message.signature {
            self.signature(signature);
        } else if message.signed.is_some() {
            self.row("holds", "unreadable: its transfer encoding cannot be taken off");
        }
        self.head("times, with seconds after the certified one");
        for time in &message.times {
            let instant = time.instant.map_or_else(|| "unreadable".to_owned(), |instant| instant.to_string());
            let apart = time.apart.map(|seconds| format!(" {seconds:+} s")).unwrap_or_default();
            self.row(time.from, &format!("{instant}{apart}, written {}", time.written));
        }
        if let Some(data) = &message.daticert {
            self.head("daticert.xml");
            self.daticert(data);
        }
    }

    fn part(&mut self, part: &Part) {
        let depth = if part.place.is_empty() { 0 } else { part.place.split('.').count() };
        let place = if part.place.is_empty() { "whole" } else { &part.place };
        let named = part.file_name.as_ref().map(|name| format!(", \"{name}\"")).unwrap_or_default();
        let charset = part.charset.as_ref().map(|charset| format!("; charset={charset}")).unwrap_or_default();
        let disposition = part.disposition.as_ref().map(|disposition| format!(", {disposition}")).unwrap_or_default();
        let role = part.role.map(|role| format!(": {role}")).unwrap_or_default();
        let what = format!("{}{charset}, {}{disposition}{named}{role}", part.content_type, part.encoding);
        let label = format!("{}{place}", "  ".repeat(depth.min(10)));
        self.row(&label, &format!("{:>8} to {:>8}  {what}", part.at, part.end));
    }

    fn signature(&mut self, signature: &SignatureParts) {
        self.row("holds", &signature.holds);
        let inside = if signature.encapsulated { ", what is signed inside" } else { "" };
        self.row("structure", &format!("CMS in {}, {} octets{inside}", signature.encoding, signature.octets));
        for (number, signer) in signature.signers.iter().enumerate() {
            self.head(&format!("signer {}", number + 1));
            self.row("named", &signer.named);
            self.row("algorithms", &format!("{}, {}", signer.digest, signer.algorithm));
            self.row(
                "signed digest",
                signer.signed_digest.as_deref().unwrap_or("none: there are no signed attributes"),
            );
            self.row("computed digest", signer.computed_digest.as_deref().unwrap_or("none: the content is not here"));
            self.maybe("signingTime", signer.signing_time.as_deref());
        }
        self.certificates(&signature.certificates);
        if signature.unreadable_certificates > 0 {
            self.row("unreadable", &format!("{} certificates inside", signature.unreadable_certificates));
        }
    }

    fn certificates(&mut self, certificates: &[CertificateFields]) {
        for (number, certificate) in certificates.iter().enumerate() {
            self.head(&format!("certificate {}", number + 1));
            self.row("subject", &certificate.subject);
            self.row("issuer", &certificate.issuer);
            self.row("serial number", &certificate.serial);
            self.row("valid", &format!("{} to {}", certificate.not_before, certificate.not_after));
            self.row("version", &certificate.version.to_string());
            self.row("key", &certificate.key);
            self.row("signed with", &certificate.signature);
            self.row("sha1", &certificate.sha1);
            self.row("sha256", &certificate.sha256);
            for extension in &certificate.extensions {
                let name = if extension.name == "extension" { &extension.oid } else { extension.name };
                let critical = if extension.critical { "critical: " } else { "" };
                self.row(name, &format!("{critical}{}", extension.value));
            }
        }
    }

    fn daticert(&mut self, fields: &DaticertFields) {
        self.maybe("not well-formed", fields.malformed.as_deref());
        self.maybe("not read", fields.limit.as_deref());
        if fields.doctype {
            self.row("document type", "declared; nothing was fetched");
        }
        for departure in &fields.invalid {
            self.row("against the DTD", departure);
        }
        let Some(data) = &fields.data else { return };
        self.row("tipo", &data.tipo);
        self.row("errore", &data.errore);
        self.row("mittente", &data.mittente);
        for recipient in &data.destinatari {
            self.row("destinatari", &format!("{} ({})", recipient.address, recipient.tipo));
        }
        self.row("risposte", &data.risposte);
        self.maybe("oggetto", data.oggetto.as_deref());
        self.row("gestore-emittente", &data.gestore_emittente);
        self.row("data", &format!("{} {} {}", data.giorno, data.ora, data.zona));
        self.row("identificativo", &data.identificativo);
        self.maybe("msgid", data.msgid.as_deref());
        self.maybe("ricevuta", data.ricevuta.as_deref());
        self.maybe("consegna", data.consegna.as_deref());
        for recipient in &data.ricezione {
            self.row("ricezione", recipient);
        }
        self.maybe("errore-esteso", data.errore_esteso.as_deref());
    }

    fn directory(&mut self, directory: &DirectoryParts) {
        self.maybe("problem", directory.problem.as_deref());
        self.head(&format!("providers: {}", directory.providers.len()));
        for provider in &directory.providers {
            let unit = provider.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
            let told = format!(
                "{} domains, {} certificates, receipts to {}",
                provider.domains, provider.certificates, provider.mail_receipt
            );
            self.row(&format!("{}{unit}", provider.name), &told);
        }
        if let Some(signature) = &directory.signature {
            self.head("signature");
            self.signature(signature);
        }
    }
}
