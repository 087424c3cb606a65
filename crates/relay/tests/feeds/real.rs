//! Everything in the kit of real public data, laid out as its providers do.

use std::path::Path;

use bongsu_relay::feeds::suite::kit;

use crate::node::Node;

#[tokio::test]
async fn all_real_feeds_come_in_stay_and_come_back_after_a_restart() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let node = Node::new().await;
    let Some(kit) = kit(&node.provider, &data) else {
        eprintln!("skipped: no real data at {}", data.display());
        return;
    };
    let feeds = node.of(&kit.config);
    let report = feeds.once().await;
    // The kit's lists name documents that were left out of it; that is no failure, they are gone.
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    let known = node.known();
    let entries: usize = known.parts.values().map(|part| part.count).sum();
    assert!(entries > 410_000, "{entries} entries of {} records", kit.records);
    assert_eq!(known.parts["kev"].count, 1_662);
    assert_eq!(known.parts["epss"].count, 360_142);
    assert!(node.health("csaf-ot").documents > 1_800, "{:?}", node.health("csaf-ot"));
    assert_eq!(node.health("csaf-it").documents, 3);
    assert_eq!(node.health("csaf-redhat").documents, 39);
    assert_eq!(node.health("cve").documents, 35_239);

    let (before, editions) = (known.parts.clone(), known.edition);
    let counts = |parts: &std::collections::BTreeMap<String, bongsu_desk::PartFacts>| {
        parts.iter().map(|(name, part)| (name.clone(), part.count)).collect::<Vec<_>>()
    };
    node.provider.asked();
    feeds.once().await;
    assert_eq!(node.known().edition, editions, "nothing changed");
    let again = node.provider.asked().iter().filter(|(_, status)| *status == 200).count();
    assert!(again <= 8, "{again} files were sent again");

    let node = node.again();
    node.of(&kit.config).restore().await;
    assert_eq!(node.provider.asked(), []);
    assert_eq!(counts(&node.known().parts), counts(&before));
}
