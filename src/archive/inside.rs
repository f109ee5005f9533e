//! Certified messages inside a message: forwarded, attached, wrapped by a mailing list, or carried as an original.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Asked, Content, Found, Item, LeftOut, Limits, Name, Step, Why, form};
use crate::{
    message::{Entity, Mail, Message, as_sent},
    smime,
};

/// What lies inside a message.
#[derive(Debug, Default)]
pub struct Inside {
    /// Each signed message of certified mail, at whatever depth, named by its part; and what was not looked for.
    pub found: Vec<Found>,
    /// What the message itself is.
    pub outer: Outer,
}

/// What a message with others inside is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outer {
    /// A message of its own.
    #[default]
    Itself,
    /// A mailing list's wrapping around a signed message, whose header it kept: nothing in it is a provider's.
    Wrapping,
}

/// Looks for certified messages inside one; the original of an envelope or receipt counts only if it is one itself.
pub fn inside(message: &Message, name: &Name, limits: &Limits) -> Inside {
    let mut search = Search { limits, name, inside: Inside::default() };
    search.mail(&message.mail, &mut Vec::new(), 0);
    search.inside
}

struct Search<'a> {
    limits: &'a Limits,
    name: &'a Name,
    inside: Inside,
}

impl Search<'_> {
    /// Looks through a message; `way` leads to it, one list of places for each message that it lies in.
    fn mail(&mut self, mail: &Mail, way: &mut Vec<Vec<usize>>, depth: usize) {
        way.push(Vec::new());
        self.entity(mail, &mail.root, way, depth);
        way.pop();
    }

    fn entity(&mut self, mail: &Mail, entity: &Entity, way: &mut Vec<Vec<usize>>, depth: usize) {
        if entity.children.is_empty() {
            self.leaf(mail, entity, way, depth);
            return;
        }
        let is_root = way.last().is_some_and(Vec::is_empty);
        if !is_root && entity.content_type == "multipart/signed" {
            self.wrapped(mail, entity, way);
        }
        for (at, child) in entity.children.iter().enumerate() {
            enter(way, at + 1);
            self.entity(mail, child, way, depth);
            leave(way);
        }
    }

    /// A part that is a message.
    fn leaf(&mut self, mail: &Mail, entity: &Entity, way: &mut Vec<Vec<usize>>, depth: usize) {
        if !is_message(mail, entity) {
            if let Some(archive) = archive(mail, entity) {
                let (name, why) = (self.name_of(way), Why::Attached(archive));
                self.add_left_out(name, why);
            }
            return;
        }
        if depth == self.limits.depth {
            let bound = format!("messages inside messages are looked for {depth} deep, and not deeper");
            self.left_out(way, bound);
            return;
        }
        let message = match mail.contained(entity) {
            // Its octets are the outer message's: nothing is copied of what is ordinary mail.
            Some(Cow::Borrowed(_)) => mail.nested(entity).map(Message::of),
            // What was attached from a file is stored as files are.
            Some(Cow::Owned(bytes)) => Message::read(as_sent(bytes)).ok(),
            None => None,
        };
        let Some(message) = message else { return };
        let bytes = message.mail.clone();
        let message = message.opened(smime::content);
        self.add(&message, bytes.whole(), way);
        self.mail(&message.mail, way, depth + 1);
    }

    /// A signed entity that is a part: it had the header that the message around it still has.
    fn wrapped(&mut self, mail: &Mail, entity: &Entity, way: &[Vec<usize>]) {
        let mut bytes = Vec::with_capacity(entity.span.len() + 4096);
        let of_the_wrapping = |name: &str| name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"));
        for header in mail.root.headers.iter().filter(|header| !of_the_wrapping(&header.name)) {
            bytes.extend_from_slice(mail.bytes(&header.span));
        }
        bytes.extend_from_slice(mail.bytes(&entity.span));
        let Ok(message) = Message::read(bytes) else { return };
        if self.add(&message, message.mail.whole(), way) && way.len() == 1 && is_of_a_list(mail) {
            self.inside.outer = Outer::Wrapping;
        }
    }

    /// Adds a message, which was these bytes, if it is certified mail and signed.
    fn add(&mut self, message: &Message, bytes: &[u8], way: &[Vec<usize>]) -> bool {
        let is_certified = message.signed.is_some() && (message.kind.is_some() || message.daticert.is_some());
        if !is_certified {
            return false;
        }
        if self.inside.found.len() >= self.limits.inside {
            if self.inside.found.len() == self.limits.inside {
                let bound =
                    format!("more than {} messages lie inside this one; no more are looked at", self.limits.inside);
                self.left_out(&[], bound);
            }
            return false;
        }
        let content = Content::Message(bytes.into());
        self.inside.found.push(Ok(Item { name: self.name_of(way), content }));
        true
    }

    fn left_out(&mut self, way: &[Vec<usize>], bound: String) {
        let name = self.name_of(way);
        self.add_left_out(name, Why::TooDeep(bound));
    }

    fn add_left_out(&mut self, name: Name, why: Why) {
        if self.inside.found.len() <= self.limits.inside {
            self.inside.found.push(Err(LeftOut { name, asked: Asked::InPassing, why }));
        }
    }

    fn name_of(&self, way: &[Vec<usize>]) -> Name {
        way.iter().fold(self.name.clone(), |name, places| match &places[..] {
            // The whole body of a message that has no parts.
            [] => name.step(Step::Part(vec![1])),
            places => name.step(Step::Part(places.to_vec())),
        })
    }
}

fn enter(way: &mut [Vec<usize>], place: usize) {
    if let Some(places) = way.last_mut() {
        places.push(place);
    }
}

fn leave(way: &mut [Vec<usize>]) {
    if let Some(places) = way.last_mut() {
        places.pop();
    }
}

/// Whether a mailing list sent it on (RFC 2369, RFC 2919).
fn is_of_a_list(mail: &Mail) -> bool {
    let is_list = |name: &str| name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("list-"));
    mail.root.headers.iter().any(|header| is_list(&header.name))
        || mail.field("Precedence").is_some_and(|value| value.eq_ignore_ascii_case("list"))
}

/// Whether a part is a message: by its type or name, or because it begins like one.
fn is_message(mail: &Mail, entity: &Entity) -> bool {
    let kind = entity.content_type.split('/').next().unwrap_or_default();
    match entity.content_type.as_str() {
        "message/rfc822" | "message/global" => true,
        _ if entity.file_name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".eml")) => true,
        "application/octet-stream" => form::is_message(&beginning(mail, entity)),
        _ => kind == "message" && form::is_message(&beginning(mail, entity)),
    }
}

/// What sort of archive a part is; an office document, which is a zip too, is none. It is told by type or name, and by how
/// it begins, in base64 or not.
fn archive(mail: &Mail, entity: &Entity) -> Option<&'static str> {
    const SORTS: [(&str, &str, &[u8], &[u8]); 5] = [
        ("zip", "a zip", b"PK\x03\x04", b"UEsDB"),
        ("rar", "a RAR archive", b"Rar!", b"UmFyI"),
        ("7z", "a 7z archive", b"7z\xbc\xaf", b"N3q8r"),
        ("gz", "a gzip archive", b"\x1f\x8b", b"H4sI"),
        ("dat", "a winmail.dat", b"\x78\x9f\x3e\x22", b"eJ8+I"),
    ];
    let body = mail.bytes(&entity.body).trim_ascii_start();
    let begins =
        |magic: &[u8], base64: &[u8]| body.starts_with(if entity.encoding == "base64" { base64 } else { magic });
    let (end, sort, ..) = SORTS.iter().find(|(.., magic, base64)| begins(magic, base64))?;
    let named = entity.file_name().map(str::to_ascii_lowercase);
    let ends = |name: &String| {
        name.rsplit_once('.').is_some_and(|(_, extension)| extension.starts_with(end) || extension == "tgz")
    };
    (entity.content_type.contains(end) || named.as_ref().is_none_or(ends)).then_some(*sort)
}

/// How a part's content begins; of one in base64 no more is decoded.
fn beginning(mail: &Mail, entity: &Entity) -> Vec<u8> {
    const LOOKED_AT: usize = 8 << 10;
    let body = mail.bytes(&entity.body);
    let body = &body[..body.len().min(LOOKED_AT)];
    if entity.encoding != "base64" {
        return body.to_vec();
    }
    let mut base64: Vec<u8> = body.iter().filter(|octet| !octet.is_ascii_whitespace()).copied().collect();
    base64.truncate(base64.len() / 4 * 4);
    BASE64_STANDARD.decode(base64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A receipt as far as it takes to be one: signed, by whomever.
    fn certified(subject: &str) -> String {
        format!(
            "X-Ricevuta: accettazione\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=s{subject}\r\n\r\n\
             --s{subject}\r\n\r\ntext\r\n--s{subject}\r\nContent-Type: application/pkcs7-signature\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nMAAA\r\n--s{subject}--\r\n"
        )
    }

    fn mixed(parts: &[String]) -> String {
        let parts = parts.iter().fold(String::new(), |parts, part| parts + &format!("--m\r\n{part}\r\n"));
        format!("Subject: outer\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n{parts}--m--\r\n")
    }

    fn as_message(message: &str) -> String {
        format!("Content-Type: message/rfc822\r\n\r\n{message}")
    }

    fn told(raw: &str, limits: &Limits) -> (Vec<String>, Outer) {
        let message = Message::read(raw.as_bytes()).unwrap();
        let inside = inside(&message, &Name::file("m"), limits);
        let told = inside.found.into_iter().map(|found| match found {
            Ok(Item { name, content: Content::Message(bytes) }) => {
                let subject = Message::read(bytes).unwrap().mail.field("Subject").unwrap();
                format!("{name}: {subject}")
            }
            Ok(other) => panic!("{other:?}"),
            Err(left_out) => format!("{}: {}", left_out.name, left_out.why),
        });
        (told.collect(), inside.outer)
    }

    fn found(raw: &str) -> Vec<String> {
        told(raw, &Limits::default()).0
    }

    #[test]
    fn forwarded_and_attached_messages_are_found_at_any_depth() {
        let base64 = BASE64_STANDARD.encode(certified("b"));
        let attached =
            |head: &str| format!("Content-Type: {head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}");
        let raw = mixed(&[
            "\r\nSee below".to_owned(),
            as_message(&certified("a")),
            attached("application/octet-stream; name=receipt.eml"),
            attached("application/octet-stream"),
            attached("message/rfc822"),
            attached("image/png"),
            as_message("Subject: ordinary\r\n\r\ntext"),
            as_message(&mixed(&[as_message(&certified("c"))]).replace("--m", "--n").replace("=m", "=n")),
        ]);
        let expected = ["m: part 2: a", "m: part 3: b", "m: part 4: b", "m: part 5: b", "m: part 8: part 1: c"];
        assert_eq!(found(&raw), expected);
    }

    #[test]
    fn what_is_not_looked_into_is_named() {
        let attached = |magic: &[u8], name: &str| {
            let base64 = BASE64_STANDARD.encode([magic, b"contents"].concat());
            format!("Content-Type: application/x; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}")
        };
        let raw = mixed(&[attached(b"PK\x03\x04", "a.zip"), attached(b"\x78\x9f\x3e\x22", "winmail.dat")]);
        let why = "attached to a message: not looked into";
        assert_eq!(found(&raw), [format!("m: part 1: a zip {why}"), format!("m: part 2: a winmail.dat {why}")]);
    }

    #[test]
    fn a_copy_in_line_feeds_that_was_attached_has_its_line_ends_back() {
        let base64 = BASE64_STANDARD.encode(certified("b").replace("\r\n", "\n"));
        let raw =
            mixed(&[format!("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}")]);
        let message = Message::read(raw.as_bytes()).unwrap();
        let inside = inside(&message, &Name::stdin(), &Limits::default());
        let expected = Content::Message(certified("b").into_bytes().into());
        assert_eq!(inside.found.into_iter().next().unwrap().unwrap().content, expected);
    }

    #[test]
    fn an_original_counts_only_if_it_is_certified_itself() {
        let envelope = |original: &str| {
            let content = mixed(&[as_message(original)]).replace("Subject: outer\r\n", "");
            certified("e").replace("\r\ntext", &content)
        };
        assert_eq!(found(&certified("a")), [""; 0]);
        assert_eq!(found(&envelope("Subject: ordinary\r\n\r\ntext")), [""; 0]);
        assert_eq!(found(&envelope(&certified("a"))), ["m: part 1.1: a"]);
        let forwards = mixed(&[as_message(&certified("a"))]).replace("--m", "--n").replace("=m", "=n");
        assert_eq!(found(&envelope(&forwards)), ["m: part 1.1: part 1: a"]);
    }

    #[test]
    fn what_a_mailing_list_wrapped_is_given_its_header_back() {
        let (head, body) =
            certified("a").split_once("MIME-Version").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let (_, entity) = body.split_once("\r\n").unwrap();
        let wrapped = mixed(&[entity.to_owned(), "\r\nfooter".to_owned()]).replace("Subject: outer\r\n", &head);
        let (items, outer) = told(&format!("List-Id: <x>\r\n{wrapped}"), &Limits::default());
        assert_eq!((items, outer), (vec!["m: part 1: a".to_owned()], Outer::Wrapping));
        // Nobody but the sender can have wrapped it.
        assert_eq!(told(&wrapped, &Limits::default()).1, Outer::Itself);
    }

    #[test]
    fn depth_and_number_are_bounded_and_told() {
        let limits = Limits { depth: 2, inside: 2, ..Limits::default() };
        let many = mixed(&["a", "b", "c", "d"].map(|subject| as_message(&certified(subject))));
        let (items, _) = told(&many, &limits);
        assert_eq!(items[2..], ["m: more than 2 messages lie inside this one; no more are looked at"]);
        let mut deep = certified("x");
        for _ in 0..4 {
            deep = format!("Subject: forward\r\nContent-Type: message/rfc822\r\n\r\n{deep}");
        }
        let bound = "messages inside messages are looked for 2 deep, and not deeper";
        assert_eq!(told(&deep, &limits).0, [format!("m: part 1: part 1: part 1: {bound}")]);
    }
}
