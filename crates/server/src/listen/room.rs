//! How many connections one address may hold.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// Connections by address. The lock is held to count one, at the beginning and the end of a connection.
#[derive(Debug)]
pub(super) struct Neighbours {
    most: u32,
    held: Mutex<FxHashMap<IpAddr, u32>>,
}

/// One connection of an address, until it is dropped.
pub(super) struct Neighbour {
    all: Arc<Neighbours>,
    address: IpAddr,
}

impl Neighbours {
    pub(super) fn new(most: u32) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// Counts a connection; none where its address has enough.
    pub(super) fn enter(all: &Arc<Self>, address: IpAddr) -> Option<Neighbour> {
        let address = neighbourhood(address);
        let mut held = all.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= all.most {
            return None;
        }
        *count += 1;
        Some(Neighbour { all: Arc::clone(all), address })
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let mut held = self.all.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// One host has a whole /64 of IPv6, so that is what counts as one address.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let net = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(net))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_holds_no_more_than_its_share_and_gets_it_back() {
        let all = Arc::new(Neighbours::new(2));
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let same_net: IpAddr = "2001:db8::ffff:2".parse().unwrap();
        let other: IpAddr = "192.0.2.7".parse().unwrap();
        let first = Neighbours::enter(&all, one).unwrap();
        let _second = Neighbours::enter(&all, same_net).unwrap();
        assert!(Neighbours::enter(&all, one).is_none());
        assert!(Neighbours::enter(&all, other).is_some());
        drop(first);
        assert!(Neighbours::enter(&all, one).is_some());
    }
}
