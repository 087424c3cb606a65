//! What the tests that begin in the middle begin with; and games that once failed, kept under names of their own.

use bongsu_authority::{CaseId, Grade, Label, Tlp};
use bongsu_desk::Who;
use bongsu_response::case::Opening;
use bongsu_response::{Audience, CaseWish, Draft, Engine, Origin, Wish};

use crate::world::World;

/// A public case, as a feed brings it.
pub(crate) fn public_case(world: &World) -> ([(Who, Wish); 2], CaseId) {
    let case = world.case(0);
    let opening = Opening {
        title: "VPN gateway lets strangers in".to_owned(),
        summary: "A login can be left out.".to_owned(),
        identifiers: ["CVE-2026-1234".to_owned()].into(),
        origin: Origin::Feed,
        coord: "COORD_PRIV".parse().expect("a station"),
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        public: true,
    };
    let publish = CaseWish::Publish { why: "a feed carries it".to_owned() };
    let feed = Who::Engine(Engine::Feed);
    let steps =
        [(feed, Wish::OpenCase { case, opening }), (feed, Wish::Case { case, wish: publish })];
    (steps, case)
}

/// A text that a station could sign.
pub(crate) fn draft(issuer: &str) -> Draft {
    Draft {
        issuer: issuer.parse().expect("a station"),
        title_ko: "긴급 조치".to_owned(),
        title_en: "Urgent action".to_owned(),
        todo_ko: "4.2 버전으로 올리십시오".to_owned(),
        todo_en: "Update to 4.2".to_owned(),
        legal_basis: Some("network-act-47-4".to_owned()),
        audience: Audience::default(),
        label: Label { tlp: Tlp::Amber, grade: Grade::Sensitive },
        drill: false,
    }
}
