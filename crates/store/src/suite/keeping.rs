//! What a store keeps, hides, gives up and proves: one promise a test.

use bongsu_authority::SystemId;
use bongsu_authority::access::Action;
use bongsu_ledger::note::Name;
use bongsu_response::{Answer, Assessment, Wish};

use super::deeds::campaign;
use super::world::{On, Who, World, check, claim, evidence, open, options, secrets, try_open};
use super::{Ground, Seeded};
use crate::cabinet::{Drawer, Thing};
use crate::documents::{Document, Unkept};
use crate::error::Error;
use crate::export::Target;
use crate::port::{ask, id};
use crate::replay::Difference;
use crate::sealing::Owner;
use crate::secrets::NodeSecrets;
use crate::store::Store;
use crate::writer::{Request, RequestId};

/// See the name.
pub fn no_marker_is_found_on_the_disk(ground: &dyn Ground) {
    const MARKER: &str = "Zinnober7Kranich";
    let (mut world, store) = (World::new(5, 3), open(ground));
    for it in &mut world.institutions {
        it.name_en = format!("{MARKER} name");
        it.name_ko = format!("{MARKER} 이름");
    }
    for it in &mut world.appointments {
        it.title = format!("{MARKER} title");
    }
    world.settle(&store);
    let case = world.open_case(&store, &format!("{MARKER} case"));
    let act = world.sign_campaign(&store, case, &format!("{MARKER} act"));
    let justification = format!("{MARKER} the component is not in our build");
    let assessment = Assessment::NotAffected { justification };
    let answer = Answer::Assess { assessment, contradicts_inventory: true };
    world.answer(&store, Who::Ciso(0), act, 0, answer).unwrap();
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    world.answer(&store, Who::Ciso(1), act, 1, affected).unwrap();
    let how = format!("{MARKER} firewall");
    world.answer(&store, Who::Operator(1), act, 1, Answer::Mitigate { how }).unwrap();
    let find = |bytes: &[u8]| bytes.windows(MARKER.len()).any(|it| it == MARKER.as_bytes());
    assert!(!find(&ground.bytes()), "while open, with its write-ahead log");
    let backup = ground.folder().join("backup");
    if store.backup(&backup).is_ok() {
        assert!(!find(&std::fs::read(&backup).unwrap()), "in a backup");
    }
    let mut files = Kept::default();
    store.export(&mut files, 0).unwrap();
    assert!(!files.0.values().any(|bytes| find(bytes)), "in the exported log");
    check(&store);
    drop(store);
    assert!(!find(&ground.bytes()), "after closing");
    let cve = b"CVE-2026-12345";
    assert!(!ground.bytes().windows(cve.len()).any(|it| it == cve), "nor the identifier");
}

/// See the name.
pub fn an_erased_institution_cannot_be_read_and_the_log_still_verifies(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 3);
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    world.answer(&store, Who::Ciso(1), act, 1, Answer::Acknowledge).unwrap();
    store.erase(Owner::Institution(world.institutions[0].id)).unwrap();
    let replayed = store.replay(&mut |_| ()).unwrap();
    assert_eq!(replayed.difference, None);
    assert_eq!(replayed.withheld, 1);
    let register = store.register().unwrap();
    let names: Vec<_> = register.institutions.iter().filter(|it| it.name_en.is_empty()).collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0].id, world.institutions[0].id);
    let answer = world.answer(&store, Who::Ciso(0), act, 0, claim("too late"));
    assert!(matches!(answer, Err(Error::Erased | Error::Refused(_))), "{answer:?}");
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    let mut requests = Vec::new();
    for place in 0..3 {
        requests.push(world.answering(Who::Ciso(place), act, place, affected.clone()));
    }
    let before = store.head().unwrap().0;
    let recorded = std::thread::scope(|scope| {
        let entries = |request| store.record(request).map_or(0, |receipt| receipt.entries);
        let ask = |request| scope.spawn(move || entries(request));
        let threads: Vec<_> = requests.into_iter().map(ask).collect();
        threads.into_iter().map(|it| u64::from(it.join().unwrap())).sum::<u64>()
    });
    assert_eq!(store.head().unwrap().0, before + recorded, "nothing of what failed is left");
    assert_eq!(store.replay(&mut |_| ()).unwrap().difference, None);
    let mut files = Kept::default();
    store.export(&mut files, 0).unwrap();
    assert_eq!(audit(&files, &store), store.head().unwrap());
}

/// See the name.
pub fn another_key_file_is_refused(ground: &dyn Ground) {
    drop(campaign(ground, 1));
    let key =
        |name: &str| bongsu_ledger::NodeKey::from_seed(name.parse::<Name>().unwrap(), [9; 32]);
    let open = |secrets| {
        Store::open(ground.engine().unwrap(), secrets, &options(ground), Box::new(Seeded(1)))
    };
    let other = open(NodeSecrets::new([8; 32], key("coord.example.kr/log")));
    assert!(matches!(other, Err(Error::OtherKey)));
    let other = open(NodeSecrets::new([7; 32], key("lead.example.kr/log")));
    assert!(matches!(other, Err(Error::OtherNode(_))));
    assert!(open(secrets()).is_ok());
}

/// See the name.
pub fn a_restored_backup_is_noticed(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 2);
    let backup = ground.folder().join("backup");
    if store.backup(&backup).is_err() {
        return; // backups of this engine are made by its own tools
    }
    let ours = store.head().unwrap().0;
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    drop(store);
    assert!(ground.restore(&backup));
    match try_open(ground) {
        Err(Error::Behind { ours: size, seen }) => assert_eq!((size, seen), (ours, ours + 1)),
        other => panic!("{other:?}"),
    }
    std::fs::remove_file(ground.folder().join("anchor")).unwrap();
    let store = open(ground);
    assert_eq!(check(&store), ours);

    // Another history of the same length: the old anchor belongs to the first.
    world.answer(&store, Who::Ciso(0), act, 0, Answer::Acknowledge).unwrap();
    drop(store);
    let anchor = std::fs::read(ground.folder().join("anchor")).unwrap();
    assert!(ground.restore(&backup));
    std::fs::remove_file(ground.folder().join("anchor")).unwrap();
    let store = open(ground);
    world.answer(&store, Who::Ciso(1), act, 1, Answer::Acknowledge).unwrap();
    drop(store);
    std::fs::write(ground.folder().join("anchor"), anchor).unwrap();
    assert!(matches!(try_open(ground), Err(Error::Forked { .. })));
}

/// See the name.
pub fn a_log_that_was_changed_is_found(ground: &dyn Ground) {
    let (world, store, _, act) = campaign(ground, 3);
    let size = check(&store);
    drop(store);
    let institution = world.institutions[1].id;
    let tamper = |sql: &'static str, with: &[crate::port::Value]| {
        let mut engine = ground.engine().unwrap();
        let mut tx = engine.begin().unwrap();
        assert_eq!(tx.run(ask(sql, with)).unwrap(), 1);
        tx.commit().unwrap();
    };
    let found = || open(ground).replay(&mut |_| ()).unwrap().difference;
    tamper(
        "UPDATE obligations SET status = 13 WHERE act = $1 AND institution = $2",
        &[id(act.0), id(institution.0)],
    );
    assert!(matches!(found(), Some(Difference::Row { table: "obligations", .. })), "{:?}", found());
    let undo = "UPDATE obligations SET status = 0 WHERE act = $1 AND institution = $2";
    tamper(undo, &[id(act.0), id(institution.0)]);
    assert_eq!(found(), None);
    // Each of these columns decides what somebody is shown, and is sealed, or follows from what is, besides.
    #[rustfmt::skip]
    let columns: [(&str, &'static str, &'static str); 5] = [
        ("institutions", "UPDATE institutions SET domain = 1 WHERE id = $1", "UPDATE institutions SET domain = 0 WHERE id = $1"),
        ("institutions", "UPDATE institutions SET sector = 'X' WHERE id = $1", "UPDATE institutions SET sector = 'SECTOR_FIN' WHERE id = $1"),
        ("cases", "UPDATE cases SET state = 10 WHERE id <> $1", "UPDATE cases SET state = 5 WHERE id <> $1"),
        ("acts", "UPDATE acts SET drill = 1 WHERE id <> $1", "UPDATE acts SET drill = 0 WHERE id <> $1"),
        ("obligations", "UPDATE obligations SET assisted = 1 WHERE institution = $1", "UPDATE obligations SET assisted = 0 WHERE institution = $1"),
    ];
    for (table, change, undo) in columns {
        tamper(change, &[id(institution.0)]);
        let found = found();
        let row = matches!(&found, Some(Difference::Row { table: named, .. }) if *named == table);
        assert!(row, "{change}: {found:?}");
        tamper(undo, &[id(institution.0)]);
    }
    assert_eq!(found(), None);
    let last = size.cast_signed() - 1;
    tamper(
        "UPDATE entries SET kind = 0, sealed = $1 WHERE position = $2",
        &[vec![1_u8; 64].into(), last.into()],
    );
    assert!(matches!(found(), Some(Difference::Changed { what: "envelope", .. })));
}

/// See the name.
pub fn the_exported_files_verify(ground: &dyn Ground) {
    let (mut world, store, _, act) = campaign(ground, 300);
    let mut files = Kept::default();
    let first = store.export(&mut files, 0).unwrap();
    assert_eq!(audit(&files, &store), store.head().unwrap());
    for place in 0..300 {
        let request = world.answering(Who::Ciso(place), act, place, Answer::Acknowledge);
        store.record(request).unwrap();
    }
    let size = store.export(&mut files, first).unwrap();
    assert_eq!(size, first + 300);
    assert_eq!(audit(&files, &store), store.head().unwrap());
}

/// Files in memory.
#[derive(Debug, Default)]
struct Kept(std::collections::BTreeMap<String, Vec<u8>>);

impl Target for Kept {
    fn write(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// Verifies files with nothing but the public key: size and root.
fn audit(files: &Kept, store: &Store) -> (u64, bongsu_ledger::Hash) {
    use bongsu_ledger::hash::leaf_hash;
    use bongsu_ledger::leaf::{Leaf, envelope_digest};
    use bongsu_ledger::tile::{decode_bundle, width_at};
    use bongsu_ledger::{Checkpoint, Note};
    let note = Note::from_bytes(&files.0["checkpoint"]).unwrap();
    let checkpoint = Checkpoint::open(&note, store.verifier()).unwrap();
    let mut builder = bongsu_ledger::tile::TileBuilder::new();
    let path = |kind, index, width| bongsu_ledger::tile::TileId { kind, index, width }.to_string();
    for index in 0..checkpoint.size.div_ceil(256) {
        let width = width_at(0, index, checkpoint.size);
        let name = path(bongsu_ledger::tile::TileKind::Entries, index, width);
        for leaf in decode_bundle(&files.0[&name], width).unwrap() {
            let digest = Leaf::from_bytes(leaf).unwrap().envelope.to_string();
            let envelope = &files.0[&format!("envelope/{}/{digest}", &digest[..2])];
            assert_eq!(envelope_digest(envelope).to_string(), digest);
            for full in builder.append(leaf_hash(leaf)) {
                assert_eq!(files.0[&full.id.to_string()], full.bytes);
            }
        }
    }
    for partial in builder.partial_tiles() {
        assert_eq!(files.0[&partial.id.to_string()], partial.bytes);
    }
    assert_eq!(builder.root(), checkpoint.root);
    (checkpoint.size, checkpoint.root)
}

/// See the name.
pub fn the_latest_document_of_a_system_is_kept_and_no_other(ground: &dyn Ground) {
    let (mut world, store) = (World::new(1, 3), open(ground));
    world.settle(&store);
    let (ours, system) = (world.institutions[0].id, SystemId([7; 16]));
    let document = |text: &str| Document { name: "sbom.json".to_owned(), bytes: text.into() };
    let publishing = |world: &mut World, text: &str| {
        world.wait(1);
        let wish = Wish::PublishInventory {
            institution: ours,
            system,
            digest: evidence(text),
            components: 10,
            exposed: false,
            as_of: world.now,
        };
        world.request(Who::Ciso(0), Action::PublishInventory, On::Institution(ours), wish)
    };
    let kept = |world: &World, store: &Store| {
        let on = On::Institution(ours);
        let permit = world.permit(Who::Ciso(0), Action::SeeInventory, on).unwrap();
        assert_eq!(store.documents(&permit, ours).unwrap().len(), store.written().unwrap().len());
        store.document(&permit, ours, system).unwrap()
    };

    let request = publishing(&mut world, "log4j 2.14");
    let size = store.head().unwrap().0;
    let refused = store.record_with(request.clone(), document("something else"));
    assert!(matches!(refused, Err(Error::Document(Unkept::OtherDigest))), "{refused:?}");
    assert_eq!(store.head().unwrap().0, size, "nothing was recorded");
    store.record_with(request, document("log4j 2.14")).unwrap();
    assert_eq!(kept(&world, &store), Some(document("log4j 2.14")));

    let newer = publishing(&mut world, "log4j 2.17");
    store.record_with(newer, document("log4j 2.17")).unwrap();
    assert_eq!(kept(&world, &store), Some(document("log4j 2.17")));
    let stranger = On::Institution(ours);
    assert!(world.permit(Who::Ciso(1), Action::SeeInventory, stranger).is_err());
    check(&store);

    let bare = publishing(&mut world, "sent without its document");
    store.record(bare.clone()).unwrap();
    assert_eq!(kept(&world, &store), None, "the older one is not the newest any more");
    let brought = Request { id: RequestId(world.id()), ..bare };
    assert_eq!(
        store.record_with(brought, document("sent without its document")).unwrap().entries,
        0
    );
    assert!(kept(&world, &store).is_some(), "it may be brought later");
    check(&store);

    store.erase(Owner::Institution(ours)).unwrap();
    assert!(store.written().unwrap().is_empty(), "it is erased with the key");
    assert_eq!(check_erased(&store), None);
}

/// What a replay finds where something was erased on purpose.
fn check_erased(store: &Store) -> Option<Difference> {
    store.replay(&mut |_| ()).unwrap().difference
}

/// See the name.
pub fn things_are_found_by_many_keys_at_once(ground: &dyn Ground) {
    let world = World::new(3, 1);
    let store = open(ground);
    let thing = |byte: u8| Thing {
        key: vec![byte; 16],
        owner: [byte; 16],
        value: vec![byte],
        until: (byte == 4).then_some(world.now),
    };
    let things: Vec<_> = (1..6).map(thing).collect();
    let now = world.now;
    store.cabinet(now, move |cabinet| cabinet.put_all(Drawer::Addresses, &things)).unwrap();
    let keys = [[5; 16], [9; 16], [4; 16], [2; 16]];
    let found = store.things_among(Drawer::Addresses, &keys, now).unwrap();
    assert_eq!(found, [thing(2), thing(5)], "in order, without what has ended");
    assert!(store.things_among(Drawer::Inbox, &keys, now).unwrap().is_empty());
}
