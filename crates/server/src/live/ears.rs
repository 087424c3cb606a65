//! One listener: what of everything that happens is theirs, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Bytes, HttpBody};
use bongsu_authority::{ActId, InstitutionId, Seat};
use hyper::body::Frame;
use rustc_hash::FxHashSet;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::hub::{Happened, Joined, What};
use crate::app::App;
use crate::caller::Caller;
use crate::right::Scope;
use crate::signin::{self, Shown};

/// How often somebody hears that the line is open, when nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// After how many milliseconds whoever was cut off comes again.
const RETRY_MS: u32 = 3_000;

/// Somebody who listens.
pub(crate) struct Ears {
    app: App,
    caller: Caller,
    told: Receiver<Arc<Happened>>,
    due: VecDeque<Arc<Happened>>,
    theirs: Theirs,
    begun: Option<Bytes>,
    /// What was shown at the door, and when it was last found good.
    shown: Option<Shown>,
    looked: Instant,
}

/// What of everything is theirs; found out anew whenever the register changes.
struct Theirs {
    institutions: Vec<InstitutionId>,
    at_a_station: bool,
    /// Acts that they were found to see.
    seen: FxHashSet<ActId>,
}

/// Acts whose right to be seen is remembered.
const REMEMBERED: usize = 256;

impl Theirs {
    fn of(app: &App, caller: &Caller) -> Self {
        let (register, now) = (app.desk().register(), app.now());
        let at_a_station = register
            .appointments_of(caller.person)
            .any(|held| held.holds_at(now) && matches!(held.seat, Seat::Node(_)));
        let mut institutions = own_institutions(app, caller);
        institutions.sort_unstable();
        Self { institutions, at_a_station, seen: FxHashSet::default() }
    }
}

/// The institutions for which somebody speaks: by post, or by delegation.
pub(crate) fn own_institutions(app: &App, caller: &Caller) -> Vec<InstitutionId> {
    let (register, now) = (app.desk().register(), app.now());
    let mut own: Vec<InstitutionId> = Vec::new();
    for held in register.appointments_of(caller.person).filter(|held| held.holds_at(now)) {
        let Seat::Institution(institution) = held.seat else { continue };
        own.push(institution);
        own.extend(register.customers_of(institution, now).map(|signed| signed.institution));
    }
    own.sort_unstable();
    own.dedup();
    // Whoever may see what runs there may see what is owed there: own officers, and providers with the power to see.
    own.retain(|one| app.desk().with(caller.who(), now, |ask| ask.see_inventory(*one)).is_ok());
    own
}

impl Ears {
    pub(crate) fn new(
        app: App,
        (caller, shown): (Caller, Option<Shown>),
        last: Option<u64>,
    ) -> Self {
        let theirs = Theirs::of(&app, &caller);
        let Joined { missed, latest, told } = app.live().hub.join(last);
        let mut text = format!("retry: {RETRY_MS}\n");
        let (id, event) = match &missed {
            Some(_) => (last.unwrap_or(latest), "hello"),
            None => (latest, "reset"),
        };
        let _ = write!(text, "id: {id}\nevent: {event}\ndata: {{}}\n\n");
        let due = missed.unwrap_or_default().into();
        let looked = Instant::now();
        Self { app, caller, told, due, theirs, begun: Some(text.into()), shown, looked }
    }

    /// What is heard next; nothing where the line ends.
    async fn hear(&mut self) -> Option<Bytes> {
        if let Some(begun) = self.begun.take() {
            return Some(begun);
        }
        loop {
            let happened = match self.due.pop_front() {
                Some(happened) => happened,
                None => match tokio::time::timeout(HEARTBEAT, self.told.recv()).await {
                    Err(_) if self.is_still_let_in().await => {
                        return Some(Bytes::from_static(b":\n\n"));
                    }
                    Ok(Ok(happened)) => happened,
                    // Too slow, or the node goes: they come again and say what they heard last.
                    Err(_) | Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) => return None,
                },
            };
            if !self.is_still_let_in().await {
                return None;
            }
            if let Some(text) = self.text(&happened).await {
                return Some(text.into());
            }
        }
    }

    /// A line outlives no credential: what was shown is looked at again, and so is what is theirs, for posts and
    /// delegations end by the clock alone.
    async fn is_still_let_in(&mut self) -> bool {
        if self.looked.elapsed() < HEARTBEAT {
            return true;
        }
        let Some(shown) = self.shown else { return true };
        let good = signin::still(&self.app, shown).await;
        if good {
            self.looked = Instant::now();
            self.theirs = Theirs::of(&self.app, &self.caller);
        }
        good
    }

    async fn text(&mut self, happened: &Happened) -> Option<String> {
        let position = happened.position;
        let event = |name: &str, data: String| {
            Some(format!("id: {position}\nevent: {name}\ndata: {data}\n\n"))
        };
        let has =
            |theirs: &Theirs, one: &InstitutionId| theirs.institutions.binary_search(one).is_ok();
        match &happened.what {
            What::Reset => event("reset", "{}".to_owned()),
            What::Register => {
                self.theirs = Theirs::of(&self.app, &self.caller);
                event("register", "{}".to_owned())
            }
            What::Alert => event("alert", "{}".to_owned()),
            What::Inventory(one) => (self.caller.has(Scope::InventoryRead)
                && has(&self.theirs, one))
            .then(|| event("inventory", format!(r#"{{"institution":"{one}"}}"#)))?,
            What::Inbox(one) => has(&self.theirs, one)
                .then(|| event("inbox", format!(r#"{{"institution":"{one}"}}"#)))?,
            What::Case(case) => {
                let case = *case;
                if !self.caller.has(Scope::CaseRead) {
                    return None;
                }
                self.sees(move |app, caller| app.desk().case(caller.who(), case, app.now()).is_ok())
                    .await
                    .then(|| event("case", format!(r#"{{"case":"{case}"}}"#)))?
            }
            What::Owed(act, whom) => {
                let mut text = String::new();
                for one in
                    self.theirs.institutions.iter().filter(|one| whom.binary_search(one).is_ok())
                {
                    let data = format!(r#"{{"act":"{act}","institution":"{one}"}}"#);
                    text.extend(event("obligation", data));
                }
                if self.sees_act(*act).await {
                    text.extend(event("act", format!(r#"{{"act":"{act}"}}"#)));
                }
                (!text.is_empty()).then_some(text)
            }
        }
    }

    async fn sees_act(&mut self, act: ActId) -> bool {
        if !self.caller.has(Scope::ActRead) {
            return false;
        }
        if self.theirs.seen.contains(&act) {
            return true;
        }
        let seen = self
            .sees(move |app, caller| app.desk().act(caller.who(), act, app.now()).is_ok())
            .await;
        if seen {
            if self.theirs.seen.len() == REMEMBERED {
                self.theirs.seen.clear();
            }
            self.theirs.seen.insert(act);
        }
        seen
    }

    /// Asks about a right; of desks only, for whom cases and acts are news.
    async fn sees(&self, ask: impl FnOnce(&App, &Caller) -> bool + Send + 'static) -> bool {
        if !self.theirs.at_a_station {
            return false;
        }
        let caller = self.caller.clone();
        self.app.ask(move |app| Ok(ask(app, &caller))).await.unwrap_or(false)
    }
}

type Hearing = Pin<Box<dyn Future<Output = (Box<Ears>, Option<Bytes>)> + Send>>;

/// What somebody hears, as the body of an answer: nothing is made before there is room for it.
pub(crate) struct Line(Option<Hearing>);

impl Line {
    pub(crate) fn new(ears: Ears) -> Self {
        Self(Some(next(Box::new(ears))))
    }
}

fn next(mut ears: Box<Ears>) -> Hearing {
    Box::pin(async move {
        let heard = ears.hear().await;
        (ears, heard)
    })
}

impl HttpBody for Line {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(hearing) = &mut self.0 else { return Poll::Ready(None) };
        let Poll::Ready((ears, heard)) = hearing.as_mut().poll(context) else {
            return Poll::Pending;
        };
        self.0 = heard.is_some().then(|| next(ears));
        Poll::Ready(heard.map(|text| Ok(Frame::data(text))))
    }
}
