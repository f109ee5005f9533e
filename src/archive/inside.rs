//! Certified messages inside a message: forwarded, attached, wrapped by a mailing list, or carried as an original.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Asked, Content, Found, Item, LeftOut, Limits, Name, Step, Why, form, stored::as_sent};
use crate::message::{Entity, Mail, Message};

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
            return;
        }
        if depth == self.limits.depth {
            let bound = format!("messages inside messages are looked for {depth} deep, and not deeper");
            self.left_out(way, bound);
            return;
        }
        let Some(bytes) = mail.contained(entity) else { return };
        // What was attached from a file is stored as files are.
        let bytes = as_sent(bytes.into_owned());
        let Ok(message) = Message::read(bytes) else { return };
        self.add(&message, way);
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
        if self.add(&message, way) && way.len() == 1 && is_of_a_list(mail) {
            self.inside.outer = Outer::Wrapping;
        }
    }

    /// Adds a message if it is certified mail and signed.
    fn add(&mut self, message: &Message, way: &[Vec<usize>]) -> bool {
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
        let content = Content::Message(message.mail.raw.clone());
        self.inside.found.push(Ok(Item { name: self.name_of(way), content }));
        true
    }

    fn left_out(&mut self, way: &[Vec<usize>], bound: String) {
        let name = self.name_of(way);
        if self.inside.found.len() <= self.limits.inside {
            self.inside.found.push(Err(LeftOut { name, asked: Asked::InPassing, why: Why::TooDeep(bound) }));
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
