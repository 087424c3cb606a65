//! Tells the service manager how it goes: `sd_notify(3)` without a library. Silent where nobody listens.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The node answers.
pub(super) fn ready() {
    say("READY=1");
}

/// The node stops.
pub(super) fn stopping() {
    say("STOPPING=1");
}

/// The node still does what it should.
pub(super) fn alive() {
    say("WATCHDOG=1");
}

/// How often the service manager wants to hear, if it does: half of what it allows.
pub(super) fn every() -> Option<Duration> {
    let micros: u64 = std::env::var("WATCHDOG_USEC").ok()?.parse().ok()?;
    Some(Duration::from_micros(micros / 2)).filter(|every| !every.is_zero())
}

fn say(word: &str) {
    let Some(place) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let text = place.to_string_lossy();
    let address = match text.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(&place),
    };
    if let (Ok(socket), Ok(address)) = (UnixDatagram::unbound(), address) {
        let _ = socket.send_to_addr(word.as_bytes(), &address); // who does not listen misses it
    }
}
