//! Mail domains in Unicode letters and in the form that goes over the wire (RFC 5890 2.3.2.1): the same name, written twice.

/// Whether two domains are one, letter case and form of the labels ignored.
pub fn same_domain(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || international(one).is_some_and(|one| international(other) == Some(one))
}

/// A domain with letters beyond ASCII, encoded or not, as it goes over the wire; `None` for any other.
pub(super) fn international(domain: &str) -> Option<String> {
    let encoded = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    if domain.is_ascii() && !domain.split('.').any(encoded) {
        return None;
    }
    idna::domain_to_ascii(domain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_same_in_letters_and_on_the_wire() {
        for other in ["citt\u{e0}.example", "CITT\u{c0}.example", "citta\u{300}.example", "XN--citt-3na.example"] {
            assert!(same_domain("xn--citt-3na.example", other) && same_domain(other, "citt\u{e0}.example"), "{other}");
        }
        assert!(same_domain("Alfa.example", "alfa.EXAMPLE"));
        for other in ["citta.example", "xn--citt-4na.example", "xn--.example", "\u{200b}", ""] {
            assert!(!same_domain("citt\u{e0}.example", other), "{other}");
        }
    }
}
