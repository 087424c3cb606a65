//! The node as others reach it: over a socket, for tools that try it from outside and for counting polls.
//!
//! `BONGSU_API_PORT=8470 BONGSU_API_SECONDS=600 cargo test -p bongsu-server --test api outside -- --ignored --nocapture`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bongsu_server::Listening;
use bongsu_server::right::Scope;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Its clock stands still, so its tokens do not end. With `BONGSU_API_POLLS` so many lines poll and are counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it serves until its time is over: name a port"]
async fn the_small_nation_is_served_for_whoever_tries_it() {
    let world = World::new();
    let (case, act) = world.night().await;
    let port = u16::try_from(number("BONGSU_API_PORT", 8470)).unwrap();
    let desks = ["LEAD_PRIV.director", "LEAD_PRIV.analyst", "COORD_PRIV.analyst", "APEX.director"];
    for who in ["bank.ciso"].iter().chain(&desks) {
        println!("{who} {}", world.token_for(who, Scope::ALL));
    }
    println!("case {case}\nact {act}\nbank {}", world.institution("bank"));
    poll(&world, port, number("BONGSU_API_POLLS", 0)).await;
    let over = Duration::from_secs(number("BONGSU_API_SECONDS", 600));
    let listening = Listening::at(([127, 0, 0, 1], port).into());
    bongsu_server::serve(world.app.clone(), listening, tokio::time::sleep(over)).await.unwrap();
}

/// Polls over so many lines, each with the tag of what it has, and says how many were answered in each second.
async fn poll(world: &World, port: u16, lines: u64) {
    let tag = world.get("bank.ciso", "/api/v1/obligations").await.tag();
    let token = world.token_for("bank.ciso", Scope::ALL);
    let request = format!(
        "GET /api/v1/obligations HTTP/1.1\r\nhost: localhost:{port}\r\n\
         authorization: Bearer {token}\r\nif-none-match: {tag}\r\n\r\n"
    );
    let (request, count) = (Arc::new(request), Arc::new(AtomicU64::new(0)));
    for _ in 0..lines {
        let (request, count) = (Arc::clone(&request), Arc::clone(&count));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let mut line = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let mut buffer = [0; 4096];
            loop {
                line.write_all(request.as_bytes()).await.unwrap();
                let read = line.read(&mut buffer).await.unwrap();
                let text = String::from_utf8_lossy(&buffer[..read]);
                assert!(text.starts_with("HTTP/1.1 304"), "{text}");
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    if lines > 0 {
        tokio::spawn(async move {
            loop {
                let before = count.load(Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
                println!("{} polls in a second", count.load(Ordering::Relaxed) - before);
            }
        });
    }
}
