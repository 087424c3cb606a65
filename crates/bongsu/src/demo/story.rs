//! Scenario 1 of the domain guide: a flaw in a library of the whole nation, on a Saturday night.

mod fixing;
mod night;

use anyhow::{Context, Result, ensure};
use bongsu_authority::{ActId, CaseId};
use bongsu_ledger::audit;
use bongsu_store::Directory;
use serde_json::Value;

use super::stage::Props;
use super::tell::Teller;
use crate::commands::Files;

/// The flaw of the exercise.
const CVE: &str = "CVE-2021-44228";

/// The analyst on duty at the coordinating body.
const ANALYST: &str = "COORD_PRIV-ANALYST-01";

/// The acts of the night: one of each lead ministry.
struct Issued {
    case: CaseId,
    acts: Vec<ActId>,
    /// How many owe an answer.
    owed: u64,
}

/// Tells the whole story; every figure in it is asked or measured.
pub(super) async fn tell(props: &Props, tell: &Teller) -> Result<()> {
    let case = night::disclosure(props, tell).await?;
    let issued = night::acts(props, tell, case).await?;
    night::deliveries(props, tell, &issued).await?;
    night::answers(props, tell, &issued).await?;
    night::proof_of_concept(props, tell, &issued).await?;
    night::public_advisory(props, tell, &issued).await?;
    night::exploited(props, tell, &issued).await?;
    fixing::fixes(props, tell, &issued).await?;
    fixing::late(props, tell, &issued).await?;
    fixing::inventories(props, tell).await?;
    picture(props, tell, &issued).await?;
    record(props, tell).await
}

/// The flaw is in the world, and nobody has done anything yet.
pub(super) async fn disclosed(props: &Props, tell: &Teller) -> Result<()> {
    night::published(props, tell).await.map(drop)
}

async fn picture(props: &Props, tell: &Teller, issued: &Issued) -> Result<()> {
    tell.scene(props.time.now(), "국가 상황도", "the national picture").await;
    let apex = props.officer("APEX-ANALYST-01")?;
    let mut counts = [Count::default(); 3];
    for act in &issued.acts {
        let drawn = props.api.get(apex, &format!("/api/v1/acts/{act}/picture")).await?;
        for row in drawn["rows"].as_array().context("a picture has rows")? {
            for (count, name) in counts.iter_mut().zip(["open", "settled", "silent"]) {
                count.add(&row["counts"][name]["count"]);
            }
        }
    }
    let [open, settled, silent] = counts;
    let hidden: u32 = counts.iter().map(|count| count.hidden).sum();
    tell.line(
        &format!("총괄: 미조치 {open} · 확인 {settled} · 무응답 {silent}; 작은 집단 {hidden}칸은 숨김"),
        &format!("apex: {open} open, {settled} proven, {silent} silent; {hidden} cells of small groups hidden"),
    );
    let lead = props.officer("LEAD_PRIV-ANALYST-01")?;
    let progress =
        props.api.get(lead, &format!("/api/v1/acts/{}/progress", issued.acts[0])).await?;
    let stands = progress["items"].as_array().context("progress has items")?.iter();
    let word = |item: &Value| {
        format!("{} {}", item["status"].as_str().unwrap_or("?"), item["obligations"])
    };
    let said = stands.map(word).collect::<Vec<_>>().join(", ");
    tell.line(&format!("LEAD_PRIV: {said}"), &format!("LEAD_PRIV: {said}"));
    Ok(())
}

/// A sum of what is shown; what is hidden in it is not nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    shown: u64,
    hidden: u32,
}

impl Count {
    fn add(&mut self, cell: &Value) {
        match cell.as_u64() {
            Some(count) => self.shown += count,
            None => self.hidden += 1,
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let more = if self.hidden > 0 { "+" } else { "" };
        write!(f, "{}{more}", self.shown)
    }
}

/// The record, exported and verified with a public key and nothing else, and the state replayed from it.
async fn record(props: &Props, tell: &Teller) -> Result<()> {
    tell.scene(props.time.now(), "기록 검증", "the record is verified").await;
    let (desk, to) = (std::sync::Arc::clone(&props.desk), props.folder.join("record"));
    let key = std::fs::read_to_string(&props.public_key)?;
    let started = std::time::Instant::now();
    let verified = tokio::task::spawn_blocking(move || -> Result<_> {
        std::fs::create_dir_all(&to)?;
        desk.store().export(&mut Directory(to.clone()), 0)?;
        let verifier = key.trim().parse().context("the node's public key")?;
        let audited = audit::verify_log(&Files(to), &verifier, |_| {})?;
        let replayed = desk.store().replay(&mut |_| {})?;
        ensure!(replayed.difference.is_none(), "{:?}", replayed.difference);
        Ok((audited.size(), replayed.rows))
    });
    let (entries, rows) = verified.await??;
    let seconds = started.elapsed().as_secs_f64();
    tell.line(
        &format!("{entries}개 항목 모두 서명대로, {rows}행 모두 기록대로 ({seconds:.1} s)"),
        &format!("{entries} entries as signed, {rows} rows as the record says ({seconds:.1} s)"),
    );
    Ok(())
}

/// The id in an answer.
fn id<T: std::str::FromStr>(answer: &Value) -> Result<T> {
    let text = answer["id"].as_str().context("what was made has an id")?;
    text.parse().ok().with_context(|| format!("`{text}` is no id"))
}
