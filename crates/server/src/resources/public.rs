//! What anybody may read who is not signed in: advisories that are CLEAR, as pages and as a feed, and the head of the record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_advisory::{Standing, VulnerabilityId};
use bongsu_authority::{ActId, NodeCode, Tlp};
use bongsu_desk::Who;
use bongsu_response::{Act, ActKind, ActState, Evidence};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::input::{Asked, Named};
use crate::live::revisions::Stand;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::resources::known;
use crate::right::Right;
use crate::routes::{Gives, Route, schema};
use crate::wire::{Digest, Id, Station, When, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "public_advisories",
            "/api/v1/public/advisories",
            "Lists the advisories that anybody may read, the newest first",
        ),
        Right::Anybody,
        schema::<Page<Advisory>>,
        || get(list),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
    Route::get(
        (
            "public_advisory",
            "/api/v1/public/advisories/{act}",
            "Shows an advisory that anybody may read",
        ),
        Right::Anybody,
        schema::<Whole>,
        || get(show),
    )
    .of(Class::Later),
    Route {
        gives: Gives::Text(ATOM),
        ..Route::get(
            (
                "public_feed",
                "/api/v1/public/advisories.atom",
                "Gives the newest public advisories as an Atom feed",
            ),
            Right::Anybody,
            schema::<String>,
            || get(feed),
        )
        .of(Class::Later)
    },
    Route::get(
        (
            "public_record",
            "/api/v1/public/record",
            "Says how long the record is, what it promises, and the key that signs it",
        ),
        Right::Anybody,
        schema::<Head>,
        || get(head),
    )
    .of(Class::Later),
];

const ATOM: &str = "application/atom+xml";

/// How long anybody may keep an answer, in seconds.
const KEPT: &str = "public, max-age=60";

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// An advisory for everybody.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[schemars(rename = "PublicAdvisory")]
struct Advisory {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Who issued it.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// `issued`, `completed` or `withdrawn`.
    #[schemars(with = "Word<ActState>")]
    state: ActState,
    /// When it was signed.
    #[schemars(with = "Option<When>")]
    issued_at: Option<Timestamp>,
    /// When it was last amended or taken back.
    #[schemars(with = "Option<When>")]
    changed_at: Option<Timestamp>,
    /// 1 as issued, one more with each amendment.
    edition: u32,
    /// Is it of a drill?
    drill: bool,
    /// Korean title.
    title_ko: String,
    /// English title.
    title_en: String,
    /// What to do, in plain Korean.
    todo_ko: String,
    /// What to do, in plain English.
    todo_en: String,
    /// Identifiers of the flaw: those that its text names, and those of its case where that is for everybody, too.
    identifiers: BTreeSet<String>,
    /// SHA-256 of the text.
    #[schemars(with = "Digest")]
    text: Evidence,
    /// The issuing node's signature over it.
    signature: Option<String>,
}

/// An advisory for everybody, with what public sources say of its flaw now.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "PublicAdvisoryWhole")]
struct Whole {
    /// As it stands in the list.
    #[serde(flatten)]
    advisory: Advisory,
    /// How bad, in the worst word a source has for it.
    severity: Option<&'static str>,
    /// The CVSS score that goes with it.
    cvss: Option<f64>,
    /// Is it in the catalogue of exploited vulnerabilities?
    exploited: bool,
    /// What it touches, by name; the first 20.
    products: BTreeSet<String>,
    /// Versions that fix it, by what they fix; the first 20.
    fixed: BTreeMap<String, BTreeSet<String>>,
}

/// Products that are named.
const NAMED: usize = 20;

impl Whole {
    /// What nobody says stays empty: a node without sources still shows its advisories.
    fn of(advisory: Advisory, app: &App) -> Self {
        let mut whole = Self {
            advisory,
            severity: None,
            cvss: None,
            exploited: false,
            products: BTreeSet::new(),
            fixed: BTreeMap::new(),
        };
        let Ok(matching) = app.matching() else { return whole };
        let known = (matching.known)();
        let names: Vec<VulnerabilityId> =
            whole.advisory.identifiers.iter().filter_map(|name| name.parse().ok()).collect();
        whole.exploited = known.knowledge().kev(&names).is_some();
        let told = names.iter().flat_map(|name| known.knowledge().told(name));
        let mut worst = None;
        for document in told.filter(|document| document.standing == Standing::Valid) {
            let ratings = document.severity.iter().filter_map(|it| Some((it.rating?, it.score)));
            for (rating, score) in ratings {
                if worst.is_none_or(|(before, _)| rating > before) {
                    worst = Some((rating, score));
                }
            }
            for thing in &document.affected {
                let name = known::subject(&thing.subject).1;
                if whole.products.len() < NAMED {
                    whole.products.insert(name.clone());
                }
                if !thing.fixed.is_empty() && whole.fixed.len() < NAMED {
                    whole.fixed.entry(name).or_default().extend(thing.fixed.iter().cloned());
                }
            }
        }
        whole.severity = worst.map(|(rating, _)| rating.word());
        whole.cvss = worst.and_then(|(_, score)| score);
        whole
    }
}

/// The advisories that anybody may read, until something changes.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Option<(Stand, Listed)>>);

/// Advisories with their ids, the newest first.
type Listed = Arc<Vec<(ActId, Advisory)>>;

/// Every public advisory, the newest first. Rights are asked once for all readers, for they are nobody in particular.
fn advisories(app: &App) -> Result<Listed, Problem> {
    let revisions = &app.live().revisions;
    let held = |board: &Board| {
        let held = board.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(stand, _)| revisions.holds(stand)).map(|(_, all)| Arc::clone(all))
    };
    if let Some(all) = held(app.board()) {
        return Ok(all);
    }
    let stand = revisions.stand(&[]);
    let (desk, now) = (app.desk(), app.now());
    let mut acts = desk.store().acts()?;
    acts.retain(|act| {
        act.kind == ActKind::Advisory
            && act.draft.label.tlp == Tlp::Clear
            && act.issued_at.is_some()
            && act.draft.drill == app.is_drill()
            && desk.act(Who::Anybody, act.id, now).is_ok()
    });
    acts.sort_by_key(|act| std::cmp::Reverse((act.issued_at, act.id)));
    let shown = |act: Act| {
        let case = desk.case(Who::Anybody, act.case, now);
        let mut identifiers = case.map(|case| case.identifiers).unwrap_or_default();
        identifiers.extend(named_in(&act));
        (act.id, Advisory::of(act, identifiers))
    };
    let all: Listed = Arc::new(acts.into_iter().map(shown).collect());
    let mut board = app.board().0.lock().unwrap_or_else(PoisonError::into_inner);
    *board = Some((stand, Arc::clone(&all)));
    Ok(all)
}

/// What the text itself names: whoever signed it for everybody said that much.
fn named_in(act: &Act) -> BTreeSet<String> {
    let draft = &act.draft;
    let texts = [&draft.title_ko, &draft.title_en, &draft.todo_ko, &draft.todo_en];
    let words = texts.into_iter().flat_map(|text| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').take(LONGEST)
    });
    let names = words.filter(|word| word.starts_with("CVE-") || word.starts_with("GHSA-"));
    let names = names.filter_map(|word| word.parse::<VulnerabilityId>().ok());
    names.take(NAMED).map(|name| name.to_string()).collect()
}

/// Words of a text that are looked at.
const LONGEST: usize = 1_000;

impl Advisory {
    fn of(act: Act, identifiers: BTreeSet<String>) -> Self {
        Self {
            id: act.id.to_string(),
            issuer: act.draft.issuer,
            state: act.state,
            issued_at: act.issued_at,
            changed_at: act.changed_at,
            edition: act.edition,
            drill: act.draft.drill,
            title_ko: act.draft.title_ko,
            title_en: act.draft.title_en,
            todo_ko: act.draft.todo_ko,
            todo_en: act.draft.todo_en,
            identifiers,
            text: act.text,
            signature: act.signature,
        }
    }
}

async fn list(
    State(app): State<App>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let limit = output::limit(query.limit)?;
        let after = query.cursor.as_deref().map(output::place).transpose()?;
        let all = advisories(app)?;
        let from = match after {
            None => 0,
            // The last one shown may have gone since: then the reader begins again.
            Some(after) => {
                let shown = all.iter().position(|(id, _)| id.0[..] == after[..]);
                shown.ok_or_else(output::no_place)? + 1
            }
        };
        let items: Vec<_> = all.iter().skip(from).take(limit).map(|(_, it)| it.clone()).collect();
        let next = all.get(from + limit).map(|_| output::cursor(&all[from + limit - 1].0.0));
        Ok(Page { items, next })
    });
    Ok(kept(output::tagged(&headers, &page.await?)))
}

async fn show(
    State(app): State<App>,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let one = app.ask(move |app| {
        let all = advisories(app)?;
        let found = all.iter().find(|(id, _)| *id == act);
        let found = found.map(|(_, it)| it.clone()).ok_or_else(Problem::absent)?;
        Ok(Whole::of(found, app))
    });
    Ok(kept(output::tagged(&headers, &one.await?)))
}

/// How many the feed has.
const NEWEST: usize = 50;

async fn feed(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let all = app.ask(advisories).await?;
    let body = atom(&all, app.is_drill());
    let tag = output::tag(body.as_bytes());
    if output::has(&headers, &tag) {
        return Ok(kept(output::unchanged(&tag)));
    }
    let mut response = Response::new(body.into());
    let kind = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::ETAG, tag);
    Ok(kept(response))
}

/// The feed, as RFC 4287 has it. Its links name no host, and lead to pages that people read: whoever reads it knows where it was.
fn atom(all: &[(ActId, Advisory)], drill: bool) -> String {
    let newest = all.iter().filter_map(|(_, one)| one.changed_at.max(one.issued_at)).max();
    let updated = newest.unwrap_or(Timestamp::UNIX_EPOCH);
    let title = if drill {
        "[훈련] 봉수 보안권고 / Drill"
    } else {
        "봉수 보안권고 / Advisories"
    };
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"ko\">\n\
         <id>urn:bongsu:advisories</id><title>{title}</title><updated>{updated}</updated>\n\
         <link rel=\"self\" href=\"advisories.atom\"/>\n"
    );
    for (_, one) in all.iter().take(NEWEST) {
        // Whoever was told wrongly must be told again, so a withdrawal is news.
        let at = one.changed_at.max(one.issued_at).unwrap_or(updated);
        let gone = if one.state == ActState::Withdrawn { "[철회 withdrawn] " } else { "" };
        let (id, issuer) = (&one.id, &one.issuer);
        let (title, todo) = (Xml(&one.title_ko), Xml(&one.todo_ko));
        let (title_en, todo_en) = (Xml(&one.title_en), Xml(&one.todo_en));
        writeln!(
            feed,
            "<entry><id>urn:bongsu:act:{id}</id><title>{gone}{title} / {title_en}</title><updated>{at}</updated>\
             <author><name>{issuer}</name></author><link href=\"/advisories/{id}\"/>\
             <content type=\"text\">{todo}\n\n{todo_en}</content></entry>"
        )
        .expect("a string takes text");
    }
    feed.push_str("</feed>\n");
    feed
}

/// A text inside XML: what marks up is spelt out, what XML has no sign for is left out.
struct Xml<'a>(&'a str);

impl std::fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The head of the record.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "RecordHead")]
struct Head {
    /// How many entries it has.
    entries: u64,
    /// The root of its tree.
    #[schemars(with = "Digest")]
    root: String,
    /// The signed checkpoint, as C2SP tlog-checkpoint has it.
    checkpoint: String,
    /// The public keys that its signatures are checked with, one a line.
    verifier: String,
    /// Under which algorithms the node itself has checked the signatures of this checkpoint before it gave it. It is its
    /// word: whoever doubts it checks with the keys.
    checked_by_node: Vec<&'static str>,
}

/// Both, or the checkpoint is not given.
const CHECKED: [&str; 2] = ["Ed25519", "ML-DSA-65"];

async fn head(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let head = app.ask(|app| {
        let (note, verifier) =
            (app.signed().checkpoint(app, false)?, app.desk().store().verifier());
        let signed = bongsu_ledger::checkpoint::Checkpoint::open(&note, verifier);
        let signed = signed.map_err(|error| {
            tracing::error!(%error, "the checkpoint does not verify with the node's own key");
            Problem::busy(60)
        })?;
        Ok(Head {
            entries: signed.size,
            root: signed.root.to_string(),
            checkpoint: note.to_string(),
            verifier: verifier.to_string(),
            checked_by_node: CHECKED.to_vec(),
        })
    });
    Ok(kept(output::tagged(&headers, &head.await?)))
}

/// Anybody between may keep it for a minute.
fn kept(mut response: Response) -> Response {
    if matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_its_element() {
        let text = Xml("</title><script>alert('&')</script>\u{1}\u{1b}").to_string();
        assert_eq!(text, "&lt;/title&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;");
    }
}
