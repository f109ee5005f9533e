//! What is issued otherwise than the recipe has it: around another day, and for a provider that it does not name.

use jiff::{Span, civil::Date};
use serde::Serialize;

use super::{
    PkiError,
    recipe::{KeyKind, Provider, Recipe, Server, Signer, Validity},
};

/// The first of the days on which what the recipe calls good is good, and what it calls expired or not yet valid is that.
const FIRST: Date = Date::constant(2026, 2, 1);

/// Days from one issue to the next: so long before their end nothing that is good ends, and nothing not yet valid begins.
const SPAN: i32 = 150;

/// The id of everything issued for a [`Newcomer`].
pub const NEWCOMER: &str = "own";

/// How the test PKI is to be issued. All orders share the recipe's keys, and so its authorities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// On this day and for half a year from it what is good is good; without, on the recipe's own.
    pub day: Option<Date>,
    /// A provider beside those of the recipe.
    pub newcomer: Option<Newcomer>,
}

/// A provider that the recipe does not name; its signing and TLS certificates have the id [`NEWCOMER`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Newcomer {
    /// `providerName` of its directory record.
    pub name: String,
    /// The address that signs.
    pub service: String,
    /// Names of its hosts.
    pub hosts: Vec<String>,
}

impl Order {
    /// Whether it is what the recipe says and no more.
    pub fn is_plain(&self) -> bool {
        self.newcomer.is_none() && self.spans() == 0
    }

    /// What tells it from others in the cache.
    pub fn mark(&self) -> String {
        let newcomer = serde_json::to_string(&self.newcomer).expect("names have a JSON form");
        format!("{} {newcomer}", self.spans())
    }

    /// The recipe for this order.
    pub fn apply(&self, mut recipe: Recipe) -> Result<Recipe, PkiError> {
        let days = Span::new().days(i64::from(self.spans()) * i64::from(SPAN));
        for date in dates(&mut recipe) {
            *date = date.checked_add(days).map_err(|_| PkiError::Day(*date))?;
        }
        if let Some(Newcomer { name, service, hosts }) = self.newcomer.clone() {
            let id = || NEWCOMER.to_owned();
            let own = Signer { provider: id(), key: id(), valid: None, also: Vec::new() };
            recipe.keys.insert(id(), KeyKind::Rsa2048);
            recipe.providers.insert(id(), Provider { name, service });
            recipe.signers.insert(id(), own);
            let loopback = ["localhost", "127.0.0.1"].map(str::to_owned);
            recipe.servers.insert(id(), Server { names: loopback.into_iter().chain(hosts).collect() });
        }
        Ok(recipe)
    }

    /// How many issues lie between the recipe's and this one.
    fn spans(&self) -> i32 {
        let days = self.day.and_then(|day| FIRST.until(day).ok()).map_or(0, |span| span.get_days());
        days.div_euclid(SPAN)
    }
}

/// Every date of a recipe.
fn dates(recipe: &mut Recipe) -> Vec<&mut Date> {
    let authorities = recipe.authorities.iter_mut().map(|authority| &mut authority.valid);
    let signers = recipe.signers.values_mut().filter_map(|signer| signer.valid.as_mut());
    let defects = recipe.defective.certificates.values_mut().filter_map(|defect| defect.valid.as_mut());
    let validities = authorities.chain(signers).chain(defects);
    let validities = validities.chain([&mut recipe.signing_profile.valid, &mut recipe.server_profile.valid]);
    let mut dates: Vec<&mut Date> = validities.flat_map(|Validity { from, to }| [from, to]).collect();
    for list in recipe.revocation_lists.values_mut() {
        dates.extend([&mut list.this_update, &mut list.next_update]);
        dates.extend(list.revoked.iter_mut().map(|entry| &mut entry.on));
    }
    dates
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        pki::{Pki, recipe},
        smime::{Certificate, Trust},
    };

    fn order(day: &str) -> Order {
        Order { day: Some(day.parse().unwrap()), newcomer: None }
    }

    #[test]
    fn every_date_of_the_recipe_moves() {
        let regex = regex::Regex::new(r"\b\d{4}-\d\d-\d\d\b").unwrap();
        let uncommented: String = recipe::TEXT.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let mut recipe = Recipe::read(recipe::TEXT).unwrap();
        assert_eq!(dates(&mut recipe).len(), regex.find_iter(&uncommented).count());
    }

    #[test]
    fn the_recipes_own_days_need_no_order_and_others_move_by_whole_spans() {
        for (day, spans) in [
            ("2026-02-01", 0),
            ("2026-06-30", 0),
            ("2026-07-01", 1),
            ("2026-01-31", -1),
            ("2032-02-29", 14),
            ("2099-12-31", 179),
        ] {
            assert_eq!(order(day).spans(), spans, "{day}");
        }
        assert!(order("2026-03-02").is_plain() && Order::default().is_plain());
        assert!(!order("2027-03-02").is_plain());
    }

    /// Whether a signer of a PKI is good on a day.
    fn is_good(pki: &Pki, trust: &Trust, id: &str, day: &str) -> bool {
        let signer = pki.signer(id).unwrap();
        let read = |der: &[u8]| Certificate::read(der).unwrap();
        let others: Vec<Certificate> = signer.chain.iter().map(|der| read(der)).collect();
        let at: Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
        trust.check(&read(&signer.certificate), &others, at).is_ok()
    }

    #[test]
    fn what_is_good_is_good_on_the_day_and_what_is_not_is_not() {
        let newcomer = Newcomer {
            name: "Nuova PEC S.r.l.".into(),
            service: "posta-certificata@nuova.example".into(),
            hosts: vec!["mx.nuova.example".into()],
        };
        let ordered = Order { newcomer: Some(newcomer.clone()), ..order("2031-05-17") };
        let pki = Pki::ordered(&ordered).unwrap();
        let trust = pki.trust();
        for day in ["2031-05-17", "2031-11-01"] {
            for good in ["alfa", "bravo-renewed", NEWCOMER] {
                assert!(is_good(&pki, &trust, good, day), "{good} on {day}");
            }
            for bad in ["alfa-expired", "alfa-not-yet-valid", "alfa-revoked"] {
                assert!(!is_good(&pki, &trust, bad, day), "{bad} on {day}");
            }
        }
        let plain = Pki::load().unwrap();
        assert!(!is_good(&plain, &plain.trust(), "alfa", "2031-05-17"));
        // They trust one another's authorities, whatever day each was issued for.
        let older_root = Trust::new(plain.trust().anchors().to_vec(), trust.crls().to_vec());
        assert!(is_good(&pki, &older_root, NEWCOMER, "2031-05-17"));
        let provider = pki.provider(NEWCOMER).unwrap();
        assert_eq!((&provider.name, &provider.service), (&newcomer.name, &newcomer.service));
        assert!(pki.tls_server_config(NEWCOMER, crate::clock::Machine::default()).is_some());
        assert_eq!(Pki::ordered(&ordered).unwrap().certificate(NEWCOMER), pki.certificate(NEWCOMER), "kept");
    }
}
