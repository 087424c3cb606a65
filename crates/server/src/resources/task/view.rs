//! What somebody without staff needs to know, and no more.

use bongsu_authority::names::StationNames;
use bongsu_authority::{InstitutionId, Mark, NodeCode, Post, Seat};
use bongsu_relay::carry::address::Holder as Book;
use bongsu_relay::carry::book;
use bongsu_response::escalation::{self, Owed};
use bongsu_response::{ActKind, Obligation, RemediationClass, Status, Step};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::problem::Problem;
use crate::signin::code::Holder;
use crate::wire::{Id, Station, When, Word};

/// Providers that are shown at once; a search by name shows others.
const FEW: usize = 10;

/// What a case code is about.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Task {
    /// The institution's Korean name.
    name_ko: String,
    /// And its English one.
    name_en: String,
    /// The post of whoever answers, such as `CISO-00417`.
    officer: Option<String>,
    /// What kind of act it is.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Which station issued it.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// What it is called in Korean, where that is known.
    issuer_ko: Option<String>,
    /// And in English.
    issuer_en: Option<String>,
    /// What the act is called in Korean.
    title_ko: String,
    /// And in English.
    title_en: String,
    /// What to do, in plain Korean.
    todo_ko: String,
    /// And in plain English.
    todo_en: String,
    /// The law or rule it rests on.
    legal_basis: Option<String>,
    /// Is it a drill?
    drill: bool,
    /// Where it stands.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// The same in Korean words.
    status_ko: String,
    /// And in English ones.
    status_en: String,
    /// How soon it must be fixed.
    #[schemars(with = "Word<RemediationClass>")]
    class: RemediationClass,
    /// What is due next, where something with a date is.
    next: Option<Next>,
    /// The last instant to fix it; nothing where the next upgrade does.
    #[schemars(with = "Option<When>")]
    fix_by: Option<Timestamp>,
    /// What can be said now.
    answers: Vec<Possible>,
    /// Providers of one's own first, then others: at most ten.
    providers: Vec<Provider>,
    /// Since when help is asked for and nobody helps yet.
    #[schemars(with = "Option<When>")]
    help_asked: Option<Timestamp>,
    /// The team that helps.
    team: Option<String>,
    /// The last four digits of the number that is called, the one they left first; nothing where none is known.
    telephone: Option<String>,
}

/// The clock that speaks.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "TaskNext")]
struct Next {
    /// What is owed: `acknowledgement`, `assessment`, `fix` or `forensics`.
    owed: &'static str,
    /// By when.
    #[schemars(with = "When")]
    by: Timestamp,
}

/// An answer, and whether it can be given as things stand.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "TaskChoice")]
struct Possible {
    /// Its word.
    answer: &'static str,
    /// Can it be said now?
    possible: bool,
}

/// A registered service provider.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "TaskProvider")]
struct Provider {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Its Korean name.
    name_ko: String,
    /// And its English one.
    name_en: String,
    /// Was it chosen before, so that nothing needs to be signed?
    chosen: bool,
}

impl Task {
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub(super) fn of(
        app: &App,
        holder: &Holder,
        search: &str,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let (owed, act) = (&holder.task.owed, &holder.task.act);
        let register = app.desk().register();
        let named = register.institution(owed.institution).ok_or_else(Problem::absent)?;
        let officer = register.accountable(owed.institution, now);
        // What stations are called is known of the sample nation.
        let names = app.is_drill().then(StationNames::gaon);
        let issuer = names.as_ref().and_then(|names| names.name(&act.draft.issuer, now));
        let draft = act.draft.clone();
        let help = app.desk().help_asked(owed, now)?;
        Ok(Self {
            name_ko: named.name_ko,
            name_en: named.name_en,
            officer: officer.map(|held| held.title.clone()),
            kind: act.kind,
            issuer_ko: issuer.map(|name| name.ko.clone()),
            issuer_en: issuer.map(|name| name.en.clone()),
            issuer: draft.issuer,
            title_ko: draft.title_ko,
            title_en: draft.title_en,
            todo_ko: draft.todo_ko,
            todo_en: draft.todo_en,
            legal_basis: draft.legal_basis,
            drill: draft.drill,
            status: owed.status,
            status_ko: owed.status.label_ko().to_owned(),
            status_en: owed.status.label_en().to_owned(),
            class: owed.clocks.class,
            next: escalation::current(owed)
                .map(|next| Next { owed: word(next.owed), by: next.due }),
            fix_by: owed.clocks.fix_by,
            answers: possible(owed, may_examine(app, holder, now)),
            providers: providers(app, owed.institution, search, now),
            help_asked: help.as_ref().map(|call| call.since),
            team: owed.team.clone(),
            telephone: match help.and_then(|call| call.callbacks.into_iter().next()) {
                Some(left) => Some(left.end()),
                None => telephone(app, holder, now)?,
            },
        })
    }
}

fn word(owed: Owed) -> &'static str {
    match owed {
        Owed::Acknowledgement => "acknowledgement",
        Owed::Assessment => "assessment",
        Owed::Fix => "fix",
        Owed::Forensics => "forensics",
    }
}

/// Every answer, in the order in which a page shows them.
fn possible(owed: &Obligation, may_examine: bool) -> Vec<Possible> {
    let (status, seen) = (owed.status, owed.marks.acknowledged.is_some());
    let after = status.after(Step::Acknowledge).unwrap_or(status);
    let fixable = !matches!(status, Status::Remediated | Status::Verified);
    let clear = after.after(Step::SayNotAffected).is_some() && status != Status::NotAffected;
    let unexamined = escalation::current(owed).is_some_and(|it| it.owed == Owed::Forensics);
    let helpable = fixable || unexamined && status != Status::Verified;
    [
        ("done", fixable),
        ("provider", fixable),
        ("help", helpable),
        ("not_affected", clear),
        ("removed", fixable),
        ("isolated", fixable),
        ("retired", fixable),
        ("seen", !seen),
        ("clean", unexamined && may_examine),
        ("traces", unexamined && may_examine),
    ]
    .into_iter()
    .map(|(answer, possible)| Possible { answer, possible })
    .collect()
}

/// Does somebody in a working post of the institution answer? Others leave the check to the desks.
fn may_examine(app: &App, holder: &Holder, now: Timestamp) -> bool {
    let own = Seat::Institution(holder.task.owed.institution);
    let register = app.desk().register();
    let mut held = register.appointments_of(holder.caller.person).filter(|it| it.holds_at(now));
    held.any(|it| it.seat == own && matches!(it.post, Post::Ciso | Post::Operator))
}

/// The number that a support centre would call, but for its end: whoever holds a code need not learn it.
fn telephone(app: &App, holder: &Holder, now: Timestamp) -> Result<Option<String>, Problem> {
    let known =
        [Book::Institution(holder.task.owed.institution), Book::Person(holder.caller.person)];
    for of in known {
        let book = book::list(app.desk().store(), &of, now)?;
        if let Some(number) = book.telephone(app.is_drill()) {
            let number = number.to_string();
            return Ok(Some(number[number.len().saturating_sub(4)..].to_owned()));
        }
    }
    Ok(None)
}

fn providers(app: &App, own: InstitutionId, search: &str, now: Timestamp) -> Vec<Provider> {
    let register = app.desk().register();
    let chosen: Vec<InstitutionId> =
        register.providers_of(own, now).map(|signed| signed.provider).collect();
    let search = search.trim().to_lowercase();
    let serves = register.marked(Mark::ServiceProvider).filter(|id| *id != own);
    let serves = serves.filter(|id| !chosen.contains(id)).filter_map(|id| register.institution(id));
    let called = |name: &str| name.to_lowercase().contains(&search);
    let mut others: Vec<_> =
        serves.filter(|it| called(&it.name_ko) || called(&it.name_en)).collect();
    others.sort_by(|one, two| one.name_ko.cmp(&two.name_ko));
    let own = chosen.iter().filter_map(|id| register.institution(*id)).map(|it| (it, true));
    let others = others.into_iter().map(|it| (it, false));
    let shown = own.chain(others).take(FEW).map(|(it, chosen)| Provider {
        id: it.id.to_string(),
        name_ko: it.name_ko,
        name_en: it.name_en,
        chosen,
    });
    shown.collect()
}
