//! From the disclosure at 02:10 to the catalogue at 14:00.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bongsu_authority::{ActId, CaseId, InstitutionId, Mark};
use bongsu_desk::campaign;
use bongsu_response::Obligation;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::task::JoinSet;

use super::{ANALYST, CVE, Issued, id};
use crate::demo::stage::Props;
use crate::demo::tell::Teller;
use crate::load;

/// 02:10: the advisory comes in with a feed; gives the milliseconds that it took.
pub(super) async fn published(props: &Props, tell: &Teller) -> Result<u128> {
    props.at("2026-11-21T02:10:00+09:00")?;
    tell.scene(props.time.now(), "공개", "disclosure").await;
    let document = load::well_known_about(CVE).context("the fixture has the flaw")?;
    let before = props.books.known().edition;
    let started = Instant::now();
    props.publish("disclosure.osv.json", document)?;
    let known = || Some(props.books.known()).filter(|known| known.edition > before);
    props.until("the advisory", known).await?;
    Ok(started.elapsed().as_millis())
}

/// What came in meets the index and becomes a case.
pub(super) async fn disclosure(props: &Props, tell: &Teller) -> Result<CaseId> {
    let arrived = published(props, tell).await?;
    let analyst = props.officer(ANALYST)?;
    let opened = json!({ "from": "library", "identifier": CVE });
    let case: CaseId = id(&props.api.post(analyst, "/api/v1/cases", &opened).await?)?;
    let triage =
        json!({ "step": "triage", "automatable": true, "impact": "total", "mission": "high" });
    let path = format!("/api/v1/cases/{case}/steps");
    props.api.post(analyst, &path, &triage).await?;
    // The sources that brought it name a fixed version.
    props.api.post(analyst, &path, &json!({ "step": "remedy", "fix": "patch" })).await?;

    let (desk, holdings) = (Arc::clone(&props.desk), Arc::clone(&props.holdings));
    let (known, now) = (props.books.known(), props.time.now());
    let asked = tokio::task::spawn_blocking(move || -> Result<_> {
        let case = desk.case(bongsu_desk::Who::Person(analyst), case, now)?;
        let started = Instant::now();
        let found = campaign::exposures(&desk, &holdings, &known.knowledge, &case)?;
        let affected = found.values().filter(|found| found.affected > 0).count();
        let systems: u32 = found.values().map(|found| found.affected).sum();
        Ok((affected, systems, started.elapsed()))
    });
    let (institutions, systems, took) = asked.await??;
    let ms = took.as_secs_f64() * 1e3;
    tell.line(
        &format!("{CVE}: 피드 {arrived} ms 만에 도착, 영향 {systems}개 시스템·{institutions}개 기관 ({ms:.0} ms)"),
        &format!("{CVE} in by feed after {arrived} ms; {systems} systems at {institutions} institutions, in {ms:.0} ms"),
    );
    Ok(case)
}

/// 02:20: three ministries draft, review and sign; each act by three persons.
pub(super) async fn acts(props: &Props, tell: &Teller, case: CaseId) -> Result<Issued> {
    props.at("2026-11-21T02:20:00+09:00")?;
    tell.scene(props.time.now(), "조치 요청", "action requests").await;
    let mut issued = Issued { case, acts: Vec::new(), owed: 0 };
    for lead in ["PRIV", "PUB", "MIL"] {
        let act = one_act(props, tell, case, lead, &mut issued.owed).await?;
        issued.acts.push(act);
    }
    Ok(issued)
}

async fn one_act(
    props: &Props,
    tell: &Teller,
    case: CaseId,
    lead: &str,
    owed: &mut u64,
) -> Result<ActId> {
    let officer = |post: &str| props.officer(&format!("LEAD_{lead}-{post}-01"));
    let (analyst, approver, director) =
        (officer("ANALYST")?, officer("APPROVER")?, officer("DIRECTOR")?);
    let draft = json!({ "case": case.to_string(), "kind": "action_request", "text": {
        "issuer": format!("LEAD_{lead}"), "drill": true, "ask_unknown": true,
        "title_ko": "로그 라이브러리 긴급 조치", "title_en": "Update Log4j at once",
        "todo_ko": "2.17.1 이상으로 올리십시오", "todo_en": "Update to 2.17.1 or later",
    }});
    let act: ActId = id(&props.api.post(analyst, "/api/v1/acts", &draft).await?)?;
    let path = format!("/api/v1/acts/{act}");
    let preview = props.api.get(analyst, &format!("{path}/preview")).await?;
    let text = props.api.get(approver, &path).await?["text"].clone();
    let step = |step: &str| json!({ "step": step, "text": text });
    // Nobody signs what nobody reviewed.
    let alone = props.api.post(director, &format!("{path}/steps"), &step("sign")).await;
    ensure!(alone.is_err(), "an act was signed that nobody had reviewed");
    props.api.post(approver, &format!("{path}/steps"), &step("review")).await?;
    let started = Instant::now();
    props.api.post(director, &format!("{path}/steps"), &step("sign")).await?;
    let took = started.elapsed().as_secs_f64();
    let addressed = preview["addressees"].as_u64().unwrap_or(0);
    let asked = preview["no_inventory"].as_u64().unwrap_or(0);
    *owed += addressed;
    tell.line(
        &format!(
            "LEAD_{lead}: {addressed}개 기관 의무 발생 (정보 없는 {asked}곳은 질문), {took:.2} s"
        ),
        &format!("LEAD_{lead}: {addressed} owe an answer, {asked} of them a question; {took:.2} s"),
    );
    Ok(act)
}

/// 02:21: messages go out; whoever has no address is on a call list.
pub(super) async fn deliveries(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T02:21:00+09:00")?;
    tell.scene(props.time.now(), "전파", "told").await;
    let started = Instant::now();
    let count = || props.sinks.mails() + props.sinks.calls();
    let mut seen = (count(), Instant::now());
    // Until nothing more has come for a second and a half; the first may take its time on a busy machine.
    let is_over = |(came, last): (u64, Instant)| came > 0 && last.elapsed().as_millis() >= 1_500;
    while !is_over(seen) && started.elapsed().as_secs() < 60 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if count() != seen.0 {
            seen = (count(), Instant::now());
        }
    }
    let seconds = seen.1.duration_since(started).as_secs_f64();
    let (mails, calls) = (props.sinks.mails(), props.sinks.calls());
    let waiting = props.desk.store().outbox_waiting()?.messages;
    tell.line(
        &format!("웹훅 {calls} · 메일 {mails} ({seconds:.1} s); {waiting}건은 다른 경로를 기다림"),
        &format!(
            "{calls} webhooks and {mails} mails in {seconds:.1} s; {waiting} wait for another way"
        ),
    );
    ensure!(mails + calls > 0 && issued.owed > 0, "nobody was told");
    Ok(())
}

/// From 03:00 on: officers of the major institutions answer, one in twenty is silent.
pub(super) async fn answers(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T03:00:00+09:00")?;
    tell.scene(props.time.now(), "접수 확인", "acknowledgements").await;
    let owed = owed(props, issued)?;
    let register = props.desk.register();
    let is_major = |id: InstitutionId| {
        register.institution(id).is_some_and(|found| found.marks.contains(&Mark::Major))
    };
    let major: Vec<&Obligation> = owed.values().filter(|owed| is_major(owed.institution)).collect();
    let speaks: Vec<&Obligation> = major
        .iter()
        .enumerate()
        .filter(|(place, _)| place % 20 != 19)
        .map(|(_, owed)| *owed)
        .collect();
    let started = Instant::now();
    let waves = 10;
    for (wave, part) in speaks.chunks(speaks.len().div_ceil(waves).max(1)).enumerate() {
        let minutes = i64::try_from(wave * 11)?;
        props.time.advance(start("03:00") + SignedDuration::from_mins(minutes));
        let mut crowd = JoinSet::new();
        for owed in part {
            let Some(officer) = register.accountable(owed.institution, props.time.now()) else {
                continue;
            };
            let (api, person) = (props.api.clone(), officer.person);
            let path = format!("/api/v1/obligations/{}/{}/answers", owed.act, owed.institution);
            crowd.spawn(async move {
                api.get(person, "/api/v1/obligations?open=true").await?;
                api.post(person, &path, &json!({ "answer": "acknowledge" })).await
            });
        }
        while let Some(answer) = crowd.join_next().await {
            answer??;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let after = self::owed(props, issued)?;
    let in_time = |owed: &&&Obligation| {
        let seen = after[&owed.institution].marks.acknowledged;
        seen.is_some_and(|seen| {
            seen.duration_since(owed.created_at) <= SignedDuration::from_hours(4)
        })
    };
    let (seen, all) = (major.iter().filter(in_time).count(), major.len());
    ensure!(seen * 10 >= all * 9, "only {seen} of {all} major institutions acknowledged in 4 h");
    let percent = seen * 100 / all.max(1);
    tell.line(
        &format!("주요 기관 {all}곳 중 {seen}곳({percent}%)이 4시간 안에 ({seconds:.1} s)"),
        &format!("{seen} of {all} major institutions ({percent} %) within 4 h; {seconds:.1} s of server time"),
    );
    Ok(())
}

/// 05:00: a proof of concept is public.
pub(super) async fn proof_of_concept(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T05:00:00+09:00")?;
    tell.scene(props.time.now(), "공격 코드 공개", "proof of concept").await;
    let analyst = props.officer(ANALYST)?;
    let step = json!({
        "step": "exploit", "exploitation": "poc", "since": props.time.now().to_string(),
        "said_by": "public repository",
    });
    let started = Instant::now();
    let path = format!("/api/v1/cases/{}/steps", issued.case);
    props.api.post(analyst, &path, &step).await?;
    let ms = started.elapsed().as_millis();
    tell.line(
        &format!("사안에 기록, 시계 다시 계산 ({ms} ms)"),
        &format!("recorded with the case, clocks looked at again ({ms} ms)"),
    );
    Ok(())
}

/// 09:00: an advisory for everybody, which asks nobody by name.
pub(super) async fn public_advisory(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T09:00:00+09:00")?;
    tell.scene(props.time.now(), "공개 보안권고", "a public advisory").await;
    let officer = |post: &str| props.officer(&format!("LEAD_PRIV-{post}-01"));
    let (analyst, approver, director) =
        (officer("ANALYST")?, officer("APPROVER")?, officer("DIRECTOR")?);
    let draft = json!({ "case": issued.case.to_string(), "kind": "advisory", "text": {
        "issuer": "LEAD_PRIV", "drill": true, "marks": ["supplier"],
        "label": { "tlp": "CLEAR", "grade": "open" },
        "title_ko": "Log4j 원격 코드 실행 취약점 (CVE-2021-44228)",
        "title_en": "Remote code execution in Log4j (CVE-2021-44228)",
        "todo_ko": "Log4j를 쓰는 프로그램이 있는지 살피고 2.17.1 이상으로 올리십시오. 올릴 수 없으면 제품을 만든 곳에 수정 버전을 문의하십시오.",
        "todo_en": "Look for programs that use Log4j and update to 2.17.1 or later. Where you cannot, ask whoever made the product for a fixed version.",
    }});
    let act: ActId = id(&props.api.post(analyst, "/api/v1/acts", &draft).await?)?;
    let path = format!("/api/v1/acts/{act}");
    let text = props.api.get(approver, &path).await?["text"].clone();
    for (person, step) in [(approver, "review"), (director, "sign")] {
        let step = json!({ "step": step, "text": text });
        props.api.post(person, &format!("{path}/steps"), &step).await?;
    }
    tell.line(
        "누구나 로그인 없이 읽을 수 있는 권고 한 건",
        "one advisory that anybody reads without signing in",
    );
    Ok(())
}

/// 14:00: the catalogue names it, and the node does the rest by itself.
pub(super) async fn exploited(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    props.at("2026-11-21T14:00:00+09:00")?;
    tell.scene(props.time.now(), "악용 확인", "exploited in the wild").await;
    let before = owed(props, issued)?;
    let started = Instant::now();
    props.publish("kev.json", &kev(props.time.now()))?;
    let analyst = bongsu_desk::Who::Person(props.officer(ANALYST)?);
    let named = || {
        let case = props.desk.case(analyst, issued.case, props.time.now()).ok()?;
        (case.exploitation == bongsu_response::Exploitation::Active).then_some(())
    };
    props.until("the catalogue", named).await?;
    let seconds = started.elapsed().as_secs_f64();
    let after = owed(props, issued)?;
    let (mut sooner, mut later) = (0, 0);
    for (id, owed) in &after {
        let by = |owed: &Obligation| owed.clocks.fix_by.unwrap_or(Timestamp::MAX);
        let (then, now) = (before.get(id).map_or_else(|| by(owed), by), by(owed));
        sooner += u32::from(now < then);
        later += u32::from(now > then);
    }
    ensure!(later == 0, "{later} clocks became longer");
    tell.line(
        &format!("KEV 등재 → {sooner}개 의무 기한 단축, 연장 0 ({seconds:.1} s)"),
        &format!("named by the catalogue: {sooner} deadlines sooner, none later ({seconds:.1} s)"),
    );
    Ok(())
}

/// What is owed under the acts, by institution.
pub(super) fn owed(props: &Props, issued: &Issued) -> Result<HashMap<InstitutionId, Obligation>> {
    let mut all = HashMap::new();
    for act in &issued.acts {
        let open = props.desk.store().open_under(*act)?;
        all.extend(open.into_iter().map(|owed| (owed.institution, owed)));
    }
    Ok(all)
}

fn start(time: &str) -> Timestamp {
    format!("2026-11-21T{time}:00+09:00").parse().expect("an instant of the exercise")
}

/// The catalogue with one row, in the words of its publisher.
fn kev(now: Timestamp) -> String {
    json!({
        "title": "Known Exploited Vulnerabilities", "catalogVersion": "2026.11.21",
        "dateReleased": now.to_string(), "count": 1,
        "vulnerabilities": [{
            "cveID": CVE, "vendorProject": "Apache", "product": "Log4j2",
            "vulnerabilityName": "Remote code execution", "dateAdded": "2026-11-21",
            "shortDescription": "Lookups in log messages run code.", "requiredAction": "Update.",
            "dueDate": "2026-11-24", "knownRansomwareCampaignUse": "Known", "notes": "",
        }],
    })
    .to_string()
}
