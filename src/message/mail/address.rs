//! Address lists, strictly (RFC 5322 3.4). Of the obsolete forms only the dot in a display name is accepted (it is
//! everywhere); octets beyond ASCII may stand in display names and comments, never in an address.

use super::{Mailbox, words};

/// The mailboxes of an unfolded address field, those inside groups included.
pub(super) fn mailboxes(field: &str) -> Option<Vec<Mailbox>> {
    let mut cursor = Cursor { rest: field };
    let mut list = Vec::new();
    // Without a colon there is no group, and no name is read twice to see.
    let groups = field.contains(':');
    loop {
        cursor.address(&mut list, groups)?;
        if cursor.rest.is_empty() {
            return Some(list);
        }
        cursor.eat(',')?;
    }
}

/// What is left to read. A method that answers `None` found something else than its rule wants.
#[derive(Clone)]
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// `address = mailbox / group`
    fn address(&mut self, list: &mut Vec<Mailbox>, groups: bool) -> Option<()> {
        if groups {
            let mut group = self.clone();
            if group.phrase().is_some() && group.eat(':').is_some() {
                *self = group;
                return self.members(list);
            }
        }
        list.push(self.mailbox()?);
        Some(())
    }

    /// `[group-list] ";" [CFWS]`
    fn members(&mut self, list: &mut Vec<Mailbox>) -> Option<()> {
        self.cfws()?;
        if !self.rest.starts_with(';') {
            list.push(self.mailbox()?);
            while self.eat(',').is_some() {
                list.push(self.mailbox()?);
            }
        }
        self.eat(';')?;
        self.cfws()
    }

    /// `mailbox = name-addr / addr-spec`
    fn mailbox(&mut self) -> Option<Mailbox> {
        let mut named = self.clone();
        let name = named.phrase();
        if name.is_none() {
            named = self.clone();
            named.cfws()?;
        }
        if named.eat('<').is_some() {
            let address = named.addr_spec()?;
            named.eat('>')?;
            named.cfws()?;
            *self = named;
            let name = name.map(|name| words::decode(&name, words::Broken::Latin1)).filter(|name| !name.is_empty());
            return Some(Mailbox { name, address });
        }
        Some(Mailbox { name: None, address: self.addr_spec()? })
    }

    /// `addr-spec = local-part "@" domain`
    fn addr_spec(&mut self) -> Option<String> {
        self.cfws()?;
        let local = if self.rest.starts_with('"') { self.quoted()?.raw } else { self.dot_atom()? };
        self.cfws()?;
        self.eat('@')?;
        self.cfws()?;
        let domain = if self.rest.starts_with('[') { self.domain_literal()? } else { self.dot_atom()? };
        self.cfws()?;
        local.is_ascii().then(|| format!("{local}@{domain}"))
    }

    /// `dot-atom-text`
    fn dot_atom(&mut self) -> Option<&'a str> {
        let text = self.take_while(|sign| is_atext(sign) || sign == '.');
        text.split('.').all(|atom| !atom.is_empty()).then_some(text)
    }

    /// `"[" *([FWS] dtext) [FWS] "]"`
    fn domain_literal(&mut self) -> Option<&'a str> {
        let end = self.rest.find(']')?;
        let literal = &self.rest[..=end];
        let inside = &literal[1..end];
        self.rest = &self.rest[end + 1..];
        inside.chars().all(|sign| is_blank(sign) || sign.is_ascii_graphic() && !"[\\".contains(sign)).then_some(literal)
    }

    /// `phrase = 1*word`, and dots after the first word; words that stood apart stay one blank apart.
    fn phrase(&mut self) -> Option<String> {
        self.cfws()?;
        let mut text = String::new();
        let start = self.rest;
        loop {
            let before = self.rest;
            if self.rest.starts_with('"') {
                text.push_str(&self.quoted()?.text());
            } else if self.rest.starts_with('.') && before.len() < start.len() {
                self.rest = &self.rest[1..];
                text.push('.');
            } else {
                text.push_str(self.take_while(|sign| is_atext(sign) || !sign.is_ascii()));
            }
            if self.rest.len() == before.len() {
                break;
            }
            let word_end = self.rest;
            self.cfws()?;
            if self.rest.len() < word_end.len() {
                text.push(' ');
            }
        }
        (self.rest.len() < start.len()).then(|| text.trim_end_matches(' ').to_owned())
    }

    /// `quoted-string`, without the CFWS around it
    fn quoted(&mut self) -> Option<Quoted<'a>> {
        let mut escaped = false;
        for (at, sign) in self.rest.char_indices().skip(1) {
            match sign {
                _ if sign.is_control() && sign != '\t' => return None,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    let raw = &self.rest[..=at];
                    self.rest = &self.rest[at + 1..];
                    return Some(Quoted { raw });
                }
                _ => {}
            }
        }
        None
    }

    /// `[CFWS]`: blanks and comments; `None` for a comment without end
    fn cfws(&mut self) -> Option<()> {
        loop {
            self.take_while(is_blank);
            if !self.rest.starts_with('(') {
                return Some(());
            }
            self.comment()?;
        }
    }

    fn comment(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        let mut escaped = false;
        for (at, sign) in self.rest.char_indices() {
            match sign {
                _ if sign.is_control() && sign != '\t' => return None,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = &self.rest[at + 1..];
                return Some(());
            }
        }
        None
    }

    fn eat(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|sign| !accepts(sign)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

/// A quoted string with its quotes.
struct Quoted<'a> {
    raw: &'a str,
}

impl Quoted<'_> {
    /// Without quotes and escapes.
    fn text(&self) -> String {
        let mut escaped = false;
        let inside = &self.raw[1..self.raw.len() - 1];
        inside
            .chars()
            .filter(|&sign| {
                escaped = sign == '\\' && !escaped;
                !escaped
            })
            .collect()
    }
}

fn is_atext(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(sign)
}

fn is_blank(sign: char) -> bool {
    matches!(sign, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Option<Vec<(Option<String>, String)>> {
        mailboxes(field).map(|list| list.into_iter().map(|mailbox| (mailbox.name, mailbox.address)).collect())
    }

    fn addresses(field: &str) -> Vec<String> {
        mailboxes(field).unwrap_or_else(|| panic!("{field} was refused")).into_iter().map(|one| one.address).collect()
    }

    #[test]
    fn names_are_decoded_and_addresses_left_as_written() {
        let named = |name: &str, address: &str| Some(vec![(Some(name.to_owned()), address.to_owned())]);
        let envelope = "\"Per conto di: mario@alfa.example\" <posta-certificata@alfa.example>";
        assert_eq!(read(envelope), named("Per conto di: mario@alfa.example", "posta-certificata@alfa.example"));
        assert_eq!(read("Mario G. Rossi <Mario@Alfa.Example>"), named("Mario G. Rossi", "Mario@Alfa.Example"));
        assert_eq!(read("=?utf-8?q?Niccol=C3=B2?= =?utf-8?q?_Bo?= <n@a.example>"), named("Niccolò Bo", "n@a.example"));
        assert_eq!(read("\"Rossi, \\\"M\\\"\" <m@a.example>"), named("Rossi, \"M\"", "m@a.example"));
        assert_eq!(read("Nicolò <n@a.example>"), named("Nicolò", "n@a.example"));
        assert_eq!(read("\"\" <n@a.example>"), Some(vec![(None, "n@a.example".to_owned())]));
    }

    #[test]
    fn lists_groups_comments_and_blanks_follow_the_grammar() {
        assert_eq!(addresses("a@x.example,b@x.example , <c@x.example>"), ["a@x.example", "b@x.example", "c@x.example"]);
        assert_eq!(
            addresses("Soci: a@x.example, B <b@x.example>;, c@x.example"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
        assert!(addresses("undisclosed-recipients:;").is_empty());
        assert_eq!(addresses("(it (was) \\) him) mario @ (here) x.example (Mario)"), ["mario@x.example"]);
        assert_eq!(addresses("\"mario rossi\"@x.example"), ["\"mario rossi\"@x.example"]);
        assert_eq!(addresses("mario@[127.0.0.1]"), ["mario@[127.0.0.1]"]);
        assert_eq!(addresses("a.b+c_d=e'f@x-y.example"), ["a.b+c_d=e'f@x-y.example"]);
    }

    #[test]
    fn malformed_fields_are_refused() {
        for field in [
            "",
            " ",
            "undisclosed",
            "undisclosed recipients",
            "mario@",
            "@alfa.example",
            "<>",
            "Mario <>",
            "Mario <mario>",
            "Mario <mario@alfa.example",
            "mario@alfa.example>",
            "mario@alfa@example",
            "mario@alfa..example",
            ".mario@alfa.example",
            "mario.@alfa.example",
            "mario rossi@alfa.example",
            "mario@alfa.example anna@bravo.example",
            "mario@alfa.example; anna@bravo.example",
            "mario@alfa.example,",
            ",mario@alfa.example",
            "mario@alfa.example <mario@alfa.example>",
            "Rossi, Mario <mario@alfa.example>",
            "\"Mario <mario@alfa.example>",
            "(mario@alfa.example",
            "mario@alfa.example)",
            "Soci: a@x.example",
            "Soci: Altri: a@x.example;;",
            ": a@x.example;",
            "mario@alfa\0.example",
            "\"Ma\u{1b}rio\" <mario@alfa.example>",
            "nicolò@alfa.example",
            "mario@città.example",
            "mario@[127.0.0.1",
            "mailto:mario@alfa.example",
        ] {
            assert_eq!(read(field), None, "{field:?} was accepted");
        }
    }

    #[test]
    fn hostile_fields_end_soon() {
        for sign in ["(", "\"", "<", ":", "a ", "a,", "\\", "(a)", "\"a\"", "a@b,"] {
            assert_eq!(read(&sign.repeat(50_000)), None);
        }
        assert_eq!(addresses(&vec!["a@b"; 50_000].join(",")).len(), 50_000);
    }
}
