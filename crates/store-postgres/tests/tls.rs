//! A server elsewhere is taken with a certificate of its name, and not without.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use std::net::{IpAddr, Ipv4Addr};
use std::{env, fs};

use bongsu_store::port::{Engine, Scope, ask};
use bongsu_store_postgres::{OpenError, Postgres, PowerLoss};
use cluster::Cluster;
use cluster::rows::all;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

#[test]
fn only_the_server_that_the_url_names_is_taken() {
    let Some(cluster) = Cluster::start() else { return };
    let [ours, theirs] = ["ours", "theirs"].map(root);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["db.example".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ours).unwrap();
    let there = cluster.listen(an_address(), &certificate.pem(), &key.serialize_pem());
    let folder = env::temp_dir().join(format!("bongsu-postgres-tls-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    for (name, root) in [("ours.pem", &ours), ("theirs.pem", &theirs)] {
        fs::write(folder.join(name), root.pem()).unwrap();
    }
    fs::write(folder.join("empty.pem"), "").unwrap();
    #[rustfmt::skip]
    let table = [
        // host               mode           roots          what is refused
        ("db.example",        "verify-full", "ours.pem",    ""),
        ("db.example",        "require",     "ours.pem",    ""),
        ("another.example",   "verify-full", "ours.pem",    "another.example"),
        ("db.example",        "verify-full", "theirs.pem",  "UnknownIssuer"),
        ("db.example",        "require",     "theirs.pem",  "UnknownIssuer"),
        ("db.example",        "verify-full", "empty.pem",   "no certificate"),
    ];
    for (host, mode, roots, refused) in table {
        let roots = folder.join(roots);
        let url = format!("{there} host={host} sslmode={mode} sslrootcert={}", roots.display());
        match Postgres::open(&url, PowerLoss::Survived) {
            Ok(engine) => {
                assert_eq!(refused, "", "{url}");
                assert!(is_sealed(&engine));
            }
            Err(error) => {
                let said = chain(&error);
                assert!(!refused.is_empty() && said.contains(refused), "{url}: {said}");
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// What the server says of the connection for reading, which is made as the one for writing is.
fn is_sealed(engine: &Postgres) -> bool {
    let mut reader = engine.reader().unwrap();
    let mut snapshot = reader.snapshot(Scope::Node).unwrap();
    let version = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let rows = all(&mut *snapshot, ask(version, &[])).unwrap();
    rows[0].text(0).unwrap() == "TLSv1.3"
}

fn chain(error: &OpenError) -> String {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}

fn root(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// An address of this machine alone, which no other test run takes.
fn an_address() -> IpAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 77, high, low.clamp(1, 254)).into()
}
