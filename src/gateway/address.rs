//! Mail addresses as the gateway compares them: letter case ignored (2.2.1).

/// The part behind the last `@`; empty where there is none.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part before the last `@`.
pub fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// The addresses once each, in order, as first written.
pub fn once_each(addresses: &[String]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for address in addresses {
        if !seen.iter().any(|known| known.eq_ignore_ascii_case(address)) {
            seen.push(address.clone());
        }
    }
    seen
}
