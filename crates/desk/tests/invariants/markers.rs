//! What a stolen disk says: markers in every confidential field, then every byte that was written, searched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bongsu_authority::access::ActKind;
use bongsu_authority::{Post, Seat};
use bongsu_desk::{Desk, Who, text_of};
use bongsu_ledger::audit::verify_log;
use bongsu_response::case::Opening;
use bongsu_response::{
    ActWish, Addressee, Answer, Assessment, CaseWish, Clocks, Embargo, Engine, Exploitation,
    Exposure, IssueClocks, Member, RemediationClass, Remedy, Term, Wish,
};
use bongsu_store::{Directory, Owner};

use crate::grounds::{Ground, found};
use crate::on_stores::{Exported, kept_case};
use crate::play::evidence;
use crate::world::{CUSTOMER, World, hours, start};

/// Markers, at least.
const MARKERS: usize = 1000;

/// Draws markers and remembers them.
#[derive(Default)]
struct Planted(Vec<String>);

impl Planted {
    /// A text with a marker that nothing else says: sixteen letters, drawn from the number.
    fn text(&mut self, before: &str) -> String {
        let mut number = (self.0.len() as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut marker = String::from("Zq");
        for _ in 0..14 {
            number = number.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let letter = u8::try_from((number >> 33) % 26).expect("26 letters");
            marker.push(char::from(b'a' + letter));
        }
        self.0.push(marker.clone());
        format!("{before} {marker}")
    }
}

#[test]
fn no_marker_of_a_thousand_is_found_on_any_disk() {
    for ground in Ground::all() {
        let (desk, planted, _) = plant(&ground);
        assert!(planted.0.len() >= MARKERS, "{} markers", planted.0.len());
        let unique: BTreeSet<_> = planted.0.iter().collect();
        assert_eq!(unique.len(), planted.0.len());
        assert!(fs::create_dir(ground.folder().join("log")).is_ok());
        let mut log = Directory(ground.folder().join("log"));
        desk.store().export(&mut log, 0).unwrap();
        let backup = ground.folder().join("backup");
        let backed_up = desk.store().backup(&backup).is_ok();
        assert_eq!(backed_up, ground.server().is_none());
        let searcher = Searcher::new(&planted.0);
        let mut searched = search(&searcher, &ground, "while it is open");
        drop(desk);
        searched += search(&searcher, &ground, "after it was closed");
        eprintln!(
            "{}: {} markers, {searched} bytes searched, 0 found",
            ground.name(),
            planted.0.len()
        );
        assert!(searched > 1_000_000, "{searched} bytes");
    }
}

#[test]
fn the_search_finds_what_is_there_in_every_spelling() {
    let mut planted = Planted::default();
    let texts: Vec<String> = (0..200).map(|_| planted.text("a name")).collect();
    let searcher = Searcher::new(&planted.0);
    for (place, text) in texts.iter().enumerate() {
        let before = vec![7; place % 5]; // at any distance from a boundary
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let forms: [Vec<u8>; 7] = [
            text.clone().into_bytes(),
            utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            hex(text).into_bytes(),
            hex(text).to_uppercase().into_bytes(),
            STANDARD.encode([&before[..], text.as_bytes()].concat()).into_bytes(),
            URL_SAFE_NO_PAD.encode([&before[..], text.as_bytes()].concat()).into_bytes(),
        ];
        for form in forms {
            let bytes = [&before[..], &form, &[1, 2, 3]].concat();
            assert!(searcher.first(&bytes).is_some(), "{text} in {form:?}");
        }
    }
    assert_eq!(searcher.first(&vec![b'Z'; 4096]), None);
}

/// Fills a desk: every field that a person can write into carries a marker.
fn plant(ground: &Ground) -> (Desk, Planted, World) {
    let mut planted = Planted::default();
    let desk = ground.desk();
    let mut last = World::new(0);
    for seed in 0.. {
        let mut world = World::new(9000 + seed);
        for it in &mut world.institutions {
            it.name_ko = planted.text("기관");
            it.name_en = planted.text("Institution");
        }
        for it in &mut world.appointments {
            it.title = planted.text("officer");
        }
        found(&desk, &world);
        campaign(&desk, &world, &mut planted);
        last = world;
        if planted.0.len() >= MARKERS {
            break;
        }
    }
    (desk, planted, last)
}

#[allow(clippy::too_many_lines, reason = "one line a field, in the order of a campaign")]
fn campaign(desk: &Desk, world: &World, planted: &mut Planted) {
    let now = start();
    let station = |code: &str, post| Who::Person(world.at(&code.parse().expect("a station"), post));
    let analyst = Who::Person(world.person(11));
    let lead = |post| station("LEAD_PRIV", post);
    let record = |who: Who, wish: Wish| {
        desk.record(who, wish.clone(), now).unwrap_or_else(|error| panic!("{wish:?}: {error}"));
    };

    let hidden = world.case(1);
    let mut opening = opening(planted);
    opening.public = false;
    record(analyst, Wish::OpenCase { case: hidden, opening });
    let case = |wish| Wish::Case { case: hidden, wish };
    record(analyst, case(CaseWish::Screen));
    record(analyst, case(CaseWish::Validate));
    record(analyst, case(CaseWish::Confirm { why: planted.text("reproduced") }));
    let embargo = Embargo { until: None, event: Some(planted.text("the release of")) };
    record(analyst, case(CaseWish::Coordinate { embargo }));
    let reason = planted.text("knows the product");
    let member = Member { person: world.person(1), reason, until: None };
    record(analyst, case(CaseWish::AddMember(member)));
    record(analyst, case(CaseWish::Read { why: planted.text("preparing") }));
    record(analyst, case(CaseWish::Reopen { why: planted.text("the fix can be bypassed") }));
    record(analyst, case(CaseWish::Validate));
    record(analyst, case(CaseWish::Reject { why: planted.text("not reproducible") }));

    let open = world.case(0);
    let feed = Who::Engine(Engine::Feed);
    record(feed, Wish::OpenCase { case: open, opening: self::opening(planted) });
    let case = |wish| Wish::Case { case: open, wish };
    record(feed, case(CaseWish::Publish { why: planted.text("carried by") }));
    let identifiers = [planted.text("VENDOR")].into();
    record(analyst, case(CaseWish::Identify { identifiers }));
    let said_by = planted.text("told by");
    let exploitation = Exploitation::Poc;
    record(analyst, case(CaseWish::Exploit { exploitation, since: now, said_by }));

    let (act, kind) = (world.act(0), ActKind::Directive);
    let mut draft = crate::found::draft("LEAD_PRIV");
    draft.title_ko = planted.text("긴급 조치");
    draft.title_en = planted.text("Urgent action");
    draft.todo_ko = planted.text("올리십시오");
    draft.todo_en = planted.text("Update");
    draft.legal_basis = Some(planted.text("network-act-47-4"));
    let text = text_of(&draft, act, open, kind);
    record(lead(Post::Analyst), Wish::DraftAct { act, case: open, kind, draft, text });
    record(lead(Post::Approver), Wish::Act { act, wish: ActWish::Review { text } });
    record(lead(Post::Director), Wish::Act { act, wish: sign(desk, world, text) });
    let why = planted.text("calling who has not answered");
    record(lead(Post::Analyst), Wish::Act { act, wish: ActWish::ReadNames { rows: 3, why } });
    let institutions = vec![world.institution(0)];
    record(
        Who::Engine(Engine::Delivery),
        Wish::Deliver { act, institutions, channel: planted.text("mail") },
    );

    let on =
        |place: usize, wish| Wish::Obligation { act, institution: world.institution(place), wish };
    let ciso = |place| Who::Person(world.ciso(place));
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    record(ciso(0), on(0, affected.clone()));
    record(ciso(0), on(0, Answer::Mitigate { how: planted.text("port closed at") }));
    let until = hours(now, 24 * 25);
    record(ciso(0), on(0, Answer::AskExtension { until, why: planted.text("a stop of the line") }));
    let why = planted.text("mitigated meanwhile");
    record(lead(Post::Director), on(0, Answer::DecideExtension { granted: Some(until), why }));
    let control = planted.text("behind a firewall of");
    record(ciso(0), on(0, Answer::AskWaiver { until, control: control.clone() }));
    let why = planted.text("isolated");
    let granted = Some(Term { until, control });
    record(lead(Post::Director), on(0, Answer::DecideWaiver { granted, why }));
    record(analyst, on(1, Answer::Assist { team: planted.text("regional centre") }));
    let justification = planted.text("the vulnerable module is not built in");
    let assessment = Assessment::NotAffected { justification };
    record(ciso(1), on(1, Answer::Assess { assessment, contradicts_inventory: false }));
    record(analyst, on(1, Answer::Verify { evidence: evidence(1), how: planted.text("read by") }));
    record(ciso(CUSTOMER), on(CUSTOMER, affected));
    let claim = Answer::Claim { remedy: Remedy::Patched, evidence: evidence(2) };
    record(ciso(CUSTOMER), on(CUSTOMER, claim));
    let how = planted.text("the old version still answers at");
    record(analyst, on(CUSTOMER, Answer::Refute { evidence: evidence(3), how }));
    let why = planted.text("the supplier withdrew it");
    let ActWish::Sign { clocks, .. } = sign(desk, world, text) else { unreachable!("it signs") };
    record(
        lead(Post::Director),
        Wish::Act { act, wish: ActWish::Reclock { clocks, why: why.clone() } },
    );
    record(lead(Post::Director), Wish::Act { act, wish: ActWish::Withdraw { why } });
}

fn opening(planted: &mut Planted) -> Opening {
    let (([(_, wish), _], _), title) =
        (crate::found::public_case(&World::new(0)), planted.text("a flaw in"));
    let Wish::OpenCase { opening, .. } = wish else { unreachable!("it opens one") };
    let identifiers = [planted.text("CVE-2026")].into();
    Opening { title, summary: planted.text("whoever sends"), identifiers, ..opening }
}

fn sign(desk: &Desk, world: &World, text: bongsu_response::Evidence) -> ActWish {
    let now = start();
    let clocks = Clocks {
        class: RemediationClass::FourteenDays,
        acknowledge_by: hours(now, 24),
        assess_by: hours(now, 72),
        fix_by: Some(hours(now, 14 * 24)),
    };
    let register = desk.register();
    let addressee = |place: &usize| {
        let institution = world.institution(*place);
        let accountable = register.accountable(institution, now).expect("appointed").id;
        Addressee { institution, exposure: Exposure::Inside, systems: 2, accountable }
    };
    ActWish::Sign {
        text,
        signature: "x".to_owned(),
        clocks: IssueClocks { exposed: clocks, inside: clocks },
        addressees: [0, 1, CUSTOMER].iter().map(addressee).collect(),
    }
}

/// Searches for many markers at once: every spelling of each is known by its first bytes.
struct Searcher {
    forms: Vec<Vec<u8>>,
    by_first: Vec<Vec<u32>>,
}

impl Searcher {
    fn new(markers: &[String]) -> Self {
        let forms: Vec<Vec<u8>> = markers.iter().flat_map(|marker| spellings(marker)).collect();
        let mut by_first = vec![Vec::new(); 1 << 16];
        for (number, form) in (0..).zip(&forms) {
            by_first[usize::from(u16::from_be_bytes([form[0], form[1]]))].push(number);
        }
        Self { forms, by_first }
    }

    /// The first spelling that stands in these bytes.
    fn first(&self, bytes: &[u8]) -> Option<String> {
        bytes.windows(2).enumerate().find_map(|(place, pair)| {
            let candidates = &self.by_first[usize::from(u16::from_be_bytes([pair[0], pair[1]]))];
            let found = candidates
                .iter()
                .map(|number| &self.forms[*number as usize])
                .find(|form| bytes[place..].starts_with(form));
            found.map(|form| String::from_utf8_lossy(form).into_owned())
        })
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"))
}

/// A marker in plain letters, UTF-16 of both kinds, hex of both cases, and base64 at its three offsets.
fn spellings(marker: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = marker.encode_utf16().collect();
    let hex = hex(marker);
    let mut all = vec![
        marker.as_bytes().to_vec(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
    ];
    for offset in 0..3 {
        // Only the characters that no neighbour shares.
        let padded = STANDARD_NO_PAD.encode([&vec![0; offset], marker.as_bytes()].concat());
        let from = [0, 2, 3][offset];
        let whole = (offset + marker.len()) / 3 * 4;
        all.push(padded.as_bytes()[from..whole].to_vec());
    }
    all
}

/// Searches every file beside the database, and everything that a server has; gives the bytes that were read.
fn search(searcher: &Searcher, ground: &Ground, when: &str) -> usize {
    let mut searched = 0;
    let mut look = |name: String, bytes: &[u8]| {
        searched += bytes.len();
        let found = searcher.first(bytes);
        assert_eq!(found, None, "{} {when}: in {name}", ground.name());
    };
    let mut folders = vec![ground.folder().to_owned()];
    if let Some((cluster, url)) = ground.server() {
        let (server, database) = parts(url);
        cluster.admin(&database).batch_execute("CHECKPOINT").expect("it is written out");
        look("pg_dump".to_owned(), &dump(&server, &database));
        folders.push(server);
    }
    for folder in folders {
        for path in files(&folder) {
            // A file of a running server may go while we look.
            if let Ok(bytes) = fs::read(&path) {
                look(path.display().to_string(), &bytes);
            }
        }
    }
    searched
}

/// The folder of a server and the name of a database, from its URL.
fn parts(url: &str) -> (PathBuf, String) {
    let part = |name: &str| {
        let (_, rest) = url.split_once(name).expect("our own URL");
        rest.split_whitespace().next().expect("a word").to_owned()
    };
    (part("host=").into(), part("dbname="))
}

fn dump(server: &Path, database: &str) -> Vec<u8> {
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .map(|all| all.filter_map(|it| Some(it.ok()?.path())).collect())
        .unwrap_or_default();
    versions.sort();
    let named = std::env::var_os("BONGSU_POSTGRES").map(PathBuf::from);
    let programs = named.or_else(|| Some(versions.pop()?.join("bin"))).expect("the server runs");
    let output = Command::new(programs.join("pg_dump"))
        .args(["--username=postgres", "--host"])
        .arg(server)
        .arg(database)
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.len() > 10_000, "a dump with rows");
    output.stdout
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(all) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in all.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}

#[test]
fn what_was_erased_is_unreadable_and_its_key_is_gone_from_the_file() {
    for ground in Ground::all() {
        let (desk, _, world) = plant(&ground);
        let (size, root) = desk.store().head().unwrap();
        let before = wrapped(&ground, world.institution(0).0);
        let key = before.expect("the key was there");
        assert!(holds(&ground, &key), "the search sees it while it is there");
        desk.store().erase(Owner::Institution(world.institution(0))).unwrap();
        desk.store().erase(Owner::Case(world.case(1))).unwrap();

        // Nothing that was said can be read, nothing more can be said.
        let name = |desk: &Desk| {
            desk.store()
                .register()
                .unwrap()
                .institutions
                .into_iter()
                .find(|it| it.id == world.institution(0))
                .map(|it| it.name_en)
        };
        assert_eq!(name(&desk), Some(String::new()));
        assert!(kept_case(&desk, world.case(1)).is_none());
        let seat = Seat::Institution(world.institution(0));
        let titles = desk
            .store()
            .register()
            .unwrap()
            .appointments
            .into_iter()
            .filter(|it| it.seat == seat)
            .map(|it| it.title);
        assert!(titles.into_iter().all(|title| title.is_empty()));
        let publish = Wish::PublishInventory {
            institution: world.institution(0),
            system: world.system(1),
            digest: evidence(1),
            components: 1,
            exposed: false,
            as_of: start(),
        };
        let refused = desk.record(Who::Person(world.ciso(0)), publish, start()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "what was said about this was erased on purpose, so nothing can be added"
        );

        // The log is as it was, and verifies.
        assert_eq!(desk.store().head().unwrap(), (size, root));
        let replayed = desk.store().replay(&mut |_| ()).unwrap();
        assert_eq!(replayed.difference, None);
        assert!(replayed.withheld > 5, "{} entries withheld", replayed.withheld);
        let mut files = Exported::default();
        desk.store().export(&mut files, 0).unwrap();
        verify_log(&files, desk.store().verifier(), |_| ()).expect("it verifies");

        assert_eq!(wrapped(&ground, world.institution(0).0), None);
        drop(desk);
        if ground.server().is_none() {
            // Closed: the write-ahead log is gone, and what was deleted was overwritten.
            assert!(!holds(&ground, &key), "the wrapped key is still in the file");
        }
        let desk = ground.desk();
        assert_eq!(name(&desk), Some(String::new()), "also after opening again");
        assert_eq!(desk.store().replay(&mut |_| ()).unwrap().difference, None);
    }
}

/// The wrapped key of an institution as it stands in the database.
fn wrapped(ground: &Ground, institution: [u8; 16]) -> Option<Vec<u8>> {
    if let Some((cluster, url)) = ground.server() {
        let sql = "SELECT wrapped FROM keys WHERE kind = 1 AND owner = $1";
        let rows = cluster.admin(&parts(url).1).query(sql, &[&&institution[..]]).expect("rows");
        return rows.first().map(|row| row.get(0));
    }
    let file = rusqlite::Connection::open(ground.folder().join("node.db")).expect("it opens");
    let sql = "SELECT wrapped FROM keys WHERE kind = 1 AND owner = ?1";
    file.query_row(sql, [&institution[..]], |row| row.get(0)).ok()
}

fn holds(ground: &Ground, bytes: &[u8]) -> bool {
    if let Some((cluster, url)) = ground.server() {
        let (server, database) = parts(url);
        cluster.admin(&database).batch_execute("CHECKPOINT").expect("it is written out");
        return files(&server).iter().any(|path| has(path, bytes));
    }
    files(ground.folder()).iter().any(|path| has(path, bytes))
}

fn has(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).is_ok_and(|all| all.windows(bytes.len()).any(|it| it == bytes))
}
