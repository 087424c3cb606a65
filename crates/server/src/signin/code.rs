//! Who comes with a case code: the accountable officer of a small institution, for one obligation and nothing else.
//!
//! A code has 40 bits that cannot be worked out. Wrong ones are counted, right ones never: in a crisis a whole district
//! comes from one address, and whoever has a right code gets in. Two limits slow down whoever is wrong, and a third one
//! stops whoever tries many codes of *one* institution from *one* neighbourhood: these are no longer looked at for a
//! while. So that institution can be kept out only by a neighbour who knows the first half of its code, and only there.

use bongsu_desk::code::{Code, Task};
use jiff::Timestamp;

use super::limits::{Limits, Rate};
use crate::app::App;
use crate::caller::{Caller, Means};
use crate::listen::{Peer, neighbourhood};
use crate::problem::Problem;
use std::net::IpAddr;
use std::time::Duration;

/// Wrong codes from one neighbourhood.
pub(crate) const FROM_ONE: Rate = Rate { burst: 10, every: Duration::from_secs(6) };
/// Wrong codes from everywhere: 300 a minute.
pub(crate) const IN_ALL: Rate = Rate { burst: 300, every: Duration::from_millis(200) };
/// Wrong codes of one institution from one neighbourhood.
pub(crate) const OF_ONE: Rate = Rate { burst: 10, every: Duration::from_mins(1) };

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
        let from = peer.map(|peer| neighbourhood(peer.address.ip()));
        Self { from, code: text.parse().ok() }
    }
}

impl WrongCodes {
    /// What a code leads to, open or not; nothing where it leads nowhere.
    ///
    /// # Errors
    /// [`Problem`] 429 to whoever has tried too many codes of this institution; then it was not looked at.
    pub(crate) async fn look(
        &self,
        app: &App,
        typed: Typed,
        now: Timestamp,
    ) -> Result<Option<Holder>, Problem> {
        let Some(code) = typed.code else { return Ok(None) };
        let of_one = ("of", typed.from, code.beginning());
        self.0.look(of_one, OF_ONE).map_err(Problem::too_often)?;
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
        if let Some(code) = typed.code {
            let _ = self.0.take(("of", typed.from, code.beginning()), OF_ONE);
        }
        let counted = self.0.take(("from", typed.from), FROM_ONE);
        let counted = counted.and_then(|()| self.0.take("all", IN_ALL));
        counted.map_or_else(Problem::too_often, |()| Problem::absent())
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
    fn ten_wrong_codes_a_minute_come_from_one_neighbourhood_and_three_hundred_in_all() {
        let wrong = WrongCodes::default();
        let absent =
            |from: u8, number: u32| wrong.wrong(typed(from, &code(number))) == Problem::absent();
        assert_eq!((0..50).filter(|number| absent(1, *number)).count(), 10);
        let more = (2..=60).map(|from| (0..10).filter(|number| absent(from, *number)).count());
        assert_eq!(more.sum::<usize>(), 290, "a moment is too short for one more");
    }

    #[test]
    fn what_is_no_code_at_all_is_counted_too() {
        let wrong = WrongCodes::default();
        let absent = (0..50).filter(|_| wrong.wrong(typed(1, "hello")) == Problem::absent());
        assert_eq!(absent.count(), 10);
    }
}
