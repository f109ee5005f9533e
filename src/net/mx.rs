//! Which hosts take a domain's mail, as the DNS tells (RFC 5321 5.1, RFC 7505).

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use aws_lc_rs::rand;
use hickory_resolver::{
    Resolver, ResolverBuilder, TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{Name, RData, RecordType},
};

use super::Reply;

/// Hosts of a domain that are tried at most, the best ones; RFC 5321 5.1 asks for two addresses at least.
const HOSTS: usize = 8;
/// Addresses of a host that are tried at most.
const ADDRESSES: usize = 4;

/// Asks name servers for the hosts that take a domain's mail.
#[derive(Clone)]
pub struct MailHosts {
    resolver: TokioResolver,
    port: u16,
}

/// One address of a host that takes a domain's mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailHost {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Why a domain's mail goes nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrouted {
    /// There is no such domain.
    NoDomain,
    /// The domain says that it takes no mail (RFC 7505).
    NullMx,
    /// No host of it has an address.
    NoHost,
    /// It would come back to the host that asks.
    Loop,
    /// The name servers cannot tell now.
    NotNow(String),
}

impl Unrouted {
    /// What a sender is told of it; nothing where it may work later. Codes of RFC 3463, RFC 7505.
    pub fn reply(&self) -> Option<Reply> {
        match self {
            Self::NoDomain => Some(Reply::new(550, [5, 1, 2], "No such domain")),
            Self::NullMx => Some(Reply::new(556, [5, 1, 10], "The domain takes no mail")),
            Self::NoHost => Some(Reply::new(550, [5, 4, 4], "No host of the domain has an address")),
            Self::Loop => Some(Reply::new(554, [5, 4, 6], "The domain's mail would come back here")),
            Self::NotNow(_) => None,
        }
    }
}

impl MailHosts {
    /// By the name servers of the machine's own configuration, each waited for as long as that says unless `timeout` does; the
    /// hosts listen on `port`.
    pub fn by_system(port: u16, timeout: Option<Duration>) -> Result<Self, String> {
        let builder = Resolver::builder(TokioRuntimeProvider::default()).map_err(|error| error.to_string())?;
        Self::built(builder, port, timeout)
    }

    /// By this name server and nothing else, waited for five seconds at each attempt unless `timeout` says otherwise; the hosts
    /// listen on `port`.
    pub fn by_server(server: SocketAddr, port: u16, timeout: Option<Duration>) -> Result<Self, String> {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        Self::built(builder, port, timeout)
    }

    fn built(
        mut builder: ResolverBuilder<TokioRuntimeProvider>,
        port: u16,
        timeout: Option<Duration>,
    ) -> Result<Self, String> {
        if let Some(timeout) = timeout {
            builder.options_mut().timeout = timeout;
        }
        Ok(Self { resolver: builder.build().map_err(|error| error.to_string())?, port })
    }

    /// The hosts of a domain, the preferred ones first, those of equal preference in any order; without an MX record, the
    /// domain itself. `own` is the host that asks: where it takes the domain's mail itself, only better ones are left.
    pub async fn of(&self, domain: &str, own: &str) -> Result<Vec<MailHost>, Unrouted> {
        let mut domain = Name::from_ascii(domain).map_err(|_| Unrouted::NoDomain)?;
        domain.set_fqdn(true);
        let mut found = Vec::new();
        let mut later = None;
        for name in self.exchangers(&domain, own).await?.into_iter().take(HOSTS) {
            match self.addresses(&name).await {
                Ok(addresses) => {
                    let host = |ip| MailHost { name: plain(&name), address: (ip, self.port).into() };
                    found.extend(addresses.into_iter().take(ADDRESSES).map(host));
                }
                Err(why) => later = Some(why),
            }
        }
        match later {
            Some(why) if found.is_empty() => Err(Unrouted::NotNow(why)),
            None if found.is_empty() => Err(Unrouted::NoHost),
            _ => Ok(found),
        }
    }

    /// The names of a domain's hosts, in the order in which they are tried.
    async fn exchangers(&self, domain: &Name, own: &str) -> Result<Vec<Name>, Unrouted> {
        let mut records: Vec<(u16, u16, Name)> = Vec::new();
        for record in self.records(domain, RecordType::MX).await? {
            if let RData::MX(mx) = record {
                records.push((mx.preference, any_number(), mx.exchange));
            }
        }
        if records.is_empty() {
            return Ok(vec![domain.clone()]);
        }
        if records.iter().all(|(.., name)| name.is_root()) {
            return Err(Unrouted::NullMx);
        }
        let is_own = |name: &Name| plain(name).eq_ignore_ascii_case(own);
        if let Some(at) = records.iter().filter(|(.., name)| is_own(name)).map(|(at, ..)| *at).min() {
            records.retain(|(preference, ..)| *preference < at);
            if records.is_empty() {
                return Err(Unrouted::Loop);
            }
        }
        records.sort();
        Ok(records.into_iter().map(|(.., name)| name).collect())
    }

    /// The addresses of a host; the error says why they cannot be told now.
    async fn addresses(&self, host: &Name) -> Result<Vec<IpAddr>, String> {
        let mut found = Vec::new();
        let mut later = None;
        for kind in [RecordType::A, RecordType::AAAA] {
            match self.records(host, kind).await {
                Ok(records) => found.extend(records.iter().filter_map(RData::ip_addr)),
                Err(Unrouted::NotNow(why)) => later = Some(why),
                Err(_) => {}
            }
        }
        later.filter(|_| found.is_empty()).map_or(Ok(found), Err)
    }

    /// The records of a name; none where it has none of this type.
    async fn records(&self, name: &Name, kind: RecordType) -> Result<Vec<RData>, Unrouted> {
        match self.resolver.lookup(name.clone(), kind).await {
            Ok(lookup) => Ok(lookup.answers().iter().map(|record| record.data.clone()).collect()),
            Err(error) if error.is_nx_domain() => Err(Unrouted::NoDomain),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(Unrouted::NotNow(told(name, &error))),
        }
    }
}

impl std::fmt::Debug for MailHosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailHosts").field("port", &self.port).finish_non_exhaustive()
    }
}

/// A name as SMTP and TLS write it.
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn told(name: &Name, error: &NetError) -> String {
    format!("{}: {error}", plain(name))
}

/// Spreads mail over hosts of equal preference, which RFC 5321 5.1 demands.
fn any_number() -> u16 {
    let mut octets = [0; 2];
    // Without a number any order does.
    let _ = rand::fill(&mut octets);
    u16::from_ne_bytes(octets)
}
