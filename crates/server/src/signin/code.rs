//! Who comes with a case code: the accountable officer of a small institution, for one obligation and nothing else.
//!
//! A code has 60 bits that cannot be worked out: at whatever rate the node answers, nobody finds one by guessing. So whoever
//! has a right code gets in, always: in a crisis a whole district comes from one address, and a limit that wrong codes could
//! fill would be a door to lock others out with. Wrong ones are counted and told to slow down, so that a program that guesses
//! by mistake hears of it; right ones are not.

use bongsu_desk::code::{Code, Task};
use jiff::Timestamp;

use super::limits::{Limits, Rate};
use crate::app::App;
use crate::caller::{Caller, Means};
use crate::listen::Peer;
use crate::problem::Problem;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// Wrong codes from one place.
pub(crate) const FROM_ONE: Rate = Rate { burst: 10, every: Duration::from_secs(6) };
/// Counts wrong codes.
#[derive(Debug, Default)]
pub(crate) struct WrongCodes(Limits);

/// Whoever holds a code that leads somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// Acts as the accountable officer.
    pub(crate) caller: Caller,
    /// What the code is for.
    pub(crate) task: Task,
}

/// What somebody typed, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Typed {
    from: Option<IpAddr>,
    code: Option<Code>,
}

impl Typed {
    pub(crate) fn new(peer: Option<&Peer>, text: &str) -> Self {
        let from = peer.map(|peer| place(peer.address.ip()));
        Self { from, code: text.parse().ok() }
    }
}

impl WrongCodes {
    /// What a code leads to, open or not; nothing where it leads nowhere.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub(crate) async fn look(
        &self,
        app: &App,
        typed: Typed,
        now: Timestamp,
    ) -> Result<Option<Holder>, Problem> {
        let Some(code) = typed.code else { return Ok(None) };
        let found = app.ask(move |app| Ok(app.desk().by_code(&code, now)?)).await?;
        Ok(found.map(|task| {
            let means = Means::Code(task.owed.act, task.owed.institution);
            // No credential was shown, now or ever.
            let caller = Caller { person: task.officer, means, shown_at: Timestamp::MIN };
            Holder { caller, task }
        }))
    }

    /// Counts a code that leads nowhere: the words of absence, whatever is wrong with it.
    pub(crate) fn wrong(&self, typed: Typed) -> Problem {
        let counted = self.0.take(typed.from, FROM_ONE);
        counted.map_or_else(Problem::too_often, |()| Problem::absent())
    }
}

/// One address of IPv4; of IPv6 a whole /48, for a site has 65,536 networks of its own.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let site = u128::from(address) >> 80 << 80;
            IpAddr::V6(Ipv6Addr::from(site))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(from: u8, text: &str) -> Typed {
        Typed { from: Some(IpAddr::from([192, 0, 2, from])), code: text.parse().ok() }
    }

    fn code(number: u32) -> String {
        format!("{number:08} 00000000")
    }

    #[test]
    fn ten_wrong_codes_a_minute_come_from_one_place_and_no_other_place_feels_it() {
        let wrong = WrongCodes::default();
        let absent =
            |from: u8, number: u32| wrong.wrong(typed(from, &code(number))) == Problem::absent();
        assert_eq!((0..50).filter(|number| absent(1, *number)).count(), 10);
        assert_eq!((0..50).filter(|number| absent(2, *number)).count(), 10);
    }

    #[test]
    fn a_site_of_ipv6_is_one_place() {
        let of = |address: &str| place(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:ffff::4"));
        assert_ne!(of("2001:db8:1::1"), of("2001:db8:2::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }

    #[test]
    fn what_is_no_code_at_all_is_counted_too() {
        let wrong = WrongCodes::default();
        let absent = (0..50).filter(|_| wrong.wrong(typed(1, "hello")) == Problem::absent());
        assert_eq!(absent.count(), 10);
    }
}
