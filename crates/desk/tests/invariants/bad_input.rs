//! Bad input and hostile use: each is refused, with an error that says what to do next, on both stores.

use bongsu_authority::access::ActKind;
use bongsu_authority::{Domain, Post, Seat};
use bongsu_desk::exposure::Found;
use bongsu_desk::recheck::{Look, answer, hides_too_much};
use bongsu_desk::{Desk, Who, text_of};
use bongsu_response::{
    ActWish, Addressee, Answer, Assessment, Clocks, Draft, Engine, Evidence, Exposure, IssueClocks,
    RemediationClass, Remedy, Status, Term, Wish,
};
use bongsu_store::Error;
use jiff::Timestamp;

use crate::game::Game;
use crate::grounds::Ground;
use crate::on_stores::{kept_act, kept_obligation};
use crate::play::{Step, evidence};
use crate::world::{CUSTOMER, PROVIDER, World, hours, start};

/// What a stranger, a former officer and a provider without a mandate are told.
const NOTHING: &str =
    "there is nothing here that you may see or do; ask your coordinator if you expected something";

/// A desk in the middle of a campaign: the act was signed, institutions 0, 1 and 3 owe an answer.
struct Campaign {
    ground: Ground,
    desk: Desk,
    world: World,
    now: Timestamp,
}

impl Campaign {
    fn on(ground: Ground, seed: u64) -> Self {
        let world = World::new(seed);
        let desk = ground.founded(&world);
        let campaign = Self { ground, desk, world, now: hours(start(), 1) };
        let (opened, _) = crate::found::public_case(&campaign.world);
        for (who, wish) in opened {
            campaign.desk.record(who, wish, start()).unwrap();
        }
        campaign
    }

    fn signed(ground: Ground, seed: u64) -> Self {
        let campaign = Self::on(ground, seed);
        let text = campaign.draft("first", 1).unwrap();
        campaign.act(campaign.lead(Post::Approver), ActWish::Review { text }).unwrap();
        campaign
            .act(campaign.lead(Post::Director), campaign.sign(text, &[0, 1, CUSTOMER]))
            .unwrap();
        campaign
    }

    fn lead(&self, post: Post) -> Who {
        Who::Person(self.world.at(&"LEAD_PRIV".parse().unwrap(), post))
    }

    fn text(title: &str) -> Draft {
        Draft { title_en: title.to_owned(), ..crate::found::draft("LEAD_PRIV") }
    }

    fn draft(&self, title: &str, person: u16) -> Result<Evidence, Error> {
        let (act, case, kind) = (self.world.act(0), self.world.case(0), ActKind::Directive);
        let draft = Self::text(title);
        let text = text_of(&draft, act, case, kind);
        let wish = Wish::DraftAct { act, case, kind, draft, text };
        self.desk.record(Who::Person(self.world.person(person)), wish, self.now)?;
        Ok(text)
    }

    fn act(&self, who: Who, wish: ActWish) -> Result<(), Error> {
        let wish = Wish::Act { act: self.world.act(0), wish };
        self.desk.record(who, wish, self.now).map(|_| ())
    }

    fn sign(&self, text: Evidence, places: &[usize]) -> ActWish {
        let clocks = Clocks {
            class: RemediationClass::FourteenDays,
            acknowledge_by: hours(self.now, 24),
            assess_by: hours(self.now, 72),
            fix_by: Some(hours(self.now, 14 * 24)),
        };
        let register = self.desk.register();
        let addressee = |place: &usize| {
            let institution = self.world.institution(*place);
            let accountable = register.accountable(institution, self.now).unwrap().id;
            Addressee { institution, exposure: Exposure::Inside, systems: 2, accountable }
        };
        ActWish::Sign {
            text,
            signature: "x".to_owned(),
            clocks: IssueClocks { exposed: clocks, inside: clocks },
            addressees: places.iter().map(addressee).collect(),
        }
    }

    fn answer_at(&self, who: Who, place: usize, wish: Answer, now: Timestamp) -> Result<(), Error> {
        let (act, institution) = (self.world.act(0), self.world.institution(place));
        self.desk.record(who, Wish::Obligation { act, institution, wish }, now).map(|_| ())
    }

    fn answer(&self, who: Who, place: usize, wish: Answer) -> Result<(), Error> {
        self.answer_at(who, place, wish, self.now)
    }

    fn status(&self, place: usize) -> Status {
        let (act, institution) = (self.world.act(0), self.world.institution(place));
        kept_obligation(&self.desk, act, institution).unwrap().status
    }

    fn ciso(&self, place: usize) -> Who {
        Who::Person(self.world.ciso(place))
    }
}

fn said<T>(answer: Result<T, Error>) -> String {
    answer.err().expect("it is refused").to_string()
}

fn affected() -> Answer {
    Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false }
}

#[test]
fn one_person_with_two_accounts_does_not_approve_their_own_text() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 201);
        let text = campaign.draft("first", 2).unwrap();
        let twice = Who::Person(campaign.world.person(2)); // analyst and approver at one station
        assert_eq!(said(campaign.act(twice, ActWish::Review { text })), NOTHING);
        // Somebody else writes last: the rights know the last author only, the rules know them all.
        let text = campaign.draft("second", 1).unwrap();
        let refused = said(campaign.act(twice, ActWish::Review { text }));
        assert_eq!(refused, "who wrote the text may not review it; ask a second person");
    }
}

#[test]
fn a_text_that_was_edited_after_approval_is_not_signed() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 202);
        let approved = campaign.draft("first", 1).unwrap();
        campaign.act(campaign.lead(Post::Approver), ActWish::Review { text: approved }).unwrap();
        campaign.draft("edited", 1).unwrap();
        let sign = campaign.sign(approved, &[0]);
        // The review fell with the edit, so there is nothing a director could sign.
        assert_eq!(said(campaign.act(campaign.lead(Post::Director), sign)), NOTHING);
        // Approved again, the old digest is another text's.
        let text = kept_act(&campaign.desk, campaign.world.act(0)).unwrap().text;
        assert_ne!(text, approved);
        campaign.act(campaign.lead(Post::Approver), ActWish::Review { text }).unwrap();
        let sign = campaign.sign(approved, &[0]);
        assert_eq!(
            said(campaign.act(campaign.lead(Post::Director), sign)),
            "the text to be signed is not the one that was reviewed; read it again, for only that one can be signed"
        );
    }
}

#[test]
fn a_digest_that_is_another_texts_is_not_believed() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 203);
        let (act, case, kind) = (campaign.world.act(0), campaign.world.case(0), ActKind::Directive);
        let (shown, meant) = (Campaign::text("harmless"), Campaign::text("harmful"));
        let text = text_of(&shown, act, case, kind);
        let wish = Wish::DraftAct { act, case, kind, draft: meant.clone(), text };
        campaign.desk.record(Who::Person(campaign.world.person(1)), wish, campaign.now).unwrap();
        let kept = kept_act(&campaign.desk, act).unwrap();
        assert_eq!(kept.text, text_of(&meant, act, case, kind));
        assert!(campaign.act(campaign.lead(Post::Approver), ActWish::Review { text }).is_err());
    }
}

#[test]
fn a_former_officer_does_nothing_any_more() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 204);
        let former = |number| Who::Person(campaign.world.person(number));
        let withdraw = ActWish::Withdraw { why: "because I say so".to_owned() };
        assert_eq!(said(campaign.act(former(30), withdraw)), NOTHING);
        assert_eq!(said(campaign.answer(former(31), 0, Answer::Acknowledge)), NOTHING);
        // One who leaves today was right until the instant it is over.
        let seat = Seat::Institution(campaign.world.institution(1));
        let post = campaign.world.appointments.iter().find(|it| it.seat == seat).unwrap();
        let until = hours(campaign.now, 1);
        let end = Wish::EndAppointment { appointment: post.id, until };
        campaign.desk.record(Who::Engine(Engine::Register), end, campaign.now).unwrap();
        campaign.answer(campaign.ciso(1), 1, Answer::Acknowledge).unwrap();
        assert_eq!(said(campaign.answer_at(campaign.ciso(1), 1, affected(), until)), NOTHING);
    }
}

#[test]
fn a_provider_without_delegation_does_nothing() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 205);
        let provider = Who::Person(campaign.world.operator(PROVIDER));
        campaign.answer(provider, CUSTOMER, Answer::Acknowledge).unwrap();
        assert_eq!(said(campaign.answer(provider, 0, Answer::Acknowledge)), NOTHING);
        assert_eq!(said(campaign.answer(provider, 1, affected())), NOTHING);
        let delegation = campaign.world.delegation(0);
        let end = Wish::EndDelegation { delegation, until: campaign.now };
        let head = Who::Person(campaign.world.head(CUSTOMER));
        campaign.desk.record(head, end, campaign.now).unwrap();
        assert_eq!(said(campaign.answer(provider, CUSTOMER, affected())), NOTHING);
    }
}

#[test]
fn a_desk_outside_its_domain_is_told_of_nothing() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 206);
        let coord =
            |code: &str| Who::Person(campaign.world.at(&code.parse().unwrap(), Post::Analyst));
        let how = || "scanned from outside".to_owned();
        let ciso = campaign.ciso(0);
        campaign.answer(ciso, 0, affected()).unwrap();
        let claim = Answer::Claim { remedy: Remedy::Patched, evidence: evidence(1) };
        campaign.answer(ciso, 0, claim).unwrap();
        let verify = || Answer::Verify { evidence: evidence(2), how: how() };
        for outside in ["COORD_PUB", "COORD_MIL"] {
            assert_eq!(said(campaign.answer(coord(outside), 0, verify())), NOTHING);
        }
        // The lead of another domain neither signs for this one nor addresses it with its own act.
        let other = Who::Person(campaign.world.at(&"LEAD_PUB".parse().unwrap(), Post::Director));
        assert_eq!(said(campaign.act(other, ActWish::Withdraw { why: how() })), NOTHING);
        campaign.answer(coord("COORD_PRIV"), 0, verify()).unwrap();
    }
}

#[test]
fn a_record_of_another_domain_is_not_taken_over_by_enrolling_it_again() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 207);
        let military = crate::world::MILITARY;
        let mut taken = campaign.world.institutions[military].clone();
        taken.ownership = bongsu_authority::Ownership::Private;
        let analyst = Who::Person(campaign.world.at(&"COORD_PRIV".parse().unwrap(), Post::Analyst));
        let enrol = Wish::Enrol(vec![taken]);
        assert_eq!(said(campaign.desk.record(analyst, enrol, campaign.now)), NOTHING);
        let register = campaign.desk.register();
        let kept = register.institution(campaign.world.institution(military)).unwrap();
        assert_eq!(kept.domain(), Domain::Military);
    }
}

#[test]
fn a_draft_of_another_station_is_not_written_over() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 208);
        campaign.draft("first", 1).unwrap();
        let (act, case, kind) = (campaign.world.act(0), campaign.world.case(0), ActKind::Directive);
        let draft = Draft { issuer: "LEAD_PUB".parse().unwrap(), ..Campaign::text("ours now") };
        let text = text_of(&draft, act, case, kind);
        let wish = Wish::DraftAct { act, case, kind, draft, text };
        let other = Who::Person(campaign.world.at(&"LEAD_PUB".parse().unwrap(), Post::Analyst));
        assert_eq!(said(campaign.desk.record(other, wish, campaign.now)), NOTHING);
        let kept = kept_act(&campaign.desk, act).unwrap();
        assert_eq!((kept.draft.issuer.as_str(), kept.edition), ("LEAD_PRIV", 0));
    }
}

#[test]
fn an_answer_that_contradicts_the_inventory_settles_nothing_until_somebody_else_looked() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 209);
        let ciso = campaign.ciso(0);
        let say = |justification: &str| {
            let assessment = Assessment::NotAffected { justification: justification.to_owned() };
            Answer::Assess { assessment, contradicts_inventory: false }
        };
        let refused = said(campaign.answer(ciso, 0, say("no")));
        assert_eq!(
            refused,
            "not affected lacks its justification; give it, such as `vulnerable_code_not_present`, or a sentence of ten characters or more"
        );
        campaign.answer(ciso, 0, say("vulnerable_code_not_present")).unwrap();
        let (act, institution) = (campaign.world.act(0), campaign.world.institution(0));
        let owed = kept_obligation(&campaign.desk, act, institution).unwrap();
        assert!(owed.contradicted && !owed.settled(), "the clock runs on");
        let analyst = Who::Person(campaign.world.person(11));
        let refused = said(campaign.answer(analyst, 0, Answer::Close { remedy: None }));
        assert_eq!(
            refused,
            "closing waits: the inventory says affected; somebody else verifies the assessment first"
        );
        // A person of the coordinator who works at the institution, too, is not somebody else.
        let verify = || Answer::Verify { evidence: evidence(2), how: "read the build".to_owned() };
        assert_eq!(
            said(campaign.answer(Who::Person(campaign.world.person(10)), 0, verify())),
            NOTHING
        );
        campaign.answer(analyst, 0, verify()).unwrap();
        let owed = kept_obligation(&campaign.desk, act, institution).unwrap();
        assert!(owed.settled());
    }
}

#[test]
fn an_inventory_that_hides_forty_percent_proves_no_fix() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 210);
        campaign.answer(campaign.ciso(0), 0, affected()).unwrap();
        let (act, institution) = (campaign.world.act(0), campaign.world.institution(0));
        let owed = kept_obligation(&campaign.desk, act, institution).unwrap();
        let look = |components| Look {
            found: Found::default(),
            made: campaign.now,
            sound: !hides_too_much(1000, components),
            evidence: evidence(3),
            how: "new inventory no longer matches".to_owned(),
        };
        assert_eq!(answer(&owed, &look(600)), None, "a question to its owner, not a proof");
        assert_eq!(campaign.status(0), Status::Affected);
        let whole = answer(&owed, &look(980)).expect("a sound one proves it");
        campaign.answer(Who::Engine(Engine::Matching), 0, whole).unwrap();
        assert_eq!(campaign.status(0), Status::Verified);
        // What is found counts in any inventory, however much it hides.
        let found = Look { found: Found { affected: 1, ..Found::default() }, ..look(10) };
        let owed = kept_obligation(&campaign.desk, act, institution).unwrap();
        let back = answer(&owed, &found).expect("it came back");
        campaign.answer(Who::Engine(Engine::Matching), 0, back).unwrap();
        assert_eq!(campaign.status(0), Status::Affected);
    }
}

#[test]
fn a_waiver_that_has_run_out_settles_nothing() {
    for ground in Ground::all() {
        let campaign = Campaign::signed(ground, 211);
        let ciso = campaign.ciso(0);
        campaign.answer(ciso, 0, affected()).unwrap();
        let (until, control) =
            (hours(campaign.now, 24 * 20), "cut off from the internet".to_owned());
        let late =
            Answer::AskWaiver { until: hours(campaign.now, 24 * 91), control: control.clone() };
        let refused = said(campaign.answer(ciso, 0, late));
        assert!(
            refused.contains("the latest that may be granted; choose that or an earlier one"),
            "{refused}"
        );
        campaign.answer(ciso, 0, Answer::AskWaiver { until, control: control.clone() }).unwrap();
        let why = "isolated from every other network".to_owned();
        let grant = Answer::DecideWaiver { granted: Some(Term { until, control }), why };
        campaign.answer(campaign.lead(Post::Director), 0, grant).unwrap();
        let clock = Who::Engine(Engine::Clock);
        let refused = said(campaign.answer(clock, 0, Answer::ExpireWaiver));
        assert_eq!(
            refused,
            "ending the waiver waits: the waiver still lasts; claim it fixed, or wait for its end"
        );
        let (act, institution) = (campaign.world.act(0), campaign.world.institution(0));
        let owed = kept_obligation(&campaign.desk, act, institution).unwrap();
        assert!(
            owed.settled_at(campaign.now) && !owed.settled_at(until),
            "before its end is recorded"
        );
        campaign.answer_at(clock, 0, Answer::ExpireWaiver, until).unwrap();
        assert_eq!(campaign.status(0), Status::Affected);
        assert!(campaign.ground.folder().is_dir());
    }
}

#[test]
fn a_second_head_is_refused_before_it_is_recorded_and_the_desk_opens_again() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 212);
        let seat = Seat::Institution(campaign.world.institution(0));
        let head = campaign.world.appointments.iter();
        let head = head.clone().find(|it| it.seat == seat && it.post == Post::Head).unwrap();
        let second = bongsu_authority::Appointment {
            id: campaign.world.appointment(800),
            person: campaign.world.person(800),
            ..head.clone()
        };
        let entries = campaign.desk.store().head().unwrap().0;
        let who = Who::Person(campaign.world.head(0));
        let refused = said(campaign.desk.record(who, Wish::Appoint(vec![second]), campaign.now));
        assert!(refused.contains("end it first, or appoint a deputy"), "{refused}");
        assert_eq!(campaign.desk.store().head().unwrap().0, entries);
        let Campaign { ground, desk, .. } = campaign;
        drop(desk);
        assert!(ground.try_desk().is_ok());
    }
}

#[test]
fn a_desk_opens_again_after_those_it_was_built_on_have_left() {
    for ground in Ground::all() {
        let campaign = Campaign::on(ground, 213);
        let engine = Who::Engine(Engine::Register);
        // The CISO of institution 1 leaves before their deputy begins; the one who signed the delegation has left.
        for place in [1, CUSTOMER] {
            let seat = Seat::Institution(campaign.world.institution(place));
            let all = campaign.world.appointments.iter();
            let ciso = all.clone().find(|it| it.seat == seat && it.post == Post::Ciso).unwrap();
            let end = Wish::EndAppointment { appointment: ciso.id, until: hours(start(), -200) };
            campaign.desk.record(engine, end, campaign.now).unwrap();
        }
        let erased = bongsu_store::Owner::Institution(campaign.world.institution(4));
        campaign.desk.store().erase(erased).unwrap();
        let Campaign { ground, desk, world, now } = campaign;
        let accountable = |desk: &Desk, place| {
            let register = desk.register();
            register.accountable(world.institution(place), now).map(|post| post.person)
        };
        let before: Vec<_> = (0..9).map(|place| accountable(&desk, place)).collect();
        drop(desk);
        let desk = ground.try_desk().expect("it opens");
        let after: Vec<_> = (0..9).map(|place| accountable(&desk, place)).collect();
        assert_eq!(before, after);
    }
}

#[test]
fn steps_of_a_game_can_be_played_again_as_they_are_printed() {
    let world = World::new(214);
    let (opened, _) = crate::found::public_case(&world);
    let step = |(who, wish)| Step { after_minutes: 3, who, wish };
    let game = Game::replay(214, &opened.into_iter().map(step).collect::<Vec<_>>());
    assert_eq!(game.outcomes.len(), 2);
}
