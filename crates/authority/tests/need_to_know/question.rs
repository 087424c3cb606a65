//! A question in plain facts, and a generator of questions.

use bongsu_authority::access::Action;

/// The instant of every question, in seconds.
pub(crate) const NOW: i64 = 1_000;

/// An embargo until something happens, and nobody said yet that it did.
pub(crate) const AN_EVENT: i64 = i64::MAX;

pub(crate) const NODES: [&str; 15] = [
    "APEX",
    "LEAD_PRIV",
    "LEAD_PUB",
    "LEAD_MIL",
    "COORD_PRIV",
    "COORD_PUB",
    "COORD_MIL",
    "CRISIS_UNIT",
    "SECTOR_FIN",
    "SECTOR_HEALTH",
    "RELAY_FIN",
    "DIPLO",
    "PRIVACY_REG",
    "POLICE",
    "PARTNER_X",
];
pub(crate) const POSTS: [&str; 13] = [
    "duty",
    "analyst",
    "approver",
    "director",
    "liaison",
    "ciso",
    "cpo",
    "operator",
    "head",
    "auditor",
    "sysadmin",
    "keyholder",
    "log_verifier",
];
pub(crate) const POWERS: [&str; 5] = ["see", "acknowledge", "answer", "claim_fixed", "report"];
pub(crate) const TLPS: [&str; 5] = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];
pub(crate) const GRADES: [&str; 3] = ["O", "S", "C"];
pub(crate) const DOMAINS: [&str; 3] = ["PRIV", "PUB", "MIL"];
pub(crate) const ENGINES: [&str; 5] = ["feed", "matching", "delivery", "clock", "register"];
pub(crate) const KINDS: [&str; 4] = ["advisory", "guideline", "action_request", "directive"];

/// An institution: domain, competent ministries, relay.
pub(crate) const INSTITUTIONS: [(&str, &[&str], &str); 5] = [
    ("PRIV", &["SECTOR_FIN"], "RELAY_FIN"),
    ("PUB", &["SECTOR_FIN", "SECTOR_HEALTH"], "-"),
    ("MIL", &["SECTOR_HEALTH"], "-"),
    ("PRIV", &[], "-"),
    ("PRIV", &["SECTOR_HEALTH"], "-"),
];

/// One person in one post; a seat is a station's code or `inst:` and a number.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) post: &'static str,
    pub(crate) seat: String,
    pub(crate) from: i64,
    pub(crate) until: Option<i64>,
    pub(crate) deputy: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) institution: usize,
    pub(crate) provider: usize,
    pub(crate) powers: Vec<&'static str>,
    pub(crate) from: i64,
    pub(crate) until: i64,
}

/// Everything a question may be about; which fields matter depends on `object`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts as the policy text has them")]
pub(crate) struct Question {
    pub(crate) action: Action,
    pub(crate) object: &'static str,
    /// `public`, `person` or the name of an engine.
    pub(crate) who: &'static str,
    pub(crate) me: u8,
    pub(crate) held: Vec<Held>,
    pub(crate) signed: Vec<Signed>,
    pub(crate) node_grade: &'static str,
    pub(crate) channel_grade: &'static str,
    pub(crate) internet: bool,
    pub(crate) tlp: &'static str,
    pub(crate) grade: &'static str,
    pub(crate) raw_tlp: &'static str,
    pub(crate) raw_grade: &'static str,
    pub(crate) named: Vec<(u8, Option<i64>)>,
    /// The instant at which it ends; [`AN_EVENT`] where it waits for one.
    pub(crate) embargo: Option<i64>,
    pub(crate) public: bool,
    pub(crate) severe: bool,
    pub(crate) finder: Option<u8>,
    pub(crate) suppliers: Vec<usize>,
    pub(crate) second: Option<u8>,
    pub(crate) coord: &'static str,
    pub(crate) institution: usize,
    pub(crate) lead: &'static str,
    pub(crate) accountable: Option<u8>,
    pub(crate) touched: bool,
    pub(crate) disputed: bool,
    pub(crate) kind: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) author: Option<u8>,
    pub(crate) reviewer: Option<u8>,
    pub(crate) legal_basis: bool,
    pub(crate) domains: Vec<&'static str>,
    pub(crate) sectors: Vec<&'static str>,
    pub(crate) relays: Vec<&'static str>,
    pub(crate) issued: bool,
    pub(crate) issued_at: i64,
    pub(crate) triaged_act: bool,
    pub(crate) claimant: Option<u8>,
    pub(crate) asked_days: u32,
    /// `inst`, a domain or a station's code.
    pub(crate) scope: &'static str,
    pub(crate) rows: u32,
    /// A station's code, or `inst` for the institution.
    pub(crate) seat: &'static str,
    pub(crate) appointee: u8,
    pub(crate) post: &'static str,
    pub(crate) deputy: bool,
    pub(crate) domain: &'static str,
    pub(crate) consulted: bool,
    pub(crate) person_in_charge: Option<u8>,
    pub(crate) host: &'static str,
    pub(crate) drill_director: u8,
    pub(crate) players: Vec<u8>,
    pub(crate) partner: &'static str,
    pub(crate) partner_tlp: &'static str,
    pub(crate) consent: bool,
    pub(crate) military: bool,
}

/// Xorshift: small, seeded, the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from((self.roll() >> 11) % end as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn person(&mut self) -> u8 {
        u8::try_from(self.below(5)).unwrap()
    }

    fn maybe_person(&mut self) -> Option<u8> {
        self.chance(75).then(|| self.person())
    }
}

const PERSONAL: [&str; 9] =
    ["duty", "analyst", "director", "approver", "ciso", "operator", "head", "auditor", "liaison"];

impl Question {
    /// A random question: mostly about things that fit, so that permits occur for every action.
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let action = dice.one(Action::ALL);
        let object = if dice.chance(98) { object_of(action.as_str()) } else { dice.one(&OBJECTS) };
        let institution = dice.below(INSTITUTIONS.len());
        let own = INSTITUTIONS[institution].0;
        let domain = dice.one(&DOMAINS);
        let issuer = dice.one(&NODES[..11]);
        let mut question = Self {
            action,
            object,
            who: "person",
            me: dice.person(),
            held: Vec::new(),
            signed: Vec::new(),
            node_grade: if dice.chance(85) { "C" } else { dice.one(&GRADES) },
            channel_grade: if dice.chance(85) { "C" } else { dice.one(&GRADES) },
            internet: dice.chance(50),
            tlp: dice.one(&TLPS),
            grade: if dice.chance(70) { "O" } else { dice.one(&GRADES) },
            raw_tlp: if dice.chance(60) { "RED" } else { dice.one(&TLPS) },
            raw_grade: if dice.chance(70) { "O" } else { dice.one(&GRADES) },
            named: Vec::new(),
            embargo: match dice.below(6) {
                0 => Some(AN_EVENT),
                1 => Some(NOW + 1),
                2 => Some(NOW),
                _ => None,
            },
            public: dice.chance(50),
            severe: dice.chance(50),
            finder: dice.maybe_person(),
            suppliers: (0..dice.below(3)).map(|_| dice.below(INSTITUTIONS.len())).collect(),
            second: dice.maybe_person(),
            coord: dice.one(&NODES[4..7]),
            institution,
            lead: if dice.chance(85) { own } else { dice.one(&DOMAINS) },
            accountable: dice.maybe_person(),
            touched: dice.chance(80),
            disputed: dice.chance(50),
            kind: dice.one(&KINDS),
            issuer,
            author: dice.maybe_person(),
            reviewer: dice.maybe_person(),
            legal_basis: dice.chance(70),
            domains: (0..dice.below(3)).map(|_| dice.one(&DOMAINS)).collect(),
            sectors: (0..dice.below(3)).map(|_| dice.one(&NODES[8..10])).collect(),
            relays: (0..dice.below(2)).map(|_| "RELAY_FIN").collect(),
            issued: dice.chance(60),
            issued_at: NOW - 10 - i64::try_from(dice.below(3)).unwrap(),
            triaged_act: dice.chance(50),
            claimant: dice.maybe_person(),
            asked_days: dice.one(&[1, 29, 30, 31, 90]),
            scope: dice.one(&[
                "inst",
                "PRIV",
                "PUB",
                "MIL",
                "SECTOR_FIN",
                "SECTOR_HEALTH",
                "RELAY_FIN",
            ]),
            rows: dice.one(&[1, 50, 51, 28_000]),
            seat: if dice.chance(50) { "inst" } else { dice.one(&NODES) },
            appointee: dice.person(),
            post: dice.one(&POSTS),
            deputy: dice.chance(40),
            domain,
            consulted: dice.chance(70),
            person_in_charge: dice.maybe_person(),
            host: dice.one(&NODES[..11]),
            drill_director: dice.person(),
            players: (0..dice.below(3)).map(|_| dice.person()).collect(),
            partner: if dice.chance(90) { "PARTNER_X" } else { dice.one(&NODES) },
            partner_tlp: dice.one(&TLPS),
            consent: dice.chance(60),
            military: dice.chance(20),
        };
        question.make_fitting(dice);
        question.add_people(dice);
        question
    }

    /// Bends facts towards those under which the action is thinkable at all.
    fn make_fitting(&mut self, dice: &mut Dice) {
        if let Some((_, kind)) = self.action.as_str().split_once('_')
            && let Some(kind) = KINDS.iter().find(|known| **known == kind)
            && dice.chance(80)
        {
            self.kind = kind;
        }
        if self.kind == "directive" && dice.chance(60) {
            self.issuer = dice.one(&NODES[1..4]);
        }
        if self.object == "act" && dice.chance(60) {
            match self.issuer.split_once('_') {
                Some(("LEAD" | "COORD", domain)) => self.domains = vec![domain_name(domain)],
                Some(("SECTOR", _)) => {
                    self.sectors = vec![self.issuer];
                    self.domains.retain(|domain| *domain != "MIL");
                }
                _ => {}
            }
        }
    }

    fn add_people(&mut self, dice: &mut Dice) {
        match dice.below(20) {
            0 => self.who = "public",
            1..=4 => self.who = dice.one(&ENGINES),
            _ => {}
        }
        for _ in 0..dice.below(4) {
            let until = dice.one(&[None, None, Some(NOW + 1), Some(NOW)]);
            let person = if dice.chance(60) { self.me } else { dice.person() };
            self.named.push((person, until));
        }
        for _ in 0..=dice.below(3) {
            let seat = if dice.chance(80) { self.near_seat(dice) } else { any_seat(dice) };
            let post = match self.action.as_str().split_once('_') {
                Some(("sign" | "amend", _)) if dice.chance(50) => "director",
                Some(("review", _)) if dice.chance(50) => "approver",
                _ if dice.chance(70) => dice.one(&PERSONAL),
                _ => dice.one(&POSTS),
            };
            let from = NOW - 1 - i64::try_from(dice.below(20)).unwrap();
            let (from, until) = match dice.below(12) {
                0 => (NOW + 1, None),
                1 => (from, Some(NOW)),
                2 => (NOW, Some(NOW + 1)),
                _ => (from, None),
            };
            self.held.push(Held { post, seat, from, until, deputy: dice.chance(30) });
        }
        for _ in 0..dice.below(3) {
            let institution =
                if dice.chance(80) { self.institution } else { dice.below(INSTITUTIONS.len()) };
            let powers = POWERS.into_iter().filter(|_| dice.chance(60)).collect();
            let (from, until) = dice.one(&[
                (0, NOW + 5),
                (0, NOW + 5),
                (NOW, NOW + 1),
                (0, NOW),
                (NOW + 1, NOW + 9),
            ]);
            self.signed.push(Signed { institution, provider: 3, powers, from, until });
        }
    }

    /// A seat that has something to do with the object.
    fn near_seat(&self, dice: &mut Dice) -> String {
        let subject = || format!("inst:{}", self.institution);
        let mut near = vec![subject(), "inst:3".to_owned(), format!("LEAD_{}", self.lead)];
        near.push(format!("COORD_{}", self.lead));
        near.extend(INSTITUTIONS[self.institution].1.iter().map(|code| (*code).to_owned()));
        near.extend(Some(INSTITUTIONS[self.institution].2.to_owned()).filter(|relay| relay != "-"));
        match self.object {
            "case" => {
                near = vec![self.coord.to_owned(), self.coord.to_owned()];
                near.extend(self.suppliers.iter().map(|number| format!("inst:{number}")));
            }
            "act" => {
                near = vec![self.issuer.to_owned(), self.issuer.to_owned()];
                near.extend(self.domains.iter().map(|domain| format!("LEAD_{domain}")));
                near.extend(self.domains.iter().map(|domain| format!("COORD_{domain}")));
                near.extend(self.sectors.iter().map(|code| (*code).to_owned()));
                near.extend(self.relays.iter().map(|code| (*code).to_owned()));
            }
            "names" if self.scope != "inst" => {
                near = match self.scope {
                    domain @ ("PRIV" | "PUB" | "MIL") => {
                        vec![format!("LEAD_{domain}"), format!("COORD_{domain}")]
                    }
                    code => vec![code.to_owned()],
                }
            }
            "node" | "record" | "seat" if self.seat != "inst" => near = vec![self.seat.to_owned()],
            "alert" => near = vec![format!("LEAD_{}", self.domain)],
            "drill" => near = vec![self.host.to_owned()],
            "export" => near = vec!["DIPLO".to_owned(), "COORD_PRIV".to_owned()],
            "incident" => near.push("PRIVACY_REG".to_owned()),
            "institution" if self.action == Action::AssignLead => near = vec!["APEX".to_owned()],
            "nation" => near = vec!["APEX".to_owned(), "LEAD_PUB".to_owned()],
            "obligation" => near.extend(["CRISIS_UNIT".to_owned(), subject(), subject()]),
            _ => {}
        }
        dice.one(&near)
    }
}

fn any_seat(dice: &mut Dice) -> String {
    if dice.chance(50) {
        return dice.one(&NODES).to_owned();
    }
    format!("inst:{}", dice.below(INSTITUTIONS.len()))
}

fn domain_name(text: &str) -> &'static str {
    DOMAINS.into_iter().find(|domain| *domain == text).unwrap()
}

pub(crate) const OBJECTS: [&str; 13] = [
    "nation",
    "node",
    "institution",
    "case",
    "act",
    "obligation",
    "names",
    "seat",
    "alert",
    "incident",
    "drill",
    "export",
    "record",
];

/// What kind of thing an action is done to.
#[rustfmt::skip]
pub(crate) fn object_of(action: &str) -> &'static str {
    match action {
        "submit_report" | "see_counts" | "see_national_picture" => "nation",
        "keep_desk_addresses" | "operate_platform" | "use_key_share" => "node",
        "assign_lead" | "see_inventory" | "see_benchmark" | "enrol" | "delegate" | "end_delegation"
            | "publish_inventory" | "keep_addresses" => "institution",
        "amend_act" | "withdraw_act" | "complete_act" | "reclock_act" | "see_act" | "annotate_act"
            | "deliver" => "act",
        "see_names" => "names",
        "appoint" | "end_appointment" => "seat",
        "raise_alert" | "lower_alert" => "alert",
        "report_incident" | "read_personal_data" => "incident",
        "start_drill" | "stop_drill" => "drill",
        "export_to_partner" => "export",
        "redact" | "read_record" | "verify_log" => "record",
        "open_case" | "see_case" | "see_raw_report" | "screen_case" | "work_case" | "set_exploitation"
            | "confirm_case" | "propose_rejection" | "reject_case" | "merge_case" | "split_case"
            | "reopen_case" | "close_case" | "publish_case" | "contact_supplier" | "set_embargo"
            | "propose_lift" | "lift_embargo" | "add_member" | "remove_member" | "raise_label" | "lower_label" => "case",
        _ if KINDS.iter().any(|kind| action.ends_with(kind)) => "act",
        _ => "obligation",
    }
}
