//! The policy text read slowly: one function a row of the domain guide's table 3.1, in words and not in types.
//!
//! Nothing of the crate is called here. Where the guide is silent, `docs/decisions/0005-who-may.md` speaks.

use super::question::{GRADES, INSTITUTIONS, NOW, Question, TLPS, object_of};

/// One way in which somebody could act.
pub(crate) struct Hat<'a> {
    /// `officer`, `provider`, `engine` or `anybody`.
    how: &'static str,
    seat: &'a str,
    post: &'a str,
    deputy: bool,
    from: i64,
    powers: &'a [&'static str],
    client: usize,
    engine: &'a str,
}

/// What a cell says.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    No,
    /// The cell says "anyone".
    Anyone,
    Yes,
}

/// Does the guide allow it?
pub(crate) fn allows(q: &Question) -> bool {
    if !about_the_right_thing(q) {
        return false;
    }
    hats(q).iter().any(|hat| {
        let cell = cell(q, hat);
        cell != Cell::No && !never(q, hat) && section_5(q, hat, cell)
    })
}

fn about_the_right_thing(q: &Question) -> bool {
    let right = object_of(q.action.as_str());
    let whole_register = q.who == "register"
        && q.object == "nation"
        && (right == "institution" || right == "seat")
        && q.action.as_str() != "assign_lead";
    right == q.object || whole_register
}

fn hats(q: &Question) -> Vec<Hat<'_>> {
    let blank = Hat {
        how: "anybody",
        seat: "",
        post: "",
        deputy: false,
        from: 0,
        powers: &[],
        client: 99,
        engine: "",
    };
    if q.who == "public" {
        return vec![blank];
    }
    if q.who != "person" {
        return vec![Hat { how: "engine", engine: q.who, ..blank }];
    }
    let mut hats = Vec::new();
    for held in &q.held {
        if held.from > NOW || held.until.is_some_and(|until| until <= NOW) {
            continue;
        }
        let (seat, post) = (held.seat.as_str(), held.post);
        hats.push(Hat {
            how: "officer",
            seat,
            post,
            deputy: held.deputy,
            from: held.from,
            ..blank
        });
        for signed in &q.signed {
            let in_force = signed.from <= NOW && NOW < signed.until;
            let at_provider = seat == format!("inst:{}", signed.provider);
            if in_force && at_provider && (post == "operator" || post == "ciso") {
                let (powers, client) = (signed.powers.as_slice(), signed.institution);
                hats.push(Hat { how: "provider", seat, post, powers, client, ..blank });
            }
        }
    }
    hats.push(blank);
    hats
}

// Words.

fn am(q: &Question, person: Option<u8>) -> bool {
    q.who == "person" && person == Some(q.me)
}

fn desk(h: &Hat<'_>) -> bool {
    ["duty", "analyst", "approver", "director", "liaison"].contains(&h.post)
}

fn is(h: &Hat<'_>, posts: &str) -> bool {
    posts.split(' ').any(|post| post == h.post)
}

/// In one of these posts at this station.
fn at(h: &Hat<'_>, station: &str, posts: &str) -> bool {
    h.how == "officer" && h.seat == station && (is(h, posts) || posts == "desk" && desk(h))
}

fn role<'a>(h: &Hat<'a>) -> &'a str {
    if h.how == "officer" && !h.seat.starts_with("inst:") {
        return h.seat.split('_').next().unwrap_or("");
    }
    ""
}

/// In one of these posts at the institution itself.
fn own(q: &Question, h: &Hat<'_>, posts: &str) -> bool {
    let here = q.object != "seat" && q.object != "record" || q.seat == "inst";
    here && h.how == "officer" && h.seat == format!("inst:{}", q.institution) && is(h, posts)
}

fn accountable(q: &Question, h: &Hat<'_>) -> bool {
    own(q, h, "ciso head") && am(q, q.accountable)
}

fn provider(q: &Question, h: &Hat<'_>, power: &str) -> bool {
    h.how == "provider" && h.client == q.institution && h.powers.contains(&power)
}

fn engine(h: &Hat<'_>, names: &str) -> bool {
    h.how == "engine" && names.split(' ').any(|name| name == h.engine)
}

fn lead(q: &Question, h: &Hat<'_>, posts: &str) -> bool {
    at(h, &format!("LEAD_{}", q.lead), posts)
}

fn coord(q: &Question, h: &Hat<'_>, posts: &str) -> bool {
    at(h, &format!("COORD_{}", q.lead), posts)
}

fn sector(q: &Question, h: &Hat<'_>, posts: &str) -> bool {
    INSTITUTIONS[q.institution].1.iter().any(|code| at(h, code, posts))
}

fn relay(q: &Question, h: &Hat<'_>, posts: &str) -> bool {
    at(h, INSTITUTIONS[q.institution].2, posts)
}

fn military(q: &Question) -> bool {
    INSTITUTIONS[q.institution].0 == "MIL" || q.lead == "MIL"
}

fn named(q: &Question) -> bool {
    q.who == "person"
        && q.named.iter().any(|(who, until)| *who == q.me && until.is_none_or(|until| NOW < until))
}

fn embargoed(q: &Question) -> bool {
    q.embargo.is_some_and(|until| NOW < until)
}

fn yes(so: bool) -> Cell {
    if so { Cell::Yes } else { Cell::No }
}

// The table: a row a function.

#[rustfmt::skip]
fn cell(q: &Question, h: &Hat<'_>) -> Cell {
    match q.action.as_str() {
        "submit_report" => submit_report(h),
        "open_case" => yes(at(h, q.coord, "duty analyst") || engine(h, "feed") && q.public),
        "see_case" => if h.how == "officer" || h.how == "anybody" { Cell::Anyone } else { yes(engine(h, "feed") && q.public) },
        "see_raw_report" => yes(see_raw_report(q, h)),
        "screen_case" => yes(at(h, q.coord, "analyst") || engine(h, "feed matching")),
        "work_case" | "set_exploitation" => yes(at(h, q.coord, "analyst") || engine(h, "feed") && q.public),
        "confirm_case" => yes(confirm(q, h)),
        "propose_rejection" | "split_case" => yes(at(h, q.coord, "analyst")),
        "reject_case" => yes(reject(q, h)),
        "merge_case" => yes(at(h, q.coord, "analyst") || engine(h, "matching")),
        "reopen_case" => yes(at(h, q.coord, "analyst") || engine(h, "matching") || engine(h, "feed") && q.public),
        "close_case" => yes(at(h, q.coord, "analyst") || engine(h, "clock")),
        "publish_case" => yes(!embargoed(q) && (at(h, q.coord, "director") || engine(h, "feed") && q.public)),
        "contact_supplier" => yes(at(h, q.coord, "desk")),
        "set_embargo" | "propose_lift" | "add_member" | "remove_member" => yes(at(h, q.coord, "analyst director")),
        "lift_embargo" => yes(at(h, q.coord, "director") && another_agreed(q)),
        "raise_label" => yes(at(h, q.coord, "desk") || h.how == "officer" && named(q)),
        "lower_label" => yes(at(h, q.coord, "director")),
        "assign_lead" => yes(assign_lead(q, h)),
        "draft_advisory" => yes(draft(q, h, "advisory")),
        "draft_guideline" => yes(draft(q, h, "guideline")),
        "draft_action_request" => yes(draft(q, h, "action_request")),
        "draft_directive" => yes(draft(q, h, "directive")),
        "review_advisory" => yes(review(q, h, "advisory")),
        "review_guideline" => yes(review(q, h, "guideline")),
        "review_action_request" => yes(review(q, h, "action_request")),
        "review_directive" => yes(review(q, h, "directive") && q.legal_basis),
        "sign_advisory" => yes(sign(q, h, "advisory")),
        "sign_guideline" => yes(sign(q, h, "guideline")),
        "sign_action_request" => yes(sign(q, h, "action_request")),
        "sign_directive" => yes(sign(q, h, "directive") && q.legal_basis),
        "amend_act" => yes(sign(q, h, q.kind) && (q.kind != "directive" || q.legal_basis)),
        "withdraw_act" => yes(at(h, q.issuer, "director")),
        "complete_act" => yes(at(h, q.issuer, "analyst director") || engine(h, "clock matching")),
        "reclock_act" => yes(at(h, q.issuer, "analyst director") || engine(h, "clock feed")),
        "see_act" => see_act(q, h),
        "annotate_act" => yes(q.issued && q.relays.iter().any(|code| at(h, code, "desk"))),
        "deliver" => yes(engine(h, "delivery")),
        "raise_alert" | "lower_alert" => yes(alert(q, h)),
        "see_inventory" => yes(see_inventory(q, h)),
        "see_names" => yes(see_names(q, h)),
        "see_counts" => yes(!role(h).is_empty() && role(h) != "PARTNER" && desk(h)),
        "see_benchmark" => yes(own(q, h, "operator ciso cpo head auditor") || provider(q, h, "see")),
        "see_national_picture" => yes((role(h) == "APEX" || role(h) == "LEAD") && desk(h)),
        "see_obligation" => yes(own(q, h, "operator ciso cpo head auditor") || provider(q, h, "see")
            || lead(q, h, "desk") || coord(q, h, "desk") || sector(q, h, "desk") || relay(q, h, "desk")),
        "mark_unreachable" => yes(engine(h, "delivery") || coord(q, h, "duty analyst") || relay(q, h, "duty analyst")),
        "acknowledge" => yes(acknowledge(q, h)),
        "assess" => yes(answers(q, h) || engine(h, "matching")),
        "plan" | "mitigate" | "ask_extension" => yes(answers(q, h)),
        "claim_fixed" => yes(own(q, h, "operator ciso") || accountable(q, h) || provider(q, h, "claim_fixed")),
        "countersign" => yes(countersign(q, h)),
        "verify" | "refute" => yes(verify(q, h)),
        "forensic_check" => yes(own(q, h, "operator ciso") || provider(q, h, "answer") || coord(q, h, "analyst") || at(h, "CRISIS_UNIT", "analyst")),
        "ask_waiver" => yes(own(q, h, "ciso") || accountable(q, h)),
        "grant_extension" | "grant_waiver" => yes(grant(q, h)),
        "expire_waiver" => yes(engine(h, "clock")),
        "assist" => yes([coord(q, h, "desk"), sector(q, h, "desk"), relay(q, h, "desk")].contains(&true) && !is(h, "liaison")),
        "regress" => yes(coord(q, h, "analyst") || engine(h, "matching")),
        "close_obligation" => yes(coord(q, h, "analyst") || engine(h, "clock matching")),
        "enrol" => yes(lead(q, h, "analyst director") || coord(q, h, "analyst director") || engine(h, "register")),
        "appoint" => yes(appoint(q, h) && !appoints_oneself(q, h)),
        "end_appointment" => yes(appoint(q, h)),
        "delegate" | "end_delegation" => yes(own(q, h, "ciso head") || engine(h, "register")),
        "keep_addresses" => yes(own(q, h, "operator ciso head")),
        "keep_desk_addresses" => yes(at(h, station(q), "duty analyst director")),
        "publish_inventory" => yes(own(q, h, "operator ciso") || provider(q, h, "answer") || engine(h, "register")),
        "report_incident" => yes(own(q, h, "operator ciso cpo head") || provider(q, h, "report") || coord(q, h, "duty analyst")),
        "read_personal_data" => yes(at(h, "PRIVACY_REG", "desk") || own(q, h, "cpo") || sector(q, h, "desk")
            || coord(q, h, "desk") && am(q, q.person_in_charge)),
        "start_drill" | "stop_drill" => yes(drill(q, h)),
        "export_to_partner" => yes(export(q, h)),
        "redact" => yes(at(h, q.seat, "director") && another_agreed(q)),
        "read_record" => yes(at(h, q.seat, "auditor") || own(q, h, "auditor")),
        "verify_log" => yes(!role(h).is_empty() && role(h) != "PARTNER" && is(h, "log_verifier")),
        "operate_platform" => yes(at(h, station(q), "sysadmin")),
        "use_key_share" => yes(at(h, station(q), "keyholder")),
        other => panic!("no row for {other}: read the guide and write one"),
    }
}

fn station(q: &Question) -> &'static str {
    if q.seat == "inst" { "APEX" } else { q.seat }
}

fn submit_report(h: &Hat<'_>) -> Cell {
    match h.how {
        "officer" | "anybody" => Cell::Anyone,
        _ => yes(engine(h, "feed")),
    }
}

fn see_raw_report(q: &Question, h: &Hat<'_>) -> bool {
    let analyst = at(h, q.coord, "analyst");
    let expert = desk(h) && named(q) && !["", "SECTOR", "PARTNER"].contains(&role(h));
    let supplier = q.suppliers.iter().any(|number| h.seat == format!("inst:{number}"))
        && h.how == "officer"
        && is(h, "operator ciso");
    analyst || expert || supplier
}

fn confirm(q: &Question, h: &Hat<'_>) -> bool {
    at(h, q.coord, "analyst") || engine(h, "feed") && q.public
}

fn reject(q: &Question, h: &Hat<'_>) -> bool {
    at(h, q.coord, "analyst") && (!q.severe || another_agreed(q))
}

fn another_agreed(q: &Question) -> bool {
    q.second.is_some_and(|second| second != q.me)
}

fn assign_lead(q: &Question, h: &Hat<'_>) -> bool {
    engine(h, "register") || at(h, "APEX", "director") && q.disputed && another_agreed(q)
}

fn may_issue(q: &Question, kind: &str) -> bool {
    if q.kind != kind {
        return false;
    }
    let everyone_is = |domain: &str| q.domains.iter().all(|addressed| *addressed == domain);
    match q.issuer.split_once('_') {
        Some(("LEAD", domain)) => everyone_is(domain),
        Some(("COORD", domain)) => kind == "advisory" && everyone_is(domain),
        Some(("SECTOR", _)) => {
            kind != "directive" && !q.domains.contains(&"MIL") && q.sectors == [q.issuer]
        }
        _ => false,
    }
}

fn draft(q: &Question, h: &Hat<'_>, kind: &str) -> bool {
    may_issue(q, kind) && at(h, q.issuer, "duty analyst approver director")
}

fn review(q: &Question, h: &Hat<'_>, kind: &str) -> bool {
    may_issue(q, kind) && at(h, q.issuer, "approver") && q.author.is_some() && !am(q, q.author)
}

fn sign(q: &Question, h: &Hat<'_>, kind: &str) -> bool {
    let (Some(author), Some(reviewer)) = (q.author, q.reviewer) else { return false };
    let three = author != reviewer && author != q.me && reviewer != q.me;
    let leak = embargoed(q) && ["CLEAR", "GREEN"].contains(&q.tlp);
    may_issue(q, kind) && at(h, q.issuer, "director") && three && !leak
}

fn see_act(q: &Question, h: &Hat<'_>) -> Cell {
    let issuer = h.how == "officer" && h.seat == q.issuer;
    if !q.issued && !issuer {
        return Cell::No;
    }
    let mut stations = vec![q.issuer.to_owned()];
    stations.extend(q.domains.iter().map(|domain| format!("LEAD_{domain}")));
    stations.extend(q.domains.iter().map(|domain| format!("COORD_{domain}")));
    stations.extend(q.sectors.iter().chain(&q.relays).map(|code| (*code).to_owned()));
    if stations.iter().any(|station| at(h, station, "desk")) {
        return Cell::Yes;
    }
    if h.how == "officer" || h.how == "anybody" { Cell::Anyone } else { Cell::No }
}

fn alert(q: &Question, h: &Hat<'_>) -> bool {
    at(h, &format!("LEAD_{}", q.domain), "director") && q.consulted
}

fn see_inventory(q: &Question, h: &Hat<'_>) -> bool {
    let on_case = q.touched
        && (coord(q, h, "analyst") && (h.seat == q.coord || named(q))
            || at(h, "LEAD_MIL", "analyst") && named(q) && military(q));
    own(q, h, "operator ciso cpo head auditor") || provider(q, h, "see") || on_case
}

fn see_names(q: &Question, h: &Hat<'_>) -> bool {
    let jurisdiction = match q.scope {
        "inst" => {
            lead(q, h, "desk") || coord(q, h, "desk") || sector(q, h, "desk") || relay(q, h, "desk")
        }
        "PRIV" | "PUB" | "MIL" => {
            at(h, &format!("LEAD_{}", q.scope), "desk")
                || at(h, &format!("COORD_{}", q.scope), "desk")
        }
        station => at(h, station, "desk"),
    };
    jurisdiction && (q.rows <= 50 || another_agreed(q))
}

fn acknowledge(q: &Question, h: &Hat<'_>) -> bool {
    let deputy_too_late = h.deputy && h.from >= q.issued_at;
    let officer = own(q, h, "ciso") || accountable(q, h) || own(q, h, "operator") && !q.triaged_act;
    officer && !deputy_too_late || provider(q, h, "acknowledge")
}

fn answers(q: &Question, h: &Hat<'_>) -> bool {
    own(q, h, "operator ciso") || accountable(q, h) || provider(q, h, "answer")
}

fn countersign(q: &Question, h: &Hat<'_>) -> bool {
    (own(q, h, "ciso") || accountable(q, h)) && q.claimant.is_some() && !am(q, q.claimant)
}

fn verify(q: &Question, h: &Hat<'_>) -> bool {
    coord(q, h, "analyst") || sector(q, h, "analyst auditor") || engine(h, "matching")
}

fn grant(q: &Question, h: &Hat<'_>) -> bool {
    sector(q, h, "director") && q.asked_days <= 30 || lead(q, h, "director")
}

fn appoint(q: &Question, h: &Hat<'_>) -> bool {
    let at_station = q.seat != "inst" && at(h, q.seat, "director");
    let by_ministry = q.seat == "inst" && (lead(q, h, "director") || coord(q, h, "director"));
    let by_ciso = own(q, h, "ciso") && q.deputy && q.post == "ciso" && !h.deputy;
    at_station || by_ministry || own(q, h, "head") || by_ciso || engine(h, "register")
}

fn appoints_oneself(q: &Question, h: &Hat<'_>) -> bool {
    let owner_as_ciso = own(q, h, "head") && q.post == "ciso" && !q.deputy;
    am(q, Some(q.appointee)) && !owner_as_ciso
}

fn drill(q: &Question, h: &Hat<'_>) -> bool {
    ["APEX", "LEAD", "SECTOR"].contains(&role(h))
        && at(h, q.host, "director")
        && am(q, Some(q.drill_director))
}

fn export(q: &Question, h: &Hat<'_>) -> bool {
    let sender = is(h, "liaison") && ["DIPLO", "COORD"].contains(&role(h));
    let rank = |name: &str| TLPS.iter().position(|known| *known == name);
    let open = ["CLEAR", "GREEN"].contains(&q.tlp);
    let reaches = open || q.tlp == "AMBER" && q.consent && sender;
    (sender || engine(h, "delivery"))
        && q.partner.starts_with("PARTNER_")
        && !q.military
        && !embargoed(q)
        && rank(q.tlp) <= rank(q.partner_tlp)
        && reaches
}

// The column "Never", asked of the person and not only of the hat.

fn never(q: &Question, h: &Hat<'_>) -> bool {
    let holds_now: Vec<_> = hats(q).into_iter().filter(|hat| hat.how == "officer").collect();
    let sysadmin = holds_now.iter().any(|hat| hat.post == "sysadmin");
    let at_supplier = q
        .suppliers
        .iter()
        .any(|number| holds_now.iter().any(|hat| hat.seat == format!("inst:{number}")));
    let one_of_them = holds_now.iter().any(|hat| hat.seat == format!("inst:{}", q.institution))
        || hats(q).iter().any(|hat| hat.how == "provider" && hat.client == q.institution);
    let row = match q.action.as_str() {
        "see_raw_report" | "see_inventory" | "see_names" | "see_obligation"
        | "read_personal_data" => sysadmin,
        "confirm_case" | "propose_rejection" | "reject_case" | "merge_case" | "split_case" => {
            am(q, q.finder) || at_supplier
        }
        "verify" | "refute" => am(q, q.claimant) || one_of_them,
        "grant_extension" | "grant_waiver" => one_of_them,
        "start_drill" | "stop_drill" => q.who == "person" && q.players.contains(&q.me),
        _ => false,
    };
    row || leaves_the_military(q, h)
}

fn leaves_the_military(q: &Question, h: &Hat<'_>) -> bool {
    let about_an_institution = match q.object {
        "institution" | "obligation" | "incident" => true,
        "names" => q.scope == "inst",
        "seat" | "record" => q.seat == "inst",
        _ => false,
    };
    let all_of_it = q.object == "names" && q.scope == "MIL";
    if !(about_an_institution && military(q) || all_of_it) || h.how == "engine" {
        return false;
    }
    let itself = about_an_institution && h.seat == format!("inst:{}", q.institution);
    let station = h.seat == "LEAD_MIL" || h.seat == "COORD_MIL";
    !(h.how == "officer" && (itself || station))
}

// Section 5: three gates.

fn section_5(q: &Question, h: &Hat<'_>, cell: Cell) -> bool {
    let labelled = ["case", "act", "obligation", "names", "institution", "incident", "export"]
        .contains(&q.object);
    if !labelled {
        return true;
    }
    let height = |name: &str| GRADES.iter().position(|known| *known == name);
    let raw = q.action.as_str() == "see_raw_report";
    let grade = if raw && q.object == "case" { q.raw_grade } else { q.grade };
    let above = height(grade) > height(q.node_grade) || height(grade) > height(q.channel_grade);
    if above || grade == "C" && q.internet {
        return false;
    }
    if h.how == "engine" {
        return true;
    }
    let by_default = q.object == "case" && at(h, q.coord, "analyst");
    let tlp = if raw { q.raw_tlp } else { q.tlp };
    if q.object == "case" && q.action.as_str() != "open_case" {
        let open = q.public && !embargoed(q) && ["CLEAR", "GREEN"].contains(&q.tlp) && !raw;
        if !open && !named(q) && !by_default {
            return false;
        }
    }
    let recipient = match q.object {
        "case" => named(q) || by_default,
        // Whoever wrote or reviewed it reads it while they hold a post; a former officer was not told by name.
        "act" => named(q) || h.how == "officer" && (am(q, q.author) || am(q, q.reviewer)),
        "obligation" | "institution" => named(q) || am(q, q.accountable),
        "incident" => named(q) || am(q, q.person_in_charge),
        "names" => named(q),
        _ => false,
    };
    match tlp {
        "CLEAR" => true,
        "GREEN" => h.how != "anybody" || recipient,
        "AMBER" => cell == Cell::Yes || recipient,
        "AMBER+STRICT" => h.how != "provider" && (cell == Cell::Yes || recipient),
        _ => h.how != "provider" && recipient,
    }
}
