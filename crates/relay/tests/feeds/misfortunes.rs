//! Providers that answer slowly, endlessly or from elsewhere, beside one that is well.

use bongsu_relay::feeds::suite::Page;
use bongsu_relay::feeds::{Config, Feed, Feeds, Kind};

use crate::node::{Node, kev};

#[tokio::test]
async fn one_bad_feed_blocks_no_other_and_each_says_why() {
    let node = Node::new().await;
    let provider = &node.provider;
    provider.put("/well", kev(&["CVE-2026-1"], "2026-01-01"));
    provider.set("/silent", Page::Silent);
    provider.set("/endless", Page::Endless);
    provider
        .set("/metadata", Page::Redirect("https://169.254.169.254/latest/meta-data/".to_owned()));
    provider.set("/inside", Page::Redirect("https://10.0.0.1/".to_owned()));
    provider.set("/elsewhere", Page::Redirect("https://elsewhere.example/kev.json".to_owned()));
    provider.set("/down", Page::Status(503));
    provider.set("/cut", Page::Cut(kev(&["CVE-2026-2"], "2026-01-01").into_bytes().into(), 60));
    let bad = ["silent", "endless", "metadata", "inside", "elsewhere", "down", "cut", "absent"];
    let feed = |name: &str| Feed {
        patience: Some("5s".to_owned()),
        ..node.feed(name, Kind::Kev, &format!("/{name}"))
    };
    let silent = |mut feed: Feed| {
        if feed.name == "silent" {
            feed.patience = Some("1s".to_owned());
        }
        feed
    };
    let feeds = node.feeds(bad.into_iter().chain(["well"]).map(feed).map(silent).collect());
    let report = feeds.once().await;
    let said = |name: &str| report.failed[name].as_str();
    assert_eq!(report.failed.len(), bad.len(), "{:?}", report.failed);
    assert!(said("silent").contains("within 1s"), "{}", said("silent"));
    assert!(said("endless").contains("more than 67108864 bytes"), "{}", said("endless"));
    for elsewhere in ["metadata", "inside", "elsewhere"] {
        assert!(said(elsewhere).contains("not on the list"), "{}", said(elsewhere));
    }
    assert!(said("down").contains("503") && said("absent").contains("404"));
    assert!(said("cut").contains("broke off"), "{}", said("cut"));
    assert_eq!(node.known().parts.len(), 1);
    assert_eq!((node.health("down").failures, node.health("well").failures), (1, 0));
    // Nothing half written stays, and nothing is left behind.
    for name in bad {
        let left = std::fs::read_dir(node.folder.join("feeds").join(name)).unwrap().count();
        assert_eq!(left, 0, "{name} left something in its mirror");
    }
}

#[tokio::test]
async fn a_file_that_a_crash_left_half_written_is_swept_away() {
    let node = Node::new().await;
    node.provider.put("/kev", kev(&["CVE-2026-1"], "2026-01-01"));
    let mirror = node.folder.join("feeds/kev");
    std::fs::create_dir_all(&mirror).unwrap();
    std::fs::write(mirror.join("catalogue.json.coming"), "half").unwrap();
    node.feeds(vec![node.feed("kev", Kind::Kev, "/kev")]).once().await;
    let names: Vec<_> =
        std::fs::read_dir(&mirror).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["catalogue.json"]);
}

#[tokio::test]
async fn feeds_go_on_until_they_are_told_to_stop() {
    let node = Node::new().await;
    node.provider.put("/kev", kev(&["CVE-2026-1"], "2026-01-01"));
    let every = Some("1s".to_owned());
    let feeds = node.feeds(vec![Feed { every, ..node.feed("kev", Kind::Kev, "/kev") }]);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(feeds.run(stopped));
    while node.known().edition == 0 {
        tokio::task::yield_now().await;
    }
    node.provider.put("/kev", kev(&["CVE-2026-1", "CVE-2026-2"], "2026-01-01"));
    while node.known().parts["kev"].count < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    stop.send(true).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_configuration_that_cannot_be_meant_is_refused_with_an_example() {
    let node = Node::new().await;
    let refused = |feeds: Vec<Feed>| {
        let config = Config { feeds, coordinator: None };
        let (desk, library) = (node.desk.clone(), node.books.clone());
        Feeds::new(&config, &node.provider.egress(), desk, library, &node.folder)
            .unwrap_err()
            .to_string()
    };
    let kev = || Feed::new("kev", Kind::Kev);
    assert!(refused(vec![kev(), Feed::new("KEV", Kind::Kev)]).contains("each name once"));
    assert!(refused(vec![Feed::new("../kev", Kind::Kev)]).contains("cannot be a feed's name"));
    assert!(refused(vec![Feed::new("psirt", Kind::Csaf)]).contains("lacks `url`"));
    assert!(refused(vec![Feed { every: Some("often".to_owned()), ..kev() }]).contains("1h"));
    assert!(refused(vec![Feed { url: Some("kev.json".to_owned()), ..kev() }]).contains("https://"));
}
