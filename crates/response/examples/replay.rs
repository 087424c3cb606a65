//! How many entries a second fold into a nation?
//!
//! `cargo run --release -p bongsu-response --example replay`: 28,000 institutions, ten acts, a million small entries.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use bongsu_authority::{
    ActId, AppointmentId, CaseId, Domain, Grade, InstitutionId, Label, NodeCode, PersonId, Tlp,
};
use bongsu_response::{
    ActKind, Addressee, Assessment, Audience, By, Claim, Clocks, Draft, Engine, Entry, Event,
    Evidence, Exposure, IssueClocks, Nation, Obligation, Opening, Origin, RemediationClass, Remedy,
};

const INSTITUTIONS: u64 = 28_000;
const ACTS: u8 = 10;

fn main() {
    let log = log();
    let mut nation = Nation::new();
    let began = Instant::now();
    for entry in &log {
        nation.apply(entry).expect("the log is sound");
    }
    let took = began.elapsed();
    let obligations: usize = nation.campaigns().map(|one| one.obligations().len()).sum();
    eprintln!(
        "{} entries, {obligations} obligations of {} bytes each: {took:?}",
        log.len(),
        size_of::<Obligation>()
    );
}

fn log() -> Vec<Entry> {
    let at: Timestamp = "2026-11-21T02:10:00Z".parse().expect("a timestamp");
    let label = Label { tlp: Tlp::Amber, grade: Grade::Open };
    let entry = move |by, event| Entry { by, at, label, event };
    let case = CaseId([1; 16]);
    let mut log =
        vec![entry(By::Engine(Engine::Feed), Event::CaseOpened { case, opening: opening(label) })];
    for number in 0..ACTS {
        let act = ActId([number; 16]);
        log.extend(issue(act, case, label, at).map(|(by, event)| entry(by, event)));
        for number in 0..INSTITUTIONS {
            let institution = institution(number);
            let ciso = officer(3);
            log.extend(answers(act, institution).map(|event| entry(ciso, event)));
        }
    }
    log
}

/// Three or four an obligation: the million.
fn answers(act: ActId, institution: InstitutionId) -> impl Iterator<Item = Event> {
    let assessment = Assessment::Affected;
    let claim = Claim {
        remedy: Remedy::Patched,
        evidence: Evidence([1; 32]),
        by: PersonId([3; 16]),
        accountable: true,
    };
    let claims = institution.0[15].is_multiple_of(2);
    let claimed = claims.then_some(Event::Claimed { act, institution, claim });
    [
        Event::Delivered { act, institutions: vec![institution], channel: "mail".to_owned() },
        Event::Acknowledged { act, institution },
        Event::Assessed { act, institution, assessment, contradicts_inventory: false },
    ]
    .into_iter()
    .chain(claimed)
}

fn issue(act: ActId, case: CaseId, label: Label, at: Timestamp) -> [(By, Event); 3] {
    let text = Evidence([act.0[0]; 32]);
    let draft = Draft {
        issuer: NodeCode::lead(Domain::Private),
        title_ko: "긴급 조치".to_owned(),
        title_en: "Urgent action".to_owned(),
        todo_ko: "올리십시오".to_owned(),
        todo_en: "Update".to_owned(),
        legal_basis: Some("network-act-47-4".to_owned()),
        audience: Audience::default(),
        label,
        drill: false,
    };
    let later = |hours| at + SignedDuration::from_hours(hours);
    let clocks = Clocks {
        class: RemediationClass::ThreeDays,
        acknowledge_by: later(4),
        assess_by: later(24),
        fix_by: Some(later(72)),
    };
    let addressees = (0..INSTITUTIONS).map(|number| Addressee {
        institution: institution(number),
        exposure: Exposure::Exposed,
        systems: 3,
        accountable: AppointmentId([3; 16]),
    });
    let signed = Event::ActSigned {
        act,
        text,
        signature: "signature".to_owned(),
        clocks: IssueClocks { exposed: clocks, inside: clocks },
        addressees: addressees.collect(),
    };
    [
        (officer(0), Event::ActDrafted { act, case, kind: ActKind::Directive, draft, text }),
        (officer(1), Event::ActReviewed { act, text }),
        (officer(2), signed),
    ]
}

fn opening(label: Label) -> Opening {
    Opening {
        title: "VPN appliance".to_owned(),
        summary: String::new(),
        identifiers: [].into(),
        origin: Origin::Feed,
        coord: NodeCode::coord(Domain::Private),
        label,
        public: true,
    }
}

/// Spread like random ids are.
fn institution(number: u64) -> InstitutionId {
    let mixed = u128::from(number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    InstitutionId(mixed.to_be_bytes())
}

fn officer(number: u8) -> By {
    By::officer(PersonId([number; 16]), AppointmentId([number; 16]))
}
