//! Which channel is tried next, and when: decided from what is known, without a clock of its own.
//!
//! ```text
//! webhook and inbox ─► mail ─► short message ─► voice ─► nobody was reached: the call list
//! ```
//!
//! A small institution is told of what is critical by short message, too: nobody watches a mailbox there.

use bongsu_response::{Act, ActKind, Obligation, RemediationClass, escalation};
use bongsu_store::Notice;
use jiff::{SignedDuration, Timestamp};

use super::address::Channel;
use super::trail::Trail;

/// How soon somebody must know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urgency {
    /// At once, whatever the hour: no digest holds it back.
    Critical,
    /// At once by mail, for the answer is due within a day; nobody is woken for it.
    Prompt,
    /// With the next digest.
    Plain,
    /// Nothing is left to do: nobody is woken for it, and nobody is unreachable for it.
    Farewell,
}

/// An act that is to be acknowledged within this time was triaged "act" (P01).
const ACT: SignedDuration = SignedDuration::from_hours(4);

/// An act that is to be acknowledged within this time is told before it is half gone (P01, "attend").
const ATTEND: SignedDuration = SignedDuration::from_hours(24);

/// How urgent a message is.
pub fn urgency(act: &Act, owed: &Obligation, notice: Notice, now: Timestamp) -> Urgency {
    if notice == Notice::Released {
        return Urgency::Farewell;
    }
    let soon = matches!(
        owed.clocks.class,
        RemediationClass::ThreeDays | RemediationClass::ThreeDaysForensic
    );
    let to_answer = owed.clocks.acknowledge_by.duration_since(owed.created_at);
    let exploited = notice == Notice::Sooner;
    let binding = act.kind == ActKind::Directive;
    let late = escalation::overdue(owed, now).is_some();
    if soon || to_answer <= ACT || exploited || binding || late {
        Urgency::Critical
    } else if notice == Notice::Issued && to_answer <= ATTEND {
        Urgency::Prompt
    } else {
        Urgency::Plain
    }
}

/// When a channel opens, counted from when the message was taken up.
struct Patience {
    /// Mail, where a webhook might have done.
    mail: SignedDuration,
    sms: Option<SignedDuration>,
    voice: Option<SignedDuration>,
    /// How long somebody has to come and fetch it, where nothing else leads to them.
    fetch: SignedDuration,
    /// When nobody was reached.
    give_up: SignedDuration,
    /// The first pause before a channel is tried again; it doubles.
    pause: SignedDuration,
}

const fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Our defaults; half of the time to acknowledge is left when somebody is called.
const CRITICAL: Patience = Patience {
    mail: minutes(2),
    sms: Some(minutes(15)),
    voice: Some(minutes(30)),
    fetch: minutes(30),
    give_up: minutes(120),
    pause: SignedDuration::from_secs(30),
};
const PLAIN: Patience = Patience {
    mail: minutes(60),
    sms: Some(minutes(24 * 60)),
    voice: None,
    fetch: minutes(24 * 60),
    give_up: minutes(72 * 60),
    pause: minutes(5),
};
const PROMPT: Patience = Patience { mail: minutes(2), ..PLAIN };
const FAREWELL: Patience = Patience { sms: None, ..PLAIN };

/// The longest pause between two tries, before and after nobody was reached.
const LONGEST: SignedDuration = minutes(60);
const SLOWLY: SignedDuration = minutes(6 * 60);

/// How long a message is carried at all.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Urgency {
    /// Does mail wait for the next digest?
    pub fn waits(self) -> bool {
        matches!(self, Self::Plain | Self::Farewell)
    }

    fn patience(self) -> &'static Patience {
        match self {
            Self::Critical => &CRITICAL,
            Self::Prompt => &PROMPT,
            Self::Plain => &PLAIN,
            Self::Farewell => &FAREWELL,
        }
    }
}

/// What a decision about a message must know.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// How urgent it is.
    pub urgency: Urgency,
    /// What was tried.
    pub trail: &'a Trail,
    /// For each channel that goes out, in their order, since when there is an address that lives.
    pub live: [Option<Timestamp>; 4],
    /// When the next digest of this addressee is due, counted from when the message was taken up.
    pub digest: Timestamp,
    /// Is the addressee small, with nobody who watches a mailbox?
    pub small: bool,
    /// The instant.
    pub now: Timestamp,
}

/// What is to be done with a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Nothing any more.
    Done,
    /// Send it by this channel.
    Send(Channel),
    /// Look at it again then.
    Wait(Timestamp),
    /// All channels failed.
    GiveUp,
}

impl Situation<'_> {
    /// What is to be done.
    pub fn step(&self) -> Step {
        let (trail, patience) = (self.trail, self.urgency.patience());
        if self.now >= trail.began + LIFE {
            return Step::Done;
        }
        if trail.receipt.is_some() {
            return if self.knocks() { Step::Send(Channel::Sms) } else { Step::Done };
        }
        let mut soonest: Option<Timestamp> = None;
        for (channel, live) in Channel::OUT.into_iter().zip(self.live) {
            let (Some(since), Some(opens)) = (live, self.opens(channel, patience)) else {
                continue;
            };
            let again = trail.of(channel, since).and_then(|tries| tries.again);
            let due = opens.max(again.unwrap_or(opens));
            if due <= self.now {
                return Step::Send(channel);
            }
            soonest = Some(soonest.map_or(due, |other| other.min(due)));
        }
        if trail.gave_up.is_some() {
            return Step::Wait(soonest.unwrap_or(self.now + SLOWLY));
        }
        let end = trail.began + if soonest.is_none() { patience.fetch } else { patience.give_up };
        match (self.now >= end, self.urgency) {
            (true, Urgency::Farewell) => Step::Done,
            (true, _) => Step::GiveUp,
            (false, _) => Step::Wait(soonest.map_or(end, |due| due.min(end))),
        }
    }

    /// Is a short message still to follow what was taken elsewhere? One is tried, and no more.
    fn knocks(&self) -> bool {
        let sms = Channel::OUT.iter().position(|one| *one == Channel::Sms);
        let live = sms.and_then(|place| self.live[place]);
        let untried = |since| self.trail.of(Channel::Sms, since).is_none();
        self.small && self.urgency == Urgency::Critical && live.is_some_and(untried)
    }

    /// When a channel opens: at once where those before it are not there or have failed, else when its time comes.
    fn opens(&self, channel: Channel, patience: &Patience) -> Option<Timestamp> {
        let began = self.trail.began;
        let place = Channel::OUT.iter().position(|one| *one == channel)?;
        let hopeful = |(before, since): (Channel, &Option<Timestamp>)| {
            since.is_some_and(|since| self.trail.of(before, since).is_none())
        };
        let before = Channel::OUT.into_iter().zip(&self.live[..place]);
        let waits = self.urgency != Urgency::Critical || before.into_iter().any(hopeful);
        let after = match channel {
            Channel::Webhook => return Some(began),
            Channel::Mail if self.urgency.waits() => {
                let webhook = self.live[0].is_some();
                let from = if webhook { began + patience.mail } else { began };
                return Some(self.digest.max(from));
            }
            Channel::Mail => patience.mail,
            Channel::Sms => patience.sms?,
            Channel::Voice => patience.voice?,
            Channel::Inbox => return None,
        };
        // Where mail is the first that leads to them, it does not wait; a telephone waits for mail that may yet come.
        let first = channel == Channel::Mail && self.live[0].is_none();
        Some(if first || !waits { began } else { began + after })
    }

    /// The longest pause before a channel is tried again, after so many tries.
    pub fn pause(&self, tries: u16) -> SignedDuration {
        let first = self.urgency.patience().pause;
        let longest = if self.trail.gave_up.is_some() { SLOWLY } else { LONGEST };
        let doubled = first.saturating_mul(1 << i32::from(tries.min(12)));
        if self.trail.gave_up.is_some() { longest } else { doubled.min(longest) }
    }
}

#[cfg(test)]
mod tests {
    use bongsu_authority::{ActId, InstitutionId};

    use super::*;

    fn began() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn trail() -> Trail {
        Trail {
            act: ActId([1; 16]),
            institution: InstitutionId([2; 16]),
            entry: 7,
            number: 1,
            notice: 0,
            began: began(),
            receipt: None,
            gave_up: None,
            tries: Vec::new(),
        }
    }

    const ALL: [bool; 4] = [true; 4];

    fn step(urgency: Urgency, trail: &Trail, live: [bool; 4], after: i64) -> Step {
        let live = live.map(|lives| lives.then(|| began() - minutes(60)));
        let (digest, now) = (began() + minutes(40), began() + minutes(after));
        Situation { urgency, trail, live, digest, small: false, now }.step()
    }

    fn at(after: i64) -> Step {
        Step::Wait(began() + minutes(after))
    }

    #[test]
    fn what_is_critical_goes_out_at_once_and_climbs_when_a_channel_fails() {
        let mut one = trail();
        let go = |trail: &Trail, live, after| step(Urgency::Critical, trail, live, after);
        assert_eq!(go(&one, ALL, 0), Step::Send(Channel::Webhook));
        assert_eq!(go(&one, [false, true, true, true], 0), Step::Send(Channel::Mail));
        assert_eq!(go(&one, [false, false, true, true], 0), Step::Send(Channel::Sms));
        one.tried(Channel::Webhook, Some("500"), Some(began() + minutes(9)), began());
        assert_eq!(go(&one, ALL, 0), Step::Send(Channel::Mail));
        one.tried(Channel::Mail, Some("450"), Some(began() + minutes(9)), began());
        assert_eq!(go(&one, ALL, 0), Step::Send(Channel::Sms));
        one.tried(Channel::Sms, None, None, began());
        assert_eq!(go(&one, ALL, 1), Step::Done);
    }

    #[test]
    fn what_is_plain_waits_for_the_digest_and_wakes_nobody() {
        let one = trail();
        let go = |live, after| step(Urgency::Plain, &one, live, after);
        assert_eq!(go([false, true, true, true], 0), at(40));
        assert_eq!(go([false, true, false, true], 41), Step::Send(Channel::Mail));
        assert_eq!(go([false, false, false, true], 10), at(24 * 60));
    }

    #[test]
    fn what_is_due_within_a_day_goes_by_mail_at_once_and_wakes_nobody() {
        let mut one = trail();
        let go = |trail: &Trail, live, after| step(Urgency::Prompt, trail, live, after);
        assert_eq!(go(&one, [false, true, true, true], 0), Step::Send(Channel::Mail));
        assert_eq!(go(&one, ALL, 0), Step::Send(Channel::Webhook));
        one.tried(Channel::Webhook, Some("500"), Some(began() + minutes(9)), began());
        assert_eq!(go(&one, ALL, 2), Step::Send(Channel::Mail));
        assert_eq!(go(&one, [false, false, true, true], 10), at(24 * 60));
    }

    #[test]
    fn nobody_is_reached_where_nothing_leads_to_them_and_the_inbox_stays_full() {
        let mut one = trail();
        assert_eq!(step(Urgency::Critical, &one, [false; 4], 0), at(30));
        assert_eq!(step(Urgency::Critical, &one, [false; 4], 30), Step::GiveUp);
        assert_eq!(step(Urgency::Farewell, &one, [false; 4], 24 * 60), Step::Done);
        one.gave_up = Some(began() + minutes(30));
        assert_eq!(step(Urgency::Critical, &one, [false; 4], 30), at(30 + 6 * 60));
        assert_eq!(
            step(Urgency::Critical, &one, [false, true, false, false], 31),
            Step::Send(Channel::Mail)
        );
    }

    #[test]
    fn an_address_that_was_put_anew_is_tried_as_if_nothing_had_been() {
        let mut one = trail();
        one.tried(Channel::Mail, Some("550"), Some(began() + minutes(600)), began());
        let live = [None, Some(began() + minutes(5)), None, None];
        let now = began() + minutes(6);
        let situation = Situation {
            urgency: Urgency::Critical,
            trail: &one,
            live,
            digest: now,
            small: false,
            now,
        };
        assert_eq!(situation.step(), Step::Send(Channel::Mail));
    }

    #[test]
    fn a_small_institution_is_told_twice_of_what_is_critical_and_of_nothing_else() {
        let mut one = trail();
        one.tried(Channel::Mail, None, None, began());
        let live = [false, true, true, false].map(|lives| lives.then(|| began() - minutes(60)));
        let (digest, now) = (began(), began() + minutes(1));
        let step = |urgency, trail: &Trail, small| {
            Situation { urgency, trail, live, digest, small, now }.step()
        };
        assert_eq!(step(Urgency::Critical, &one, true), Step::Send(Channel::Sms));
        assert_eq!(step(Urgency::Critical, &one, false), Step::Done);
        assert_eq!(step(Urgency::Plain, &one, true), Step::Done);
        one.tried(Channel::Sms, Some("500"), Some(began() + minutes(9)), began());
        assert_eq!(step(Urgency::Critical, &one, true), Step::Done, "it was tried");
    }
}
