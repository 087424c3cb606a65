//! The head by which a balancer says for whom it connects: PROXY protocol, version 2.
//!
//! Only balancers that the operator names are believed, and where some are named nobody else is served: an address that
//! anybody may make up is worse than none.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first twelve bytes.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// The most bytes behind the first sixteen: addresses, and what a balancer adds to them.
const MOST: usize = 1_024;

/// A network, such as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a network of one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a network is an address and how many bits of it count, such as 10.0.0.0/8 or 2001:db8::/32"
)]
pub struct ParseNetworkError;

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let (address, bits) = text.split_once('/').unzip();
        let address: IpAddr = address.unwrap_or(text).parse().map_err(|_| ParseNetworkError)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| ParseNetworkError)?;
        let network = Self { address, bits };
        // Bits that do not count are nought, or somebody meant another network.
        if bits > most || network.head(address) != number(address) {
            return Err(ParseNetworkError);
        }
        Ok(network)
    }
}

impl TryFrom<String> for Network {
    type Error = ParseNetworkError;

    fn try_from(text: String) -> Result<Self, ParseNetworkError> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Network {
    /// Is the address in it?
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && self.head(address) == self.head(self.address)
    }

    /// The bits of an address that count.
    fn head(&self, address: IpAddr) -> u128 {
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let rest = width - u32::from(self.bits).min(width);
        number(address).checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// Reads the head, and says who is at the other end of the balancer; the balancer itself, where it asks for its own sake.
/// Not a byte behind the head is taken.
///
/// # Errors
/// [`io::Error`] where there is no such head, or it is too long.
pub(super) async fn client(
    stream: &mut (impl AsyncRead + Unpin),
    balancer: SocketAddr,
) -> io::Result<SocketAddr> {
    let wrong = |why| Err(io::Error::new(io::ErrorKind::InvalidData, why));
    let mut head = [0; 16];
    stream.read_exact(&mut head).await?;
    if head[..12] != SIGNATURE || head[12] >> 4 != 2 {
        return wrong("no head of the PROXY protocol, version 2");
    }
    let length = usize::from(u16::from_be_bytes([head[14], head[15]]));
    if length > MOST {
        return wrong("the head of the PROXY protocol is too long");
    }
    let mut rest = [0; MOST];
    stream.read_exact(&mut rest[..length]).await?;
    let rest = &rest[..length];
    match (head[12] & 0x0f, head[13]) {
        (0, _) | (1, 0x00) => Ok(balancer),
        (1, 0x11) => told::<4, 12>(rest, |it| Ipv4Addr::from(it).into()),
        (1, 0x21) => told::<16, 36>(rest, |it| Ipv6Addr::from(it).into()),
        _ => wrong("the PROXY protocol speaks of another protocol than TCP"),
    }
}

/// Source, destination, port of the source, port of the destination.
fn told<const SIZE: usize, const WHOLE: usize>(
    rest: &[u8],
    read: impl FnOnce([u8; SIZE]) -> IpAddr,
) -> io::Result<SocketAddr> {
    let whole: &[u8; WHOLE] = rest.first_chunk().ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "the PROXY protocol gives half an address")
    })?;
    let source = whole.first_chunk::<SIZE>().expect("it is longer");
    let port = u16::from_be_bytes([whole[2 * SIZE], whole[2 * SIZE + 1]]);
    Ok(SocketAddr::new(read(*source).to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[0x20 | command, family], &length, rest].concat()
    }

    const V4: [u8; 12] = [192, 0, 2, 7, 10, 0, 0, 1, 0xd4, 0x31, 0x01, 0xbb];

    async fn read(bytes: &[u8]) -> Result<(String, usize), String> {
        let mut left = bytes;
        let balancer = SocketAddr::from(([10, 0, 0, 9], 1));
        let said = client(&mut left, balancer).await.map_err(|error| error.to_string())?;
        Ok((said.to_string(), left.len()))
    }

    #[tokio::test]
    async fn whoever_stands_behind_the_balancer_is_named_and_no_byte_of_theirs_is_taken() {
        let bytes = [head(1, 0x11, &V4), b"GET /".to_vec()].concat();
        assert_eq!(read(&bytes).await.unwrap(), ("192.0.2.7:54321".to_owned(), 5));
        let more = [&V4[..], &[0x04, 0, 3, 1, 2, 3]].concat();
        assert_eq!(read(&head(1, 0x11, &more)).await.unwrap().0, "192.0.2.7:54321");
        let six: Ipv6Addr = "2001:db8::7".parse().unwrap();
        let six = [&six.octets()[..], &[0; 16], &[0, 80, 1, 187]].concat();
        assert_eq!(read(&head(1, 0x21, &six)).await.unwrap().0, "[2001:db8::7]:80");
        let health = read(&head(0, 0, &[])).await.unwrap();
        assert_eq!(health.0, "10.0.0.9:1", "it looks whether we are there");
        assert_eq!(read(&head(1, 0, &V4)).await.unwrap().0, "10.0.0.9:1");
    }

    #[tokio::test]
    async fn a_head_that_is_none_is_refused() {
        assert!(read(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.is_err());
        assert!(read(b"PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n").await.is_err(), "version 1");
        assert!(read(&head(1, 0x11, &V4[..11])).await.is_err(), "half an address");
        assert!(read(&head(1, 0x12, &V4)).await.is_err(), "UDP");
        assert!(read(&head(1, 0x31, &V4)).await.is_err(), "a socket of Unix");
        assert!(read(&head(2, 0x11, &V4)).await.is_err(), "no such command");
        assert!(read(&head(1, 0x11, &[0; MOST + 1])).await.unwrap_err().contains("too long"));
        assert!(read(&head(1, 0x11, &V4)[..20]).await.is_err(), "cut off");
        let mut other = head(1, 0x11, &V4);
        other[12] = 0x11;
        assert!(read(&other).await.is_err(), "another version");
    }

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        let inside = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(inside("10.0.0.0/8", "10.255.0.1") && !inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("10.0.0.0/8", "::ffff:10.0.0.1"), "written as IPv6");
        assert!(inside("0.0.0.0/0", "192.0.2.1") && !inside("0.0.0.0/0", "2001:db8::1"));
        assert!(inside("2001:db8::/32", "2001:db8::1") && !inside("2001:db8::/32", "2001:db9::1"));
        assert!(inside("192.0.2.7", "192.0.2.7") && !inside("192.0.2.7", "192.0.2.8"));
        assert!(inside("::/0", "2001:db8::1"));
        for wrong in ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "ten", "::/129", "10.0.0.0/-1"]
        {
            assert_eq!(wrong.parse::<Network>(), Err(ParseNetworkError), "{wrong}");
        }
    }
}
