//! Address lists as people and programs write them: what follows RFC 5322 3.4, what can be understood although it does not,
//! and what cannot. One bad address does not take the good ones away.

use super::{Mailbox, address};

/// What an address field holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList {
    /// The mailboxes, those of groups included, in order.
    pub mailboxes: Vec<Mailbox>,
    /// What is wrong, in order; empty where the field follows RFC 5322 3.4.
    pub problems: Vec<AddressProblem>,
}

/// Something in an address field that RFC 5322 3.4 does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// Nothing between two commas, or after the last.
    Empty,
    /// Understood all the same: the address is among the mailboxes.
    Sloppy(String),
    /// No address can be told from it.
    Malformed(String),
}

impl AddressList {
    /// Reads an unfolded field, in one pass and a second one over what is wrong.
    pub(super) fn read(field: &str) -> Self {
        if let Some(mailboxes) = address::mailboxes(field) {
            return Self { mailboxes, problems: Vec::new() };
        }
        let mut list = Self::default();
        let mut in_group = false;
        let mut after_group = false;
        for (element, end) in elements(field) {
            let element = element.trim_matches([' ', '\t', '\r']);
            match end {
                End::GroupName if !in_group => {
                    if element.is_empty() {
                        list.problems.push(AddressProblem::Empty);
                    }
                    in_group = true;
                    after_group = true;
                    continue;
                }
                // A group may be empty, and its end is followed by a comma or nothing.
                _ if element.is_empty() && after_group => {}
                _ => list.add(element, end == End::Semicolon && !in_group),
            }
            after_group = in_group && end == End::Semicolon;
            in_group &= end != End::Semicolon;
        }
        if in_group {
            list.problems.push(AddressProblem::Sloppy(field.to_owned()));
        }
        list
    }

    /// The addresses alone.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.mailboxes.iter().map(|mailbox| &*mailbox.address)
    }

    /// What no address could be told from.
    pub fn malformed(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().filter_map(|problem| match problem {
            AddressProblem::Malformed(text) => Some(&**text),
            _ => None,
        })
    }

    fn add(&mut self, element: &str, semicolon: bool) {
        if element.is_empty() {
            self.problems.push(AddressProblem::Empty);
        } else if let Some(mailboxes) = address::mailboxes(element) {
            self.mailboxes.extend(mailboxes);
            if semicolon {
                self.problems.push(AddressProblem::Sloppy(format!("{element};")));
            }
        } else if let Some(mailbox) = understood(element) {
            self.mailboxes.push(mailbox);
            self.problems.push(AddressProblem::Sloppy(element.to_owned()));
        } else {
            self.problems.push(AddressProblem::Malformed(element.to_owned()));
        }
    }
}

/// A mailbox out of an element that is none by the grammar: blanks inside the address, or a display name of any kind.
fn understood(element: &str) -> Option<Mailbox> {
    let only = |text: &str| {
        let mailboxes = address::mailboxes(text)?;
        <[Mailbox; 1]>::try_from(mailboxes).ok().map(|[only]| only)
    };
    if let Some((name, address)) = element.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        // The name must leave no doubt about where the address begins.
        let name = name.trim_end();
        // A source route (RFC 5322 4.4) leads to the address, and is ignored.
        let address = address.strip_prefix('@').and_then(|route| route.split_once(':')).map_or(address, |(_, to)| to);
        let mailbox = only(&format!("<{}>", without_blanks(address)?))?;
        let balanced = !name.contains(['<', '>']) && name.matches('"').count() % 2 == 0;
        return balanced.then(|| Mailbox { name: (!name.is_empty()).then(|| name.to_owned()), ..mailbox });
    }
    only(&without_blanks(element)?)
}

/// An address without the blanks beside its dots and its at sign; `None` where blanks stand elsewhere.
fn without_blanks(address: &str) -> Option<String> {
    let mut joined = String::with_capacity(address.len());
    for word in address.split([' ', '\t']).filter(|word| !word.is_empty()) {
        if !joined.is_empty() && !joined.ends_with(['.', '@']) && !word.starts_with(['.', '@']) {
            return None;
        }
        joined.push_str(word);
    }
    Some(joined)
}

/// What ends an element of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Comma,
    Semicolon,
    GroupName,
    Field,
}

/// The field cut at commas, semicolons and the colons of groups, none of them inside quotes, comments or angle brackets.
fn elements(field: &str) -> impl Iterator<Item = (&str, End)> {
    let mut start = 0;
    let mut done = false;
    // Of a quote, comment or bracket that is never closed nothing can be told: it is taken for a sign like any other.
    let last_quote = field.rfind('"').unwrap_or(0);
    let last_bracket = field.rfind('>').unwrap_or(0);
    let last_parenthesis = field.rfind(')').unwrap_or(0);
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let (mut quoted, mut escaped, mut angle, mut comment, mut at_sign) = (false, false, false, 0_usize, false);
        for (at, sign) in field[start..].char_indices() {
            let at = start + at;
            match sign {
                _ if escaped => escaped = false,
                '\\' if quoted || comment > 0 => escaped = true,
                '"' if quoted => quoted = false,
                '"' if comment == 0 && at < last_quote => quoted = true,
                _ if quoted => {}
                '(' if at < last_parenthesis => comment += 1,
                ')' => comment = comment.saturating_sub(1),
                _ if comment > 0 => {}
                '<' if at < last_bracket => angle = true,
                '>' => angle = false,
                _ if angle => {}
                '@' => at_sign = true,
                ',' | ';' | ':' => {
                    let end = match sign {
                        ',' => End::Comma,
                        ';' => End::Semicolon,
                        _ if at_sign => continue,
                        _ => End::GroupName,
                    };
                    let element = &field[start..at];
                    start = at + 1;
                    return Some((element, end));
                }
                _ => {}
            }
        }
        done = true;
        Some((&field[start..], End::Field))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use AddressProblem::{Empty, Malformed, Sloppy};

    fn read(field: &str) -> (Vec<String>, Vec<AddressProblem>) {
        let list = AddressList::read(field);
        (list.addresses().map(str::to_owned).collect(), list.problems)
    }

    fn sloppy(text: &str) -> AddressProblem {
        Sloppy(text.to_owned())
    }

    fn malformed(text: &str) -> AddressProblem {
        Malformed(text.to_owned())
    }

    #[test]
    fn what_is_sloppy_is_a_list_all_the_same() {
        for (field, addresses, problems) in [
            ("a@b.example,", &["a@b.example"][..], vec![Empty]),
            (",a@b.example,,c@d.example", &["a@b.example", "c@d.example"], vec![Empty, Empty]),
            ("a@pec. b.example", &["a@pec.b.example"], vec![sloppy("a@pec. b.example")]),
            ("a@b.example <a@b.example>", &["a@b.example"], vec![sloppy("a@b.example <a@b.example>")]),
            ("c@d, a@b.example <a@ b.example>", &["c@d", "a@b.example"], vec![sloppy("a@b.example <a@ b.example>")]),
            ("a@b; c@d", &["a@b", "c@d"], vec![sloppy("a@b;")]),
            ("Soci: a@b, c@d. e;, f@g", &["a@b", "c@d.e", "f@g"], vec![sloppy("c@d. e")]),
            ("mailto:a@b", &["a@b"], vec![sloppy("mailto:a@b")]),
            ("A <@x.example,@y.example:a@b>", &["a@b"], vec![sloppy("A <@x.example,@y.example:a@b>")]),
            ("Studio [Rossi] <a@b>", &["a@b"], vec![sloppy("Studio [Rossi] <a@b>")]),
        ] {
            let expected = addresses.iter().map(|address| (*address).to_owned()).collect();
            assert_eq!(read(field), (expected, problems), "{field}");
        }
        assert_eq!(AddressList::read("a@b <a@b>").mailboxes[0].name.as_deref(), Some("a@b"));
    }

    #[test]
    fn one_bad_address_does_not_take_the_good_ones_away() {
        for (field, addresses, problems) in [
            ("mario, a@b", &["a@b"][..], vec![malformed("mario")]),
            ("Rossi, Mario <m@a.example>", &["m@a.example"], vec![malformed("Rossi")]),
            ("a@b, mario rossi@c.example, \"d, e\" <d@e>", &["a@b", "d@e"], vec![malformed("mario rossi@c.example")]),
            ("a@b, <>, c@d..e, x@y@z", &["a@b"], vec![malformed("<>"), malformed("c@d..e"), malformed("x@y@z")]),
            ("undisclosed", &[], vec![malformed("undisclosed")]),
            ("a@b, \"c <c@d>", &["a@b"], vec![malformed("\"c <c@d>")]),
            ("", &[], vec![Empty]),
            ("nicol\u{f2}@a.example, a@b", &["a@b"], vec![malformed("nicol\u{f2}@a.example")]),
        ] {
            let expected = addresses.iter().map(|address| (*address).to_owned()).collect();
            assert_eq!(read(field), (expected, problems), "{field}");
        }
    }

    #[test]
    fn what_follows_the_grammar_has_no_problem() {
        for field in ["a@b", "Soci: a@x.example, B <b@x.example>;, c@x.example", "undisclosed-recipients:;"] {
            assert_eq!(AddressList::read(field).problems, [], "{field}");
        }
    }

    #[test]
    fn hostile_fields_end_soon() {
        for sign in ["(", "\"", "<", ":", "a ", "a,", "\\", "(a)", "\"a\"", "a@b,", "a:;", ";", "<a", "(,", "\","] {
            let _ = AddressList::read(&sign.repeat(50_000));
            let _ = AddressList::read(&format!("{}>)\"", sign.repeat(50_000)));
        }
    }
}
