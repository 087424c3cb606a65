//! Which addresses are somewhere on the Internet, and which are somewhere near us.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Where an address is, when it is not a public one.
///
/// **Source:** the IANA special-purpose registries of IPv4 and IPv6 addresses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// "This network": `0.0.0.0/8`, `::`.
    Unspecified,
    /// This machine: `127.0.0.0/8`, `::1`.
    Loopback,
    /// RFC 1918, and `fc00::/7`.
    Private,
    /// Shared by the customers of a carrier: `100.64.0.0/10`.
    Carrier,
    /// `169.254.0.0/16`, `fe80::/10`, and the old site-local `fec0::/10`.
    LinkLocal,
    /// Where a cloud keeps the keys of its machines.
    Metadata,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// Examples in documents.
    Documentation,
    /// `198.18.0.0/15`, `2001:2::/48`.
    Benchmarking,
    /// An IPv4 address inside an IPv6 one: mapped, compatible, NAT64, 6to4, Teredo, ISATAP.
    Embedded,
    /// Whatever else is not given to anybody, such as `240.0.0.0/4`.
    Reserved,
}

impl Place {
    /// Whether an operator may name a target here as their own; the rest is nobody's target.
    pub fn can_be_own(self) -> bool {
        matches!(self, Self::Loopback | Self::Private | Self::Carrier)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Carrier => "carrier-shared",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Embedded => "IPv4-in-IPv6",
            Self::Reserved => "reserved",
        })
    }
}

/// Where `address` is; nothing when it is public.
pub(crate) fn place(address: IpAddr) -> Option<Place> {
    match address {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

fn place_v4(address: Ipv4Addr) -> Option<Place> {
    Some(match address.octets() {
        [169, 254, 169, 254] | [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => {
            Place::Metadata
        }
        [0, ..] => Place::Unspecified,
        [127, ..] => Place::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Place::Private,
        [100, 64..=127, ..] => Place::Carrier,
        [169, 254, ..] => Place::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Place::Documentation,
        [198, 18..=19, ..] => Place::Benchmarking,
        [192, 0, 0, _] | [240..=255, ..] => Place::Reserved,
        [192, 88, 99, _] => Place::Embedded, // 6to4 relays
        [224..=239, ..] => Place::Multicast,
        _ => return None,
    })
}

fn place_v6(address: Ipv6Addr) -> Option<Place> {
    let parts = address.segments();
    Some(match parts {
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254] => Place::Metadata,
        [0, 0, 0, 0, 0, 0, 0, 0] => Place::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Place::Loopback,
        // Mapped and compatible, NAT64, Teredo, 6to4, ISATAP.
        [0, 0, 0, 0, ..]
        | [0x64, 0xff9b, ..]
        | [0x2001, 0, ..]
        | [0x2002, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Place::Embedded,
        [0xfc00..=0xfdff, ..] => Place::Private,
        [0xfe80..=0xfeff, ..] => Place::LinkLocal,
        [0xff00..=0xffff, ..] => Place::Multicast,
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Place::Documentation,
        [0x2001, 2, 0, ..] => Place::Benchmarking,
        [0x2001, 0..=0x01ff, ..] => Place::Reserved, // set aside for protocols
        [0x2000..=0x3fff, ..] => return None,
        _ => Place::Reserved, // not given to anybody yet
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_or_has_a_place() {
        #[rustfmt::skip]
        let table = [
            ("1.1.1.1", None), ("8.8.8.8", None), ("100.63.255.255", None), ("100.128.0.0", None),
            ("172.15.255.255", None), ("172.32.0.0", None), ("192.0.1.1", None), ("198.17.255.255", None),
            ("198.20.0.0", None), ("223.255.255.255", None), ("169.253.1.1", None), ("11.0.0.0", None),
            ("2606:4700::1111", None), ("2a00:1450::1", None), ("2001:4860:4860::8888", None), ("2003::1", None),
            ("0.0.0.0", Some(Place::Unspecified)), ("0.255.255.255", Some(Place::Unspecified)),
            ("127.0.0.1", Some(Place::Loopback)), ("127.255.255.254", Some(Place::Loopback)),
            ("10.0.0.1", Some(Place::Private)), ("172.16.0.0", Some(Place::Private)),
            ("172.31.255.255", Some(Place::Private)), ("192.168.255.255", Some(Place::Private)),
            ("100.64.0.0", Some(Place::Carrier)), ("100.127.255.255", Some(Place::Carrier)),
            ("169.254.0.1", Some(Place::LinkLocal)), ("169.254.169.254", Some(Place::Metadata)),
            ("100.100.100.200", Some(Place::Metadata)), ("168.63.129.16", Some(Place::Metadata)),
            ("192.0.0.192", Some(Place::Metadata)), ("192.0.0.1", Some(Place::Reserved)),
            ("192.0.2.1", Some(Place::Documentation)), ("198.51.100.7", Some(Place::Documentation)),
            ("203.0.113.9", Some(Place::Documentation)), ("198.18.0.0", Some(Place::Benchmarking)),
            ("198.19.255.255", Some(Place::Benchmarking)), ("192.88.99.1", Some(Place::Embedded)),
            ("224.0.0.1", Some(Place::Multicast)), ("239.255.255.250", Some(Place::Multicast)),
            ("240.0.0.1", Some(Place::Reserved)), ("255.255.255.255", Some(Place::Reserved)),
            ("::", Some(Place::Unspecified)), ("::1", Some(Place::Loopback)),
            ("::ffff:8.8.8.8", Some(Place::Embedded)), ("::ffff:127.0.0.1", Some(Place::Embedded)),
            ("::127.0.0.1", Some(Place::Embedded)), ("::8.8.8.8", Some(Place::Embedded)),
            ("::ffff:0:127.0.0.1", Some(Place::Embedded)), ("64:ff9b::7f00:1", Some(Place::Embedded)),
            ("64:ff9b:1::1", Some(Place::Embedded)), ("2002:7f00:1::", Some(Place::Embedded)),
            ("2001::1", Some(Place::Embedded)), ("2606:4700::5efe:7f00:1", Some(Place::Embedded)),
            ("fc00::1", Some(Place::Private)), ("fdff::1", Some(Place::Private)),
            ("fd00:ec2::254", Some(Place::Metadata)), ("fe80::1", Some(Place::LinkLocal)),
            ("febf::1", Some(Place::LinkLocal)), ("fec0::1", Some(Place::LinkLocal)),
            ("ff02::1", Some(Place::Multicast)), ("2001:db8::1", Some(Place::Documentation)),
            ("3fff::1", Some(Place::Documentation)), ("2001:2::1", Some(Place::Benchmarking)),
            ("2001:10::1", Some(Place::Reserved)), ("100::1", Some(Place::Reserved)),
            ("5f00::1", Some(Place::Reserved)), ("4000::1", Some(Place::Reserved)),
            ("fb00::1", Some(Place::Reserved)),
        ];
        for (text, expected) in table {
            assert_eq!(place(text.parse().unwrap()), expected, "{text}");
        }
    }
}
