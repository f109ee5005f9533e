//! What a gateway can be told while it runs, a line each.

use jiff::SignedDuration;

use super::{
    config::{Route, RouteTls},
    place::destination,
};
use crate::{net::Destination, yaml::Span};

/// What it is told.
#[derive(Clone, Debug)]
pub enum Order {
    /// `advance 12h`: moves the clock ahead, doing what is due on the way; `advance 0s` moves nothing and waits.
    Advance(SignedDuration),
    /// `route bravo.example 127.0.0.1:2525 mx.bravo.example`: mail for a domain goes there from now on; without a name, the
    /// host in the address is what its TLS certificate must bear. With `opportunistic` behind the name, over TLS where it is
    /// offered.
    Route(String, Destination),
    /// `reread`: reads again what is read again when it changes.
    Reread,
    /// `stop`: ends as SIGTERM does.
    Stop,
}

impl std::str::FromStr for Order {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words[..] {
            ["advance", "0s"] => Ok(Self::Advance(SignedDuration::ZERO)),
            ["advance", span] => Ok(Self::Advance(span.parse::<Span>()?.0)),
            ["route", domain, to] => Self::route(domain, to, None, RouteTls::Required),
            ["route", domain, to, name] => Self::route(domain, to, Some(name), RouteTls::Required),
            ["route", domain, to, name, "opportunistic"] => {
                Self::route(domain, to, Some(name), RouteTls::Opportunistic)
            }
            ["reread"] => Ok(Self::Reread),
            ["stop"] => Ok(Self::Stop),
            _ => {
                Err("known: `advance SPAN`, `route DOMAIN HOST:PORT [NAME [opportunistic]]`, `reread`, `stop`"
                    .to_owned())
            }
        }
    }
}

impl Order {
    fn route(domain: &str, to: &str, name: Option<&str>, tls: RouteTls) -> Result<Self, String> {
        let (to, name) = (to.to_owned(), name.map(str::to_owned));
        let route = Route { to, name, tls, anchors: Vec::new() };
        Ok(Self::Route(domain.to_owned(), destination(&route, None)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Security;

    #[test]
    fn what_is_told_is_understood_or_what_is_known_is_said() {
        assert!(matches!("advance 12h".parse(), Ok(Order::Advance(span)) if span.as_secs() == 43_200));
        assert!(matches!("advance 0s".parse(), Ok(Order::Advance(SignedDuration::ZERO))));
        let route = "route b.example 127.0.0.1:25 mx.b.example".parse();
        assert!(matches!(route, Ok(Order::Route(domain, to)) if domain == "b.example" && to.host == "mx.b.example"));
        let lenient = "route b.example 127.0.0.1:25 mx.b.example opportunistic".parse();
        assert!(
            matches!(lenient, Ok(Order::Route(_, to)) if to.security == Security::WhenOffered && to.trust.is_some())
        );
        for wrong in
            ["", "advance", "advance soon", "route b.example nowhere", "route b.example 1:1 mx always", "shout"]
        {
            assert!(wrong.parse::<Order>().is_err(), "{wrong}");
        }
    }
}
