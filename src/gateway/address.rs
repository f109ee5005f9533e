//! Mail addresses as the gateway compares them: letter case ignored (2.2.1).

use crate::net::POSTMASTER;

/// The part behind the last `@`; empty where there is none.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part before the last `@`.
pub fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// A recipient as it is kept: `postmaster`, which needs no domain, is that of `domain`.
pub fn in_full(recipient: &str, domain: &str) -> String {
    if recipient.eq_ignore_ascii_case(POSTMASTER) { format!("{POSTMASTER}@{domain}") } else { recipient.to_owned() }
}

/// The recipients once each, in order, as first written; without a domain those of `domain`.
pub fn once_each(recipients: &[String], domain: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for address in recipients.iter().map(|recipient| in_full(recipient, domain)) {
        if !seen.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
            seen.push(address);
        }
    }
    seen
}
