//! Whose request it is, and by which address of ours it came, behind proxies too.
//!
//! What must hold: `X-Forwarded-For`, `-Proto` and `-Host` and `Forwarded` (RFC 7239) are believed only as far
//! as proxies wrote them that the settings name. The client is the last address that is not one of theirs;
//! what stands before it the client may have made up. If both headers are there and differ, one of them
//! was only passed on, nobody knows which, and neither is believed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

use crate::config::{Origin, ServeConfig};

/// What most proxies write.
pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Proxies in a row at most.
const HOPS_MAX: usize = 32;

/// The address of the client whose request came from `peer`.
pub(super) fn address(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = canonical(peer);
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let by = |name, node: fn(&str) -> Option<IpAddr>| {
        let lines: Vec<_> = headers.get_all(name).collect();
        (!lines.is_empty()).then(|| last_untrusted(peer, &lines, node, trusted))
    };
    match (by(X_FORWARDED_FOR, node), by(FORWARDED, forwarded_for)) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(client), _) | (None, Some(client)) => client,
        (None, None) => peer,
    }
}

/// Where buyers reach this server: the origin that the settings name, or else the one by which this request
/// came, as the last trusted proxy saw it. `None` if the request does not tell.
pub(super) fn origin(config: &ServeConfig, request: &HttpRequest) -> Option<Origin> {
    if let Some(origin) = &config.public_url {
        return Some(origin.clone());
    }
    let headers = request.headers();
    let is_proxied = is_trusted(
        canonical(request.peer_addr()),
        &config.limits.trusted_proxies,
    );
    let reported = |header, parameter| {
        let values = is_proxied.then(|| (last(headers, header), last(headers, FORWARDED)));
        let (own, forwarded) = values.unwrap_or_default();
        let forwarded = forwarded.and_then(|element| pair(element, parameter));
        let is_contradicted = own.is_some() && forwarded.is_some() && own != forwarded;
        own.or(forwarded).filter(|_| !is_contradicted)
    };
    let scheme = reported(X_FORWARDED_PROTO, "proto").unwrap_or("http");
    let host = reported(X_FORWARDED_HOST, "host").or_else(|| headers.get(HOST)?.to_str().ok())?;
    format!("{scheme}://{host}").parse().ok()
}

/// An address as buyers have it: a path of this server is completed.
pub(super) fn absolute(config: &ServeConfig, request: &HttpRequest, address: &str) -> String {
    match (address.starts_with('/'), origin(config, request)) {
        (true, Some(origin)) => format!("{origin}{address}"),
        _ => address.to_owned(),
    }
}

/// The address at the other end of the connection. There is none only where requests come through no
/// network.
fn canonical(peer: Option<SocketAddr>) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    peer.to_canonical()
}

/// The last element of a list that may be spread over several headers: what the nearest proxy wrote.
fn last(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let line = headers.get_all(name).last()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

/// Whether an address belongs to a trusted proxy.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The last address that is not trusted. What cannot be read ends the chain: whoever reported it is the
/// client then.
fn last_untrusted(
    peer: IpAddr,
    lines: &[&HeaderValue],
    read: fn(&str) -> Option<IpAddr>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer;
    let lines = lines.iter().rev();
    let elements = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for element in elements.take(HOPS_MAX) {
        let Some(address) = read(element.trim()) else {
            break;
        };
        client = address;
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

/// The `for` of an element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    node(pair(element, "for")?)
}

/// What an element of `Forwarded` says of this parameter: `for="[2001:db8::1]:4711";proto=https`.
fn pair<'a>(element: &'a str, parameter: &str) -> Option<&'a str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(parameter))?;
    let value = value.trim();
    let unquoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    Some(unquoted.unwrap_or(value))
}

/// An address that may have a port; IPv6 may stand in brackets.
fn node(text: &str) -> Option<IpAddr> {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = text
        .parse()
        .or_else(|_| text.parse().map(|address: SocketAddr| address.ip()));
    let address = match bracketed {
        Some(text) => text.parse().map(IpAddr::V6).ok(),
        None => address.ok(),
    };
    Some(address?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: [&str; 2] = ["10.0.0.0/8", "2001:db8:ffff::/48"];

    /// The client of a request from `peer` with these headers.
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted = PROXIES.map(|network| network.parse().unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_static(name);
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        address(Some(peer), &map, &trusted).to_string()
    }

    #[test]
    fn who_is_no_proxy_is_the_client_whatever_it_says() {
        for header in ["x-forwarded-for", "forwarded"] {
            for value in ["192.0.2.9", "for=192.0.2.9", "10.0.0.1, 192.0.2.9"] {
                assert_eq!(client("192.0.2.1", &[(header, value)]), "192.0.2.1");
            }
        }
        assert_eq!(client("::ffff:192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(client("2001:db8::1", &[]), "2001:db8::1");
    }

    #[test]
    fn a_proxy_is_believed_for_what_it_has_seen_itself() {
        for (value, expected) in [
            ("192.0.2.9", "192.0.2.9"),
            ("192.0.2.9:4711", "192.0.2.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("::ffff:192.0.2.9", "192.0.2.9"),
            // The first was made up by the client.
            ("127.0.0.1, 192.0.2.9", "192.0.2.9"),
            // A chain of proxies.
            ("192.0.2.8, 192.0.2.9, 10.1.1.1 ,10.2.2.2", "192.0.2.9"),
            ("192.0.2.9,2001:db8:ffff::1", "192.0.2.9"),
            ("10.3.3.3, 10.2.2.2", "10.3.3.3"),
            // Whoever reports what cannot be read is the client.
            ("192.0.2.9, unknown", "10.0.0.1"),
            ("192.0.2.9, unknown, 10.2.2.2", "10.2.2.2"),
            ("", "10.0.0.1"),
            (",,,", "10.0.0.1"),
            ("1.2.3", "10.0.0.1"),
            ("'; DROP TABLE tickets; --", "10.0.0.1"),
        ] {
            let found = client("10.0.0.1", &[("x-forwarded-for", value)]);
            assert_eq!(found, expected, "{value}");
        }
        assert_eq!(
            client(
                "::ffff:10.0.0.1",
                &[
                    ("x-forwarded-for", "192.0.2.8"),
                    ("x-forwarded-for", "192.0.2.9"),
                ]
            ),
            "192.0.2.9"
        );
    }

    #[test]
    fn forwarded_is_read_as_the_rfc_writes_it() {
        for (value, expected) in [
            ("for=192.0.2.9", "192.0.2.9"),
            ("For=\"192.0.2.9:80\"; proto=https", "192.0.2.9"),
            ("proto=http;for=\"[2001:db8::9]:4711\"", "2001:db8::9"),
            ("for=\"[2001:db8::9]\"", "2001:db8::9"),
            ("for=192.0.2.8, for=192.0.2.9;by=10.0.0.1", "192.0.2.9"),
            ("for=\"192.0.2.8, for=192.0.2.9", "192.0.2.9"),
            ("for=192.0.2.8, for=192.0.2.9, for=10.2.2.2", "192.0.2.9"),
            ("for=192.0.2.9, for=unknown", "10.0.0.1"),
            ("for=_hidden", "10.0.0.1"),
            ("by=192.0.2.9", "10.0.0.1"),
            ("192.0.2.9", "10.0.0.1"),
        ] {
            let found = client("10.0.0.1", &[("forwarded", value)]);
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let both = |one, other| {
            client(
                "10.0.0.1",
                &[("x-forwarded-for", one), ("forwarded", other)],
            )
        };
        assert_eq!(both("192.0.2.9", "for=192.0.2.9"), "192.0.2.9");
        assert_eq!(both("192.0.2.9", "for=192.0.2.8"), "10.0.0.1");
    }

    #[test]
    fn a_chain_is_followed_only_so_far() {
        let chain = format!("192.0.2.9{}", ", 10.0.0.2".repeat(1000));
        assert_eq!(
            client("10.0.0.1", &[("x-forwarded-for", &chain)]),
            "10.0.0.2"
        );
    }
}
