//! The same question in the crate's own types, put to the crate.

use bongsu_authority::access::{
    ActFacts, ActKind, AlertFacts, CaseFacts, Channel, Denied, DrillFacts, Embargo, Engine,
    ExportFacts, Exported, IncidentFacts, InstitutionFacts, Member, NamesFacts, Object,
    ObligationFacts, Officer, Permit, Principal, RecordFacts, Scope, SeatFacts, Subject, decide,
};
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Domain, DrillId, Grade,
    IncidentId, Institution, InstitutionId, Label, NodeCode, Ownership, PersonId, Post, Power,
    Seat, Size, Tlp,
};
use jiff::Timestamp;

use super::question::{
    AN_EVENT, DOMAINS, ENGINES, GRADES, Held, INSTITUTIONS, KINDS, NOW, POSTS, POWERS, Question,
    Signed, TLPS,
};

fn second(number: i64) -> Timestamp {
    Timestamp::from_second(number).unwrap()
}

fn id(number: usize) -> [u8; 16] {
    [u8::try_from(number).unwrap() + 1; 16]
}

fn person(number: u8) -> PersonId {
    PersonId(id(usize::from(number)))
}

fn node(code: &str) -> NodeCode {
    code.parse().unwrap()
}

fn seat(text: &str) -> Seat {
    match text.strip_prefix("inst:") {
        Some(number) => Seat::Institution(InstitutionId(id(number.parse().unwrap()))),
        None => Seat::Node(node(text)),
    }
}

fn place<T: Copy>(names: &[&str], values: &[T], name: &str) -> T {
    values[names.iter().position(|known| *known == name).unwrap()]
}

fn tlp(name: &str) -> Tlp {
    let all = [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];
    place(&TLPS, &all, name)
}

fn grade(name: &str) -> Grade {
    place(&GRADES, &[Grade::Open, Grade::Sensitive, Grade::Classified], name)
}

fn domain(name: &str) -> Domain {
    place(&DOMAINS, &[Domain::Private, Domain::Public, Domain::Military], name)
}

fn post(name: &str) -> Post {
    let all = [
        Post::Duty,
        Post::Analyst,
        Post::Approver,
        Post::Director,
        Post::Liaison,
        Post::Ciso,
        Post::Cpo,
        Post::Operator,
        Post::Head,
        Post::Auditor,
        Post::Sysadmin,
        Post::Keyholder,
        Post::LogVerifier,
    ];
    place(&POSTS, &all, name)
}

fn institution(number: usize) -> Institution {
    let (domain, competent, relay) = INSTITUTIONS[number];
    Institution {
        id: InstitutionId(id(number)),
        name_ko: "가".to_owned(),
        name_en: "a".to_owned(),
        ownership: place(
            &DOMAINS,
            &[Ownership::Private, Ownership::State, Ownership::Military],
            domain,
        ),
        competent: competent.iter().map(|code| node(code)).collect(),
        relay: (relay != "-").then(|| node(relay)),
        size: Size::Small,
        province: 0,
        marks: std::collections::BTreeSet::new(),
    }
}

impl Question {
    /// What the crate answers.
    pub(crate) fn decide(&self) -> Result<Permit, Denied> {
        let appointments: Vec<_> =
            self.held.iter().enumerate().map(|(n, h)| self.appointment(n, h)).collect();
        let delegations: Vec<_> = self.signed.iter().enumerate().map(delegation).collect();
        let principal = match self.who {
            "public" => Principal::Public,
            "person" => Principal::Person(Officer {
                person: person(self.me),
                appointments: appointments.iter().collect(),
                delegations: delegations.iter().collect(),
            }),
            engine => Principal::Engine(place(&ENGINES, Engine::ALL, engine)),
        };
        let channel = Channel {
            node: grade(self.node_grade),
            ceiling: grade(self.channel_grade),
            internet: self.internet,
        };
        self.with_object(|object| decide(&principal, self.action, object, &channel, second(NOW)))
    }

    fn appointment(&self, number: usize, held: &Held) -> Appointment {
        Appointment {
            id: AppointmentId(id(number)),
            person: person(self.me),
            post: post(held.post),
            seat: seat(&held.seat),
            from: second(held.from),
            until: held.until.map(second),
            deputy_of: held.deputy.then_some(AppointmentId([200; 16])),
            title: String::new(),
        }
    }

    fn with_object<T>(&self, ask: impl FnOnce(&Object<'_>) -> T) -> T {
        let label = Label { tlp: tlp(self.tlp), grade: grade(self.grade) };
        let named: Vec<_> = self
            .named
            .iter()
            .map(|(who, until)| Member {
                person: person(*who),
                reason: "named".to_owned(),
                until: until.map(second),
            })
            .collect();
        let embargo =
            self.embargo.map(|until| Embargo { until: (until != AN_EVENT).then(|| second(until)) });
        let subject = Subject {
            institution: institution(self.institution),
            lead: domain(self.lead),
            accountable: self.accountable.map(person),
        };
        let suppliers: Vec<_> =
            self.suppliers.iter().map(|number| InstitutionId(id(*number))).collect();
        let (coord, issuer, host, partner) =
            (node(self.coord), node(self.issuer), node(self.host), node(self.partner));
        let case = CaseFacts {
            id: CaseId(id(0)),
            coord: &coord,
            label,
            raw_label: Label { tlp: tlp(self.raw_tlp), grade: grade(self.raw_grade) },
            members: &named,
            embargo,
            public: self.public,
            severe: self.severe,
            finder: self.finder.map(person),
            suppliers: &suppliers,
            second: self.second.map(person),
        };
        let domains: Vec<_> = self.domains.iter().map(|name| domain(name)).collect();
        let sectors: Vec<_> = self.sectors.iter().map(|code| node(code)).collect();
        let relays: Vec<_> = self.relays.iter().map(|code| node(code)).collect();
        let players: Vec<_> = self.players.iter().map(|number| person(*number)).collect();
        let here = match self.seat {
            "inst" => Seat::Institution(subject.institution.id),
            code => Seat::Node(node(code)),
        };
        let there = (self.seat == "inst").then_some(&subject);
        let scope = match self.scope {
            "inst" => Scope::Institution(subject.institution.id),
            name @ ("PRIV" | "PUB" | "MIL") => Scope::Domain(domain(name)),
            code if code.starts_with("SECTOR") => Scope::Sector(node(code)),
            code => Scope::Relay(node(code)),
        };
        let station = node(if self.seat == "inst" { "APEX" } else { self.seat });
        ask(&match self.object {
            "nation" => Object::Nation,
            "node" => Object::Node(&station),
            "institution" => Object::Institution(InstitutionFacts {
                subject: &subject,
                label,
                named: &named,
                touched_by: self.touched.then_some(&case),
                disputed: self.disputed,
                second: self.second.map(person),
            }),
            "case" => Object::Case(case),
            "act" => Object::Act(ActFacts {
                id: ActId(id(0)),
                kind: place(
                    &KINDS,
                    &[
                        ActKind::Advisory,
                        ActKind::Guideline,
                        ActKind::ActionRequest,
                        ActKind::Directive,
                    ],
                    self.kind,
                ),
                issuer: &issuer,
                label,
                named: &named,
                author: self.author.map(person),
                reviewer: self.reviewer.map(person),
                legal_basis: self.legal_basis,
                domains: &domains,
                sectors: &sectors,
                relays: &relays,
                issued: self.issued,
                embargo,
            }),
            "obligation" => Object::Obligation(ObligationFacts {
                act: ActId(id(0)),
                subject: &subject,
                issuer: &issuer,
                label,
                named: &named,
                issued_at: second(self.issued_at),
                triaged_act: self.triaged_act,
                claimant: self.claimant.map(person),
                asked_days: self.asked_days,
            }),
            "names" => Object::Names(NamesFacts {
                act: ActId(id(0)),
                scope: &scope,
                subject: (self.scope == "inst").then_some(&subject),
                label,
                named: &named,
                rows: self.rows,
                second: self.second.map(person),
            }),
            "seat" => Object::Seat(SeatFacts {
                seat: &here,
                subject: there,
                person: person(self.appointee),
                post: post(self.post),
                deputy: self.deputy,
            }),
            "alert" => {
                Object::Alert(AlertFacts { domain: domain(self.domain), consulted: self.consulted })
            }
            "incident" => Object::Incident(IncidentFacts {
                id: IncidentId(id(0)),
                subject: &subject,
                label,
                named: &named,
                lead: self.person_in_charge.map(person),
            }),
            "drill" => Object::Drill(DrillFacts {
                id: DrillId(id(0)),
                host: &host,
                director: person(self.drill_director),
                players: &players,
            }),
            "export" => Object::Export(ExportFacts {
                what: Exported::Act(ActId(id(0))),
                partner: &partner,
                label,
                ceiling: tlp(self.partner_tlp),
                consent: self.consent,
                embargo,
                military: self.military,
            }),
            _ => Object::Record(RecordFacts {
                seat: &here,
                subject: there,
                second: self.second.map(person),
            }),
        })
    }
}

fn delegation((number, signed): (usize, &Signed)) -> Delegation {
    let powers = [Power::See, Power::Acknowledge, Power::Answer, Power::ClaimFixed, Power::Report];
    Delegation {
        id: DelegationId(id(number)),
        institution: InstitutionId(id(signed.institution)),
        provider: InstitutionId(id(signed.provider)),
        powers: signed.powers.iter().map(|name| place(&POWERS, &powers, name)).collect(),
        signed_by: person(0),
        from: second(signed.from),
        until: second(signed.until),
    }
}
