//! The same package comes out of every door: advisory, package URL, os-release.

use bongsu_package::{Ecosystem, Family, PackageName, Purl, ReleaseSource, Scheme};

fn purl(text: &str) -> Purl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn an_advisory_and_a_package_url_name_the_same_package() {
    #[rustfmt::skip]
    let table = [
        // ecosystem of the advisory         its name                     package URL                                                        printed
        ("crates.io",                        "serde_json",                "pkg:cargo/serde_json@1",                                          "cargo/serde_json"),
        ("npm",                              "@babel/core",               "pkg:npm/%40babel/core@7",                                         "npm/@babel/core"),
        ("npm",                              "@babel/core",               "pkg:npm/@babel/core@7",                                           "npm/@babel/core"),
        ("npm",                              "@babel/core",               "pkg:npm/%40babel%2Fcore@7",                                       "npm/@babel/core"),
        ("npm",                              "JSONStream",                "pkg:npm/JSONStream@1",                                            "npm/JSONStream"),
        ("PyPI",                             "Zope.Interface",            "pkg:pypi/zope_interface@5",                                       "pypi/zope-interface"),
        ("Go",                               "github.com/Masterminds/goutils", "pkg:golang/github.com/masterminds/goutils@v1",               "golang/github.com/masterminds/goutils"),
        ("Go",                               "stdlib",                    "pkg:golang/stdlib@1.21.1",                                        "golang/stdlib"),
        ("Go",                               "stdlib",                    "pkg:golang/std@1.21.1",                                           "golang/stdlib"),
        ("Go",                               "gopkg.in/yaml.v3",          "pkg:golang/gopkg.in/yaml.v3@v3.0.1",                              "golang/gopkg.in/yaml.v3"),
        ("Go",                               "github.com/go-jose/go-jose/v4", "pkg:golang/github.com/go-jose/go-jose@v4.0.2#v4",            "golang/github.com/go-jose/go-jose/v4"),
        ("Go",                               "go.etcd.io/etcd/client/pkg/v3", "pkg:golang/go.etcd.io/etcd/client@v3.5.9#pkg/v3",            "golang/go.etcd.io/etcd/client/pkg/v3"),
        ("Maven",                            "org.apache.logging.log4j:log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@2",       "maven/org.apache.logging.log4j:log4j-core"),
        ("Maven:https://repo.example/m2",    "a.b:c",                     "pkg:maven/a.b/c@1?type=jar",                                      "maven/a.b:c"),
        ("NuGet",                            "Newtonsoft.Json",           "pkg:nuget/newtonsoft.json@13",                                    "nuget/newtonsoft.json"),
        ("RubyGems",                         "rails",                     "pkg:gem/rails@4",                                                 "gem/rails"),
        ("Packagist",                        "Symfony/HTTP-Kernel",       "pkg:composer/symfony/http-kernel@5",                              "composer/symfony/http-kernel"),
        ("Packagist:https://packages.example/8", "drupal/token",          "pkg:composer/drupal/token@1",                                     "composer/drupal/token"),
        ("Hex",                              "Phoenix",                   "pkg:hex/phoenix@1",                                               "hex/phoenix"),
        ("Pub",                              "http",                      "pkg:pub/http@1",                                                  "pub/http"),
        ("Hackage",                          "aeson",                     "pkg:hackage/aeson@2",                                             "hackage/aeson"),
        ("CRAN",                             "rJava",                     "pkg:cran/rJava@1.0-4",                                            "cran/rJava"),
        ("Bioconductor",                     "limma",                     "pkg:bioconductor/limma@3",                                        "cran/limma"),
        ("ConanCenter",                      "openssl",                   "pkg:conan/bincrafters/openssl@3?channel=stable",                  "conan/openssl"),
        ("SwiftURL",                         "https://github.com/Alamofire/Alamofire.git", "pkg:swift/github.com/Alamofire/Alamofire@5",     "swift/github.com/alamofire/alamofire"),
        ("GitHub Actions",                   "TJ-Actions/changed-files",  "pkg:githubactions/tj-actions/changed-files@v35",                  "github/tj-actions/changed-files"),
        ("GitHub Actions",                   "tj-actions/changed-files",  "pkg:github/TJ-actions/changed-files@v35",                         "github/tj-actions/changed-files"),
        ("Bitnami",                          "wordpress",                 "pkg:bitnami/WordPress@6.2.0?distro=debian-12",                    "bitnami/wordpress"),
        ("Julia",                            "HTTP",                      "pkg:julia/HTTP@1?uuid=cd3eb016-35fb-5094-929b-558a96fad6f3",      "julia/HTTP"),
        ("opam",                             "conex",                     "pkg:opam/conex@1",                                                "opam/conex"),
        ("VSCode",                           "RedHat/Java",               "pkg:vscode-extension/redhat/java@1",                              "vscode/redhat.java"),
        ("Debian:12",                        "curl",                      "pkg:deb/debian/curl@7.88.1-10?distro=debian-12",                  "debian:12/curl"),
        ("Debian:12",                        "curl",                      "pkg:deb/debian/curl@7.88.1-10?distro=debian-12.5",                "debian:12/curl"),
        ("Debian:12",                        "curl",                      "pkg:deb/debian/curl@7.88.1-10?distro=bookworm",                   "debian:12/curl"),
        ("Debian:12",                        "curl",                      "pkg:deb/debian/curl@7.88.1-10?distro=debian-bookworm",            "debian:12/curl"),
        ("Debian:12",                        "curl",                      "pkg:deb/curl@7.88.1-10?distro=debian-12",                         "debian:12/curl"),
        ("Debian:8",                         "curl",                      "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",            "debian:8/curl"),
        ("Debian",                           "curl",                      "pkg:deb/debian/curl@7.50.3-1",                                    "debian/curl"),
        ("Ubuntu:22.04:LTS",                 "curl",                      "pkg:deb/ubuntu/curl@7.81.0-1?distro=ubuntu-22.04",                "ubuntu:22.04/curl"),
        ("Ubuntu:22.04:LTS",                 "curl",                      "pkg:deb/ubuntu/curl@7.81.0-1?distro=jammy",                       "ubuntu:22.04/curl"),
        ("Ubuntu:Pro:18.04:LTS",             "curl",                      "pkg:deb/ubuntu/curl@7.58.0-2?distro=ubuntu-18.04",                "ubuntu:18.04/curl"),
        ("Ubuntu:23.10",                     "curl",                      "pkg:deb/ubuntu/curl@8.2.1-1?distro=mantic",                       "ubuntu:23.10/curl"),
        ("Alpine:v3.18",                     "curl",                      "pkg:apk/alpine/curl@8.1.0-r0?distro=alpine-3.18.4",               "alpine:3.18/curl"),
        ("Alpine:v3.18",                     "curl",                      "pkg:apk/alpine/curl@8.1.0-r0?distro=3.18.4",                      "alpine:3.18/curl"),
        ("Alpine:v3.16",                     "curl",                      "pkg:alpine/curl@7.83-r0?arch=noarch&distro=alpine-3.16.2",        "alpine:3.16/curl"),
        ("Alpine",                           "curl",                      "pkg:alpine/curl@7.83-r0",                                         "alpine/curl"),
        ("Wolfi",                            "curl",                      "pkg:apk/wolfi/curl@8.1.0-r0?distro=wolfi-20230201",               "wolfi/curl"),
        ("Chainguard",                       "curl",                      "pkg:apk/chainguard/curl@8.1.0-r0?distro=chainguard-20230214",     "chainguard/curl"),
        ("MinimOS",                          "curl",                      "pkg:apk/minimos/curl@8.1.0-r0",                                   "minimos/curl"),
        ("Alpaquita:23",                     "curl",                      "pkg:apk/alpaquita/curl@8.1.0-r0?distro=alpaquita-23",             "alpaquita:23/curl"),
        ("Red Hat:enterprise_linux:9::baseos", "openssl",                 "pkg:rpm/redhat/openssl@3.0.7-2.el9?distro=rhel-9.4",              "rhel:9/openssl"),
        ("Red Hat:enterprise_linux:8::appstream", "openssl",              "pkg:rpm/rhel/openssl@1.1.1k-9.el8?distro=redhat-8",               "rhel:8/openssl"),
        ("Red Hat:enterprise_linux:8::appstream", "glib2",                "pkg:rpm/redhat/glib2@2.56.4-161.el8?arch=x86_64",                 "rhel:8/glib2"),
        ("AlmaLinux:9",                      "openssl",                   "pkg:rpm/almalinux/openssl@3.0.7-2.el9?distro=almalinux-9.3",      "almalinux:9/openssl"),
        ("AlmaLinux:9",                      "openssl",                   "pkg:rpm/almalinux/openssl@3.0.7-2?distro=el9",                    "almalinux:9/openssl"),
        ("Rocky Linux:9",                    "openssl",                   "pkg:rpm/rocky/openssl@3.0.7-2.el9?distro=rocky-9",                "rocky:9/openssl"),
        ("Rocky Linux:8",                    "openssl",                   "pkg:rpm/rockylinux/openssl@1.1.1-2.el8_6",                        "rocky:8/openssl"),
        ("SUSE:Linux Enterprise Server 15 SP5", "openssl-3",              "pkg:rpm/suse/openssl-3@3.0.8-1?distro=sles-15.5",                 "suse:15.5/openssl-3"),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", "zlib",    "pkg:rpm/sles/zlib@1-2?distro=sles-15.5",                          "suse:15.5/zlib"),
        ("SUSE:Linux Enterprise Server 12 SP5-LTSS", "zlib",              "pkg:rpm/suse/zlib@1-2?distro=sles-12.5",                          "suse:12.5/zlib"),
        ("SUSE:Linux Enterprise Micro 5.3",  "zlib",                      "pkg:rpm/suse/zlib@1-2?distro=sle-micro-5.3",                      "sle-micro:5.3/zlib"),
        ("openSUSE:Leap 15.5",               "zlib",                      "pkg:rpm/opensuse/zlib@1-2?distro=opensuse-leap-15.5",             "opensuse:15.5/zlib"),
        ("openSUSE:Leap 15.5",               "zlib",                      "pkg:rpm/opensuse-leap/zlib@1-2?distro=opensuse-leap-15.5",        "opensuse:15.5/zlib"),
        ("openSUSE:Tumbleweed",              "zlib",                      "pkg:rpm/opensuse/zlib@1-2?distro=opensuse-tumbleweed-20230101",   "opensuse:tumbleweed/zlib"),
        ("openSUSE:Tumbleweed",              "zlib",                      "pkg:rpm/opensuse-tumbleweed/zlib@1-2",                            "opensuse:tumbleweed/zlib"),
        ("openEuler:22.03-LTS",              "zlib",                      "pkg:rpm/openeuler/zlib@1-2?distro=openEuler-22.03-LTS",           "openeuler:22.03-lts/zlib"),
        ("Mageia:9",                         "zlib",                      "pkg:rpm/mageia/zlib@1-2.mga9",                                    "mageia:9/zlib"),
        ("Photon OS:4.0",                    "zlib",                      "pkg:rpm/photon/zlib@1-2.ph4?distro=photon-4.0",                   "photon:4/zlib"),
        ("Azure Linux:2",                    "zlib",                      "pkg:rpm/mariner/zlib@1-2.cm2?distro=mariner-2.0",                 "azurelinux:2/zlib"),
        ("Azure Linux:2",                    "zlib",                      "pkg:rpm/mariner/zlib@1-2.cm2",                                    "azurelinux:2/zlib"),
        ("Azure Linux:3",                    "zlib",                      "pkg:rpm/azurelinux/zlib@1-2.azl3?distro=azurelinux-3.0",          "azurelinux:3/zlib"),
    ];
    for (osv, name, url, printed) in table {
        let advisory = PackageName::new(Ecosystem::from_osv(osv), name);
        let component = PackageName::from_purl(&purl(url)).unwrap_or_else(|| panic!("{url}"));
        assert_eq!(component, advisory, "{osv} {name} and {url}");
        assert_eq!(advisory.to_string(), printed, "{osv} {name}");
        let again: Ecosystem = advisory.ecosystem.to_string().parse().unwrap();
        assert_eq!(again, advisory.ecosystem, "{osv} reads back");
    }
}

#[test]
fn distributions_without_an_osv_feed_are_still_one_name() {
    #[rustfmt::skip]
    let table = [
        ("pkg:rpm/centos/zlib@1-2.el7?distro=centos-7",                    "centos:7/zlib"),
        ("pkg:rpm/centos/zlib@1-2.el8",                                    "centos:8/zlib"),
        ("pkg:rpm/fedora/zlib@1-2.fc38?distro=fedora-38",                  "fedora:38/zlib"),
        ("pkg:rpm/fedora/zlib@1-2.fc38",                                   "fedora:38/zlib"),
        ("pkg:rpm/amzn/zlib@1-2.amzn2.0.1?distro=amzn-2",                  "amzn:2/zlib"),
        ("pkg:rpm/amazon/zlib@1-2.amzn2",                                  "amzn:2/zlib"),
        ("pkg:rpm/amzn/zlib@1-2?distro=amzn-2018.03",                      "amzn:1/zlib"),
        ("pkg:rpm/ol/zlib@1-2?distro=ol-8.10",                             "ol:8/zlib"),
        ("pkg:rpm/oracle/zlib@1-2?distro=oracle-8.10",                     "ol:8/zlib"),
        ("pkg:deb/kali/zlib@1-2?distro=kali-2024.1",                       "deb/kali/zlib"),
        ("pkg:deb/acme/zlib@1-2?distro=acme-7",                            "deb/acme:7/zlib"),
        ("pkg:rpm/acme/zlib@1-2.el9",                                      "rpm/acme:9/zlib"),
        ("pkg:rpm/zlib@1-2.fc40",                                          "fedora:40/zlib"),
        ("pkg:rpm/zlib@1-2.el9",                                           "rpm/el:9/zlib"),
        ("pkg:rpm/zlib@1-2",                                               "rpm/unknown/zlib"),
        ("pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64",                       "alpm/pacman"),
        ("pkg:ebuild/dev-libs/openssl@3",                                  "gentoo/dev-libs/openssl"),
        ("pkg:cocoapods/AFNetworking@4",                                   "cocoapods/AFNetworking"),
        ("pkg:rpm/centos/zlib@1?distro=debian-12",                         "centos/zlib"),
    ];
    for (url, printed) in table {
        assert_eq!(PackageName::from_purl(&purl(url)).unwrap().to_string(), printed, "{url}");
    }
    for url in ["pkg:generic/openssl@1", "pkg:oci/debian@sha256:1", "pkg:docker/a/b@1"] {
        assert_eq!(PackageName::from_purl(&purl(url)), None, "{url}");
    }
}

#[test]
fn os_release_names_the_same_ecosystem_as_the_feed() {
    #[rustfmt::skip]
    let table = [
        // ID                   VERSION_ID   feed
        ("debian",              "12",        "Debian:12"),
        ("ubuntu",              "22.04",     "Ubuntu:22.04:LTS"),
        ("alpine",              "3.18.4",    "Alpine:v3.18"),
        ("rhel",                "9.4",       "Red Hat:enterprise_linux:9::baseos"),
        ("almalinux",           "9.3",       "AlmaLinux:9"),
        ("rocky",               "9.3",       "Rocky Linux:9"),
        ("sles",                "15.5",      "SUSE:Linux Enterprise Server 15 SP5"),
        ("opensuse-leap",       "15.5",      "openSUSE:Leap 15.5"),
        ("opensuse-tumbleweed", "20240101",  "openSUSE:Tumbleweed"),
        ("photon",              "4.0",       "Photon OS:4.0"),
        ("mariner",             "2.0",       "Azure Linux:2"),
        ("azurelinux",          "3.0",       "Azure Linux:3"),
        ("wolfi",               "20230201",  "Wolfi"),
        ("mageia",              "9",         "Mageia:9"),
    ];
    for (id, version, feed) in table {
        let system = Ecosystem::from_distribution(id, version);
        assert_eq!(system, Some(Ecosystem::from_osv(feed)), "{id} {version}");
    }
    assert_eq!(Ecosystem::from_distribution("plan9", "4"), None);
}

#[test]
fn relatives_are_not_equals() {
    #[rustfmt::skip]
    let table = [
        ("AlmaLinux:9",            "Red Hat:enterprise_linux:9::baseos",  "a rebuild's advisory does not speak for the original"),
        ("AlmaLinux:9",            "Rocky Linux:9",                       "nor for another rebuild"),
        ("AlmaLinux:9",            "AlmaLinux:8",                         "releases have their own versions"),
        ("Red Hat:rhel_eus:9.2::baseos", "Red Hat:enterprise_linux:9::baseos", "extended support has its own versions"),
        ("Ubuntu:Pro:FIPS-updates:22.04:LTS", "Ubuntu:22.04:LTS",         "FIPS builds have their own versions"),
        ("Wolfi",                  "Chainguard",                          "two repositories"),
        ("Root:Debian:12",         "Debian:12",                           "rebuilt with other versions"),
        ("SUSE:Linux Enterprise Server 15 SP5", "openSUSE:Leap 15.5",     "two products"),
        ("GHC",                    "Hackage",                             "the compiler is not on Hackage"),
    ];
    for (left, right, why) in table {
        assert_ne!(Ecosystem::from_osv(left), Ecosystem::from_osv(right), "{why}");
    }
}

#[test]
fn every_ecosystem_of_the_schema_has_an_order_and_reads_back() {
    #[rustfmt::skip]
    let table = [
        ("AlmaLinux:9", Scheme::Rpm), ("Alpaquita:23", Scheme::Apk), ("Alpine:v3.20", Scheme::Apk),
        ("Android", Scheme::Generic), ("Azure Linux:3", Scheme::Rpm),
        ("BellSoft Hardened Containers:23", Scheme::Apk), ("Bioconductor:3.18", Scheme::Cran),
        ("Chainguard", Scheme::Apk), ("CleanStart", Scheme::Generic), ("ConanCenter", Scheme::Conan),
        ("CRAN", Scheme::Cran), ("crates.io", Scheme::Cargo), ("Debian:12", Scheme::Deb),
        ("Docker Hardened Images", Scheme::Generic), ("Echo", Scheme::Deb),
        ("FreeBSD", Scheme::Generic), ("GHC", Scheme::Hackage), ("GIT", Scheme::Generic),
        ("GitHub Actions", Scheme::Github), ("Go", Scheme::Golang), ("Hackage", Scheme::Hackage),
        ("Hex", Scheme::Hex), ("Julia", Scheme::Cargo), ("Kubernetes", Scheme::Golang),
        ("Linux", Scheme::Generic), ("Mageia:9", Scheme::Rpm), ("Maven", Scheme::Maven),
        ("MinimOS", Scheme::Apk), ("npm", Scheme::Npm), ("NuGet", Scheme::Nuget),
        ("opam", Scheme::Deb), ("openEuler:22.03-LTS", Scheme::Rpm),
        ("openSUSE:Tumbleweed", Scheme::Rpm), ("OSS-Fuzz", Scheme::Generic),
        ("Packagist", Scheme::Composer), ("Photon OS:5.0", Scheme::Rpm), ("Pub", Scheme::Pub),
        ("PyPI", Scheme::Pypi), ("Red Hat:enterprise_linux:9::baseos", Scheme::Rpm),
        ("Rocky Linux:9", Scheme::Rpm), ("Root:Alpine:3.18", Scheme::Apk),
        ("Root:PyPI", Scheme::Pypi), ("RubyGems", Scheme::Gem),
        ("SUSE:Linux Enterprise Server 15 SP5", Scheme::Rpm), ("SwiftURL", Scheme::Cargo),
        ("TuxCare", Scheme::Generic), ("Ubuntu:24.04:LTS", Scheme::Deb), ("VSCode", Scheme::Cargo),
        ("Wolfi", Scheme::Apk),
    ];
    for (osv, scheme) in table {
        let ecosystem = Ecosystem::from_osv(osv);
        assert_eq!(ecosystem.scheme(), scheme, "{osv}");
        assert_eq!(ecosystem.to_string().parse(), Ok(ecosystem), "{osv}");
    }
}

#[test]
fn a_printed_ecosystem_is_never_read_as_another() {
    let awkward = [
        Family::Other("npm".into()),
        Family::Other("rhel".into()),
        Family::Other("rpm/x".into()),
        Family::Other("a:b%3A".into()),
        Family::Rpm("alpine".into()),
        Family::Apk("rhel".into()),
        Family::Rpm("x:y".into()),
        Family::Other(String::new()),
    ];
    for family in awkward {
        for release in [None, Some("1:2".to_owned())] {
            let ecosystem = Ecosystem { family: family.clone(), release };
            assert_eq!(ecosystem.to_string().parse(), Ok(ecosystem));
        }
    }
    assert!("".parse::<Ecosystem>().is_err());
}

#[test]
fn a_release_guessed_from_the_version_says_so() {
    let source = |text: &str| PackageName::read_purl(&purl(text)).unwrap().1;
    assert_eq!(source("pkg:rpm/redhat/a@1-2.el8_6?distro=rhel-8.6"), ReleaseSource::Stated);
    assert_eq!(source("pkg:rpm/redhat/a@1-2.module+el8.5.0+1+2"), ReleaseSource::Inferred);
    assert_eq!(source("pkg:rpm/redhat/a@1-2"), ReleaseSource::Absent);
    assert_eq!(source("pkg:rpm/fedora/a@1-2.el8"), ReleaseSource::Absent, "another family's tag");
    assert_eq!(source("pkg:npm/a@1"), ReleaseSource::Absent);
}

#[test]
fn a_missing_release_matters_where_releases_differ() {
    for (osv, has) in [
        ("Debian", true),
        ("Ubuntu", true),
        ("AlmaLinux", true),
        ("Alpine", true),
        ("Wolfi", false),
        ("npm", false),
        ("Maven", false),
        ("Root:Debian:12", true),
    ] {
        assert_eq!(Ecosystem::from_osv(osv).has_releases(), has, "{osv}");
    }
}

#[test]
fn the_upstream_qualifier_names_the_source_package() {
    #[rustfmt::skip]
    let table = [
        ("pkg:deb/debian/libssl3@3.0.9-1?distro=debian-12&upstream=openssl",          "debian:12/openssl", None),
        ("pkg:deb/debian/libssl3@3.0.9-1%2Bb1?distro=debian-12&upstream=openssl%403.0.9-1", "debian:12/openssl", Some("3.0.9-1")),
        ("pkg:rpm/redhat/libacl@2.2.53-3.el8?upstream=acl-2.2.53-3.el8.src.rpm",      "rhel:8/acl",        Some("2.2.53-3.el8")),
        ("pkg:alpine/libcrypto3@3.1-r0?upstream=openssl&distro=alpine-3.18.0",        "alpine:3.18/openssl", None),
    ];
    for (url, name, version) in table {
        let (source, found) = PackageName::source_of_purl(&purl(url)).unwrap();
        assert_eq!((source.to_string().as_str(), found.as_deref()), (name, version), "{url}");
    }
    assert_eq!(PackageName::source_of_purl(&purl("pkg:npm/a@1?upstream=b")), None);
}
