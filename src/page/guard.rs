//! Who may ask, and what every answer says to browsers. A page on this machine is reached by every other page
//! that its user opens: what comes from one of those is refused, and so is a name that somebody else's server
//! gave to this address.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Page, Refusal};
use crate::report::Start;

/// Refuses strangers, and sends headers along with whatever is answered.
pub(super) async fn guard(State(page): State<Arc<Page>>, request: Request, next: Next) -> Response {
    let mut response = match welcome(&page.names, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let policy = format!("{}; frame-ancestors 'none'", Start::policy());
    let policy = HeaderValue::try_from(policy).expect("a policy is of signs that headers take");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn welcome(names: &[String], headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    if !is_ours(host, names) {
        let words = format!(
            "`{host}` is no name of this page: open it by the address that it told when it began, or start it with \
             `--name`"
        );
        return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, words));
    }
    let foreign = |from: &str| {
        let words =
            format!("this was sent by another page ({from}): open the page by its address, and send it from there");
        Refusal::new(StatusCode::FORBIDDEN, words)
    };
    match text(HeaderName::from_static("sec-fetch-site")) {
        // A browser that says so knows better than by `Origin`, which it leaves out for a form that sends no referrer.
        Some("same-origin" | "none") => Ok(()),
        Some(site) => Err(foreign(site)),
        None => match text(header::ORIGIN) {
            Some(origin) if !["http", "https"].iter().any(|scheme| origin == format!("{scheme}://{host}")) => {
                Err(foreign(origin))
            }
            _ => Ok(()),
        },
    }
}

/// Whether a `Host` is this page's: an address, which no other server can have given it, `localhost`, or a name
/// that its owner told.
fn is_ours(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.parse::<IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_somebody_else_gave_is_not_ours() {
        let names = ["pec.example".to_owned()];
        for ours in ["127.0.0.1:8080", "127.0.0.1", "[::1]:80", "[::1]", "localhost:1", "LOCALHOST", "pec.example:443"]
        {
            assert!(is_ours(ours, &names), "{ours}");
        }
        for foreign in
            ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "a:b", "?"]
        {
            assert!(!is_ours(foreign, &names), "{foreign}");
        }
    }

    #[test]
    fn what_another_page_sends_is_refused() {
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let pairs =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            welcome(&[], &pairs.collect()).map_err(|refusal| refusal.status.as_u16())
        };
        let host = ("host", "127.0.0.1:8080");
        assert_eq!(asked(&[host]), Ok(()));
        assert_eq!(asked(&[host, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(
            asked(&[host, ("origin", "null"), ("sec-fetch-site", "same-origin")]),
            Ok(()),
            "a form without script"
        );
        assert_eq!(asked(&[host, ("sec-fetch-site", "none")]), Ok(()));
        assert_eq!(asked(&[]), Err(421));
        assert_eq!(asked(&[("host", "evil.example")]), Err(421));
        for foreign in [
            ("origin", "http://evil.example"),
            ("origin", "http://127.0.0.1:8081"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert_eq!(asked(&[host, foreign]), Err(403), "{foreign:?}");
        }
    }
}
