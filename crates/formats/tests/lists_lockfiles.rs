//! What every lock file of `fixtures/inventories` gives.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is broken")]

use bongsu_formats::Limits;
use bongsu_formats::inventories::{Found, read};

/// Name and version; components without a package of a registry stand in brackets.
fn shown(found: &Found) -> Vec<String> {
    let components = found.inventories.iter().flat_map(|inventory| &inventory.components);
    let line = |component: &bongsu_inventory::Component| {
        let version = component.version.as_deref().unwrap_or("?");
        let line = format!("{} {version}", component.name);
        if component.package.is_some() { line } else { format!("({line})") }
    };
    components.map(line).collect()
}

fn reasons(found: &Found) -> Vec<String> {
    found.quarantined.iter().map(ToString::to_string).collect()
}

fn purl(found: &Found, component: usize) -> String {
    found.inventories[0].components[component].purl.as_ref().unwrap().to_string()
}

macro_rules! fixture {
    ($name:literal) => {
        read(
            $name,
            &include_bytes!(concat!("../../../fixtures/inventories/", $name))[..],
            &Limits::default(),
        )
    };
}

#[test]
fn a_crate_belongs_to_the_registry_only_if_it_came_from_there() {
    let found = fixture!("Cargo.lock");
    assert_eq!(
        shown(&found),
        ["(beacon 0.1.0)", "signal-fire 0.3.0", "(house-style 1.0.0)", "time 0.1.43"]
    );
    assert!(found.inventories[0].components[0].purl.is_none(), "the project is no package");
    assert!(purl(&found, 1).starts_with("pkg:cargo/signal-fire@0.3.0?vcs_url=git"));
    assert!(purl(&found, 2).contains("?repository_url=https"));
    assert_eq!(purl(&found, 3), "pkg:cargo/time@0.1.43");
    assert_eq!(found.inventories[0].components[3].field, "/package/3");
    assert!(reasons(&found).is_empty());

    let old = fixture!("Cargo-v1-Cargo.lock");
    assert_eq!(shown(&old), ["(old-beacon 0.0.1)", "libc 0.2.1"]);
}

#[test]
fn npm_packages_are_found_nested_and_by_path() {
    let nested = fixture!("v1-package-lock.json");
    assert_eq!(
        shown(&nested),
        ["a 1.0.0", "b 2.0.0", "@s/c 3.0.0", "b 1.0.0", "real 4.0.0", "(folder ?)", "forked ?"]
    );
    let place = &nested.inventories[0].components[2].field;
    assert_eq!(place, "/dependencies/a/dependencies/b/dependencies/@s~1c");

    let paths = fixture!("package-lock.json");
    assert_eq!(
        shown(&paths),
        ["a 1.0.0", "@s/b 2.0.0", "@s/b 1.0.0", "minimist 1.2.5", "forked 0.9.0", "no-version ?"]
    );
    assert_eq!(purl(&paths, 1), "pkg:npm/%40s/b@2.0.0");
    let reasons = reasons(&paths);
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].contains("/packages/node_modules~1broken"), "{}", reasons[0]);
}

#[test]
fn pnpm_keys_of_three_generations_give_the_same_names() {
    let five = fixture!("v5-pnpm-lock.yaml");
    assert_eq!(shown(&five), ["@s/c 3.0.0", "a 1.0.0", "b 2.0.0", "forked 0.9.0"]);
    let six = fixture!("v6-pnpm-lock.yaml");
    assert_eq!(shown(&six), ["@s/c 3.0.0", "a 1.0.0", "(own 0.1.0)"]);
    let nine = fixture!("pnpm-lock.yaml");
    assert_eq!(shown(&nine), ["@s/c 3.0.0", "a 1.0.0", "b 2.0.0", "forked 0.9.0"]);
    assert_eq!(nine.inventories[0].components[1].field, "line 21");
    for found in [five, six, nine] {
        assert!(reasons(&found).is_empty(), "{:?}", reasons(&found));
    }
}

#[test]
fn yarn_names_what_was_resolved_not_what_was_asked_for() {
    let classic = fixture!("v1-yarn.lock");
    assert_eq!(shown(&classic), ["@s/c 3.0.2", "a 1.0.0", "forked 0.9.0", "real 4.0.0"]);
    let berry = fixture!("yarn.lock");
    assert_eq!(shown(&berry), ["@s/c 3.0.2", "real 4.0.0", "patched 5.0.0"]);
    assert!(reasons(&classic).is_empty() && reasons(&berry).is_empty());
}

#[test]
fn requirements_keep_loose_ones_without_a_version_and_say_what_they_point_to() {
    let found = fixture!("requirements.txt");
    let expected = ["Requests 2.19.1", "legacy 2004d", "loose ?", "hashed 1.4.2", "by-url ?"];
    assert_eq!(shown(&found), expected);
    assert_eq!(found.inventories[0].components[3].field, "line 8");
    let reasons = reasons(&found);
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons[0].starts_with("requirements.txt:3: "), "{}", reasons[0]);
    assert!(reasons[0].contains("points to another file"), "{}", reasons[0]);
    assert!(reasons[2].starts_with("requirements.txt:12: "), "{}", reasons[2]);
}

#[test]
fn python_lock_files_tell_the_project_from_what_it_uses() {
    assert_eq!(shown(&fixture!("poetry.lock")), ["Jinja2 2.10", "forked 0.9.0", "(own 0.1.0)"]);
    let uv = fixture!("uv.lock");
    assert_eq!(shown(&uv), ["urllib3 1.26.4", "forked 0.9.0", "(own 0.1.0)", "dynamic ?"]);
    assert_eq!(shown(&fixture!("pylock.toml")), ["attrs 25.1.0", "(own ?)"]);
    assert_eq!(shown(&fixture!("Pipfile.lock")), ["pyyaml 5.3", "forked ?", "(own ?)"]);
}

#[test]
fn a_go_module_declares_its_replacements_and_its_toolchain() {
    let declared = fixture!("go.mod");
    assert_eq!(
        shown(&declared),
        [
            "stdlib 1.22.1",
            "toolchain 1.22.1",
            "golang.org/x/net v0.16.0",
            "golang.org/x/crypto v0.16.0",
            "github.com/example/new v1.1.0",
            "(github.com/example/local ?)",
            "github.com/example/pseudo v0.0.0-20200101000000-0123456789ab",
        ]
    );
    assert_eq!(purl(&declared, 2), "pkg:golang/golang.org/x/net@v0.16.0");
    assert!(reasons(&declared).is_empty(), "{:?}", reasons(&declared));

    let summed = fixture!("go.sum");
    let pseudo = "github.com/example/pseudo v0.0.0-20200101000000-0123456789ab";
    assert_eq!(shown(&summed), [pseudo, "golang.org/x/net v0.16.0"]);
    assert_eq!(reasons(&summed).len(), 1, "the broken line is told");
}

#[test]
fn the_least_version_of_go_is_not_the_version_that_builds() {
    let declared = read("go.mod", &b"module a.example/b\n\ngo 1.21.0\n"[..], &Limits::default());
    assert_eq!(shown(&declared), ["stdlib ?"]);
    let named = &b"module a.example/b\n\ngo 1.21.0\ntoolchain go1.22.1\n"[..];
    let declared = read("go.mod", named, &Limits::default());
    assert_eq!(shown(&declared), ["stdlib 1.22.1", "toolchain 1.22.1"]);
}

#[test]
fn a_reason_speaks_of_the_file_and_not_of_our_types() {
    #[rustfmt::skip]
    let table: [(&str, &str); 3] = [
        ("composer.lock", r#"{"packages":["a"],"packages-dev":[]}"#),
        ("Pipfile.lock",  r#"{"_meta":{},"default":{"a":"1.0"},"develop":{}}"#),
        ("Cargo.lock",    "version = 3\npackage = [\"a\"]\n"),
    ];
    for (name, text) in table {
        let found = read(name, text.as_bytes(), &Limits::default());
        let said = found.quarantined[0].reason.to_string();
        assert!(said.contains("expected an object") && !said.contains("struct"), "{name}: {said}");
    }
}

#[test]
fn a_pom_resolves_what_it_can_and_leaves_the_rest_open() {
    let found = fixture!("pom.xml");
    assert_eq!(
        shown(&found),
        [
            "org.apache.logging.log4j:log4j-core 2.14.1",
            "org.example:managed 3.2.1",
            "org.example:sibling 7.1.0",
            "org.example:ranged ?",
            "org.example:exact 1.5",
            "org.example:circular ?",
            "org.example:elsewhere ?",
            "org.example:of-a-profile 0.1",
        ]
    );
    assert_eq!(purl(&found, 0), "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1");
    assert_eq!(found.inventories[0].components[0].field, "line 32");
    assert!(reasons(&found).is_empty(), "{:?}", reasons(&found));
}

#[test]
fn a_parent_pom_declares_what_it_manages_for_its_modules() {
    let found = fixture!("parent-pom.xml");
    assert_eq!(shown(&found), ["org.example:used 1.0", "org.example:managed 2.0"]);
}

#[test]
fn the_other_lock_files_are_read() {
    let gradle = fixture!("gradle.lockfile");
    assert_eq!(shown(&gradle), ["org.example:a 1.0.0", "org.springframework:spring-beans 5.3.17"]);
    assert_eq!(reasons(&gradle).len(), 1);
    let composer = fixture!("composer.lock");
    let expected = ["example/a v1.0.0", "example/branch dev-main", "example/test 9.5.0"];
    assert_eq!(shown(&composer), expected);
    assert_eq!(reasons(&composer).len(), 1);
    let gems = fixture!("Gemfile.lock");
    let expected =
        ["forked 0.9.0", "(own 0.1.0)", "nokogiri 1.13.0", "racc 1.6.0", "rack 2.2.4.pre.1"];
    assert_eq!(shown(&gems), expected);
    let nuget = fixture!("packages.lock.json");
    assert_eq!(shown(&nuget), ["Example.Json 12.0.1", "Example.Text 4.3.0"]);
    assert_eq!(shown(&fixture!("mix.lock")), ["forked ?", "plug 1.10.3"]);
    let dart = fixture!("pubspec.lock");
    assert_eq!(shown(&dart), ["(flutter 0.0.0)", "forked 0.9.0", "http 0.13.1"]);
}
