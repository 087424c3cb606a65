//! A small nation to act in: two stations, a few officers, institutions with a CISO and an operator each.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bongsu_authority::access::{
    self, ActFacts, Action, CaseFacts, Channel, InstitutionFacts, NamesFacts, Object,
    ObligationFacts, Officer, Permit, Principal, Scope, SeatFacts, Subject, decide,
};
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Domain, Grade, Institution, InstitutionId, Label,
    NodeCode, Ownership, PersonId, Post, Seat, Size, Tlp,
};
use bongsu_ledger::NodeKey;
use bongsu_response::case::{Opening, Triage};
use bongsu_response::{
    ActKind, ActWish, Addressee, Answer, Audience, CaseWish, Draft, Evidence, Exploitation,
    Exposure, IssueClocks, Origin, Wish, clock,
};
use jiff::{SignedDuration, Timestamp};

use super::{Ground, Seeded};
use crate::decide::text_of;
use crate::error::Error;
use crate::port::Engine;
use crate::secrets::NodeSecrets;
use crate::store::{Options, Store};
use crate::writer::{Receipt, Request, RequestId};

/// A nation to act in. It knows facts by itself, so that permits can be asked for without reading.
#[derive(Debug)]
pub struct World {
    /// Chance for ids.
    pub chance: Seeded,
    /// The instant.
    pub now: Timestamp,
    /// Institutions, in order.
    pub institutions: Vec<Institution>,
    /// Every appointment.
    pub appointments: Vec<Appointment>,
    /// Who is in which post, by place in the list.
    posts: HashMap<(Seat, Post), usize>,
    places: HashMap<InstitutionId, usize>,
    /// What is reviewed and signed of each act that was drafted here.
    pub texts: HashMap<ActId, Evidence>,
    /// Are its acts of a drill?
    pub drill: bool,
}

/// Who acts, as these tests speak of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    /// The engine that loads the register.
    Register,
    /// The engine that carries messages.
    Delivery,
    /// The engine that sees times pass.
    Clock,
    /// The engine that meets inventories with what is known.
    Matching,
    /// An officer at a station.
    At(&'static str, Post),
    /// The CISO of an institution, by its place.
    Ciso(usize),
    /// The operator of an institution, by its place.
    Operator(usize),
}

/// The label of everything here.
pub const LABEL: Label = Label { tlp: Tlp::Amber, grade: Grade::Sensitive };

const STATIONS: [(&str, Post); 6] = [
    ("COORD_PRIV", Post::Analyst),
    ("COORD_PRIV", Post::Director),
    ("LEAD_PRIV", Post::Analyst),
    ("LEAD_PRIV", Post::Approver),
    ("LEAD_PRIV", Post::Director),
    ("APEX", Post::Analyst),
];

impl World {
    /// A nation of so many private institutions.
    pub fn new(seed: u64, institutions: usize) -> Self {
        let mut world = Self {
            chance: Seeded(seed),
            now: "2026-11-22T09:00:00Z".parse().expect("an instant"),
            institutions: Vec::new(),
            appointments: Vec::new(),
            posts: HashMap::new(),
            places: HashMap::new(),
            texts: HashMap::new(),
            drill: false,
        };
        for (station, post) in STATIONS {
            world.appoint(Seat::Node(station.parse().expect("a station")), post);
        }
        for number in 0..institutions {
            let id = InstitutionId(world.id());
            world.places.insert(id, number);
            world.institutions.push(Institution {
                id,
                name_ko: format!("기관{number:05}"),
                name_en: format!("Institution {number:05}"),
                ownership: Ownership::Private,
                competent: BTreeSet::from(["SECTOR_FIN".parse().expect("a station")]),
                relay: None,
                size: Size::Medium,
                province: u8::try_from(number % 17 + 1).expect("17 provinces"),
                marks: BTreeSet::new(),
            });
            world.appoint(Seat::Institution(id), Post::Ciso);
            world.appoint(Seat::Institution(id), Post::Operator);
        }
        world
    }

    /// Sixteen bytes from chance.
    pub fn id(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        crate::chance::Chance::fill(&mut self.chance, &mut bytes);
        bytes
    }

    fn appoint(&mut self, seat: Seat, post: Post) {
        let (id, person) = (AppointmentId(self.id()), PersonId(self.id()));
        let number = self.appointments.len();
        let from = self.now - SignedDuration::from_hours(24 * 30);
        let title = format!("{post:?}-{number:05}");
        let until = None;
        self.posts.insert((seat.clone(), post), number);
        let it = Appointment { id, person, post, seat, from, until, deputy_of: None, title };
        self.appointments.push(it);
    }

    /// The appointment somebody acts in.
    pub fn post(&self, who: Who) -> Option<&Appointment> {
        let (seat, post) = match who {
            Who::At(station, post) => (Seat::Node(station.parse().expect("a station")), post),
            Who::Ciso(place) => (Seat::Institution(self.institutions[place].id), Post::Ciso),
            Who::Operator(place) => {
                (Seat::Institution(self.institutions[place].id), Post::Operator)
            }
            _ => return None,
        };
        self.posts.get(&(seat, post)).map(|place| &self.appointments[*place])
    }

    /// The institution as decisions see it.
    pub fn subject(&self, id: InstitutionId) -> Subject {
        let place = self.places[&id];
        Subject {
            institution: self.institutions[place].clone(),
            lead: Domain::Private,
            accountable: self.post(Who::Ciso(place)).map(|it| it.person),
        }
    }

    /// A permit, where the rules give one.
    pub fn permit(&self, who: Who, action: Action, on: On) -> Result<Permit, access::Denied> {
        let channel =
            Channel { node: Grade::Sensitive, ceiling: Grade::Sensitive, internet: false };
        let principal = match who {
            Who::Register => Principal::Engine(access::Engine::Register),
            Who::Delivery => Principal::Engine(access::Engine::Delivery),
            Who::Clock => Principal::Engine(access::Engine::Clock),
            Who::Matching => Principal::Engine(access::Engine::Matching),
            _ => {
                let post = self.post(who).expect("somebody of this world");
                let officer =
                    Officer { person: post.person, appointments: vec![post], delegations: vec![] };
                Principal::Person(officer)
            }
        };
        let station = |code: &str| -> NodeCode { code.parse().expect("a station") };
        let (coord, lead) = (station("COORD_PRIV"), station("LEAD_PRIV"));
        let (domains, sectors) = ([Domain::Private], []);
        let (subject, seat, scope, named);
        let object = match on {
            On::Nation => Object::Nation,
            On::Case(id) => Object::Case(CaseFacts {
                id,
                coord: &coord,
                label: LABEL,
                raw_label: LABEL,
                members: &[],
                embargo: None,
                public: true,
                severe: false,
                finder: None,
                suppliers: &[],
                second: None,
            }),
            On::Act(id, kind) => Object::Act(ActFacts {
                id,
                kind: match kind {
                    ActKind::Advisory => access::ActKind::Advisory,
                    ActKind::Guideline => access::ActKind::Guideline,
                    ActKind::ActionRequest => access::ActKind::ActionRequest,
                    ActKind::Directive => access::ActKind::Directive,
                },
                issuer: &lead,
                label: LABEL,
                named: &[],
                author: self.post(Who::At("LEAD_PRIV", Post::Analyst)).map(|it| it.person),
                reviewer: self.post(Who::At("LEAD_PRIV", Post::Approver)).map(|it| it.person),
                legal_basis: true,
                domains: &domains,
                sectors: &sectors,
                relays: &[],
                issued: true,
                embargo: None,
            }),
            On::Obligation(act, institution) => {
                subject = self.subject(institution);
                Object::Obligation(ObligationFacts {
                    act,
                    subject: &subject,
                    issuer: &lead,
                    label: LABEL,
                    named: &[],
                    issued_at: self.now,
                    triaged_act: false,
                    claimant: match action {
                        Action::Countersign => {
                            self.post(Who::Operator(self.places[&institution])).map(|it| it.person)
                        }
                        _ => None,
                    },
                    asked_days: 10,
                })
            }
            On::Institution(id) => {
                subject = self.subject(id);
                Object::Institution(InstitutionFacts {
                    subject: &subject,
                    label: LABEL,
                    named: &[],
                    touched_by: None,
                    disputed: false,
                    second: None,
                })
            }
            On::Seat(id) => {
                subject = self.subject(id);
                seat = Seat::Institution(id);
                Object::Seat(SeatFacts {
                    seat: &seat,
                    subject: Some(&subject),
                    person: PersonId([0; 16]),
                    post: Post::Operator,
                    deputy: false,
                })
            }
            On::Names(act) | On::Name(act, _) => {
                let only = match on {
                    On::Name(_, only) => Some(only),
                    _ => None,
                };
                scope = only.map_or(Scope::Domain(Domain::Private), Scope::Institution);
                named = only.map(|only| self.subject(only));
                Object::Names(NamesFacts {
                    act,
                    scope: &scope,
                    subject: named.as_ref(),
                    label: LABEL,
                    named: &[],
                    rows: 10,
                    second: None,
                })
            }
        };
        decide(&principal, action, &object, &channel, self.now)
    }

    /// A request under a fresh id.
    pub fn request(&mut self, who: Who, action: Action, on: On, wish: Wish) -> Request {
        let permit = self.permit(who, action, on);
        let permit = permit.unwrap_or_else(|denied| panic!("{who:?} {action:?}: {}", denied.why()));
        Request { id: RequestId(self.id()), permit, wish, now: self.now, body: None }
    }

    /// Asks a store to record something.
    pub fn ask(
        &mut self,
        store: &Store,
        who: Who,
        action: Action,
        on: On,
        wish: Wish,
    ) -> Result<Receipt, Error> {
        store.record(self.request(who, action, on, wish))
    }

    /// Lets time pass.
    pub fn wait(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Enters everybody.
    pub fn settle(&mut self, store: &Store) {
        let (all, posts) = (self.institutions.clone(), self.appointments.clone());
        self.ask(store, Who::Register, Action::Enrol, On::Nation, Wish::Enrol(all)).unwrap();
        self.ask(store, Who::Register, Action::Appoint, On::Nation, Wish::Appoint(posts)).unwrap();
    }

    /// Opens a public case.
    pub fn open_case(&mut self, store: &Store, title: &str) -> CaseId {
        let case = CaseId(self.id());
        let opening = Self::opening(title);
        let wish = Wish::OpenCase { case, opening };
        self.ask(store, ANALYST, Action::OpenCase, On::Case(case), wish).unwrap();
        case
    }

    /// What a public case is opened with.
    pub fn opening(title: &str) -> Opening {
        Opening {
            title: title.to_owned(),
            summary: "login bypass".to_owned(),
            identifiers: BTreeSet::from(["CVE-2026-12345".to_owned()]),
            origin: Origin::Human,
            coord: "COORD_PRIV".parse().expect("a station"),
            label: LABEL,
            public: true,
        }
    }

    /// The text of an action request.
    pub fn draft(title: &str) -> Draft {
        Draft {
            issuer: "LEAD_PRIV".parse().expect("a station"),
            title_ko: title.to_owned(),
            title_en: title.to_owned(),
            todo_ko: "4.2 버전으로 올리십시오".to_owned(),
            todo_en: "update to 4.2".to_owned(),
            legal_basis: Some("network-act-47-4".to_owned()),
            audience: Audience::default(),
            label: LABEL,
            drill: false,
        }
    }

    /// Clocks that begin now.
    pub fn clocks(&self, exploitation: Exploitation) -> IssueClocks {
        let opening = Self::opening("clocks");
        let mut case = bongsu_response::Case::open(CaseId([0; 16]), &opening, self.now);
        case.exploitation = exploitation;
        case.triage = Triage { automatable: Some(false), ..Triage::default() };
        clock::issue_clocks(&case, ActKind::ActionRequest, self.now, None)
    }

    /// Every institution as an addressee, affected and exposed in turns.
    pub fn addressees(&self) -> Vec<Addressee> {
        let exposures =
            [Exposure::Exposed, Exposure::Inside, Exposure::CannotTell, Exposure::NoInventory];
        let mut accountable = HashMap::new();
        for it in self.appointments.iter().filter(|it| it.post == Post::Ciso) {
            accountable.insert(it.seat.clone(), it.id);
        }
        let addressee = |(place, it): (usize, &Institution)| Addressee {
            institution: it.id,
            exposure: exposures[place % 4],
            systems: u32::try_from(place % 7 + 1).expect("few"),
            accountable: accountable[&Seat::Institution(it.id)],
        };
        self.institutions.iter().enumerate().map(addressee).collect()
    }

    /// Drafts, reviews and signs an action request to everybody.
    pub fn sign_campaign(&mut self, store: &Store, case: CaseId, title: &str) -> ActId {
        let act = self.reviewed(store, case, title);
        let wish = self.signature(act);
        self.ask(store, DIRECTOR, Action::SignActionRequest, on_act(act), wish).unwrap();
        act
    }

    /// The wish to sign it.
    pub fn signature(&self, act: ActId) -> Wish {
        let wish = ActWish::Sign {
            text: self.texts.get(&act).copied().unwrap_or_else(|| text("none")),
            signature: "signed".to_owned(),
            clocks: self.clocks(Exploitation::None),
            addressees: self.addressees(),
        };
        Wish::Act { act, wish }
    }

    /// Drafts and reviews an action request.
    pub fn reviewed(&mut self, store: &Store, case: CaseId, title: &str) -> ActId {
        let act = ActId(self.id());
        let (kind, draft) =
            (ActKind::ActionRequest, Draft { drill: self.drill, ..Self::draft(title) });
        let text = text_of(&draft, act, case, kind);
        self.texts.insert(act, text);
        let wish = Wish::DraftAct { act, case, kind, draft, text };
        self.ask(store, WRITER, Action::DraftActionRequest, on_act(act), wish).unwrap();
        let wish = Wish::Act { act, wish: ActWish::Review { text } };
        self.ask(store, APPROVER, Action::ReviewActionRequest, on_act(act), wish).unwrap();
        act
    }

    /// An answer of an institution.
    pub fn answer(
        &mut self,
        store: &Store,
        who: Who,
        act: ActId,
        place: usize,
        wish: Answer,
    ) -> Result<Receipt, Error> {
        let request = self.answering(who, act, place, wish);
        store.record(request)
    }

    /// The request of an answer.
    pub fn answering(&mut self, who: Who, act: ActId, place: usize, wish: Answer) -> Request {
        let institution = self.institutions[place].id;
        let action = action_of(&wish);
        let wish = Wish::Obligation { act, institution, wish };
        self.request(who, action, On::Obligation(act, institution), wish)
    }

    /// Sets what is known of exploitation.
    pub fn exploit(&mut self, store: &Store, case: CaseId) -> Receipt {
        let exploitation = Exploitation::Active;
        let wish = CaseWish::Exploit { exploitation, since: self.now, said_by: "feed".to_owned() };
        let wish = Wish::Case { case, wish };
        self.ask(store, ANALYST, Action::SetExploitation, On::Case(case), wish).unwrap()
    }
}

/// What a permit is asked for.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// The nation.
    Nation,
    /// A case.
    Case(CaseId),
    /// An act.
    Act(ActId, ActKind),
    /// An obligation.
    Obligation(ActId, InstitutionId),
    /// An institution.
    Institution(InstitutionId),
    /// A seat at an institution.
    Seat(InstitutionId),
    /// Names of the private domain.
    Names(ActId),
    /// The name of one institution.
    Name(ActId, InstitutionId),
}

/// An action request.
pub fn on_act(act: ActId) -> On {
    On::Act(act, ActKind::ActionRequest)
}

/// The coordinator's analyst.
pub const ANALYST: Who = Who::At("COORD_PRIV", Post::Analyst);
/// The lead's analyst, who writes.
pub const WRITER: Who = Who::At("LEAD_PRIV", Post::Analyst);
/// The lead's approver, who reviews.
pub const APPROVER: Who = Who::At("LEAD_PRIV", Post::Approver);
/// The lead's director, who signs.
pub const DIRECTOR: Who = Who::At("LEAD_PRIV", Post::Director);

/// A digest that stands for a text.
pub fn text(title: &str) -> Evidence {
    Evidence(bongsu_ledger::Hash::of(title.as_bytes()).0)
}

/// Evidence of something.
pub fn evidence(of: &str) -> Evidence {
    text(of)
}

/// A claim's parts, as the answer has them.
pub fn claim(of: &str) -> Answer {
    Answer::Claim { remedy: bongsu_response::Remedy::Patched, evidence: evidence(of) }
}

/// The right an answer needs.
pub fn action_of(answer: &Answer) -> Action {
    let wish = Wish::Obligation {
        act: ActId([0; 16]),
        institution: InstitutionId([0; 16]),
        wish: answer.clone(),
    };
    crate::rights::action(&wish, crate::rights::Standing::default())
}

/// Secrets that are always the same.
pub fn secrets() -> NodeSecrets {
    let name = "coord.example.kr/log".parse().expect("a name");
    NodeSecrets::new([7; 32], NodeKey::from_seed(name, [9; 32]))
}

/// Options for tests: an anchor beside the database, no waiting.
pub fn options(ground: &dyn Ground) -> Options {
    Options {
        anchor: Some(ground.folder().join("anchor")),
        wait: Duration::from_micros(500),
        readers: 2,
        ..Options::new("COORD_PRIV".parse().expect("a station"))
    }
}

/// Opens a store on a ground.
pub fn open(ground: &dyn Ground) -> Store {
    try_open(ground).unwrap()
}

/// Opens a store on a ground, if it can be.
pub fn try_open(ground: &dyn Ground) -> Result<Store, Error> {
    open_on(ground.engine()?, ground)
}

/// Opens a store on an engine.
pub fn open_on(engine: Box<dyn Engine>, ground: &dyn Ground) -> Result<Store, Error> {
    Store::open(engine, secrets(), &options(ground), Box::new(Seeded(11)))
}

/// Replays and says that all is well.
pub fn check(store: &Store) -> u64 {
    let replayed = store.replay(&mut |_| ()).unwrap();
    assert_eq!(replayed.difference, None);
    replayed.entries
}
